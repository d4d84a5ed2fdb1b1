package dev.dunlin.shell;

import dev.dunlin.shell.app.AppRun;
import dev.dunlin.shell.cli.DunlinCommand;
import dev.dunlin.shell.cli.Shell;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.EngineInstallation;
import dev.dunlin.shell.host.HostException;

/** The entry point. */
public final class Main {
  private Main() {}

  /** Does what the words say and ends the process with their exit code. */
  public static void main(String[] words) {
    if (Relaunch.isNeeded()) {
      System.exit(Relaunch.run(words));
    }
    if (words.length == 0 || words[0].equals("run")) {
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
