package dev.dunlin.shell.update;

import dev.dunlin.shell.update.Manifest.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens files of an app with a check of what is in them. Thread: any. */
public final class CheckedFiles {
  /**
   * Largest file that is read whole and given from memory, so that nothing written after the check
   * is seen; a larger one is checked as it is opened, once for each file key, size and time.
   */
  static final int MEMORY_BYTES = 8 << 20;

  private final AppFolder app;
  private final String prefix;

  /** What large files were when they were found good; at most one for each file of the app. */
  private final Map<String, String> good = new ConcurrentHashMap<>();

  /**
   * @param prefix of all paths: empty, or ends with a slash
   */
  public CheckedFiles(AppFolder app, String prefix) {
    this.app = app;
    this.prefix = prefix;
  }

  /** Fails early, before a header says how long the file is. */
  public void requireSize(String path, long sizeBytes) throws AlteredException {
    Entry expected = app.expected(prefix + path);
    AppFolder.require(place(path), expected, new Entry(sizeBytes, expected.sha256(), false));
  }

  /** Fails if the app should have a file here, which has been found missing. */
  public void requireNone(String path) throws AlteredException {
    if (app.manifest().files().containsKey(prefix + path)) {
      throw new AlteredException(place(path), "it is missing");
    }
  }

  /**
   * The checked content.
   *
   * @param version changes with the file
   * @param file open, for reading; closed by this if it fails or is not needed any more
   */
  public SeekableByteChannel open(String path, String version, SeekableByteChannel file)
      throws IOException {
    boolean kept = false;
    try {
      Entry expected = app.expected(prefix + path);
      if (expected.sizeBytes() <= MEMORY_BYTES) {
        return inMemory(place(path), expected, file);
      }
      if (!version.equals(good.get(path))) {
        AppFolder.require(place(path), expected, file);
        good.put(path, version);
      }
      kept = true;
      return file;
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private Path place(String path) {
    return app.folder().resolve(prefix + path);
  }

  private static SeekableByteChannel inMemory(Path place, Entry expected, SeekableByteChannel file)
      throws IOException {
    ByteBuffer content = ByteBuffer.allocate((int) expected.sizeBytes() + 1);
    int read = 0;
    while (read >= 0 && content.hasRemaining()) {
      read = file.read(content);
    }
    content.flip();
    Entry found =
        new Entry(content.limit(), HexFormat.of().formatHex(digest(content.duplicate())), false);
    AppFolder.require(place, expected, found);
    return new Memory(content);
  }

  private static byte[] digest(ByteBuffer content) {
    var digest = AppFolder.sha256();
    digest.update(content);
    return digest.digest();
  }

  /** Bytes to be read once. */
  private static final class Memory implements SeekableByteChannel {
    private final ByteBuffer content;
    private boolean closed;

    Memory(ByteBuffer content) {
      this.content = content;
    }

    @Override
    public synchronized int read(ByteBuffer to) throws IOException {
      requireOpen();
      if (!content.hasRemaining()) {
        return -1;
      }
      int count = Math.min(to.remaining(), content.remaining());
      to.put(content.slice().limit(count));
      content.position(content.position() + count);
      return count;
    }

    @Override
    public synchronized long position() throws IOException {
      requireOpen();
      return content.position();
    }

    @Override
    public synchronized SeekableByteChannel position(long place) throws IOException {
      requireOpen();
      content.position((int) Math.min(place, content.limit()));
      return this;
    }

    @Override
    public synchronized long size() throws IOException {
      requireOpen();
      return content.limit();
    }

    @Override
    public int write(ByteBuffer from) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new NonWritableChannelException();
    }

    @Override
    public synchronized boolean isOpen() {
      return !closed;
    }

    @Override
    public synchronized void close() {
      closed = true;
    }

    private void requireOpen() throws ClosedChannelException {
      if (closed) {
        throw new ClosedChannelException();
      }
    }
  }
}
