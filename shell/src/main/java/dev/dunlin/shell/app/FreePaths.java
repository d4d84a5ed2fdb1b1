package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Paths for files that are still to come: each is kept for one of them until it is given back, so
 * that two of one name don't end in one file.
 *
 * <p><i>Thread:</i> any; {@link #take} looks at the disk.
 */
final class FreePaths {
  private final int sameName;
  private final Set<Path> taken = ConcurrentHashMap.newKeySet();

  /**
   * @param sameName names that are tried, {@code name (1).txt} and so on
   */
  FreePaths(int sameName) {
    this.sameName = sameName;
  }

  /**
   * Takes the first that neither is there nor was taken.
   *
   * @throws BridgeError {@code EEXIST} if there is none
   */
  Path take(Path folder, String name) {
    int dot = name.lastIndexOf('.');
    String stem = dot < 1 ? name : name.substring(0, dot);
    for (int i = 0; i < sameName; i++) {
      Path path =
          folder.resolve(i == 0 ? name : stem + " (" + i + ")" + name.substring(stem.length()));
      if (taken.add(path)) {
        // Not before: a file may come there and its path be given back between the two.
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          return path;
        }
        taken.remove(path);
      }
    }
    throw new BridgeError(
        "Error",
        "EEXIST",
        "there are " + sameName + " files named " + name + " in " + folder + ": remove some");
  }

  void giveBack(Path path) {
    taken.remove(path);
  }
}
