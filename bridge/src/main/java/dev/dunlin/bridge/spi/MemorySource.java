package dev.dunlin.bridge.spi;

import java.nio.ByteBuffer;

/** The rest of a buffer. */
final class MemorySource implements ByteSource {
  private final ByteBuffer bytes;

  MemorySource(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read(byte[] target, int length) {
    if (!bytes.hasRemaining()) {
      return END;
    }
    int count = Math.min(length, bytes.remaining());
    bytes.get(target, 0, count);
    return count;
  }

  @Override
  public int read(ByteBuffer target) {
    if (!bytes.hasRemaining()) {
      return END;
    }
    int count = Math.min(target.remaining(), bytes.remaining());
    target.put(target.position(), bytes, bytes.position(), count);
    target.position(target.position() + count);
    bytes.position(bytes.position() + count);
    return count;
  }

  @Override
  public void whenReadable(Runnable action) {
    action.run();
  }

  @Override
  public void close() {
    bytes.position(bytes.limit());
  }
}
