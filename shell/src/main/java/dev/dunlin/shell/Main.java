package dev.dunlin.shell;

import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.app.AppRun;
import dev.dunlin.shell.cli.DunlinCommand;
import dev.dunlin.shell.cli.Launcher;
import dev.dunlin.shell.cli.Shell;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.EngineInstallation;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Objects;

/** The entry point. */
public final class Main {
  /**
   * System property with the folder of an app that is installed: it is opened as users get it, and
   * all words are its own.
   */
  public static final String INSTALLED_APP = "dunlin.app";

  private Main() {}

  /** Does what the words say and ends the process with their exit code. */
  public static void main(String[] words) {
    Printable.inLogs();
    AppRun launcher = new AppRun();
    int code = run(launcher, words);
    if (launcher.isRestartWanted()) {
      Relaunch.again();
    }
    System.exit(code);
  }

  /**
   * Does what the words say. Whatever goes wrong has been said when it returns, errors of the JVM
   * too: a fault that left {@link #main} would leave the process running, as the threads of the
   * bridge's event loop keep it alive.
   *
   * @return the exit code
   */
  public static int run(Launcher launcher, String... words) {
    try {
      if (Relaunch.isNeeded()) {
        return Relaunch.run(words);
      }
      if (Os.here() == Os.LINUX) {
        answerWhatIsKnown();
      }
      String installed = System.getProperty(INSTALLED_APP);
      if (installed != null) {
        prepare();
        return DunlinCommand.installed(
            launcher,
            Shell.ofThisProcess(EngineInstallation.folder()),
            Main::isExpected,
            Path.of(installed),
            words);
      }
      if (words.length > 0 && words[0].equals("run")) {
        prepare(words);
      }
      return new DunlinCommand(
              launcher, Shell.ofThisProcess(EngineInstallation.folder()), Main::isExpected)
          .execute(words);
    } catch (Throwable fault) {
      return DunlinCommand.tell(fault, Main::isExpected, new PrintWriter(System.err, true));
    }
  }

  /** What Java would look for in all jars, and JNA by a program (ldconfig). */
  private static void answerWhatIsKnown() {
    System.setProperty(
        "java.nio.channels.spi.SelectorProvider", "sun.nio.ch.EPollSelectorProvider");
    // The dynamic linker finds those that are asked for by their full names, as ours are.
    System.setProperty("jna.platform.library.path", "");
  }

  private static boolean isExpected(Throwable fault) {
    return fault instanceof HostException
        || fault instanceof ConfigException
        || fault instanceof EngineException;
  }

  /** The toolkit takes its display for good: in doubt it waits until the words have been read. */
  private static boolean mayMeanHeadless(String word) {
    boolean letters = word.startsWith("-") && !word.startsWith("--");
    return word.startsWith("@") || word.startsWith("--h") || letters && word.indexOf('H') > 0;
  }

  private static void prepare(String... words) {
    // Not where the environment is still to be changed (an X server of our own, a folder for
    // temporary files): native code reads it on these threads, and setenv moves it.
    boolean environmentIsFinal =
        !System.getenv().getOrDefault("DISPLAY", "").isEmpty()
            && System.getenv(Shell.USER_TMPDIR) != null
            && NativeProcess.isEnvironmentSettled();
    if (environmentIsFinal && Arrays.stream(words).noneMatch(Main::mayMeanHeadless)) {
      // Chromium's start waits for these; the first run has them still to unpack.
      Path engine = EngineInstallation.folder();
      if (Files.isDirectory(engine)) {
        Threads.asyncRun("meanwhile", Main::readyWhatIsPlainJava);
        Engine.preload(engine);
      }
    }
  }

  /**
   * While Chromium's library is loaded, the dynamic linker holds up all who call native code for
   * the first time; these do not, and each start needs them.
   */
  private static void readyWhatIsPlainJava() {
    // For the JSON parser. JDK 25 multiplies up to 5^65536 for it.
    Objects.requireNonNull(BigDecimal.ZERO);
    try {
      // Of the app's files.
      MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
