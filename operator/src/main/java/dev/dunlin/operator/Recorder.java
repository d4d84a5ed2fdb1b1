package dev.dunlin.operator;

import dev.dunlin.shell.operator.Frames;
import dev.dunlin.shell.operator.OperatorException;
import dev.dunlin.shell.operator.Snapshot;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes a {@link Recording}. Thread: any. */
final class Recorder implements AutoCloseable {
  /** Length of a file, in characters. Over: the recording ends, and says so. */
  static final long LENGTH = 1L << 30;

  private final Frames frames = new Frames();
  private final BufferedWriter out;
  private long length;

  /**
   * Begins it, in a file that its user alone may read: it tells what the socket tells.
   *
   * @throws IOException also if there is such a file
   */
  Recorder(Path file) throws IOException {
    FileAttribute<?>[] own =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      out =
          new BufferedWriter(
              Channels.newWriter(
                  Files.newByteChannel(
                      file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), own),
                  StandardCharsets.UTF_8));
    } catch (FileAlreadyExistsException e) {
      throw new OperatorException(isThere(file), e);
    }
    write(Recording.HEAD);
  }

  /** In place of a file, if there is one: for who was asked. */
  static Recorder replacing(Path file) throws IOException {
    Files.deleteIfExists(file);
    return new Recorder(file);
  }

  static String isThere(Path file) {
    return "there is a file " + file + " already: name another, or remove it";
  }

  synchronized void add(Snapshot snapshot) throws IOException {
    String line = frames.json(snapshot);
    if (length + line.length() > LENGTH) {
      throw new OperatorException("the recording has " + (LENGTH >> 30) + " GiB: begin another");
    }
    write(line);
  }

  private void write(String line) throws IOException {
    out.write(line);
    out.write('\n');
    // Whole lines are in the file whenever this process ends.
    out.flush();
    length += line.length() + 1;
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
