package dev.dunlin.bridge.fs;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * New contents written beside a file and put in its place at once: whoever reads, and whatever
 * kills the process meanwhile, the file is the old or the new one, whole.
 *
 * <p>A killed process leaves its draft behind. So a draft's name follows from the file's, and it is
 * locked while it is written: the next write of that file removes one that nobody holds.
 *
 * <p><i>Thread:</i> any worker; a file may be written by several at once, and the last wins.
 */
final class Drafts {
  /**
   * Drafts of one file that have such names. Over, or where files can't be locked: one at random.
   */
  private static final int NAMES = 16;

  private static final FsFlags NEW = FsFlags.of(TextNode.valueOf("wx"));
  private static final FsFlags THERE = FsFlags.of(TextNode.valueOf("r+"));

  private final RandomSource random;

  /** By real paths. A look at one would end its lock: POSIX counts locks by process. */
  private final Set<Path> written = ConcurrentHashMap.newKeySet();

  Drafts(RandomSource random) {
    this.random = random;
  }

  /** Writes a draft. */
  interface Fill {
    void into(OpenFile draft) throws IOException;
  }

  /**
   * Replaces a file, or makes it.
   *
   * @param real its path, by which other writes of this process are told
   * @param pinned the path to use
   */
  void replace(Path real, Path pinned, FileAttribute<?>[] mode, Fill fill) throws IOException {
    byte[] name = real.getFileName().toString().getBytes(StandardCharsets.UTF_8);
    String stem = ".dunlin-" + UUID.nameUUIDFromBytes(name) + "-";
    boolean done = false;
    for (int i = 0; !done; i++) {
      boolean known = i < NAMES;
      String draft = known ? stem + i : ".dunlin-" + random.hex128();
      Path key = real.resolveSibling(draft);
      if (written.add(key)) {
        try {
          done = write(pinned.resolveSibling(draft), pinned, known, mode, fill);
        } finally {
          written.remove(key);
        }
      }
    }
  }

  /** False if another process has this draft. */
  private static boolean write(
      Path draft, Path target, boolean known, FileAttribute<?>[] mode, Fill fill)
      throws IOException {
    OpenFile file;
    try {
      file = OpenFile.open(Pin.unheld(draft), NEW, mode);
    } catch (FileAlreadyExistsException there) {
      if (known && isAbandoned(draft)) {
        return write(draft, target, true, mode, fill);
      }
      return false;
    }
    boolean mine = true;
    try (file) {
      if (known && !isLocked(file, draft)) {
        // Taken for abandoned in the moment before it was locked, and removed; or it has no locks.
        mine = Files.exists(draft) && Files.isSameFile(draft, file.path().orElse(draft));
        return false;
      }
      fill.into(file);
      file.sync(true);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      mine = false;
      return true;
    } finally {
      if (mine) {
        Files.deleteIfExists(draft);
      }
    }
  }

  /** Whether nobody wrote it any more, so that it was removed. */
  private static boolean isAbandoned(Path draft) throws IOException {
    try {
      if (Stat.type(draft) != Stat.FILE) {
        return false;
      }
      try (OpenFile left = OpenFile.open(Pin.unheld(draft), THERE)) {
        return isLocked(left, draft) && Files.deleteIfExists(draft);
      }
    } catch (NoSuchFileException gone) {
      return true;
    } catch (AccessDeniedException others) {
      return false;
    }
  }

  /** Locks what this path names until it is closed. */
  private static boolean isLocked(OpenFile file, Path path) throws IOException {
    try {
      FileLock lock = file.channel().tryLock();
      return lock != null && Files.exists(path) && Files.isSameFile(path, file.path().orElse(path));
    } catch (OverlappingFileLockException otherModule) {
      return false;
    } catch (NoSuchFileException gone) {
      return false;
    }
  }
}
