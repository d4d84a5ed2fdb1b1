package dev.dunlin.shell.engine;

import com.sun.jna.Function;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Fits Chromium's library to the system that it is on, where its dynamic linker can read that:
 * {@link PackedRelocations}, then {@link Prelink}. Undone to the byte, as packages are for any
 * system. The file is replaced as a whole. Blocks.
 */
public final class EngineFitting {
  /** What a fitting that was killed leaves in the engine's folder, as words of a shell. */
  public static final String UNFINISHED = "unfinished-*.so";

  /**
   * The first glibc that reads packed relocations and loads libraries where they are made for,
   * major and minor; an older one is told not to load the file.
   */
  private static final int[] GLIBC = {2, 36};

  /**
   * Where the library may lie in its helpers: where Linux puts nothing by itself, neither programs
   * (from 85 TiB) nor what is mapped from the top down (127) or, without a limit of the stack, from
   * the bottom up (42.7). 32 bits of choice.
   */
  private static final long FIRST_ADDRESS = 16L << 40;

  private static final long LAST_ADDRESS = 40L << 40;
  private static final int PAGE = 4096;

  private static final long UNCHANGED = -1;

  private EngineFitting() {}

  /**
   * Addresses that a library takes.
   *
   * @param from the first
   * @param bytes how many
   */
  record Range(long from, long bytes) {}

  /** Changes the bytes of a file, which has room behind them. */
  private interface Change {
    /** How long it is now, or {@link #UNCHANGED}. */
    long apply(ByteBuffer file, long bytes);
  }

  /**
   * The library in an engine's folder, where that is of use; each time for another address, as a
   * copy of this system may have the last one.
   */
  public static void fitEngine(Path engine) throws IOException {
    if (Os.here() == Os.LINUX && isRead()) {
      long pages = (LAST_ADDRESS - FIRST_ADDRESS) / PAGE;
      long random = ByteBuffer.wrap(RandomSource.secure().bytes(Long.BYTES)).getLong();
      fit(library(engine), FIRST_ADDRESS + Long.remainderUnsigned(random, pages) * PAGE);
    }
  }

  /**
   * As JCEF ships it: for packages, whose readers may have an older system, and their own place.
   */
  public static void undoEngine(Path engine) throws IOException {
    if (Os.here() == Os.LINUX) {
      Path library = library(engine);
      undo(library);
      if (isFitted(library)) {
        throw new IOException(library + " can't be made as it was: unpack Chromium again");
      }
    }
  }

  private static Path library(Path engine) {
    return engine.resolve(System.mapLibraryName("cef"));
  }

  /** For the script that a package runs when it is installed: the word is the engine's folder. */
  public static void main(String[] words) throws IOException {
    fitEngine(Path.of(words[0]));
  }

  /** Whether this system's glibc reads what is made. */
  private static boolean isRead() {
    try {
      String version = Function.getFunction("c", "gnu_get_libc_version").invokeString(null, false);
      return isRead(version);
    } catch (UnsatisfiedLinkError e) {
      // Another C library than glibc.
      return false;
    }
  }

  static boolean isRead(String version) {
    String[] parts = version.split("\\.");
    if (parts.length < 2 || !parts[0].matches("\\d{1,4}") || !parts[1].matches("\\d{1,4}")) {
      return false;
    }
    int major = Integer.parseInt(parts[0]);
    return major > GLIBC[0] || major == GLIBC[0] && Integer.parseInt(parts[1]) >= GLIBC[1];
  }

  /**
   * Packs the relocations of a library and makes it for an address, or leaves it as it is where it
   * can't be packed.
   *
   * @param base a multiple of a page; 0 where it is to be for any address
   * @return whether it has been changed
   */
  public static boolean fit(Path library, long base) throws IOException {
    return replace(
        library,
        Prelink.ROOM_BYTES,
        (file, bytes) -> {
          long plain = Prelink.undo(file, bytes);
          boolean packed = PackedRelocations.pack(file);
          long now = base == 0 ? plain : Prelink.apply(file, plain, base);
          return packed || now != bytes || plain != bytes ? now : UNCHANGED;
        });
  }

  /**
   * Undoes {@link #fit}, where it was done.
   *
   * @return whether it was
   */
  public static boolean undo(Path library) throws IOException {
    return isFitted(library)
        && replace(
            library,
            0,
            (file, bytes) -> {
              long plain = Prelink.undo(file, bytes);
              return PackedRelocations.unpack(file) || plain != bytes ? plain : UNCHANGED;
            });
  }

  private static boolean isFitted(Path library) throws IOException {
    try (FileChannel channel = FileChannel.open(library)) {
      ByteBuffer file = channel.map(MapMode.READ_ONLY, 0, channel.size());
      return Prelink.isPrelinked(file) || PackedRelocations.isPacked(file);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      // Malformed: it is none of ours.
      return false;
    }
  }

  /** The addresses that the library in an engine's folder is made for; empty where for any. */
  static Optional<Range> addresses(Path engine) throws IOException {
    Path library = library(engine);
    if (Os.here() != Os.LINUX || !Files.isRegularFile(library)) {
      return Optional.empty();
    }
    ByteBuffer start = ByteBuffer.allocate(PAGE);
    try (FileChannel channel = FileChannel.open(library)) {
      while (start.hasRemaining() && channel.read(start) >= 0) {
        // Read on.
      }
    }
    return Prelink.addresses(start.flip());
  }

  private static boolean replace(Path library, int room, Change change) throws IOException {
    Path made = Files.createTempFile(library.toAbsolutePath().getParent(), "unfinished-", ".so");
    try {
      Files.copy(
          library, made, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      long bytes = Files.size(made);
      try (FileChannel channel =
          FileChannel.open(made, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long now = change.apply(channel.map(MapMode.READ_WRITE, 0, bytes + room), bytes);
        if (now == UNCHANGED) {
          return false;
        }
        channel.truncate(now);
        channel.force(true);
      }
      Files.move(made, library, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException
        | NoSuchElementException
        | BufferOverflowException e) {
      // Malformed: it stays as it was.
      return false;
    } finally {
      Files.deleteIfExists(made);
    }
  }
}
