package dev.dunlin.bridge.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Bytes that are pulled. One reader at a time.
 *
 * <p><i>Thread:</i> {@link #read} may block only on local files; a source that waits for anything
 * else returns {@link #NOT_YET} and calls back.
 */
public interface ByteSource extends AutoCloseable {
  /** No more bytes will come. */
  int END = -1;

  /** No bytes now: use {@link #whenReadable}. */
  int NOT_YET = 0;

  /** What is read at once by way of an array. */
  int PIECE_BYTES = 64 << 10;

  /**
   * Reads up to {@code length} bytes into {@code target} from index 0.
   *
   * @return the number of bytes read, {@link #END}, or {@link #NOT_YET}
   */
  int read(byte[] target, int length) throws IOException;

  /**
   * Reads into a buffer, as {@link #read(byte[], int)} into an array.
   *
   * @param target has room
   */
  default int read(ByteBuffer target) throws IOException {
    byte[] piece = new byte[Math.min(target.remaining(), PIECE_BYTES)];
    int count = read(piece, piece.length);
    if (count > 0) {
      target.put(piece, 0, count);
    }
    return count;
  }

  /**
   * Runs {@code action} once, on any thread, when {@link #read} will not answer {@link #NOT_YET}.
   */
  void whenReadable(Runnable action);

  /** The local file these bytes are of, if the page may as well read it by itself. */
  default Optional<LocalFile> file() {
    return Optional.empty();
  }

  /**
   * A file that is open.
   *
   * @param path a name of this very file while it is open, whatever is renamed meanwhile
   * @param start where in it the bytes begin
   */
  record LocalFile(Path path, long start) {}

  @Override
  void close();

  /**
   * The same bytes, with something to do when they are closed, once.
   *
   * @param action must not block
   */
  default ByteSource whenClosed(Runnable action) {
    return new ClosedSource(this, action);
  }

  /** Bytes that are in memory: the next {@code length} from {@code offset} on. */
  static ByteSource of(byte[] bytes, int offset, int length) {
    return new MemorySource(ByteBuffer.wrap(bytes, offset, length));
  }

  /** Bytes that are in memory. */
  static ByteSource of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }
}
