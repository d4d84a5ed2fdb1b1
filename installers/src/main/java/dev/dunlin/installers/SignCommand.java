package dev.dunlin.installers;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.update.Key;
import dev.dunlin.shell.update.Manifest;
import dev.dunlin.shell.update.Manifest.Entry;
import dev.dunlin.shell.update.Manifest.KeyChange;
import dev.dunlin.shell.update.Manifest.Release;
import dev.dunlin.shell.update.Pieces;
import dev.dunlin.shell.update.Updater;
import dev.dunlin.shell.update.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin sign}. */
@Command(
    name = "sign",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin sign --key FILE [OPTIONS] [DIR]",
    description = {
      "",
      "Makes an update of the app in DIR, or of the current folder: a folder that is put on a web",
      "server as it is. [update] url of socket.ini names dunlin.manifest there.",
      ""
    })
final class SignCommand implements Callable<Integer> {
  /** Longest time that an update may be taken. */
  private static final int MAX_DAYS = 3650;

  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "The private key that signs, made by dunlin keygen.")
  private Path key;

  @Option(
      names = "--next-key",
      paramLabel = "FILE",
      description = "Change to this private key: it signs, and --key vouches for it.")
  private Path nextKey;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where the update goes (update, in the folder of packages).")
  private Path output;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How long it may be taken: 1 to " + MAX_DAYS + " (${DEFAULT-VALUE}).")
  private int days = 90;

  @Option(
      names = "--minimum",
      paramLabel = "VERSION",
      description = "Oldest version that can be updated to it (any).")
  private String minimum = "0.0.0";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (days < 1 || days > MAX_DAYS) {
      throw new BuildException("--days is 1 to " + MAX_DAYS + ", this is " + days);
    }
    AppConfig config = AppConfig.load(directory == null ? Path.of("") : directory);
    // Of no package, so of no update.
    Path build = config.directory().resolve(config.values().getOrDefault("build_output", "build"));
    Path to = (output == null ? build.resolve("update") : output).toAbsolutePath().normalize();
    if (to.startsWith(config.directory()) && !to.startsWith(build)) {
      throw new BuildException(
          to + " would become part of the app: give an --output in " + build + ", or elsewhere");
    }
    SigningKeys signer = KeyFile.read(key);
    AppFiles files = new AppFiles(config, build);
    String trusted = config.values().getOrDefault("update_key", "");
    if (trusted.isEmpty()) {
      throw new BuildException(
          config.directory().resolve(AppConfig.FILE)
              + " has no [update] key: without it no installed app takes an update. Add key = "
              + Key.of(signer));
    }
    requireSecret(files, key);
    if (nextKey != null) {
      requireSecret(files, nextKey);
    }
    Manifest plain = files.manifest();
    List<KeyChange> changes = new ArrayList<>(changesBefore(to, plain, Key.of(signer)));
    if (nextKey != null) {
      SigningKeys next = KeyFile.read(nextKey);
      changes.add(KeyChange.sign(plain.id(), signer, Key.of(next)));
      signer = next;
    }
    Instant expires =
        new SystemClock().wallTime().plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.SECONDS);
    byte[] pieces = Pieces.list(plain, files.files());
    Manifest signed =
        plain.sign(
            signer,
            new Release(
                expires, Version.parse(minimum), Pieces.hash(pieces), changes, Key.of(signer), ""));
    signed.requireSignedBy(new Key(trusted));
    // Bound by the parser of those who get it.
    Manifest.parse(signed.toBytes());
    Path contents = Files.createDirectories(to.resolve(Updater.FILES));
    for (var file : signed.files().entrySet()) {
      Path source = files.files().get(file.getKey());
      put(Files.readAllBytes(source), contents.resolve(file.getValue().sha256()));
    }
    // Last: who reads it finds the files.
    put(signed.toBytes(), to.resolve(Manifest.FILE));
    spec.commandLine()
        .getOut()
        .println(
            signed.id()
                + " "
                + signed.version()
                + ": "
                + signed.files().size()
                + " files, "
                + signed.files().values().stream().mapToLong(Entry::sizeBytes).sum()
                + " bytes, until "
                + expires
                + ", in "
                + to);
    return 0;
  }

  private static void requireSecret(AppFiles files, Path key) throws IOException {
    if (files.files().containsValue(key.toRealPath())) {
      throw new BuildException(
          key + " is one of the app's files, and everybody would get it: move it elsewhere");
    }
  }

  /** How those who have the app come to know the key: told by the update before. */
  private static List<KeyChange> changesBefore(Path to, Manifest next, Key key) throws IOException {
    Path file = to.resolve(Manifest.FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    Manifest before = Manifest.parse(Files.readAllBytes(file));
    if (!before.id().equals(next.id()) || before.version().isNewerThan(next.version())) {
      throw new BuildException(
          file
              + " is "
              + before.id()
              + " "
              + before.version()
              + ", and nobody goes back to "
              + next.id()
              + " "
              + next.version()
              + ": raise [meta] version, or give another --output");
    }
    Optional<Release> release = before.release();
    if (release.map(r -> !r.key().equals(key)).orElse(true)) {
      throw new BuildException(
          file
              + " is signed with another key than --key: sign with that one, and --next-key to change");
    }
    return release.get().changes();
  }

  private static void put(byte[] content, Path to) throws IOException {
    Path part = to.resolveSibling(to.getFileName() + ".part");
    Files.write(part, content);
    Files.move(part, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
