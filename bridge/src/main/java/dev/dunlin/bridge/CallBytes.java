package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Decides the lane of bytes that were asked for on the call lane, and reads those that stay there.
 *
 * <p>The bounds are where the lanes were seen to break even, by {@code ./dunlin bench fs} (2 cores,
 * Linux): up to {@link Limits#CALL_BYTES} the call lane is quickest; what is longer and a local
 * file goes by the blob lane, which takes some milliseconds to begin and then needs a third of the
 * time; the stream lane takes the rest.
 *
 * <p><i>Thread:</i> any.
 */
final class CallBytes {
  /** Fresh memory costs more than the copy: the buffer of the last reply serves the next. */
  private static final AtomicReference<ByteBuffer> SPARE = new AtomicReference<>();

  private CallBytes() {}

  /** Where bytes go. */
  enum Way {
    CALL,
    BLOB,
    STREAM
  }

  static Way way(Reply.Bytes bytes) {
    long length = bytes.lengthBytes();
    if (length < 0) {
      return Way.STREAM;
    }
    return length <= Limits.CALL_BYTES
        ? Way.CALL
        : bytes.source().file().isPresent() ? Way.BLOB : Way.STREAM;
  }

  /** A reply that stays on the call lane is read and sent by the worker that made it. */
  static Reply sent(Reply reply, Consumer<Read> send) {
    if (!(reply instanceof Reply.Bytes bytes) || way(bytes) != Way.CALL) {
      return reply;
    }
    Read read = read(bytes);
    send.accept(read);
    return new Reply.Bytes(read, bytes.lengthBytes(), bytes.contentType(), bytes.meta());
  }

  static Read read(Reply.Bytes bytes) {
    if (bytes.source() instanceof Read read) {
      return read;
    }
    try (ByteSource source = bytes.source()) {
      ByteBuffer buffer = buffer((int) bytes.lengthBytes());
      int count = 0;
      while (buffer.hasRemaining() && (count = source.read(buffer)) > 0) {
        continue;
      }
      if (count == ByteSource.NOT_YET && buffer.hasRemaining()) {
        throw new IllegalStateException("bytes that come later go by the stream lane");
      }
      return new Read(buffer.flip());
    } catch (IOException e) {
      throw new BridgeError("Error", "EIO", "EIO: i/o error, read (" + e.getMessage() + ")");
    }
  }

  private static ByteBuffer buffer(int length) {
    ByteBuffer spare = SPARE.getAndSet(null);
    return spare == null || spare.capacity() < length
        ? ByteBuffer.allocateDirect(length)
        : spare.clear().limit(length);
  }

  /** Bytes that wait in a direct buffer. */
  static final class Read implements ByteSource {
    private final AtomicReference<ByteBuffer> buffer;

    Read(ByteBuffer buffer) {
      this.buffer = new AtomicReference<>(buffer);
    }

    /** The buffer, once; {@link #giveBack} it. */
    Optional<ByteBuffer> take() {
      return Optional.ofNullable(buffer.getAndSet(null));
    }

    static void giveBack(ByteBuffer taken) {
      SPARE.set(taken);
    }

    @Override
    public int read(byte[] target, int length) {
      throw new IllegalStateException("it is for the call lane");
    }

    @Override
    public void whenReadable(Runnable action) {
      action.run();
    }

    @Override
    public void close() {
      take().ifPresent(Read::giveBack);
    }
  }
}
