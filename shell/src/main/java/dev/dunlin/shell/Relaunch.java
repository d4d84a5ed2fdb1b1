package dev.dunlin.shell;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.engine.EngineTemp;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import io.vertx.core.Future;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts a fresh JVM with the flags and the environment that Chromium needs, when we run in
 * somebody else's ({@code mvn compile exec:java} runs in Maven's). The script {@code dunlin} does
 * the same by itself and says so by {@link #PROPERTY}.
 */
public final class Relaunch {
  /** System property: this JVM was started for Dunlin. */
  public static final String PROPERTY = "dunlin.launched";

  /** Flags of the JVM, one a line; the script passes the same file. */
  static final String FLAGS = "java.args";

  /** Flags besides, from JDK {@value #NEW_JDK} on. */
  static final String NEW_FLAGS = "java-24.args";

  private static final int NEW_JDK = 24;

  private static final String USER_TMPDIR = "DUNLIN_USER_TMPDIR";

  /** Where things are, JNA's library among them, which whoever started us said. */
  private static final List<String> HANDED_ON =
      List.of("dunlin.home", "dunlin.engine", "dunlin.runtime", "jna.nosys", "jna.nounpack");

  /** A line of the child's output. The rest of a longer one is dropped. */
  static final int LINE_BYTES = 1 << 20;

  private Relaunch() {}

  /** True in a JVM that was not started for Dunlin. */
  public static boolean isNeeded() {
    return System.getProperty(PROPERTY) == null;
  }

  /**
   * Runs {@link Main} with these words in a fresh JVM: same standard streams, same folder; Ctrl-C
   * and SIGTERM reach it. Blocks.
   *
   * @return its exit code
   */
  public static int run(String... words) {
    return run(Optional.empty(), words);
  }

  /**
   * As {@link #run(String...)}, without its standard output, which goes to {@code lines}, and
   * without ours as its input.
   *
   * @param lines takes each line, on a thread of its own; of one beyond {@link #LINE_BYTES} only
   *     the beginning
   * @return its exit code, once all its output was taken
   */
  public static int run(Consumer<String> lines, String... words) {
    return run(Optional.of(lines), words);
  }

  private static int run(Optional<Consumer<String>> lines, String... words) {
    Path temporary = privateFolder();
    try {
      ProcessSpec spec =
          ProcessSpec.of(argv(words).toArray(String[]::new))
              .withStdio(
                  lines.isPresent() ? Stdio.NULL : Stdio.INHERIT,
                  lines.isPresent() ? Stdio.PIPE : Stdio.INHERIT,
                  Stdio.INHERIT)
              .withParentDeath(ParentDeath.DIE_GENTLY)
              .withVariable(USER_TMPDIR, System.getenv().getOrDefault("TMPDIR", ""))
              // With a slash at the end: see JCEF's trap 1 in ARCHITECTURE.md.
              .withVariable("TMPDIR", temporary + File.separator);
      ChildProcess child =
          ProcessStarter.get().start(spec).toCompletionStage().toCompletableFuture().join();
      Future<Void> read =
          lines
              .map(
                  to ->
                      ChildProcess.readLines(
                          "app", child.stdout(), LINE_BYTES, line -> to.accept(line.text())))
              .orElseGet(Future::succeededFuture);
      return read.compose(nothing -> child.exit()).toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new HostException("can't start a fresh JVM: " + e.getCause().getMessage(), e);
    } finally {
      try {
        Trees.delete(temporary);
      } catch (IOException e) {
        System.err.println("dunlin: can't delete " + temporary + ": " + e.getMessage());
      }
    }
  }

  /**
   * Begins this process anew, with the words it was started with: for an app that has switched to
   * another version. All that it held has been closed. Does not return, unless it can't be done:
   * then it says so.
   */
  public static void again() {
    if (Os.here() != Os.LINUX) {
      System.err.println("dunlin: the app can't start itself again on this system: open it again");
      return;
    }
    try {
      // The script made it for this process, and it went with the engine.
      String temporary = System.getenv("TMPDIR");
      if (temporary != null && !Files.exists(Path.of(temporary))) {
        Files.createDirectory(
            Path.of(temporary),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      String words =
          new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.UTF_8);
      NativeProcess.become(Path.of("/proc/self/exe").toRealPath(), List.of(words.split("\0", -1)));
    } catch (IOException e) {
      System.err.println(
          "dunlin: the app can't start itself again: " + e.getMessage() + ". Open it again.");
    }
  }

  static List<String> argv(String... words) {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(flags(FLAGS));
    if (Runtime.version().feature() >= NEW_JDK) {
      argv.addAll(flags(NEW_FLAGS));
    }
    argv.add("-D" + PROPERTY + "=relaunch");
    for (String name : HANDED_ON) {
      String value = System.getProperty(name, "");
      if (!value.isEmpty()) {
        argv.add("-D" + name + "=" + value);
      }
    }
    argv.add("-cp");
    argv.add(classPath(Relaunch.class.getClassLoader()));
    argv.add(Main.class.getName());
    argv.addAll(List.of(words));
    return argv;
  }

  private static List<String> flags(String file) {
    try (InputStream in = Relaunch.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(flag -> !flag.isEmpty() && !flag.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new HostException("can't read " + file + " from the class path", e);
    }
  }

  /** Maven loads us through a class loader of its own, which java.class.path does not show. */
  private static String classPath(ClassLoader loader) {
    if (loader instanceof URLClassLoader urls) {
      return Stream.of(urls.getURLs())
          .map(Relaunch::path)
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("java.class.path");
  }

  private static String path(URL url) {
    try {
      return Path.of(url.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new HostException("the class path has an entry that is no file: " + url, e);
    }
  }

  private static Path privateFolder() {
    try {
      return Os.here() == Os.WINDOWS
          ? Files.createTempDirectory(EngineTemp.prefix())
          : Files.createTempDirectory(
              EngineTemp.prefix(),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new HostException(
          "can't make a folder in "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e.getMessage()
              + ". Set TMPDIR to a folder that you can write.",
          e);
    }
  }
}
