package dev.dunlin.installers;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.ClassList;
import dev.dunlin.shell.engine.EngineFitting;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * Makes the {@link Runtime} out of a JDK, a build of Dunlin and Chromium's files. Blocks for some
 * ten seconds.
 *
 * @param jdk with {@code bin/jlink}, the one that runs us; the newest there is
 * @param jars of Dunlin and its libraries
 * @param engine Chromium's files, unpacked
 */
record RuntimeBuilder(Path jdk, List<Path> jars, Path engine) {
  /**
   * What Dunlin and its libraries use of the JDK, as jdeps tells (java.sql is Jackson's, jdk.jfr
   * Netty's), and jdk.zipfs, which reads extensions' jars.
   */
  static final List<String> MODULES =
      List.of(
          "java.compiler",
          "java.desktop",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.sql",
          // Before JDK 22 the curves of TLS are a module of their own.
          "jdk.crypto.ec",
          "jdk.jfr",
          "jdk.management",
          // D-Bus tells the system bus who we are.
          "jdk.security.auth",
          "jdk.unsupported",
          "jdk.zipfs");

  /**
   * Jars of the dev loop: what unpacks Chromium, and OpenGL for windows that are drawn off screen.
   */
  private static final Set<String> DEV_ONLY =
      Set.of(
          "commons-codec",
          "commons-compress",
          "commons-io",
          "commons-lang3",
          "dunlin-installers",
          "error_prone_annotations",
          "gluegen-rt",
          "gson",
          "jcef-natives",
          "jcefmaven",
          "jogl-all");

  /** As the script ./dunlin has it. */
  private static final int NEW_JDK = 24;

  /** The jar that names all others, in one order on every machine. */
  static final String CLASS_PATH = "lib/dunlin.jar";

  /** Jars of the class path's beginning, in this order; then our others, then all others. */
  private static final List<String> FIRST = List.of("dunlin-shell-", "dunlin-bridge-");

  /**
   * JNA's library is one of the JVM's own, where {@link System#loadLibrary} looks first (Netty asks
   * there by itself). Elsewhere JNA has it in its jar.
   */
  private static final String UNPACKED_LIBRARIES =
      Os.here() == Os.LINUX ? "-Djna.nosys=false\n-Djna.nounpack=true\n" : "";

  /** Makes it in this folder, which is emptied first. */
  Runtime build(Path into) throws IOException {
    Path jlink = jdk.resolve("bin").resolve(Os.here() == Os.WINDOWS ? "jlink.exe" : "jlink");
    if (!Files.isExecutable(jlink)) {
      throw new BuildException(
          jdk
              + " has no jlink, so no runtime can be made with it. Install a whole JDK (on Debian: openjdk-17-jdk), and set JAVA_HOME to it.");
    }
    Tree tree = Tree.empty(into);
    Tool.of(
            jlink.toString(),
            "--add-modules",
            String.join(",", MODULES),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            tree.at("jre").toString())
        .run();
    if (Os.here() == Os.LINUX && Tool.isThere("strip")) {
      // A seventh of the JVM is names for debuggers.
      Tool.of("strip", "--strip-unneeded", tree.at("jre/lib/server/libjvm.so").toString()).run();
    }
    List<String> names = new ArrayList<>();
    for (Path jar : jars) {
      String name = jar.getFileName().toString();
      if (name.endsWith(".jar") && isWanted(name)) {
        StoredJar.copy(jar, tree.make("lib/" + name), BuildInfo.timestamp(), tree.at("jre/lib"));
        names.add(name);
      }
    }
    // Java looks for a resource in jar after jar, and opens each: what a start asks for is in
    // these.
    names.sort(Comparator.comparing(RuntimeBuilder::place));
    Instant time = BuildInfo.timestamp();
    classPath(tree.at(CLASS_PATH), names, time);
    tree.copyTree(engine, "engine", RuntimeBuilder::isShipped);
    if (Os.here() == Os.LINUX) {
      // As it is in JCEF's jar: where it was unpacked it is for that system.
      EngineFitting.undoEngine(tree.at("engine"));
    }
    tree.write(
        "lib/java.args",
        flags("java.args") + (isNew() ? flags("java-24.args") : "") + UNPACKED_LIBRARIES);
    // Of the classes of a start, for the class-data archive.
    tree.write(
        "lib/classes.lst",
        ClassList.complete(own(isNew() ? "classes-24.lst" : "classes.lst").lines().toList()));
    tree.write(Sbom.FILE, Sbom.of(names, jdk));
    tree.write("lib/private-tmp.sh", ofShell("private-tmp.sh"));
    tree.program("bin/dunlin-app", own("dunlin-app.sh"));
    tree.program("bin/make-archive", own("make-archive.sh"));
    Runtime runtime =
        new Runtime(
            into.toAbsolutePath(),
            BuildInfo.dunlin(),
            Runtime.lineOf(BuildInfo.dunlin()),
            Os.here() == Os.LINUX ? Depends.of(into) : "");
    runtime.write();
    tree.settle(time);
    return runtime;
  }

  /** Whether the JDK, which runs us, knows the flags of new ones. */
  static boolean isNew() {
    return java.lang.Runtime.version().feature() >= NEW_JDK;
  }

  private static boolean isWanted(String jar) {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String other = arm ? "x86_64" : "aarch_64";
    String name = jar.replaceFirst("-v?[0-9].*", "");
    return DEV_ONLY.stream().noneMatch(name::equals)
        && !name.startsWith("jcef-natives")
        && !jar.endsWith(other + ".jar");
  }

  private static int place(String jar) {
    for (int i = 0; i < FIRST.size(); i++) {
      if (jar.startsWith(FIRST.get(i))) {
        return i;
      }
    }
    return jar.startsWith("dunlin-") ? FIRST.size() : FIRST.size() + 1;
  }

  /**
   * Chromium's own sandbox helper needs setuid, which no package of ours has; its drawing of Vulkan
   * in software is not used without a switch that we do not give.
   */
  private static boolean isShipped(Path file) {
    return !Set.of(
            "chrome-sandbox",
            "README.txt",
            "build_meta.json",
            "libvk_swiftshader.so",
            "vk_swiftshader_icd.json")
        .contains(file.getFileName().toString());
  }

  private static void classPath(Path jar, List<String> names, Instant time) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", names));
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      JarEntry entry = new JarEntry("META-INF/MANIFEST.MF");
      entry.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
      out.putNextEntry(entry);
      manifest.write(out);
      out.closeEntry();
    }
  }

  private static String flags(String name) throws IOException {
    return ofShell(name)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private static String ofShell(String name) throws IOException {
    return text(BuildInfo.class, name);
  }

  static String own(String name) throws IOException {
    return text(RuntimeBuilder.class, name);
  }

  private static String text(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new BuildException("this build of Dunlin lacks " + name + ": build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The archive of the classes of a start, for runtimes that no package manager installs. */
  static void makeArchive(Runtime runtime) {
    if (Os.here() == Os.WINDOWS) {
      return;
    }
    Tool.of(runtime.folder().resolve("bin").resolve("make-archive").toString()).run();
  }
}
