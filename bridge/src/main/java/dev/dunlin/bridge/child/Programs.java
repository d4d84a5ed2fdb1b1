package dev.dunlin.bridge.child;

import dev.dunlin.bridge.fs.Errno;
import dev.dunlin.bridge.spi.BridgeError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds a program as {@code execvp} does, and says what it really is: links resolved. */
final class Programs {
  private Programs() {}

  /**
   * The real path of a program.
   *
   * @param name an absolute path, or a name to look for
   * @param path folders to look in instead of our own {@code PATH}
   * @throws BridgeError {@code ENOENT}, or {@code EACCES} if what is there may not be run
   */
  static Path find(String name, Optional<String> path) {
    try {
      return at(name, path).toRealPath();
    } catch (IOException gone) {
      // It went this moment.
      throw Errno.ENOENT.on("spawn", name);
    }
  }

  /** As {@link #find}, by the name it has there: links are not resolved. */
  static Path at(String name, Optional<String> path) {
    boolean forbidden = false;
    for (Path candidate : candidates(name, path)) {
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return candidate;
      }
      forbidden |= Files.exists(candidate);
    }
    throw (forbidden ? Errno.EACCES : Errno.ENOENT).on("spawn", name);
  }

  /** Whether it is looked for nowhere else. */
  static boolean isPath(String name) {
    return name.contains("/") || name.contains(File.separator);
  }

  private static List<Path> candidates(String name, Optional<String> path) {
    try {
      if (isPath(name)) {
        return List.of(Launch.path(name));
      }
      boolean windows = File.separatorChar == '\\';
      return List.of(
              path.orElse(System.getenv().getOrDefault("PATH", "")).split(File.pathSeparator))
          .stream()
          .filter(folder -> !folder.isEmpty())
          .map(Path::of)
          .filter(Path::isAbsolute)
          .flatMap(
              folder ->
                  (windows ? List.of(name, name + ".exe", name + ".com") : List.of(name))
                      .stream().map(folder::resolve))
          .toList();
    } catch (InvalidPathException e) {
      throw Errno.ENOENT.on("spawn", name);
    }
  }
}
