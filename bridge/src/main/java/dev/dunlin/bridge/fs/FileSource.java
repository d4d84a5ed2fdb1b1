package dev.dunlin.bridge.fs;

import dev.dunlin.bridge.spi.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A part of a file, read straight into the reader's array. A file that shrinks meanwhile ends
 * early; one that grows gives no more than was announced.
 */
final class FileSource implements ByteSource {
  private final OpenFile file;
  private final Closing whenDone;
  private long position;
  private long left;

  /** What is closed at the end. */
  interface Closing extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /** From {@code position}, {@code length} bytes or fewer; -1 for all there is. */
  FileSource(OpenFile file, long position, long length, Closing whenDone) {
    this.file = file;
    this.whenDone = whenDone;
    this.position = position;
    this.left = length < 0 ? Long.MAX_VALUE : length;
  }

  @Override
  public int read(byte[] target, int length) throws IOException {
    return read(ByteBuffer.wrap(target, 0, length));
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int wanted = (int) Math.min(target.remaining(), left);
    if (wanted == 0) {
      return END;
    }
    int limit = target.limit();
    target.limit(target.position() + wanted);
    int count = file.channel().read(target, position);
    target.limit(limit);
    if (count <= 0) {
      return END;
    }
    position += count;
    left -= count;
    return count;
  }

  @Override
  public Optional<LocalFile> file() {
    return file.path().map(path -> new LocalFile(path, position));
  }

  @Override
  public void whenReadable(Runnable action) {
    action.run();
  }

  @Override
  public void close() {
    try {
      whenDone.close();
    } catch (IOException e) {
      System.getLogger(FileSource.class.getName())
          .log(System.Logger.Level.WARNING, "a file that was read did not close", e);
    }
  }
}
