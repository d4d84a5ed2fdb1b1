package dev.dunlin.shell.app;

import dev.dunlin.shell.host.HostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

  /**
   * Lock files of this process. POSIX drops a process's locks on a file when it closes the file,
   * through whichever descriptor: one that is held here must not be opened again.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /** Longest part of the lock file that is read, in bytes. */
  private static final int HOLDER_BYTES = 4 << 10;

  private final Path file;
  private final FileChannel channel;

  /** Somebody has the profile. */
  static final class TakenException extends HostException {
    private static final long serialVersionUID = 1;

    private final transient Optional<Path> socket;

    private TakenException(String message, Optional<Path> socket) {
      super(message);
      this.socket = socket;
    }

    /** Where the holder takes the arguments of later starts, see {@link HandOver}. */
    Optional<Path> socket() {
      return socket;
    }
  }

  private SingleInstance(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the profile, or says who has it.
   *
   * @throws HostException if it is taken, or the folder is of no use
   */
  static SingleInstance take(Path profile, String app) {
    try {
      Files.createDirectories(profile);
      Path file = profile.toRealPath().resolve("dunlin.lock");
      if (!HELD.add(file)) {
        throw taken(app, List.of(Long.toString(ProcessHandle.current().pid())));
      }
      try {
        return new SingleInstance(file, lock(file, app));
      } catch (IOException | RuntimeException e) {
        HELD.remove(file);
        throw e;
      }
    } catch (IOException e) {
      throw new HostException("cannot use the profile folder " + profile + ": " + cause(e), e);
    }
  }

  private static FileChannel lock(Path file, String app) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock(0, PID_OFFSET, false);
      if (lock == null) {
        throw taken(app, readHolder(channel));
      }
      // The one before may have had a longer number.
      channel.truncate(PID_OFFSET);
      channel.write(
          ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)),
          PID_OFFSET);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static HostException taken(String app, List<String> holder) {
    return new TakenException(
        app
            + " is running already (process "
            + holder.get(0)
            + "): close it first, or give this start a profile of its own with XDG_CACHE_HOME=DIR",
        holder.size() < 2 ? Optional.empty() : Optional.of(Path.of(holder.get(1))));
  }

  private static String cause(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "your user may not write " + e.getMessage() + ". Make it writable.";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return e.getMessage() + " is not a folder. Move it away.";
    }
    return e.getMessage() + ". Make it a folder that can be written.";
  }

  /** The process id, and the socket if it listens. */
  private static List<String> readHolder(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(HOLDER_BYTES);
    channel.read(buffer, PID_OFFSET);
    List<String> lines =
        new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).lines().toList();
    return !lines.isEmpty() && lines.get(0).matches("[0-9]+") ? lines : List.of("unknown");
  }

  /** Tells later starts where their arguments are taken. */
  void announce(Path socket) throws IOException {
    channel.write(
        ByteBuffer.wrap((socket + "\n").getBytes(StandardCharsets.UTF_8)), channel.size());
  }

  /** Lets the profile go. A second call does nothing. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try {
      // The lock goes with the channel.
      channel.close();
    } catch (IOException e) {
      throw new HostException("cannot release the profile's lock: " + e.getMessage(), e);
    } finally {
      HELD.remove(file);
    }
  }
}
