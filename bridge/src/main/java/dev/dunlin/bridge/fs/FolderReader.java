package dev.dunlin.bridge.fs;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The entries of an open folder, a few at a time, in the file system's order: {@code [name, type]}
 * with the numbers of Node's {@code UV_DIRENT_…}.
 *
 * <p>On Linux the kernel is asked for many names with their types at once; Java would ask for the
 * type of each.
 *
 * <p><i>Thread:</i> any, one at a time.
 */
final class FolderReader implements AutoCloseable {
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  /** The longest form of a byte in JSON, and about what surrounds a name. */
  private static final int ESCAPED = 6;

  private final Pin pin;
  private final int fd;
  private final DirectoryStream<Path> stream;
  private final Iterator<Path> paths;
  private final ByteBuffer block;
  private boolean closed;

  private FolderReader(Pin pin, int fd, DirectoryStream<Path> stream) {
    this.pin = pin;
    this.fd = fd;
    this.stream = stream;
    this.paths = stream == null ? null : stream.iterator();
    this.block =
        stream == null
            ? ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.nativeOrder()).limit(0)
            : ByteBuffer.allocate(0);
  }

  /** Opens a checked folder, or one below it, following no link. */
  static FolderReader open(Path real) throws IOException {
    return open(Pin.folder(real), real);
  }

  /** Opens a folder below a checked one, by names that need not be UTF-8. Linux only. */
  static FolderReader open(Path real, String below) throws IOException {
    return open(Pin.below(real, below), real);
  }

  private static FolderReader open(Pin pin, Path real) throws IOException {
    try {
      return Platform.isLinux()
          ? new FolderReader(
              pin,
              Libc.openat(
                  Libc.AT_FDCWD,
                  Pin.name(pin.path().toString()),
                  Libc.O_DIRECTORY | Libc.O_CLOEXEC,
                  0),
              null)
          : new FolderReader(pin, -1, Files.newDirectoryStream(pin.path()));
    } catch (LastErrorException e) {
      pin.close();
      throw Errno.exception(e, real);
    } catch (IOException e) {
      pin.close();
      throw e;
    }
  }

  /**
   * The next entries, none at the end. EBADF once it is closed.
   *
   * @param most how many at most
   * @param bytes after which no more is added, counting each byte of a name as if it had to be
   *     escaped in JSON
   * @param charset of the names
   */
  synchronized List<List<Object>> next(int most, int bytes, Charset charset) throws IOException {
    if (closed) {
      throw new Errno.Failure(Errno.EBADF);
    }
    List<List<Object>> entries = new ArrayList<>();
    int used = 0;
    if (paths != null) {
      try {
        while (entries.size() < most && used < bytes && paths.hasNext()) {
          Path entry = paths.next();
          used += ESCAPED * entry.getFileName().toString().length() + ESCAPED;
          entries.add(List.of(entry.getFileName().toString(), typeOf(entry)));
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      return entries;
    }
    while (entries.size() < most && used < bytes && (block.hasRemaining() || fill())) {
      int at = block.position();
      int length = Short.toUnsignedInt(block.getShort(at + LENGTH));
      int end = at + NAME;
      while (block.get(end) != 0) {
        end++;
      }
      block.position(at + length);
      used += ESCAPED * (end - at - NAME) + ESCAPED;
      String name = new String(block.array(), at + NAME, end - at - NAME, charset);
      if (!name.equals(".") && !name.equals("..")) {
        int type = type(block.get(at + TYPE) << 12);
        entries.add(List.of(name, type != 0 ? type : typeOf(pin.path().resolve(name))));
      }
    }
    return entries;
  }

  private boolean fill() throws IOException {
    try {
      int count = Libc.Linux.getdents64(fd, block.array(), new NativeLong(BLOCK_BYTES)).intValue();
      block.position(0).limit(count);
      return count > 0;
    } catch (LastErrorException e) {
      throw Errno.exception(e, pin.path());
    }
  }

  private static int typeOf(Path entry) throws IOException {
    try {
      return type(Stat.type(entry));
    } catch (NoSuchFileException removedMeanwhile) {
      return 0;
    }
  }

  private static int type(int bits) {
    return switch (bits) {
      case Stat.FILE -> 1;
      case Stat.FOLDER -> 2;
      case Stat.LINK -> 3;
      case Stat.FIFO -> 4;
      case Stat.SOCKET -> 5;
      case Stat.CHARACTER -> 6;
      case Stat.BLOCK -> 7;
      default -> 0;
    };
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    pin.close();
    if (stream != null) {
      stream.close();
    } else {
      Libc.close(fd);
    }
  }
}
