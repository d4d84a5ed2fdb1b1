package dev.dunlin.scheduler.process;

import static java.nio.file.StandardOpenOption.READ;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A pipe for the output of a child that ends when its last writer has: the child, or what it has
 * started. (The JDK's own ends with the child: its reaper empties the pipe and closes it, and what
 * others still have to say is lost.)
 *
 * <p>Linux only. Thread: one.
 */
final class HeldPipe implements AutoCloseable {
  private static final Path OURS = Path.of("/proc/self/fd");
  private static final int O_CLOEXEC = 02000000;

  private interface LibC extends Library {
    LibC INSTANCE = Native.load("c", LibC.class);

    int pipe2(int[] ends, int flags) throws LastErrorException;

    int close(int fd);
  }

  /**
   * Closing it wakes who reads. (A file's stream does not, and asks for its place and length, which
   * a pipe has not.)
   */
  private static final class PipeInputStream extends InputStream {
    private final FileChannel pipe;

    PipeInputStream(FileChannel pipe) {
      this.pipe = pipe;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return length == 0 ? 0 : pipe.read(ByteBuffer.wrap(to, offset, length));
    }

    @Override
    public void close() throws IOException {
      pipe.close();
    }
  }

  private final InputStream read;
  private final int write;

  HeldPipe() throws IOException {
    int[] ends = new int[2];
    try {
      LibC.INSTANCE.pipe2(ends, O_CLOEXEC);
    } catch (LastErrorException e) {
      throw new IOException("no pipe: " + e.getMessage(), e);
    }
    write = ends[1];
    try {
      read = new PipeInputStream(FileChannel.open(OURS.resolve(Integer.toString(ends[0])), READ));
    } catch (IOException e) {
      LibC.INSTANCE.close(write);
      throw e;
    } finally {
      LibC.INSTANCE.close(ends[0]);
    }
  }

  /** Whether this system has them. */
  static boolean here() {
    return Files.isDirectory(OURS);
  }

  /** What the child is to write to, while this is open. */
  File file() {
    return OURS.resolve(Integer.toString(write)).toFile();
  }

  /** What was written, to the end of the last writer. Blocks. */
  InputStream read() {
    return read;
  }

  /** Ends our own writing, once the child has its end of it. */
  @Override
  public void close() {
    LibC.INSTANCE.close(write);
  }
}
