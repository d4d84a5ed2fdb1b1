package dev.dunlin.shell.cli;

import dev.dunlin.net.headless.RelayProcess;
import dev.dunlin.net.peer.PeerException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dunlin relay}: its words are read by {@code net}, which also runs without us. */
@Command(name = "relay", description = "Runs an introducer and relay.")
final class RelayCommand implements Callable<Integer> {
  @Parameters(arity = "0..*", hidden = true)
  private List<String> words = List.of();

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    try {
      return RelayProcess.run(words, System.out);
    } catch (PeerException e) {
      spec.commandLine().getErr().println("dunlin: " + e.getMessage());
      return e.code().equals("EINVAL") ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }
  }
}
