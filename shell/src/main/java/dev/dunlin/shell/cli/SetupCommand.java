package dev.dunlin.shell.cli;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.host.Doctor;
import dev.dunlin.shell.host.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dunlin setup}, where the script that installs packages has done so or is not there. */
@Command(
    name = "setup",
    synopsisHeading = "Usage: ",
    description = {
      "",
      "Has what is missing on this machine installed where that takes no password (the ./dunlin of",
      "Dunlin's sources, on Debian and Ubuntu); tells how to install the rest."
    })
final class SetupCommand implements Callable<Integer> {
  @Option(
      names = {"-y", "--yes"},
      hidden = true,
      description = "Taken for the sake of scripts written for ssc: nothing is asked.")
  private boolean yes;

  @Option(
      names = {"-q", "--quiet"},
      hidden = true,
      description = "As --yes: it tells no more than it must.")
  private boolean quiet;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Mixin private PlatformOption platform;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final Shell shell;

  SetupCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    platform.check(spec);
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> missing =
        new Doctor(shell.environment(), shell.engine(), BuildInfo.chromium())
            .examine().stream().filter(f -> f.verdict() == Finding.Verdict.FAIL).toList();
    missing.forEach(out::println);
    out.println(missing.isEmpty() ? "All that is needed is there." : "Install what is missing.");
    return missing.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }
}
