package dev.dunlin.shell.engine;

import com.sun.jna.Function;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Fits Chromium's library to the system that it is on, where its dynamic linker can read that:
 * {@link PackedRelocations}, then {@link Prelink}. Undone to the byte, as packages are for any
 * system. Blocks.
 */
public final class EngineFitting {
  /** Beside the library, made for its address: what loads it first has the library elsewhere. */
  public static final String PLACEHOLDER = "libcef-elsewhere.so";

  static final String PLACEHOLDER_NAME = "cef-elsewhere";

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

  /** Changes the bytes of a file, which has room behind them. */
  private interface Change {
    /** How long it is now, or {@link #UNCHANGED}. */
    long apply(ByteBuffer file, long bytes) throws IOException;
  }

  /** The library in an engine's folder, where that is of use and not done. */
  public static void fit(Path engine) throws IOException {
    if (Os.here() == Os.LINUX && isRead()) {
      Path library = library(engine);
      pack(library);
      long pages = (LAST_ADDRESS - FIRST_ADDRESS) / PAGE;
      long random = ByteBuffer.wrap(RandomSource.secure().bytes(Long.BYTES)).getLong();
      prelink(library, FIRST_ADDRESS + Long.remainderUnsigned(random, pages) * PAGE);
    }
  }

  /** As JCEF ships it. */
  public static void undo(Path engine) throws IOException {
    if (Os.here() == Os.LINUX) {
      Path library = library(engine);
      unlink(library);
      unpack(library);
    }
  }

  private static Path library(Path engine) {
    return engine.resolve(System.mapLibraryName("cef"));
  }

  /** For the script that a package runs when it is installed: the word is the engine's folder. */
  public static void main(String[] words) throws IOException {
    fit(Path.of(words[0]));
  }

  /** Whether this system's glibc reads them. */
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
   * Packs the relocations of a library, or leaves it as it is where they can't be or are packed.
   * The file is replaced as a whole.
   *
   * @return whether they are packed now and were not before
   */
  public static boolean pack(Path library) throws IOException {
    return replace(library, 0, (file, bytes) -> PackedRelocations.pack(file) ? bytes : UNCHANGED);
  }

  /** Undoes {@link #pack}, where it was done. */
  public static boolean unpack(Path library) throws IOException {
    return replace(library, 0, (file, bytes) -> PackedRelocations.unpack(file) ? bytes : UNCHANGED);
  }

  /**
   * Makes a library with packed relocations for an address, or leaves it as it is where it can't be
   * or has one. The file is replaced as a whole; {@link #PLACEHOLDER} is written beside it before.
   *
   * @param base a multiple of a page
   * @return whether it has the address now
   */
  public static boolean prelink(Path library, long base) throws IOException {
    return replace(
        library,
        Prelink.ROOM_BYTES,
        (file, bytes) -> {
          long now = Prelink.apply(file, bytes, base);
          if (now == bytes) {
            return UNCHANGED;
          }
          Files.write(library.resolveSibling(PLACEHOLDER), Prelink.placeholder(file));
          return now;
        });
  }

  /** Undoes {@link #prelink}, where it was done. */
  public static boolean unlink(Path library) throws IOException {
    boolean undone =
        replace(
            library,
            0,
            (file, bytes) -> {
              long now = Prelink.undo(file, bytes);
              return now == bytes ? UNCHANGED : now;
            });
    Files.deleteIfExists(library.resolveSibling(PLACEHOLDER));
    return undone;
  }

  private static boolean replace(Path library, int room, Change change) throws IOException {
    Path made = Files.createTempFile(library.toAbsolutePath().getParent(), "unfinished-", ".so");
    try {
      Files.copy(
          library, made, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      long bytes = Files.size(made);
      long now;
      try (FileChannel channel =
          FileChannel.open(made, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        now = change.apply(channel.map(MapMode.READ_WRITE, 0, bytes + room), bytes);
        if (now == UNCHANGED) {
          return false;
        }
        channel.truncate(now);
        channel.force(true);
      }
      Files.move(made, library, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } finally {
      Files.deleteIfExists(made);
    }
  }
}
