package dev.dunlin.shell.update;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A disk that is full, or without power, from one step on. */
final class FaultyDisk extends Disk {
  /** Nothing of the process goes on. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1;
  }

  final List<String> steps = new ArrayList<>();
  private final int last;
  private final boolean isFull;
  private final Set<Path> unwritten = new HashSet<>();

  /**
   * @param last step that is not done
   * @param isFull else the power is cut
   */
  FaultyDisk(int last, boolean isFull) {
    this.last = last;
    this.isFull = isFull;
  }

  private boolean isDue(String step) {
    steps.add(step);
    return steps.size() == last || isFull && steps.size() > last && step.startsWith("write");
  }

  private void fail() throws IOException {
    if (isFull) {
      throw new IOException("No space left on device");
    }
    throw new PowerCut();
  }

  private void step(String step) throws IOException {
    if (isDue(step)) {
      fail();
    }
  }

  /** What was not forced to the disk is half there, and that half is zeros. */
  void lose() throws IOException {
    for (Path file : unwritten) {
      if (Files.exists(file)) {
        byte[] zeros = new byte[(int) Files.size(file) / 2];
        Files.write(file, zeros, StandardOpenOption.TRUNCATE_EXISTING);
      }
    }
  }

  @Override
  void makeFolders(Path folder) throws IOException {
    step("folders " + folder);
    super.makeFolders(folder);
  }

  @Override
  FileChannel open(Path file) throws IOException {
    step("open " + file);
    return super.open(file);
  }

  @Override
  void write(FileChannel to, Path file, ByteBuffer bytes) throws IOException {
    unwritten.add(file);
    if (isDue("write " + file)) {
      super.write(to, file, bytes.slice().limit(bytes.remaining() / 2));
      fail();
    }
    super.write(to, file, bytes);
  }

  @Override
  void force(FileChannel written, Path file) throws IOException {
    step("force " + file);
    super.force(written, file);
    unwritten.remove(file);
  }

  @Override
  void forceNames(Path folder) throws IOException {
    step("force names " + folder);
    super.forceNames(folder);
  }

  @Override
  void move(Path from, Path to) throws IOException {
    step("move " + from);
    super.move(from, to);
    if (unwritten.remove(from)) {
      unwritten.add(to);
    }
  }

  @Override
  void makeProgram(Path file) throws IOException {
    step("program " + file);
    super.makeProgram(file);
  }

  @Override
  void delete(Path tree) throws IOException {
    step("delete " + tree);
    super.delete(tree);
  }
}
