package dev.dunlin.bridge.child;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import dev.dunlin.scheduler.process.ChildProcess;
import java.util.Map;
import java.util.Optional;

/** Signals by Node's names, and sending one. */
public final class Signals {
  private static final Map<String, Integer> LINUX =
      Map.ofEntries(
          Map.entry("SIGHUP", 1),
          Map.entry("SIGINT", 2),
          Map.entry("SIGQUIT", 3),
          Map.entry("SIGILL", 4),
          Map.entry("SIGTRAP", 5),
          Map.entry("SIGABRT", 6),
          Map.entry("SIGBUS", 7),
          Map.entry("SIGFPE", 8),
          Map.entry("SIGKILL", 9),
          Map.entry("SIGUSR1", 10),
          Map.entry("SIGSEGV", 11),
          Map.entry("SIGUSR2", 12),
          Map.entry("SIGPIPE", 13),
          Map.entry("SIGALRM", 14),
          Map.entry("SIGTERM", 15),
          Map.entry("SIGCHLD", 17),
          Map.entry("SIGCONT", 18),
          Map.entry("SIGSTOP", 19),
          Map.entry("SIGTSTP", 20),
          Map.entry("SIGTTIN", 21),
          Map.entry("SIGTTOU", 22),
          Map.entry("SIGURG", 23),
          Map.entry("SIGXCPU", 24),
          Map.entry("SIGXFSZ", 25),
          Map.entry("SIGVTALRM", 26),
          Map.entry("SIGPROF", 27),
          Map.entry("SIGWINCH", 28),
          Map.entry("SIGIO", 29),
          Map.entry("SIGPWR", 30),
          Map.entry("SIGSYS", 31));

  /** Where macOS counts otherwise. */
  private static final Map<String, Integer> MAC =
      Map.of(
          "SIGBUS", 10, "SIGSYS", 12, "SIGURG", 16, "SIGSTOP", 17, "SIGTSTP", 18, "SIGCONT", 19,
          "SIGCHLD", 20, "SIGIO", 23, "SIGUSR1", 30, "SIGUSR2", 31);

  private static final int ESRCH = 3;

  private Signals() {}

  /** Its number here; empty if this system has no signal of that name. */
  public static Optional<Integer> number(String name) {
    if (!LINUX.containsKey(name) || Platform.isMac() && name.equals("SIGPWR")) {
      return Optional.empty();
    }
    return Optional.of(
        Platform.isMac() ? MAC.getOrDefault(name, LINUX.get(name)) : LINUX.get(name));
  }

  static Optional<String> name(int number) {
    return LINUX.keySet().stream()
        .filter(name -> number(name).equals(Optional.of(number)))
        .findFirst();
  }

  /**
   * Sends a signal, 0 to see whether the process is there; whether that could be done. Windows has
   * no signals: there every one but 0 ends the process.
   */
  static boolean send(ChildProcess child, int signal) {
    if (!child.isAlive()) {
      return false;
    }
    if (Platform.isWindows()) {
      if (signal != 0) {
        child.terminate();
      }
      return true;
    }
    return send(child.pid(), signal) == 0;
  }

  /**
   * Sends a signal to any process, as the other {@code send} does to a child.
   *
   * @return 0, or the system's error number
   */
  public static int send(long pid, int signal) {
    if (Platform.isWindows()) {
      Optional<ProcessHandle> process = ProcessHandle.of(pid);
      return process.isPresent() && (signal == 0 || process.get().destroyForcibly()) ? 0 : ESRCH;
    }
    return Posix.kill((int) pid, signal) == 0 ? 0 : Native.getLastError();
  }

  private static final class Posix {
    static {
      Native.register(Posix.class, Platform.C_LIBRARY_NAME);
    }

    private Posix() {}

    static native int kill(int pid, int signal);
  }
}
