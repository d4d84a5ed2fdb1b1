package dev.dunlin.shell.cli;

import dev.dunlin.shell.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dunlin env}. */
@Command(
    name = "env",
    synopsisHeading = "Usage: ",
    description = "Prints the environment variables that Dunlin reads, as NAME=VALUE.")
final class EnvCommand implements Callable<Integer> {
  /** Those that something in Dunlin reads. */
  static final List<String> NAMES =
      List.of(
          "JAVA_HOME",
          "PATH",
          "DISPLAY",
          "XAUTHORITY",
          "TMPDIR",
          "XDG_RUNTIME_DIR",
          "XDG_CACHE_HOME",
          "XDG_CONFIG_HOME",
          "XDG_DATA_HOME",
          "GTK_THEME",
          "DBUS_SESSION_BUS_ADDRESS",
          "LOCALAPPDATA",
          "DUNLIN_OPERATOR",
          "SOURCE_DATE_EPOCH",
          "SOCKET_TEST_RUNNER_TIMEOUT");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final Shell shell;

  EnvCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (String name : NAMES) {
      String own = shell.environment().get(name);
      // The script puts a private one in its place.
      String value =
          name.equals("TMPDIR") ? shell.environment().getOrDefault(Shell.USER_TMPDIR, own) : own;
      out.println(name + "=" + (value == null ? "" : Printable.of(value)));
    }
    return CommandLine.ExitCode.OK;
  }
}
