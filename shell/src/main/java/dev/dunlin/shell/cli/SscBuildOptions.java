package dev.dunlin.shell.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Options of {@code ssc build}: those that change nothing here are taken, the others say why not.
 */
public final class SscBuildOptions {
  @Option(
      names = {"-p", "--package", "-P", "--prod", "-V", "--verbose", "-o", "--only-build"},
      hidden = true,
      description = "Packages are always made so.")
  private List<Boolean> ignored = List.of();

  @Option(
      names = {"-D", "--debug"},
      hidden = true)
  private List<Boolean> debug = List.of();

  @Option(
      names = {"-r", "--run", "-w", "--watch", "-H", "--headless"},
      hidden = true)
  private List<Boolean> run = List.of();

  @Option(
      names = {"--port", "--host", "-E", "--env"},
      hidden = true)
  private List<String> ofRun = List.of();

  @Option(
      names = {"-t", "--test"},
      arity = "0..1",
      fallbackValue = "index",
      hidden = true)
  private String test = "";

  @Option(
      names = {"-c", "--codesign", "-n", "--notarize"},
      hidden = true)
  private List<Boolean> sign = List.of();

  @CommandLine.Mixin private PlatformOption platform = new PlatformOption();

  /**
   * @throws CommandLine.ParameterException if one is given that this build can't follow
   */
  public void check(CommandLine.Model.CommandSpec command) {
    platform.check(command);
    Map<String, List<?>> refused =
        new TreeMap<>(
            Map.of(
                "--debug: packages are made as users get them; dunlin run --debug DIR opens the app so",
                debug,
                "--run, --watch, --headless, --port, --host, --env and --test go with dunlin run and"
                    + " dunlin test: there is nothing to build before those",
                Stream.of(run, ofRun, test.isEmpty() ? List.of() : List.of(test))
                    .flatMap(List::stream)
                    .toList(),
                "--codesign, --notarize: sign the package that is made with the system's own tools",
                sign));
    refused.forEach(
        (why, given) -> {
          if (!given.isEmpty()) {
            throw new CommandLine.ParameterException(command.commandLine(), why);
          }
        });
  }
}
