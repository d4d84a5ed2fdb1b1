package dev.dunlin.bridge.fs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Platform;
import dev.dunlin.bridge.spi.ScopedPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A checked path, held so that it can't become another one between the check and the use.
 *
 * <p>On Linux the parent folder is opened segment by segment from the root, following no link, and
 * {@link #path} goes through that open folder ({@code /proc/self/fd/N/name}): whatever is renamed
 * or linked meanwhile, it is the folder that was checked. {@code O_PATH} needs no right to read the
 * folders on the way. The last segment is the caller's: use it without following links.
 *
 * <p>Elsewhere the parent's real path is compared once more; a swap between that and the use is not
 * seen. SECURITY.md says so.
 *
 * <p><i>Thread:</i> a worker.
 */
final class Pin implements AutoCloseable {
  private static final int FOLDER =
      Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;

  private final AtomicInteger fd;
  private final Path path;

  private Pin(int fd, Path path) {
    this.fd = new AtomicInteger(fd);
    this.path = path;
  }

  /** Pins the parent folder of {@code scoped}. */
  static Pin of(ScopedPath scoped) throws IOException {
    return of(scoped.real());
  }

  /** Pins the parent folder of a real path that was checked, or of a folder above such a one. */
  static Pin of(Path real) throws IOException {
    Path parent = real.getParent();
    if (parent == null) {
      return new Pin(-1, real);
    }
    if (Platform.isLinux()) {
      int fd = walk(parent);
      return new Pin(fd, through(fd).resolve(real.getFileName()));
    }
    if (!parent.toRealPath().equals(parent)) {
      throw new Errno.Failure(Errno.ELOOP);
    }
    return new Pin(-1, real);
  }

  /** Pins the folder itself, to list it. */
  static Pin folder(ScopedPath scoped) throws IOException {
    return folder(scoped.real());
  }

  /** Pins a folder whose real path was checked, or one below it. */
  static Pin folder(Path real) throws IOException {
    if (Platform.isLinux()) {
      int fd = walk(real);
      return new Pin(fd, through(fd));
    }
    if (!real.toRealPath().equals(real)) {
      throw new Errno.Failure(Errno.ELOOP);
    }
    return new Pin(-1, real);
  }

  /**
   * Pins a folder below a checked one, by names that need not be UTF-8. Linux only.
   *
   * @param below its relative path, each byte the character of its number; no link is followed
   */
  static Pin below(Path real, String below) throws IOException {
    int fd = walk(real);
    for (String segment : below.split("/", -1)) {
      int parent = fd;
      try {
        if (segment.isEmpty()
            || segment.equals(".")
            || segment.equals("..")
            || segment.chars().anyMatch(c -> c == 0 || c > 0xff)) {
          throw new Errno.Failure(Errno.EINVAL);
        }
        byte[] name = (segment + "\0").getBytes(StandardCharsets.ISO_8859_1);
        fd = Libc.openat(parent, name, FOLDER, 0);
      } catch (LastErrorException e) {
        throw new Errno.Failure(Errno.of(e.getErrorCode()));
      } finally {
        Libc.close(parent);
      }
    }
    return new Pin(fd, through(fd));
  }

  /** Pins what a pinned path names, itself and not where a link leads. Linux only. */
  static Pin itself(Path pinned) throws IOException {
    try {
      int fd =
          Libc.openat(
              Libc.AT_FDCWD,
              name(pinned.toString()),
              Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC,
              0);
      return new Pin(fd, through(fd));
    } catch (LastErrorException e) {
      throw new Errno.Failure(Errno.of(e.getErrorCode()));
    }
  }

  /** A path that can't be pinned on this system. */
  static Pin unheld(Path path) {
    return new Pin(-1, path);
  }

  /** The path to use. */
  Path path() {
    return path;
  }

  private static Path through(int fd) {
    return Path.of("/proc/self/fd/" + fd);
  }

  private static int walk(Path folder) throws IOException {
    try {
      int fd = Libc.openat(Libc.AT_FDCWD, name("/"), FOLDER, 0);
      for (Path segment : folder) {
        int next;
        try {
          next = Libc.openat(fd, name(segment.toString()), FOLDER, 0);
        } catch (LastErrorException e) {
          // Links have been resolved: one that is still there is a loop, or came after the check.
          if (Errno.of(e.getErrorCode()) == Errno.ENOTDIR
              && Stat.type(through(fd).resolve(segment)) == Stat.LINK) {
            throw new Errno.Failure(Errno.ELOOP);
          }
          throw e;
        } finally {
          Libc.close(fd);
        }
        fd = next;
      }
      return fd;
    } catch (LastErrorException e) {
      throw new Errno.Failure(Errno.of(e.getErrorCode()));
    }
  }

  static byte[] name(String segment) {
    return (segment + "\0").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    // Once: the number may be another file's by the second time.
    int open = fd.getAndSet(-1);
    if (open >= 0) {
      Libc.close(open);
    }
  }
}
