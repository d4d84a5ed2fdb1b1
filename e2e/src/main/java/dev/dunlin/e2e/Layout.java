package dev.dunlin.e2e;

import dev.dunlin.shell.engine.EngineInstallation;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Where the files are that the script {@code ./dunlin} starts: {@code shell/target/dunlin}, and
 * Chromium's. For another user they are copied to where that user may read them.
 *
 * @param home the root of the sources
 * @param dist folder with {@code java.args} and {@code lib/*.jar}
 * @param engine folder with libcef
 * @param driver class path entry of {@link Driver}
 */
public record Layout(Path home, Path dist, Path engine, Path driver) {
  /** System property with the root of the sources. */
  static final String HOME = "dunlin.home";

  /** System property with the JDK that runs apps, where it is not the one that runs the tests. */
  private static final String JDK = "dunlin.java";

  private static final String FLAGS = "java.args";
  private static final String NEW_FLAGS = "java-24.args";
  private static final int NEW_JDK = 24;

  private static final Map<Account, Layout> LAYOUTS = new ConcurrentHashMap<>();

  /** The files for this account; copied on first use if need be. */
  public static Layout of(Account account) {
    return LAYOUTS.computeIfAbsent(account, a -> a.ordinary() ? staged(a, built()) : built());
  }

  private static Layout built() {
    String given = System.getProperty(HOME, "");
    Path home = Path.of(given.isEmpty() ? ".." : given).toAbsolutePath().normalize();
    Path dist = home.resolve("shell").resolve("target").resolve("dunlin");
    if (!Files.isDirectory(dist.resolve("lib"))) {
      throw new IllegalStateException(
          dist + " is missing: build it first with mvn -DskipTests package -pl shell -am");
    }
    try {
      Path classes =
          Path.of(Layout.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return new Layout(home, dist, EngineInstallation.locate(), classes);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Layout staged(Account account, Layout from) {
    account.make();
    Path shared = account.stage();
    // Of these sources alone: the suites of another checkout may run meanwhile.
    Path stage = shared.resolve(from.home.toString().substring(1).replace('/', '-'));
    try {
      Files.createDirectories(stage);
      Path engines = Files.createDirectories(shared.resolve("engine"));
      for (Path folder : List.of(shared.getParent(), shared, engines, stage)) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Path dist = stage.resolve("dunlin");
      deleteTree(dist);
      // The archive of classes names the jars it was made from: of copies it knows nothing.
      copyTree(from.dist.resolve("lib"), dist.resolve("lib"));
      for (String flags : List.of(FLAGS, NEW_FLAGS)) {
        Files.copy(from.dist.resolve(flags), dist.resolve(flags));
      }
      Path driver = stage.resolve("e2e").resolve(from.driver.getFileName());
      deleteTree(driver.getParent());
      copyTree(from.driver, driver);
      Path engine = engines.resolve(from.engine.getFileName());
      if (!Files.isDirectory(engine)) {
        Path unfinished = stage.resolve("engine");
        deleteTree(unfinished);
        copyTree(from.engine, unfinished);
        Files.move(unfinished, engine, StandardCopyOption.ATOMIC_MOVE);
      }
      return new Layout(from.home, dist, engine, driver);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int featureVersion(Path jdk) {
    Properties release = new Properties();
    try (Reader reader = Files.newBufferedReader(jdk.resolve("release"))) {
      release.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", "")).feature();
  }

  /** The JDK that runs apps. */
  public static Path jdk() {
    return Path.of(System.getProperty(JDK, System.getProperty("java.home")));
  }

  /** The command line up to the main class, as the script makes it. */
  List<String> java(Class<?> main) {
    List<String> argv = new ArrayList<>();
    Path jdk = jdk();
    argv.add(jdk.resolve("bin").resolve("java").toString());
    argv.add("@" + dist.resolve(FLAGS));
    if (featureVersion(jdk) >= NEW_JDK) {
      argv.add("@" + dist.resolve(NEW_FLAGS));
    }
    argv.add("-Ddunlin.launched=script");
    argv.add("-Ddunlin.home=" + home);
    argv.add("-Ddunlin.engine=" + engine);
    Path archive = dist.resolve("dunlin.jsa");
    if (Files.exists(archive)) {
      argv.add("-XX:SharedArchiveFile=" + archive);
    }
    argv.add("-cp");
    argv.add(jars() + (main == Driver.class ? ":" + driver : ""));
    argv.add(main.getName());
    return argv;
  }

  /** In the order of the script's: an archive is of one class path. */
  private String jars() {
    StringBuilder all = new StringBuilder();
    for (String ours : List.of("dunlin-shell-", "dunlin-bridge-")) {
      try (Stream<Path> jars = Files.list(dist.resolve("lib"))) {
        jars.filter(jar -> jar.getFileName().toString().startsWith(ours))
            .forEach(jar -> all.append(jar).append(':'));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.append(dist.resolve("lib")).append("/*").toString();
  }

  /** What npm and builds make in an app's folder. */
  private static final Set<String> MADE =
      Set.of("node_modules", "dist", "build", "target", ".dunlin");

  /** An app as its author has written it. */
  public static void copySources(Path app, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> all = Files.list(app)) {
      for (Path path : all.filter(p -> !MADE.contains(p.getFileName().toString())).toList()) {
        copyTree(path, to.resolve(path.getFileName()));
      }
    }
  }

  /** Copies a file or a folder; everybody may read the copy. */
  public static void copyTree(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            Path made = to.resolve(from.relativize(path).toString());
            Files.createDirectories(made);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            Path made = to.resolve(from.relativize(path).toString());
            Files.copy(path, made, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(
                made,
                PosixFilePermissions.fromString(
                    Files.isExecutable(path) ? "rwxr-xr-x" : "rw-r--r--"));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Deletes a file or a folder, links not followed; harmless when there is none. */
  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, IOException fault)
              throws IOException {
            Files.deleteIfExists(path);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
