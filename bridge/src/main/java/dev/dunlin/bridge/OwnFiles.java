package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.ScopedPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that the app is made of. Whoever changes them is the app from its next start on, so a
 * source that happens to reach them ({@code ipc:}, {@code $HOME/}, or {@code copyFile} where it was
 * meant for reading) is not enough: every policy must say so in a source of {@link #GRANT} that
 * names them, or something in them.
 *
 * <p><i>Thread:</i> any.
 */
final class OwnFiles {
  /** The function whose sources let these files be changed, by whatever function. */
  static final String GRANT = "writeFile";

  private final Set<Path> roots = new LinkedHashSet<>();

  /**
   * @param paths folders and files, absolute; as written, each with its real path if it has one
   */
  OwnFiles(List<Path> paths) {
    for (Path path : paths) {
      roots.add(path.normalize());
      try {
        roots.add(path.toRealPath());
      } catch (IOException missing) {
        // What is not there has one spelling.
        continue;
      }
    }
  }

  /**
   * Checks what a call would do to a path that its own policy check has allowed.
   *
   * @throws BridgeError {@code ERR_ACCESS_DENIED}
   */
  void check(PolicySet policy, CommandUrl url, ScopedPath path, Access access) {
    if (access == Access.READ) {
      return;
    }
    Path real = path.real();
    for (Path root : roots) {
      if (isIn(real, root)) {
        CommandUrl grant = url.withFunction(GRANT);
        String slash = url.folder() ? "/" : "";
        if (!policy.names(
            grant.withResource(CommandUrl.slashed(real) + slash),
            grant.withResource(CommandUrl.slashed(root)))) {
          // By the path that was asked: where a link leads is not the page's to know.
          throw denied(policy, url, grant);
        }
      } else if (access == Access.REPLACE && isIn(root, real)) {
        throw new BridgeError(
            "NotAllowedError",
            "ERR_ACCESS_DENIED",
            url
                + " would move or remove a folder that holds the app itself: no policy allows that");
      }
    }
  }

  /**
   * By spelling, and by what the disk says: a file may have other names (letter case, 8.3, links).
   */
  private static boolean isIn(Path path, Path folder) {
    for (Path above = path; above != null; above = above.getParent()) {
      if (above.equals(folder) || isSame(above, folder)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException missing) {
      // What is not there is no other name of something.
      return false;
    }
  }

  private static BridgeError denied(PolicySet policy, CommandUrl url, CommandUrl grant) {
    return new BridgeError(
        "NotAllowedError",
        "ERR_ACCESS_DENIED",
        url
            + " would change the app itself, whose files are read-only to its pages: add '"
            + policy.refusingDirective(grant)
            + " "
            + grant
            + "' (by the real path) to [security] policy[] in socket.ini, and to the page's <meta>"
            + " policy if it has one; a source that does not name these files is not enough",
        Map.of("source", grant.toString(), "directive", policy.refusingDirective(grant)));
  }
}
