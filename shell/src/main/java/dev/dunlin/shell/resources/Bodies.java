package dev.dunlin.shell.resources;

import dev.dunlin.bridge.spi.ByteSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** The bodies of answers. None of them ever says {@link ByteSource#NOT_YET}. */
final class Bodies {
  private Bodies() {}

  static ByteSource empty() {
    return ByteSource.of(new byte[0]);
  }

  /** Part of an open file; takes the channel over. */
  static ByteSource of(SeekableByteChannel channel, long offset, long length) throws IOException {
    channel.position(offset);
    return new Part(channel, length);
  }

  /** A file that grows is cut at the announced length; one that shrinks is an error, not an end. */
  private static final class Part implements ByteSource {
    private final SeekableByteChannel channel;
    private long remaining;

    Part(SeekableByteChannel channel, long length) {
      this.channel = channel;
      this.remaining = length;
    }

    @Override
    public int read(byte[] target, int length) throws IOException {
      if (remaining == 0) {
        return END;
      }
      int count = channel.read(ByteBuffer.wrap(target, 0, (int) Math.min(length, remaining)));
      if (count < 0) {
        throw new EOFException(
            "the file shrank while it was read: " + remaining + " bytes are missing");
      }
      remaining -= count;
      return count;
    }

    @Override
    public void whenReadable(Runnable action) {
      action.run();
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing a file that was only read", e);
      }
    }
  }
}
