package dev.dunlin.shell.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Java can't do to its own process: environment and terminal. POSIX systems only. */
public final class NativeProcess {
  /** Mapped directly: for an interface JNA makes a proxy, which takes time of each start. */
  private static final class LibC {
    static {
      Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int setenv(String name, String value, int overwrite) throws LastErrorException;

    static native int isatty(int fd);

    static native int madvise(Pointer from, NativeLong bytes, int advice);

    static native Pointer mmap(
        Pointer at, NativeLong bytes, int access, int flags, int file, NativeLong place);

    static native int execv(String path, Pointer argv) throws LastErrorException;
  }

  private static final int MADV_DONTNEED = 4;

  private static final int PROT_NONE = 0;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;

  private NativeProcess() {}

  /**
   * Sets a variable for native code and for children that native code starts. {@link System#getenv}
   * does not see it. Thread: none other may read the native environment meanwhile, so call it
   * before Chromium and AWT are touched.
   */
  public static void setEnvironment(String name, String value) {
    LibC.setenv(name, value, 1);
  }

  /**
   * Unmaps pages of a mapped file until they are touched again; what was written to them is lost.
   * It is advice: where the kernel declines, they stay.
   */
  static void forgetPages(long from, long bytes) {
    LibC.madvise(new Pointer(from), new NativeLong(bytes), MADV_DONTNEED);
  }

  /**
   * Keeps addresses free of all else, for as long as the process runs: no page is behind them.
   * Where something lies there already, it is left, and has the same effect. Linux.
   */
  public static void reserve(long from, long bytes) {
    LibC.mmap(
        new Pointer(from),
        new NativeLong(bytes),
        PROT_NONE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
        -1,
        new NativeLong(0));
  }

  private static final String SYSTEM_BUS = "DBUS_SYSTEM_BUS_ADDRESS";
  static final String SESSION_BUS = "DBUS_SESSION_BUS_ADDRESS";

  private static final String ACCESSIBILITY = "ACCESSIBILITY_ENABLED";
  private static final String ACCESSIBILITY_BUS = "AT_SPI_BUS_ADDRESS";
  private static final String NO_BRIDGE = "NO_AT_BRIDGE";

  /** No address of a bus, in libdbus' words. */
  private static final String NO_BUS = "disabled:";

  /**
   * Variables that Chromium adds to the environment while it starts, with the values that it gives
   * them, and some that we change ({@link #hideSystemBus}, {@link #holdAccessibility}: empty, they
   * mean nothing to anybody). A variable that is new makes the C library move its table, and a
   * thread of Chromium's that reads the old one ends the process (seen once in a hundred starts);
   * one that is there already is replaced in its place.
   */
  static final Map<String, String> CHROMIUMS =
      Map.of(
          SESSION_BUS,
          NO_BUS,
          SYSTEM_BUS,
          "unix:path=/var/run/dbus/system_bus_socket",
          "FC_FONTATIONS",
          "1",
          "GDK_BACKEND",
          "x11",
          ACCESSIBILITY,
          "",
          ACCESSIBILITY_BUS,
          "");

  /** Whether nothing is left to add to the environment, see {@link #settleEnvironment}. */
  public static boolean isEnvironmentSettled() {
    return CHROMIUMS.keySet().stream().allMatch(name -> System.getenv(name) != null);
  }

  /** Adds what Chromium would add later. Thread: as {@link #setEnvironment}. */
  static void settleEnvironment() {
    CHROMIUMS.forEach(
        (name, value) -> {
          if (System.getenv(name) == null) {
            setEnvironment(name, value);
          }
        });
  }

  /**
   * Keeps Chromium from the system's D-Bus, of which it has little (the battery, suspending) and
   * with whose daemon it ends: {@code FATAL:dbus/bus.cc}. Java's own view of the environment stays,
   * and so do that of its children and Bluetooth's bus. Thread: before Chromium is initialised.
   */
  public static void hideSystemBus() {
    if (Os.here() == Os.LINUX) {
      setEnvironment(SYSTEM_BUS, NO_BUS);
    }
  }

  /**
   * Chromium asks at its start whether an assistive technology is there, and never again. So it is
   * told that one is, and that the bus of those is not; {@link #releaseAccessibility} tells where
   * it is. Who has said that nobody shall read ({@link #isUnread}) has his way: Chromium would
   * forget {@code NO_AT_BRIDGE}, so it is told in its own word. Thread: before Chromium is
   * initialised.
   */
  public static void holdAccessibility() {
    if (Os.here() != Os.LINUX) {
      return;
    }
    if (isUnread(System.getenv())) {
      setEnvironment(ACCESSIBILITY, "0");
    } else if (System.getenv().getOrDefault(ACCESSIBILITY, "").isEmpty()) {
      setEnvironment(ACCESSIBILITY, "1");
    }
    setEnvironment(ACCESSIBILITY_BUS, NO_BUS);
  }

  /**
   * Whether the person has said that assistive technologies shall not read programs: {@code
   * ACCESSIBILITY_ENABLED=0}, Chromium's word, or {@code NO_AT_BRIDGE=1}, that of libatk-bridge.
   */
  public static boolean isUnread(Map<String, String> environment) {
    return "0".equals(environment.get(ACCESSIBILITY)) || "1".equals(environment.get(NO_BRIDGE));
  }

  /**
   * Where the bus of assistive technologies is, unless the person has said where.
   *
   * @param address in libdbus' words
   */
  public static void releaseAccessibility(String address) {
    setEnvironment(ACCESSIBILITY_BUS, accessibilityBus(address));
  }

  /** What the person has said where that bus is, or else the address. */
  public static String accessibilityBus(String address) {
    String told = System.getenv().getOrDefault(ACCESSIBILITY_BUS, "");
    return told.isEmpty() ? address : told;
  }

  /**
   * How many files this process may have open, where the system tells. Java has raised it to the
   * hard limit when it started.
   */
  public static Optional<Long> maxOpenFiles() {
    Path limits = Path.of("/proc/self/limits");
    if (!Files.isReadable(limits)) {
      return Optional.empty();
    }
    try {
      return Files.readAllLines(limits).stream()
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.split("\\s+")[3])
          .filter(soft -> !soft.equals("unlimited"))
          .map(Long::valueOf)
          .findFirst();
    } catch (IOException e) {
      throw new HostException("can't read " + limits + ": " + e.getMessage(), e);
    }
  }

  /**
   * Runs another program in place of this one, with the same process id, streams and environment,
   * but for the buses and what we say of assistive technologies: those are what they were before
   * Chromium was kept from them. Does not return.
   *
   * @param words its command line, the last of them empty as in {@code /proc/self/cmdline}
   * @throws IOException when the system does not start it
   */
  public static void become(Path program, List<String> words) throws IOException {
    if (Os.here() == Os.LINUX) {
      for (String changed : List.of(SYSTEM_BUS, SESSION_BUS, ACCESSIBILITY, ACCESSIBILITY_BUS)) {
        setEnvironment(changed, System.getenv().getOrDefault(changed, CHROMIUMS.get(changed)));
      }
      if (System.getenv(NO_BRIDGE) != null) {
        setEnvironment(NO_BRIDGE, System.getenv(NO_BRIDGE));
      }
    }
    try {
      LibC.execv(
          program.toString(),
          new StringArray(words.subList(0, words.size() - 1).toArray(String[]::new)));
    } catch (LastErrorException e) {
      throw new IOException(program + ": " + e.getMessage(), e);
    }
  }

  /** True when standard input is a terminal, so that somebody can press Ctrl-C. */
  public static boolean stdinIsTerminal() {
    if (Os.here() == Os.WINDOWS) {
      return System.console() != null;
    }
    return LibC.isatty(0) == 1;
  }
}
