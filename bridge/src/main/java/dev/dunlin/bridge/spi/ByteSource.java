package dev.dunlin.bridge.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

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

  /**
   * Reads up to {@code length} bytes into {@code target} from index 0.
   *
   * @return the number of bytes read, {@link #END}, or {@link #NOT_YET}
   */
  int read(byte[] target, int length) throws IOException;

  /**
   * Runs {@code action} once, on any thread, when {@link #read} will not answer {@link #NOT_YET}.
   */
  void whenReadable(Runnable action);

  @Override
  void close();

  /** Bytes that are in memory: the next {@code length} from {@code offset} on. */
  static ByteSource of(byte[] bytes, int offset, int length) {
    return new MemorySource(ByteBuffer.wrap(bytes, offset, length));
  }

  /** Bytes that are in memory. */
  static ByteSource of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }
}
