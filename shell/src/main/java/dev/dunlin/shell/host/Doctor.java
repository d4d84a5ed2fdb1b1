package dev.dunlin.shell.host;

import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.BoundedLines;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStartException;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks at the machine: one finding per thing that Dunlin needs, each with its cure. Blocks. */
public final class Doctor {
  private static final int MIN_JAVA = 17;
  private static final int MIN_NODE = 18;

  /** Chromium unpacked is 360 MB, and profiles grow. */
  private static final long MIN_FREE_BYTES = 600L << 20;

  /** How long a tool may take to tell its version. */
  private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(20);

  private static final int MAX_LINE_BYTES = 4_000;

  private static final Pattern VERSION = Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6})");

  /**
   * Debian's package of each library that Chromium lacks on a bare machine; with t64 at the end
   * from 2024 on.
   */
  private static final Map<String, String> PACKAGES =
      Map.ofEntries(
          Map.entry("libnss3.so", "libnss3"),
          Map.entry("libnssutil3.so", "libnss3"),
          Map.entry("libnspr4.so", "libnspr4"),
          Map.entry("libgbm.so.1", "libgbm1"),
          Map.entry("libasound.so.2", "libasound2"),
          Map.entry("libatk-1.0.so.0", "libatk1.0-0"),
          Map.entry("libatk-bridge-2.0.so.0", "libatk-bridge2.0-0"),
          Map.entry("libatspi.so.0", "libatspi2.0-0"),
          Map.entry("libcups.so.2", "libcups2"),
          Map.entry("libxkbcommon.so.0", "libxkbcommon0"),
          Map.entry("libXdamage.so.1", "libxdamage1"),
          Map.entry("libXcomposite.so.1", "libxcomposite1"),
          Map.entry("libXrandr.so.2", "libxrandr2"),
          Map.entry("libXfixes.so.3", "libxfixes3"),
          Map.entry("libgtk-3.so.0", "libgtk-3-0"));

  private final Map<String, String> environment;
  private final Path engine;
  private final String chromium;

  /**
   * @param engine folder with libcef; need not exist yet
   * @param chromium its version
   */
  public Doctor(Map<String, String> environment, Path engine, String chromium) {
    this.chromium = chromium;
    this.environment = environment;
    this.engine = engine;
  }

  /** All findings, in the order in which they matter. */
  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    List<Finding> builders =
        List.of(
            maven(),
            node(),
            tool("npm", "npm", 0, 0, "install npm (Debian, Ubuntu: apt-get install -y npm)"));
    // An SDK builds nothing from Dunlin's sources.
    boolean installed = !System.getProperty("dunlin.runtime", "").isEmpty();
    builders.stream().map(found -> installed ? found.atMostWarn() : found).forEach(findings::add);
    if (Os.here() == Os.LINUX) {
      findings.add(display());
      findings.add(libraries());
      findings.add(fonts());
      findings.add(sandbox());
      findings.add(sessionBus());
      findings.add(bluetooth());
      findings.add(
          wanted(
              "debs",
              "dunlin build makes deb packages",
              "apt-get install -y dpkg-dev xz-utils",
              List.of("dpkg-shlibdeps", "xz")));
      findings.add(
          wanted(
              "rpms",
              "dunlin build --target rpm makes rpm packages",
              "apt-get install -y rpm",
              List.of("rpmbuild")));
    }
    findings.add(packager());
    findings.add(signing());
    findings.add(disk());
    findings.add(
        EngineAge.finding(
            chromium, LocalDate.ofInstant(new SystemClock().wallTime(), ZoneOffset.UTC)));
    return findings;
  }

  private static Finding java() {
    int feature = Runtime.version().feature();
    Path home = Path.of(System.getProperty("java.home"));
    String detail = "Java " + System.getProperty("java.version") + " in " + home;
    if (feature < MIN_JAVA) {
      return Finding.fail(
          "jdk", detail, "install a JDK of version " + MIN_JAVA + " or later, or set JAVA_HOME");
    }
    if (Os.here() == Os.LINUX && !Files.exists(home.resolve("lib/libawt_xawt.so"))) {
      return Finding.fail(
          "jdk",
          detail + " is a head-less one, it can't open windows",
          "install the full JDK (Debian, Ubuntu: openjdk-" + feature + "-jdk)");
    }
    return Finding.ok("jdk", detail);
  }

  private Finding maven() {
    return tool(
        "maven",
        "mvn",
        3,
        8,
        "install Maven 3.8 or later (Debian, Ubuntu: apt-get install -y maven)");
  }

  private Finding node() {
    return tool(
        "node",
        "node",
        MIN_NODE,
        0,
        "install Node " + MIN_NODE + " or later (Debian, Ubuntu: apt-get install -y nodejs)");
  }

  private Finding tool(String item, String program, int major, int minor, String cure) {
    Optional<Path> path = ProcessStarter.find(program);
    if (path.isEmpty()) {
      return Finding.fail(item, program + " is in no folder of PATH", cure);
    }
    Output output = run(program, "--version");
    String detail =
        output.text().lines().findFirst().orElse("").replaceAll("\u001B\\[[0-9;]*m", "");
    Matcher version = VERSION.matcher(detail);
    if (output.exit() != 0 || !version.find()) {
      return Finding.fail(item, path.get() + " --version says: " + output.text().strip(), cure);
    }
    int foundMajor = Integer.parseInt(version.group(1));
    int foundMinor = Integer.parseInt(version.group(2));
    if (foundMajor < major || foundMajor == major && foundMinor < minor) {
      return Finding.fail(item, detail + " is too old", cure);
    }
    return Finding.ok(item, detail + " (" + path.get() + ")");
  }

  private Finding display() {
    String name = environment.getOrDefault("DISPLAY", "");
    boolean xvfb = ProcessStarter.find("Xvfb").isPresent();
    String cure = "install Xvfb (Debian, Ubuntu: apt-get install -y xvfb)";
    if (name.isEmpty()) {
      return xvfb
          ? Finding.ok("display", "DISPLAY is not set; Xvfb stands in, without a window to see")
          : Finding.fail("display", "DISPLAY is not set and there is no Xvfb", cure);
    }
    Optional<String> fault = XDisplay.fault(name, environment);
    if (fault.isPresent()) {
      return Finding.fail(
          "display",
          "DISPLAY=" + name + ": " + fault.get(),
          "set DISPLAY to one that works, or unset it, or use --headless");
    }
    return xvfb
        ? Finding.ok("display", "DISPLAY=" + name + " answers; Xvfb is there for --headless")
        : Finding.warn(
            "display", "DISPLAY=" + name + " answers; no Xvfb for --headless, test, bench", cure);
  }

  private Finding libraries() {
    Path libcef = engine.resolve("libcef.so");
    if (!Files.exists(libcef)) {
      return Finding.warn(
          "libraries",
          "Chromium is not unpacked yet, so its libraries can't be checked",
          "run dunlin run once; the script checks the packages before");
    }
    if (ProcessStarter.find("ldd").isEmpty()) {
      return Finding.warn("libraries", "there is no ldd to check them with", "install libc-bin");
    }
    TreeSet<String> missing = new TreeSet<>();
    TreeSet<String> packages = new TreeSet<>();
    Output output = run("ldd", libcef.toString());
    output
        .text()
        .lines()
        .filter(line -> line.contains("=> not found"))
        .map(line -> line.strip().split(" ")[0])
        .forEach(
            name -> {
              missing.add(name);
              packages.add(PACKAGES.getOrDefault(name, "(the package with " + name + ")"));
            });
    if (!missing.isEmpty()) {
      return Finding.fail(
          "libraries",
          "Chromium lacks " + String.join(" ", missing),
          "Debian, Ubuntu: apt-get install -y "
              + String.join(" ", packages)
              + " (from 2024 on, some names end in t64: ./dunlin doctor knows)");
    }
    if (output.exit() != 0) {
      return Finding.fail(
          "libraries",
          "ldd " + libcef + " says: " + output.text().strip(),
          "delete " + engine + " and start again");
    }
    return Finding.ok("libraries", "Chromium finds all of its libraries");
  }

  private static Finding fonts() {
    for (Path folder : List.of(Path.of("/usr/share/fonts"), Path.of("/usr/local/share/fonts"))) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(folder, 6)) {
        if (files.anyMatch(file -> file.toString().matches(".*\\.([ot]t[fc]|pfb)"))) {
          return Finding.ok("fonts", "in " + folder);
        }
      } catch (IOException e) {
        return Finding.warn(
            "fonts", "can't look into " + folder + ": " + e.getMessage(), "make it readable");
      }
    }
    return Finding.warn(
        "fonts",
        "none, pages show no text",
        "install one (Debian, Ubuntu: apt-get install -y fonts-dejavu-core)");
  }

  /** Tried with an empty box, not read from settings, of which there are many. */
  private Finding sandbox() {
    Path temp = null;
    try {
      temp = Files.createTempDirectory("dunlin-doctor-");
      // Any folder stands for the engine, which need not be there yet.
      Sandbox sandbox =
          Sandbox.prepare(Files.isDirectory(engine) ? engine : temp, temp, environment);
      return sandbox.isThere()
          ? Finding.ok("sandbox", sandbox.detail())
          : Finding.warn("sandbox", "absent: " + sandbox.detail(), sandbox.cure());
    } catch (IOException e) {
      return Finding.warn(
          "sandbox", "can't be tried: " + e.getMessage(), "make the temporary folder writable");
    } finally {
      delete(temp);
    }
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    // Files only.
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Finding sessionBus() {
    String address = environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", "");
    Path usual = Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", "/nowhere"), "bus");
    // The script sets disabled: where there is none.
    if (!address.isEmpty() && !address.equals("disabled:")) {
      return Finding.ok("dbus", "session bus at " + address);
    }
    return Files.exists(usual)
        ? Finding.ok("dbus", "session bus at " + usual)
        : Finding.warn(
            "dbus",
            "no session bus: apps do not follow the desktop's dark theme",
            "start from a desktop session, or: dbus-run-session -- dunlin run");
  }

  private static Finding bluetooth() {
    boolean daemon =
        Stream.of("/usr/libexec/bluetooth/bluetoothd", "/usr/lib/bluetooth/bluetoothd")
            .anyMatch(file -> Files.exists(Path.of(file)));
    if (!daemon) {
      return Finding.warn(
          "bluez", "BlueZ is not installed: no Bluetooth", "apt-get install -y bluez");
    }
    return Files.exists(Path.of("/run/dbus/system_bus_socket"))
        ? Finding.ok("bluez", "BlueZ is installed, and there is a system bus")
        : Finding.warn(
            "bluez",
            "BlueZ is installed, but there is no system bus to reach it by",
            "systemctl start dbus bluetooth");
  }

  private static Finding packager() {
    Path bin = Path.of(System.getProperty("java.home"), "bin");
    List<String> missing =
        Stream.of("jlink", "jpackage")
            .filter(
                name ->
                    !Files.isExecutable(bin.resolve(name))
                        && !Files.isExecutable(bin.resolve(name + ".exe"))
                        && ProcessStarter.find(name).isEmpty())
            .toList();
    return missing.isEmpty()
        ? Finding.ok("jpackage", "jlink and jpackage are there")
        : Finding.warn(
            "jpackage",
            "there is no "
                + String.join(" and no ", missing)
                + ", by which dunlin build makes packages",
            "install a full JDK (Debian, Ubuntu: apt-get install -y default-jdk), or set JAVA_HOME");
  }

  private static Finding signing() {
    return switch (Os.here()) {
      case LINUX ->
          wanted(
              "signing",
              "a repository of packages is signed by it",
              "apt-get install -y gnupg",
              List.of("gpg"));
      case MAC ->
          wanted(
              "signing",
              "apps for others are signed and notarised by it",
              "xcode-select --install",
              List.of("codesign", "xcrun"));
      case WINDOWS ->
          wanted(
              "signing",
              "installers are signed by it",
              "install the Windows SDK",
              List.of("signtool"));
    };
  }

  /** Programs that only some need, so that their lack is no fault. */
  private static Finding wanted(String item, String use, String cure, List<String> programs) {
    List<String> missing =
        programs.stream().filter(name -> ProcessStarter.find(name).isEmpty()).toList();
    return missing.isEmpty()
        ? Finding.ok(item, String.join(" and ", programs) + ": " + use)
        : Finding.warn(item, "there is no " + String.join(" and no ", missing) + ": " + use, cure);
  }

  private Finding disk() {
    Path folder = engine.toAbsolutePath();
    while (folder.getParent() != null && !Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      String detail = (free >> 20) + " MB free for " + engine;
      return free < MIN_FREE_BYTES
          ? Finding.fail(
              "disk", detail, "free " + (MIN_FREE_BYTES >> 20) + " MB: Chromium is unpacked there")
          : Finding.ok("disk", detail);
    } catch (IOException e) {
      return Finding.warn(
          "disk", "can't tell for " + folder + ": " + e.getMessage(), "check it by hand");
    }
  }

  private record Output(int exit, String text) {}

  private Output run(String... argv) {
    ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    try {
      ChildProcess child =
          ProcessStarter.get()
              .start(
                  ProcessSpec.of(argv)
                      .withEnvironment(environment)
                      .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.PIPE))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      var out =
          ChildProcess.readLines(
              "tool", child.stdout(), MAX_LINE_BYTES, (BoundedLines.Line l) -> lines.add(l.text()));
      var err =
          ChildProcess.readLines(
              "tool", child.stderr(), MAX_LINE_BYTES, (BoundedLines.Line l) -> lines.add(l.text()));
      try {
        int exit =
            out.compose(ignored -> err)
                .compose(ignored -> child.exit())
                .toCompletionStage()
                .toCompletableFuture()
                .get(TOOL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        return new Output(exit, String.join("\n", lines));
      } catch (TimeoutException e) {
        child.killTree();
        return new Output(-1, "no answer within " + TOOL_TIMEOUT.toSeconds() + " s");
      }
    } catch (CompletionException | ExecutionException e) {
      if (e.getCause() instanceof ProcessStartException cause) {
        return new Output(-1, cause.getMessage());
      }
      return new Output(-1, String.valueOf(e.getCause().getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Output(-1, "interrupted");
    }
  }
}
