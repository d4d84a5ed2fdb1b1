package dev.dunlin.shell.app;

import dev.dunlin.shell.host.HostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One running engine for one profile. Chromium itself answers a second start with the same profile
 * by opening nothing and saying "Opening in existing browser session".
 */
final class SingleInstance implements AutoCloseable {
  /**
   * Where the lock file holds the process id, behind what is locked: Windows locks what it covers
   * against reading too.
   */
  private static final int PID_OFFSET = 1;

  private final FileChannel channel;
  private final FileLock lock;

  private SingleInstance(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /** Takes the profile, or says who has it. */
  static SingleInstance take(Path profile, String app) {
    Path file = profile.resolve("dunlin.lock");
    try {
      Files.createDirectories(profile);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Optional<FileLock> lock = tryLock(channel);
      if (lock.isEmpty()) {
        String holder = readPid(channel);
        channel.close();
        throw new HostException(
            app
                + " is running already (process "
                + holder
                + "): close it first, or give this start a profile of its own with XDG_CACHE_HOME=DIR");
      }
      channel.write(
          ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)),
          PID_OFFSET);
      return new SingleInstance(channel, lock.get());
    } catch (IOException e) {
      throw new HostException(
          "cannot use the profile folder "
              + profile
              + ": "
              + e.getMessage()
              + ". Make it writable.",
          e);
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock(0, PID_OFFSET, false));
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    }
  }

  private static String readPid(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(32);
    channel.read(buffer, PID_OFFSET);
    String pid = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
    return pid.isEmpty() ? "unknown" : pid;
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new HostException("cannot release the profile's lock: " + e.getMessage(), e);
    }
  }
}
