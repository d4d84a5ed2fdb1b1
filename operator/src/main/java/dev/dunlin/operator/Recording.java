package dev.dunlin.operator;

import dev.dunlin.shell.operator.Frames;
import dev.dunlin.shell.operator.OperatorException;
import dev.dunlin.shell.operator.OperatorLimits;
import dev.dunlin.shell.operator.Snapshot;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of snapshots: lines of JSON, the first of which says what the file is. Read, it keeps only
 * where they are. Thread: one at a time.
 */
final class Recording implements AutoCloseable {
  static final String HEAD = "{\"recording\":1,\"of\":\"dunlin operator\"}";

  /** Snapshots of a recording, more than a day's. Over: the rest is not shown. */
  static final int SNAPSHOTS = 100_000;

  private final FileChannel file;
  private final Frames frames = new Frames();
  private final List<Place> places = new ArrayList<>();
  private final History history = new History(SNAPSHOTS);
  private boolean truncated;

  private record Place(long at, int length) {}

  private Recording(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens a recording and looks through it. Blocks.
   *
   * @throws OperatorException if it is none
   */
  static Recording open(Path path) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new OperatorException("there is no file " + path, e);
    }
    Recording recording = new Recording(channel);
    try {
      recording.index(path);
      return recording;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (e instanceof OperatorException told) {
        throw told;
      }
      throw new OperatorException("can't read " + path + ": " + e.getMessage(), e);
    }
  }

  private void index(Path path) throws IOException {
    InputStream in = new BufferedInputStream(Channels.newInputStream(file), 64 << 10);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long start = 0;
    long at = 0;
    int number = 1;
    for (int c; (c = in.read()) >= 0; at++) {
      if (c != '\n') {
        line.write(c);
        if (line.size() > OperatorLimits.FRAME_BYTES) {
          throw new OperatorException(
              path + ", line " + number + ": it is too long for a recording");
        }
        continue;
      }
      if (places.size() == SNAPSHOTS) {
        truncated = true;
        return;
      }
      take(path, number, start, line.toByteArray());
      line.reset();
      start = at + 1;
      number++;
    }
    // What has no end was not finished when the Operator, or the machine, stopped.
    truncated = line.size() > 0;
    if (number == 1) {
      throw noRecording(path);
    }
    if (places.isEmpty()) {
      throw new OperatorException(path + " is a recording with nothing in it");
    }
  }

  private void take(Path path, int number, long start, byte[] line) throws OperatorException {
    if (number == 1) {
      if (!new String(line, StandardCharsets.UTF_8).strip().equals(HEAD)) {
        throw noRecording(path);
      }
      return;
    }
    try {
      history.add(frames.snapshot(line));
    } catch (OperatorException damaged) {
      throw new OperatorException(path + ", line " + number + ": " + damaged.getMessage(), damaged);
    }
    places.add(new Place(start, line.length));
  }

  private static OperatorException noRecording(Path path) {
    return new OperatorException(
        path + " is no recording of dunlin operator: it does not begin with " + HEAD);
  }

  int size() {
    return places.size();
  }

  /** Whether it has an end that is not shown. */
  boolean isTruncated() {
    return truncated;
  }

  History history() {
    return history;
  }

  /** One snapshot. Blocks. */
  Snapshot at(int index) throws IOException {
    Place place = places.get(index);
    ByteBuffer line = ByteBuffer.allocate(place.length());
    while (line.hasRemaining()) {
      if (file.read(line, place.at() + line.position()) < 0) {
        throw new OperatorException("the recording has been cut off while it was shown");
      }
    }
    return frames.snapshot(line.array());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
