package dev.dunlin.bridge.fs;

import dev.dunlin.bridge.spi.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A part of a file, read straight into the reader's array. A file that shrinks meanwhile ends
 * early; one that grows gives no more than was announced.
 */
final class FileSource implements ByteSource {
  private final OpenFile file;
  private long position;
  private long left;

  /** From {@code position}, {@code length} bytes or fewer; -1 for all there is. */
  FileSource(OpenFile file, long position, long length) {
    this.file = file;
    this.position = position;
    this.left = length < 0 ? Long.MAX_VALUE : length;
  }

  @Override
  public int read(byte[] target, int length) throws IOException {
    int wanted = (int) Math.min(length, left);
    if (wanted == 0) {
      return END;
    }
    int count = file.channel().read(ByteBuffer.wrap(target, 0, wanted), position);
    if (count <= 0) {
      return END;
    }
    position += count;
    left -= count;
    return count;
  }

  @Override
  public void whenReadable(Runnable action) {
    action.run();
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      System.getLogger(FileSource.class.getName())
          .log(System.Logger.Level.WARNING, "a file that was read did not close", e);
    }
  }
}
