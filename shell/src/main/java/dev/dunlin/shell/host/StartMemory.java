package dev.dunlin.shell.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Gives back pages of the large libraries and of the class archive that only a start has needed:
 * most of the code of Chromium's that our process has mapped is code that begins things. What runs
 * on is mapped again when it is touched, from the system's cache of files. Linux only.
 */
public final class StartMemory {
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");

  /** A range of addresses. */
  record Range(long from, long bytes) {}

  private StartMemory() {}

  /** Blocks for some milliseconds; call it once the app has come to rest. */
  public static void giveBack() {
    if (Os.here() == Os.LINUX) {
      untouched().forEach(range -> NativeProcess.forgetPages(range.from(), range.bytes()));
    }
  }

  private static List<Range> untouched() {
    try (Stream<String> lines = Files.lines(MAPPINGS)) {
      return untouched(lines, StartMemory::isLongLoaded);
    } catch (IOException e) {
      throw new HostException("can't read " + MAPPINGS + ": " + e.getMessage(), e);
    }
  }

  /**
   * Of a library that is just being loaded, pages that look untouched are about to be written to,
   * and would be lost. These have been there since the start.
   */
  private static boolean isLongLoaded(String file) {
    return file.endsWith("/libcef.so") || file.endsWith("/libjvm.so") || file.endsWith(".jsa");
  }

  /**
   * The mappings of these files that nobody may write to and nobody has: the kernel can read all of
   * their pages again. (A page that was written to may be in the swap, where it is not counted as
   * anonymous.)
   */
  static List<Range> untouched(Stream<String> smaps, Predicate<String> file) {
    List<Range> ranges = new ArrayList<>();
    Optional<Range> candidate = Optional.empty();
    boolean written = false;
    for (String line : (Iterable<String>) smaps::iterator) {
      // Names of values begin with a capital letter, addresses are hexadecimal.
      if (!Character.isUpperCase(line.charAt(0))) {
        candidate = candidate(line, file);
        written = false;
      } else if (line.startsWith("Anonymous:")) {
        written = !line.endsWith(" 0 kB");
      } else if (line.startsWith("Swap:") && !written && line.endsWith(" 0 kB")) {
        candidate.ifPresent(ranges::add);
      }
    }
    return ranges;
  }

  /** Of a line such as {@code 7f00-7f80 r-xp 00001000 08:01 4711 /usr/lib/libcef.so}. */
  private static Optional<Range> candidate(String head, Predicate<String> file) {
    String[] fields = head.split(" +", 6);
    if (fields.length < 6 || !fields[1].matches("r-[x-]p") || !file.test(fields[5])) {
      return Optional.empty();
    }
    int dash = fields[0].indexOf('-');
    long from = Long.parseUnsignedLong(fields[0].substring(0, dash), 16);
    return Optional.of(
        new Range(from, Long.parseUnsignedLong(fields[0].substring(dash + 1), 16) - from));
  }
}
