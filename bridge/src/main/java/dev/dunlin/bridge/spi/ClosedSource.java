package dev.dunlin.bridge.spi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bytes that tell when they are closed. */
final class ClosedSource implements ByteSource {
  private final ByteSource bytes;
  private final Runnable closed;
  private final AtomicBoolean told = new AtomicBoolean();

  ClosedSource(ByteSource bytes, Runnable closed) {
    this.bytes = bytes;
    this.closed = closed;
  }

  @Override
  public int read(byte[] target, int length) throws IOException {
    return bytes.read(target, length);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return bytes.read(target);
  }

  @Override
  public void whenReadable(Runnable action) {
    bytes.whenReadable(action);
  }

  @Override
  public Optional<LocalFile> file() {
    return bytes.file();
  }

  @Override
  public void close() {
    bytes.close();
    if (told.compareAndSet(false, true)) {
      closed.run();
    }
  }
}
