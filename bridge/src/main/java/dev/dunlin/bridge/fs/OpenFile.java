package dev.dunlin.bridge.fs;

import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An open file: what an fd of the page stands for.
 *
 * <p><i>Thread:</i> any, one operation at a time.
 */
final class OpenFile implements FileSource.Closing {
  /**
   * What is read or written at once. Java keeps a direct buffer of the longest piece for each
   * thread.
   */
  private static final int PIECE_BYTES = 256 << 10;

  private final FileChannel channel;
  private final FsFlags flags;
  private final Pin itself;

  // Guarded by itself.
  private boolean closed;

  private OpenFile(FileChannel channel, FsFlags flags, Pin itself) {
    this.channel = channel;
    this.flags = flags;
    this.itself = itself;
  }

  /** Opens a pinned path; a link at its end is not followed, a pipe is refused. */
  static OpenFile open(Pin pin, FsFlags flags, FileAttribute<?>... attributes) throws IOException {
    try {
      if (Stat.type(pin.path()) == Stat.FIFO) {
        // Opening a pipe waits for its other end, on one of few threads.
        throw new Errno.Failure(Errno.ENXIO);
      }
    } catch (NoSuchFileException missing) {
      if (!flags.create()) {
        throw missing;
      }
    }
    Set<OpenOption> options = flags.options();
    options.add(LinkOption.NOFOLLOW_LINKS);
    FileChannel channel = FileChannel.open(pin.path(), options, attributes);
    try {
      // For fstat, which Java does not have. Elsewhere than on Linux the path has to do.
      return new OpenFile(
          channel, flags, Platform.isLinux() ? Pin.itself(pin.path()) : Pin.unheld(pin.path()));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Reads at a position, or at the file's own if it is negative; moves that one. -1 at the end. */
  synchronized int read(ByteBuffer target, long position) throws IOException {
    if (!flags.read()) {
      throw new Errno.Failure(Errno.EBADF);
    }
    int limit = target.limit();
    int count = 0;
    int read;
    do {
      target.limit(Math.min(limit, target.position() + PIECE_BYTES));
      int wanted = target.remaining();
      read = position < 0 ? channel.read(target) : channel.read(target, position + count);
      count += Math.max(0, read);
      target.limit(limit);
      if (read < wanted) {
        break;
      }
    } while (target.hasRemaining());
    return count == 0 ? read : count;
  }

  /** Writes all of it at a position, or at the file's own if it is negative. */
  synchronized int write(ByteBuffer source, long position) throws IOException {
    if (!flags.write()) {
      throw new Errno.Failure(Errno.EBADF);
    }
    int limit = source.limit();
    int written = 0;
    for (; source.position() < limit; source.limit(limit)) {
      source.limit(Math.min(limit, source.position() + PIECE_BYTES));
      if (flags.seeksToAppend()) {
        // At the end in any case, but only what has no place of its own moves the file's.
        if (position < 0) {
          channel.position(channel.size());
          written += channel.write(source);
        } else {
          written += channel.write(source, channel.size());
        }
      } else if (position < 0 || flags.append()) {
        written += channel.write(source);
      } else {
        written += channel.write(source, position + written);
      }
    }
    return written;
  }

  synchronized void truncate(long length) throws IOException {
    if (!flags.write()) {
      throw new Errno.Failure(Errno.EINVAL);
    }
    long size = channel.size();
    long position = channel.position();
    if (length < size) {
      channel.truncate(length);
    } else if (length > size) {
      // Java only shortens: one byte at the new end leaves a hole of zeros before it.
      channel.write(ByteBuffer.allocate(1), length - 1);
    }
    if (!flags.append()) {
      channel.position(position);
    }
  }

  void sync(boolean metadata) throws IOException {
    channel.force(metadata);
  }

  /**
   * Runs on a path that stands for this very file. A handle that was opened for reading only gives
   * no right to change the file: EPERM.
   */
  void change(Change change) throws IOException {
    synchronized (itself) {
      if (closed) {
        throw new Errno.Failure(Errno.EBADF);
      }
      if (!flags.write()) {
        throw new Errno.Failure(Errno.EPERM);
      }
      change.on(itself.path());
    }
  }

  /** What is done to a file by its path. */
  interface Change {
    void on(Path path) throws IOException;
  }

  /** Its type; EBADF if it was not opened for reading. */
  int readableType() throws IOException {
    if (!flags.read()) {
      throw new Errno.Failure(Errno.EBADF);
    }
    return type();
  }

  synchronized long position() throws IOException {
    return channel.position();
  }

  synchronized void skip(long bytes) throws IOException {
    channel.position(channel.position() + bytes);
  }

  long size() throws IOException {
    return channel.size();
  }

  /** EBADF once it is closed: its number may be another file's by then. */
  Map<String, Object> stat() throws IOException {
    synchronized (itself) {
      if (closed) {
        throw new Errno.Failure(Errno.EBADF);
      }
      return Stat.of(itself.path());
    }
  }

  int type() throws IOException {
    return (int) stat().get("mode") & Stat.TYPE_MASK;
  }

  /** A path that stands for this very file while it is open; Linux only. */
  Optional<Path> path() {
    return Platform.isLinux() ? Optional.of(itself.path()) : Optional.empty();
  }

  FileChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    // Not under the lock of reads: closing ends one that waits.
    synchronized (itself) {
      closed = true;
      itself.close();
    }
    channel.close();
  }
}
