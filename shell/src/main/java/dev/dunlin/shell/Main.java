package dev.dunlin.shell;

import dev.dunlin.shell.app.AppRun;
import dev.dunlin.shell.cli.DunlinCommand;
import dev.dunlin.shell.cli.Shell;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.EngineInstallation;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.NativeProcess;
import java.util.Arrays;

/** The entry point. */
public final class Main {
  private Main() {}

  /** Does what the words say and ends the process with their exit code. */
  public static void main(String[] words) {
    Printable.inLogs();
    if (Relaunch.isNeeded()) {
      System.exit(Relaunch.run(words));
    }
    // Not where the environment is still to be changed (an X server of our own, a folder for
    // temporary files): libraries read it while they load, and setenv moves it.
    boolean environmentIsFinal =
        System.getenv("DISPLAY") != null
            && System.getenv(Shell.USER_TMPDIR) != null
            && NativeProcess.isEnvironmentSettled();
    boolean headless =
        Arrays.asList(words).contains("--headless") || Arrays.asList(words).contains("-H");
    if (environmentIsFinal && !headless && (words.length == 0 || words[0].equals("run"))) {
      Engine.preloadChromium(EngineInstallation.folder());
    }
    System.exit(
        new DunlinCommand(
                new AppRun(),
                Shell.ofThisProcess(EngineInstallation.folder()),
                fault ->
                    fault instanceof HostException
                        || fault instanceof ConfigException
                        || fault instanceof EngineException)
            .execute(words));
  }
}
