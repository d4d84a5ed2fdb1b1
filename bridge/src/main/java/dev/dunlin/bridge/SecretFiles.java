package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.ScopedPath;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What modules keep from pages: see {@link CommandModule#secretFiles}. No policy and nothing that a
 * person has picked gives a page such a file, for whatever it would do with it; nor may it move or
 * remove a folder above.
 *
 * <p>A file is known by its real path, letter case aside; and by what the disk says, so that a hard
 * link or a mounted folder is no other name for it. A page learns no more than its name, where it
 * may list or watch the folder.
 *
 * <p><i>Thread:</i> any; {@link #check} reads the disk.
 */
final class SecretFiles {
  private volatile List<Path> roots = List.of();

  /**
   * @param paths files, and folders without folders in them
   */
  synchronized void add(List<Path> paths) {
    if (!paths.isEmpty()) {
      roots = Stream.concat(roots.stream(), paths.stream().map(SecretFiles::real)).toList();
    }
  }

  /** What is not there yet is made in the folder that is. */
  private static Path real(Path path) {
    Path written = path.toAbsolutePath().normalize();
    try {
      return written.getParent().toRealPath().resolve(written.getFileName());
    } catch (IOException missing) {
      return written;
    }
  }

  /**
   * Checks what a call would do to a path that its policy check has allowed.
   *
   * @throws BridgeError {@code ERR_ACCESS_DENIED}
   */
  void check(CommandUrl url, ScopedPath path, Access access) {
    List<Path> all = roots;
    if (all.isEmpty()) {
      return;
    }
    Path real = path.real();
    String folded = folded(real);
    Optional<Object> itself = Optional.empty();
    Optional<Object> folder = Optional.empty();
    boolean looked = false;
    for (Path root : all) {
      String secret = folded(root);
      boolean isSecret = isIn(folded, secret);
      if (!isSecret && root.toFile().exists()) {
        if (!looked) {
          looked = true;
          itself = key(real);
          folder = Optional.ofNullable(real.getParent()).flatMap(SecretFiles::key);
        }
        Optional<Object> key = key(root);
        isSecret = key.isPresent() && (key.equals(itself) || key.equals(folder));
      }
      if (isSecret) {
        throw denied(
            url
                + " names what the runtime keeps from pages, such as the app's keys: no policy"
                + " allows that. Take another name; exportKeys() of socket:network gives keys to a"
                + " page whose policy names ipc://network/exportKeys");
      }
      if (access == Access.REPLACE && isIn(secret, folded)) {
        throw denied(
            url
                + " would move or remove a folder in which the runtime keeps the app's keys: no"
                + " policy allows that. Remove what else is in it, one by one");
      }
    }
  }

  private static boolean isIn(String path, String folder) {
    return path.startsWith(folder)
        && (path.length() == folder.length()
            || folder.endsWith(File.separator)
            || path.charAt(folder.length()) == File.separatorChar);
  }

  /** Both ways, as some letters have a fellow in one of them only. */
  private static String folded(Path path) {
    return path.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** What the disk knows a file by; the real path where it has no such thing (Windows). */
  private static Optional<Object> key(Path path) {
    try {
      Object key =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      return Optional.of(key == null ? path.toRealPath() : key);
    } catch (IOException missing) {
      // What is not there, or not to be read, is no other name of something.
      return Optional.empty();
    }
  }

  private static BridgeError denied(String message) {
    return new BridgeError("NotAllowedError", "ERR_ACCESS_DENIED", message);
  }
}
