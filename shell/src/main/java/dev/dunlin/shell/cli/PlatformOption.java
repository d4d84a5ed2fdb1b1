package dev.dunlin.shell.cli;

import dev.dunlin.shell.host.Os;
import java.util.List;
import picocli.CommandLine;

/** {@code --platform}, which scripts written for ssc give. Only this system's name does. */
public final class PlatformOption {
  @CommandLine.Option(
      names = "--platform",
      paramLabel = "NAME",
      hidden = true,
      description = "Taken for the sake of scripts written for ssc.")
  private String platform = "host";

  /**
   * @throws CommandLine.ParameterException if it names another system than this
   */
  public void check(CommandLine.Model.CommandSpec command) {
    List<String> ours =
        switch (Os.here()) {
          case LINUX -> List.of("host", "linux", "desktop");
          case MAC -> List.of("host", "mac", "macos", "darwin", "desktop");
          case WINDOWS -> List.of("host", "win", "win32", "windows", "desktop");
        };
    if (!ours.contains(platform)) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "--platform "
              + platform
              + ": Dunlin makes apps for desktops, each on the system that it is for; leave it out");
    }
  }
}
