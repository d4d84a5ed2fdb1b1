package dev.dunlin.shell.engine;

import dev.dunlin.shell.Trees;
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
 * Unpacks Chromium in the dev loop. Apart from {@link EngineInstallation}, as installed apps ship
 * the files and none of the libraries that unpack them.
 */
final class EngineUnpacking {
  private EngineUnpacking() {}

  /** Blocks; one process at a time, the others find it done. */
  static Path unpack(Path cache, Path ready) {
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
          EngineInstallation.complete(unfinished);
          fit(unfinished);
          Files.move(unfinished, ready, StandardCopyOption.ATOMIC_MOVE);
        }
      }
      return EngineInstallation.complete(ready);
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

  private static void fit(Path engine) {
    try {
      EngineFitting.fitEngine(engine);
    } catch (IOException e) {
      System.err.println("dunlin: Chromium takes more memory than it could: " + e.getMessage());
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
