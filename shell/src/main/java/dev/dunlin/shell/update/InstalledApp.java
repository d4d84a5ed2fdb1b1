package dev.dunlin.shell.update;

import dev.dunlin.shell.config.AppConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** An installed app, or an update of it, whose settings and programs are as they should be. */
public record InstalledApp(AppFolder files, AppConfig config) {
  /**
   * Checks what is used before or beside the pages. Blocks.
   *
   * @throws AlteredException when a file is not as it was installed
   * @throws dev.dunlin.shell.config.ConfigException when socket.ini is wrong
   */
  public static InstalledApp open(Path folder) throws IOException {
    AppFolder files = AppFolder.open(folder.toAbsolutePath().normalize());
    AppConfig config = AppConfig.of(files.folder(), files.read(AppConfig.FILE));
    Manifest manifest = files.manifest();
    if (!manifest.id().equals(config.meta().bundleIdentifier())
        || !manifest.version().equals(Version.parse(config.meta().version()))) {
      throw new AlteredException(
          files.folder().resolve(Manifest.FILE),
          "it is of " + manifest.id() + " " + manifest.version() + ", and socket.ini is not");
    }
    boolean hasBackEnd =
        Stream.of("linux_cmd", "mac_cmd", "win_cmd")
            .anyMatch(key -> !config.values().getOrDefault(key, "").isBlank());
    files.requireAtStart(config.build().resources(), hasBackEnd);
    return new InstalledApp(files, config);
  }

  public Version version() {
    return files.manifest().version();
  }

  /** {@code [update] key}: absent, the app has no updates. */
  public Optional<Key> key() {
    return Optional.of(config.values().getOrDefault("update_key", ""))
        .filter(key -> !key.isEmpty())
        .map(Key::new);
  }
}
