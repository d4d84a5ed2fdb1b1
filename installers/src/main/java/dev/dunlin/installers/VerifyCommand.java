package dev.dunlin.installers;

import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.shell.update.AppFolder;
import dev.dunlin.shell.update.Key;
import dev.dunlin.shell.update.Manifest;
import dev.dunlin.shell.update.Manifest.Entry;
import dev.dunlin.shell.update.Manifest.Release;
import dev.dunlin.shell.update.Updater;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin verify [--key KEY] [DIR]",
    description = {
      "",
      "Checks an update that dunlin sign has made in DIR, or in the folder build/update: its signature,",
      "its time and every file.",
      ""
    })
final class VerifyCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The public key that the app trusts (that which signs now).")
  private String key;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path folder = directory == null ? Path.of("build", "update") : directory;
    Manifest manifest;
    try (InputStream in = Files.newInputStream(folder.resolve(Manifest.FILE))) {
      manifest = Manifest.parse(in.readNBytes(Manifest.MAX_BYTES + 1));
    } catch (NoSuchFileException e) {
      throw new BuildException(
          "there is no " + folder.resolve(Manifest.FILE) + ": make it with dunlin sign");
    }
    Release release =
        manifest
            .release()
            .orElseThrow(
                () ->
                    new BuildException(
                        folder + " is of an installed app, which is not signed: name an update"));
    manifest.requireSignedBy(key == null ? release.key() : new Key(key));
    if (!new SystemClock().wallTime().isBefore(release.expires())) {
      throw new BuildException("it has expired on " + release.expires() + ": sign it anew");
    }
    for (Map.Entry<String, Entry> file : manifest.files().entrySet()) {
      Path content = folder.resolve(Updater.FILES).resolve(file.getValue().sha256());
      Entry found =
          Files.exists(content)
              ? AppFolder.entries(new TreeMap<>(Map.of(file.getKey(), content))).get(file.getKey())
              : new Entry(-1, "", false);
      if (found.sizeBytes() != file.getValue().sizeBytes()
          || !found.sha256().equals(file.getValue().sha256())) {
        throw new BuildException(
            content + " is missing or is not '" + file.getKey() + "': sign the app again");
      }
    }
    spec.commandLine()
        .getOut()
        .println(
            manifest.id()
                + " "
                + manifest.version()
                + " is as it was signed with "
                + release.key()
                + ", until "
                + release.expires());
    return 0;
  }
}
