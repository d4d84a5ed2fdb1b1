package dev.dunlin.bridge.fs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Platform;
import dev.dunlin.bridge.spi.BridgeError;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** System errors as Node shows them: code, number and words are libuv's. */
public enum Errno {
  EPERM(1, 1, -4048, "operation not permitted"),
  ENOENT(2, 2, -4058, "no such file or directory"),
  ESRCH(3, 3, -4040, "no such process"),
  EIO(5, 5, -4070, "i/o error"),
  ENXIO(6, 6, -4033, "no such device or address"),
  E2BIG(7, 7, -4093, "argument list too long"),
  EBADF(9, 9, -4083, "bad file descriptor"),
  EAGAIN(11, 35, -4088, "resource temporarily unavailable"),
  ENOMEM(12, 12, -4057, "not enough memory"),
  EACCES(13, 13, -4092, "permission denied"),
  EBUSY(16, 16, -4082, "resource busy or locked"),
  EEXIST(17, 17, -4075, "file already exists"),
  EXDEV(18, 18, -4037, "cross-device link not permitted"),
  ENODEV(19, 19, -4059, "no such device"),
  ENOTDIR(20, 20, -4052, "not a directory"),
  EISDIR(21, 21, -4068, "illegal operation on a directory"),
  EINVAL(22, 22, -4071, "invalid argument"),
  ENFILE(23, 23, -4061, "file table overflow"),
  EMFILE(24, 24, -4066, "too many open files"),
  ETXTBSY(26, 26, -4038, "text file is busy"),
  EFBIG(27, 27, -4036, "file too large"),
  ENOSPC(28, 28, -4055, "no space left on device"),
  ESPIPE(29, 29, -4041, "invalid seek"),
  EROFS(30, 30, -4043, "read-only file system"),
  EMLINK(31, 31, -4032, "too many links"),
  EPIPE(32, 32, -4047, "broken pipe"),
  ENAMETOOLONG(36, 63, -4064, "name too long"),
  ENOTEMPTY(39, 66, -4051, "directory not empty"),
  ENOSYS(38, 78, -4054, "function not implemented"),
  ELOOP(40, 62, -4067, "too many symbolic links encountered"),
  ENOTSUP(95, 45, -4049, "operation not supported on socket"),
  ENOBUFS(105, 55, -4060, "no buffer space available"),
  ETIMEDOUT(110, 60, -4039, "connection timed out");

  private final int linux;
  private final int mac;
  private final int windows;
  private final String words;

  Errno(int linux, int mac, int windows, String words) {
    this.linux = linux;
    this.mac = mac;
    this.windows = windows;
    this.words = words;
  }

  /** What Node gives as {@code errno} on this system: negative. */
  public int number() {
    return Platform.isWindows() ? windows : Platform.isMac() ? -mac : -linux;
  }

  /** Node's words for it. */
  public String words() {
    return words;
  }

  /** The error of an operation on a path: {@code ENOENT: no such file or directory, open '/x'}. */
  public BridgeError on(String syscall, String path) {
    return error(syscall, path, null);
  }

  /** The error of an operation on two paths. */
  public BridgeError on(String syscall, String path, String dest) {
    return error(syscall, path, dest);
  }

  /** The error of an operation on something open. */
  public BridgeError on(String syscall) {
    return error(syscall, null, null);
  }

  private BridgeError error(String syscall, String path, String dest) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("errno", number());
    details.put("syscall", syscall);
    StringBuilder message =
        new StringBuilder(name()).append(": ").append(words).append(", ").append(syscall);
    if (path != null) {
      details.put("path", path);
      message.append(" '").append(path).append('\'');
    }
    if (dest != null) {
      details.put("dest", dest);
      message.append(" -> '").append(dest).append('\'');
    }
    return new BridgeError("Error", name(), message.toString(), details);
  }

  /** What an exception of {@code java.nio.file} stands for; {@link #EIO} if it does not say. */
  static Errno of(IOException e) {
    if (e instanceof Failure failure) {
      return failure.errno;
    } else if (e instanceof NoSuchFileException) {
      return ENOENT;
    } else if (e instanceof FileAlreadyExistsException) {
      return EEXIST;
    } else if (e instanceof AccessDeniedException) {
      return EACCES;
    } else if (e instanceof DirectoryNotEmptyException) {
      return ENOTEMPTY;
    } else if (e instanceof NotDirectoryException) {
      return ENOTDIR;
    } else if (e instanceof AtomicMoveNotSupportedException) {
      return EXDEV;
    } else if (e instanceof FileSystemLoopException) {
      return ELOOP;
    } else if (e instanceof NotLinkException) {
      return EINVAL;
    } else if (e instanceof ClosedChannelException) {
      return EBADF;
    }
    String text = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    if (text == null) {
      return EIO;
    }
    // The JDK keeps strerror's text, in the user's language, and drops the number.
    for (Map.Entry<String, Errno> known : Texts.BY_TEXT.entrySet()) {
      if (text.startsWith(known.getKey())) {
        return known.getValue();
      }
    }
    return EIO;
  }

  /** The exception of {@code java.nio.file} for what a call of the C library said. */
  static IOException exception(LastErrorException e, Path path) {
    Errno errno = of(e.getErrorCode());
    return errno == ENOENT ? new NoSuchFileException(path.toString()) : new Failure(errno);
  }

  static Errno of(int number) {
    for (Errno errno : values()) {
      if (errno.number() == -number) {
        return errno;
      }
    }
    return EIO;
  }

  /** An error whose number is known. */
  static final class Failure extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    Failure(Errno errno) {
      super(errno.words);
      this.errno = errno;
    }
  }

  private static final class Texts {
    static final Map<String, Errno> BY_TEXT = new HashMap<>();

    static {
      if (!Platform.isWindows()) {
        for (Errno errno : values()) {
          BY_TEXT.put(Libc.strerror(-errno.number()), errno);
        }
      }
    }
  }
}
