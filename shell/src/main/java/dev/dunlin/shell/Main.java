package dev.dunlin.shell;

import dev.dunlin.shell.cli.DunlinCommand;
import dev.dunlin.shell.cli.Shell;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.host.HostException;
import java.nio.file.Path;

/** The entry point. */
public final class Main {
  private Main() {}

  /** Does what the words say and ends the process with their exit code. */
  public static void main(String[] words) {
    if (Relaunch.isNeeded()) {
      System.exit(Relaunch.run(words));
    }
    Path engine =
        Path.of(System.getProperty("user.home"), ".cache", "dunlin", "engine", BuildInfo.engine());
    System.exit(
        new DunlinCommand(
                options -> {
                  throw new HostException(
                      "engine not linked: "
                          + options.directory()
                          + " can't be opened by this build");
                },
                Shell.ofThisProcess(engine),
                fault -> fault instanceof HostException || fault instanceof ConfigException)
            .execute(words));
  }
}
