package dev.dunlin.shell.cli;

import dev.dunlin.shell.config.AppConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin print-build-dir}: for scripts. */
@Command(
    name = "print-build-dir",
    customSynopsis = "dunlin print-build-dir [DIR]",
    synopsisHeading = "Usage: ",
    description = {
      "",
      "Prints the folder that packages of the app in DIR, or in the current folder, go into:",
      "[build] output of its socket.ini, or build."
    })
final class PrintBuildDirCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = {"-P", "--prod"},
      hidden = true,
      description = "Taken for the sake of scripts written for ssc: there is one folder for all.")
  private boolean production;

  @Option(names = "--root", hidden = true, description = "As --prod.")
  private boolean root;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Mixin private PlatformOption platform;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final Shell shell;

  PrintBuildDirCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    platform.check(spec);
    Path here = shell.workingDirectory();
    AppConfig config = AppConfig.load(directory == null ? here : here.resolve(directory));
    String output = config.values().getOrDefault("build_output", "build");
    spec.commandLine().getOut().println(config.directory().resolve(output).normalize());
    return CommandLine.ExitCode.OK;
  }
}
