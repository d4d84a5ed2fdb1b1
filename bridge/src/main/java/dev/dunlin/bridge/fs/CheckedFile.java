package dev.dunlin.bridge.fs;

import com.sun.jna.Platform;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ScopedPath;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Writes whole files at checked paths, for commands of any module: readers see the old file or the
 * new one, and a link that comes after the check is not followed.
 *
 * <p><i>Thread:</i> a worker.
 */
public final class CheckedFile {
  private static final int PIECE_BYTES = 256 << 10;

  /** What a new file has, less the process's umask. */
  private static final int NEW_MODE = 0666;

  /** What replaces a file has this until it has the file's own. */
  private static final int DRAFT_MODE = 0600;

  private final Drafts drafts;

  public CheckedFile(RandomSource random) {
    this.drafts = new Drafts(random);
  }

  /**
   * Replaces the file, or makes it.
   *
   * @param content read to its end, not closed
   * @param syscall what a failure names, such as {@code write}
   * @throws BridgeError with the system's code, such as {@code ENOSPC}; nothing was changed
   */
  public void write(ScopedPath path, InputStream content, String syscall) {
    write(path, content, syscall, true);
  }

  /** As {@link #write}, but leaves a file that is there by the end: {@code EEXIST}. */
  public void create(ScopedPath path, InputStream content, String syscall) {
    write(path, content, syscall, false);
  }

  private void write(ScopedPath path, InputStream content, String syscall, boolean replaces) {
    try {
      replace(
          drafts,
          path,
          attributes(NEW_MODE),
          true,
          draft -> {
            byte[] piece = new byte[PIECE_BYTES];
            for (int n = content.read(piece); n >= 0; n = content.read(piece)) {
              draft.write(ByteBuffer.wrap(piece, 0, n), -1);
            }
            if (!replaces && Files.exists(path.real(), LinkOption.NOFOLLOW_LINKS)) {
              throw new Errno.Failure(Errno.EEXIST);
            }
          });
    } catch (IOException e) {
      if (e.getCause() instanceof BridgeError known) {
        throw known;
      }
      throw Errno.of(e).on(syscall, path.asked());
    }
  }

  /**
   * @param mode of a new file, and of one that is there unless it is to keep its own
   */
  static void replace(
      Drafts drafts, ScopedPath path, FileAttribute<?>[] mode, boolean keepMode, Drafts.Fill fill)
      throws IOException {
    if (path.asked().endsWith("/")) {
      throw new Errno.Failure(Errno.EISDIR);
    }
    try (Pin pin = Pin.of(path)) {
      Path target = pin.path();
      boolean there = FsCalls.exists(target);
      if (there && Stat.type(target) != Stat.FILE) {
        throw new Errno.Failure(Stat.type(target) == Stat.FOLDER ? Errno.EISDIR : Errno.EINVAL);
      }
      boolean keep = there && keepMode && !Platform.isWindows();
      Set<PosixFilePermission> kept =
          keep ? Files.getPosixFilePermissions(target, LinkOption.NOFOLLOW_LINKS) : Set.of();
      drafts.replace(
          path.real(),
          target,
          keep ? attributes(DRAFT_MODE) : mode,
          file -> {
            fill.into(file);
            if (keep) {
              file.change(draft -> Files.setPosixFilePermissions(draft, kept));
            }
          });
    }
  }

  private static FileAttribute<?>[] attributes(int bits) {
    return Platform.isWindows()
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FsCalls.permissions(bits))};
  }
}
