package dev.dunlin.operator;

import dev.dunlin.shell.operator.Frames;
import dev.dunlin.shell.operator.OperatorException;
import dev.dunlin.shell.operator.Snapshot;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a {@link Recording}. Thread: any. */
final class Recorder implements AutoCloseable {
  /** Length of a file, in characters. Over: the recording ends, and says so. */
  static final long LENGTH = 1L << 30;

  private final Frames frames = new Frames();
  private final BufferedWriter out;
  private long length;

  Recorder(Path file) throws IOException {
    out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    write(Recording.HEAD);
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
