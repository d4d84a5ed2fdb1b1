package dev.dunlin.installers;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.update.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin keygen}. */
@Command(
    name = "keygen",
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin keygen FILE",
    description = {
      "",
      "Makes a key that signs updates: the private one in FILE, for you alone; prints the public",
      "one, for socket.ini. Whoever has FILE can change the app of everybody who has it; without",
      "it nobody can, you neither. Keep a copy off this machine.",
      ""
    })
final class KeygenCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", hidden = true)
  private Path file;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    byte[] seed = RandomSource.secure().bytes(SigningKeys.SEED_BYTES);
    KeyFile.write(file.toAbsolutePath(), seed);
    spec.commandLine().getOut().println("[update]\nkey = " + Key.of(SigningKeys.ofSeed(seed)));
    return 0;
  }
}
