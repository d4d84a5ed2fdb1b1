package dev.dunlin.shell.engine;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.host.Os;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder with Chromium's files: unpacked once per user and version from the jar that Maven
 * fetched, shared by all apps of the dev loop. Installers ship the files and name the folder with
 * {@code -Ddunlin.engine=DIR}.
 */
public final class EngineInstallation {
  /** System property that names a ready folder. */
  public static final String PROPERTY = "dunlin.engine";

  private EngineInstallation() {}

  /**
   * The folder with libcef, unpacked first if need be. Two processes that start at once unpack
   * once.
   */
  public static Path locate() {
    Path ready = folder();
    if (Files.isDirectory(ready) || !System.getProperty(PROPERTY, "").isEmpty()) {
      return complete(ready);
    }
    return EngineUnpacking.unpack(ready.getParent(), ready);
  }

  /** Where the files are or will be; need not exist. */
  public static Path folder() {
    String given = System.getProperty(PROPERTY, "");
    return given.isEmpty()
        ? caches().resolve("engine").resolve(BuildInfo.engine())
        : Path.of(given);
  }

  /** What Dunlin keeps for each user and can make again; need not exist. */
  public static Path caches() {
    String home = System.getProperty("user.home");
    if (Os.here() == Os.WINDOWS) {
      String local = System.getenv("LOCALAPPDATA");
      return Path.of(local == null ? home + "\\AppData\\Local" : local, "dunlin");
    }
    if (Os.here() == Os.MAC) {
      return Path.of(home, "Library", "Caches", "dunlin");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return (xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(home, ".cache"))
        .resolve("dunlin");
  }

  static Path complete(Path folder) {
    if (!Files.isRegularFile(folder.resolve(System.mapLibraryName("jcef")))) {
      throw new EngineException(
          "the engine folder "
              + folder
              + " has no "
              + System.mapLibraryName("jcef")
              + ": delete the folder and start again");
    }
    return folder;
  }
}
