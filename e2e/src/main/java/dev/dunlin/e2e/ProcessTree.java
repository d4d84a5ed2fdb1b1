package dev.dunlin.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The processes of one start, found by a marker in their environment or command line: helpers of
 * Chromium get another parent, so parents tell nothing.
 */
public final class ProcessTree {
  /** Environment variable with the marker. */
  public static final String MARKER = "DUNLIN_E2E";

  private ProcessTree() {}

  /** Command lines of the processes with this marker, by process id. */
  public static Map<Long, String> of(String marker) {
    Map<Long, String> found = new TreeMap<>();
    for (Path process : all()) {
      String command = read(process.resolve("cmdline"));
      // A process that has ended and waits to be collected has neither: it holds nothing any more.
      if (command.contains(marker)
          || read(process.resolve("environ")).contains(MARKER + "=" + marker)) {
        found.put(
            Long.parseLong(process.getFileName().toString()), command.replace('\0', ' ').strip());
      }
    }
    return found;
  }

  /** Memory of these processes in bytes: what each has alone, plus its share of what is shared. */
  public static long proportionalBytes(Iterable<Long> pids) {
    return sum(pids, Set.of("Pss:"));
  }

  /**
   * The part of {@link #proportionalBytes} that is in no file: that of files grows when another app
   * ends that has mapped them too.
   */
  public static long allocatedBytes(Iterable<Long> pids) {
    return sum(pids, Set.of("Pss_Anon:", "Pss_Shmem:"));
  }

  private static long sum(Iterable<Long> pids, Set<String> names) {
    long kib = 0;
    for (long pid : pids) {
      for (String line : read(Path.of("/proc", Long.toString(pid), "smaps_rollup")).split("\n")) {
        if (names.contains(line.substring(0, line.indexOf(':') + 1))) {
          kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    }
    return kib << 10;
  }

  /** Lock files of X displays that belong to one of these processes. */
  static List<Path> displayLocks(java.util.Collection<Long> pids) {
    List<Path> locks = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/tmp"), ".X*-lock")) {
      for (Path file : files) {
        String pid = read(file).strip();
        if (pid.matches("[0-9]+") && pids.contains(Long.parseLong(pid))) {
          locks.add(file);
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return locks;
  }

  /** Segments of System V's shared memory that one of these processes has made. */
  static List<String> sharedMemory(java.util.Collection<Long> pids) {
    List<String> segments = new ArrayList<>();
    for (String line : read(Path.of("/proc/sysvipc/shm")).split("\n")) {
      String[] fields = line.strip().split("\\s+");
      // key shmid perms size cpid ...; the first line has their names.
      if (fields.length > 4
          && fields[4].matches("[0-9]+")
          && pids.contains(Long.parseLong(fields[4]))) {
        segments.add("shared memory " + fields[1] + " of process " + fields[4]);
      }
    }
    return segments;
  }

  /** What the processes of this machine have open, or lock, below a folder: {@code pid file}. */
  static List<String> holdersOf(Path folder) throws IOException {
    List<String> holders = new ArrayList<>();
    for (Path process : all()) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
        for (Path file : files) {
          Path opened = Files.readSymbolicLink(file);
          if (opened.startsWith(folder)) {
            holders.add(process.getFileName() + " " + opened);
          }
        }
      } catch (IOException | java.nio.file.DirectoryIteratorException e) {
        // It has just gone, or is another user's, whom the folder shuts out.
        continue;
      }
    }
    Map<String, Path> inodes = new TreeMap<>();
    try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        inodes.put(Files.getAttribute(file, "unix:ino").toString(), file);
      }
    }
    for (String line : read(Path.of("/proc/locks")).split("\n")) {
      // 1: POSIX ADVISORY WRITE 4711 08:02:1234567 0 EOF
      for (String field : line.split("\\s+")) {
        Path locked =
            field.matches("\\w+:\\w+:\\d+") ? inodes.get(field.replaceFirst(".*:", "")) : null;
        if (locked != null) {
          holders.add("lock " + line.strip() + " " + locked);
        }
      }
    }
    return holders;
  }

  /** Numbers of the signals that a process has handlers for; none when it has gone. */
  public static Set<Integer> caughtSignals(long pid) {
    Set<Integer> caught = new TreeSet<>();
    for (String line : read(Path.of("/proc", Long.toString(pid), "status")).split("\n")) {
      if (line.startsWith("SigCgt:")) {
        long mask = Long.parseUnsignedLong(line.substring(line.indexOf('\t') + 1).strip(), 16);
        for (int signal = 1; signal <= Long.SIZE; signal++) {
          if ((mask >>> (signal - 1) & 1) != 0) {
            caught.add(signal);
          }
        }
      }
    }
    return caught;
  }

  private static List<Path> all() {
    List<Path> processes = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      entries.forEach(processes::add);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return processes;
  }

  /** A file of /proc; empty when its process has just gone or is somebody else's. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
