package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call.Lane;
import dev.dunlin.bridge.spi.Command.Access;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a person has picked for one window: paths that its top document may use beyond its policy,
 * until the window goes or shows another origin.
 *
 * <p>A grant is a real path, literally: no pattern. A file is that file alone, a folder is what is
 * in it too. It holds for commands of {@link #MODULE} that come by the call lane, where the engine
 * says that the top frame asks, and only for a document whose policy allows the command by which
 * the person was asked. The app's own files stay guarded, see {@link OwnFiles}.
 *
 * <p><i>Thread:</i> any.
 */
final class Grants {
  /** The module whose commands a grant is for: no picked program is started. */
  static final String MODULE = "fs";

  /** Grants of one window. Over: the oldest is forgotten. */
  static final int GRANTS_PER_WINDOW = 1024;

  /** Nothing is granted, whatever path. */
  static final Predicate<Path> NOTHING = path -> false;

  /**
   * @param by the command by which the person was asked
   */
  private record Grant(Path real, boolean folder, boolean writable, CommandUrl by) {
    boolean holds(Path path, Access access) {
      if (access != Access.READ && !writable) {
        return false;
      }
      // What was picked stays where it is: only what is in it is moved and removed.
      return path.equals(real) ? access != Access.REPLACE : folder && path.startsWith(real);
    }
  }

  // Guarded by this.
  private final Deque<Grant> grants = new ArrayDeque<>();

  /**
   * Grants what the person has picked in answer to {@code call}.
   *
   * @return its real path
   * @throws IOException if there is no such file or folder
   */
  Path add(RunningCall call, Path picked, boolean writable) throws IOException {
    Path real = picked.toRealPath();
    addAt(call, real, writable);
    return real;
  }

  /**
   * As {@link #add}, of a path that was found to be real before.
   *
   * @throws IOException also if it is real no more
   */
  void addReal(RunningCall call, Path real, boolean writable) throws IOException {
    if (!real.toRealPath().equals(real)) {
      throw new FileSystemException(real.toString(), null, "links lead elsewhere from there now");
    }
    // Literally: who puts a link there from now on has granted nothing by it.
    addAt(call, real, writable);
  }

  private void addAt(RunningCall call, Path real, boolean writable) {
    boolean folder = Files.isDirectory(real);
    if (!folder && !Files.isRegularFile(real)) {
      throw new BridgeError(
          "TypeMismatchError",
          "ERR_NO_REGULAR_FILE",
          "what was picked is neither a file nor a folder: pick another");
    }
    synchronized (this) {
      // Under the lock: a document goes before its window's grants are forgotten.
      if (call.isCancelled() || call.document.isGone()) {
        throw Dispatcher.cancelled();
      }
      grants.removeIf(
          old -> old.real.equals(real) && old.by.equals(call.url) && (writable || !old.writable));
      grants.addLast(new Grant(real, folder, writable, call.url));
      if (grants.size() > GRANTS_PER_WINDOW) {
        grants.removeFirst();
      }
    }
  }

  synchronized void forget() {
    grants.clear();
  }

  /** Which paths a call may use by what was picked, for an access. */
  Predicate<Path> to(RunningCall call, Access access) {
    if (call.lane != Lane.CALL || !call.top || !call.module.equals(MODULE)) {
      return NOTHING;
    }
    return of(call.document, access);
  }

  /** As {@link #to}, by any command. */
  Predicate<Path> of(Document document, Access access) {
    List<Grant> all;
    synchronized (this) {
      if (grants.isEmpty()) {
        return NOTHING;
      }
      all = new ArrayList<>(grants);
    }
    all.removeIf(grant -> !document.policy.allows(grant.by));
    return path -> all.stream().anyMatch(grant -> grant.holds(path, access));
  }
}
