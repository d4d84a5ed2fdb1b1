package dev.dunlin.shell.engine;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.Trees;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import me.friwi.jcefmaven.CefBuildInfo;
import me.friwi.jcefmaven.EnumPlatform;
import me.friwi.jcefmaven.UnsupportedPlatformException;
import me.friwi.jcefmaven.impl.step.extract.TarGzExtractor;
import me.friwi.jcefmaven.impl.step.fetch.PackageClasspathStreamer;

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
    return unpack(ready.getParent(), ready);
  }

  /** Where the files are or will be; need not exist. */
  public static Path folder() {
    String given = System.getProperty(PROPERTY, "");
    return given.isEmpty() ? cacheFolder().resolve(BuildInfo.engine()) : Path.of(given);
  }

  private static Path cacheFolder() {
    String home = System.getProperty("user.home");
    if (Os.here() == Os.WINDOWS) {
      String local = System.getenv("LOCALAPPDATA");
      return Path.of(local == null ? home + "\\AppData\\Local" : local, "dunlin", "engine");
    }
    if (Os.here() == Os.MAC) {
      return Path.of(home, "Library", "Caches", "dunlin", "engine");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return (xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(home, ".cache"))
        .resolve("dunlin")
        .resolve("engine");
  }

  private static Path complete(Path folder) {
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

  private static Path unpack(Path cache, Path ready) {
    try {
      Files.createDirectories(cache);
      try (FileChannel channel =
              FileChannel.open(
                  cache.resolve("unpack.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid()) {
          throw new IOException("lost the lock " + cache.resolve("unpack.lock"));
        }
        if (!Files.isDirectory(ready)) {
          removeUnfinished(cache);
          System.err.println("dunlin: unpacking Chromium into " + ready + " (once per version)");
          Path unfinished = Files.createTempDirectory(cache, "unfinished-");
          try (var stream =
              PackageClasspathStreamer.streamNatives(
                  CefBuildInfo.fromClasspath(), EnumPlatform.getCurrentPlatform())) {
            if (stream == null) {
              throw new EngineException(
                  "the jar with Chromium's files for this system is not on the class path: build with Maven on this system");
            }
            TarGzExtractor.extractTarGZ(unfinished.toFile(), stream);
          }
          complete(unfinished);
          Files.move(unfinished, ready, StandardCopyOption.ATOMIC_MOVE);
        }
      }
      return complete(ready);
    } catch (IOException | UnsupportedPlatformException e) {
      throw new EngineException(
          "cannot unpack Chromium into "
              + cache
              + ": "
              + e.getMessage()
              + ". It needs 400 MB there.",
          e);
    }
  }

  /** What an earlier start left when it was killed half way. */
  private static void removeUnfinished(Path cache) throws IOException {
    List<Path> left;
    try (Stream<Path> entries = Files.list(cache)) {
      left = entries.filter(p -> p.getFileName().toString().startsWith("unfinished-")).toList();
    }
    for (Path folder : left) {
      Trees.delete(folder);
    }
  }
}
