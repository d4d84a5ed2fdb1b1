package dev.dunlin.shell.engine;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.dunlin.shell.host.JnaStart;
import dev.dunlin.shell.host.Os;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JVM's handlers of the signals that ask a process to end. Chromium puts its own in their place
 * while it initialises, and those do nothing in a process that embeds it: Ctrl-C would be lost.
 */
final class ExitSignals {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  /** More than {@code struct sigaction} has on any system (152 bytes on Linux with glibc). */
  private static final int SIGACTION_BYTES = 512;

  /** Mapped directly: for an interface JNA makes a proxy, which takes time of each start. */
  private static final class LibC {
    static {
      Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int sigaction(int signal, Pointer action, Pointer before);
  }

  private final Map<Integer, Memory> handlers = new LinkedHashMap<>();

  private ExitSignals() {}

  /** Loads what {@link #save} needs, which takes a while the first time. */
  static void load() {
    JnaStart.prepare();
    save();
  }

  /** Notes the handlers of now; nothing on Windows, which has no such signals. */
  static ExitSignals save() {
    ExitSignals saved = new ExitSignals();
    if (Os.here() != Os.WINDOWS) {
      for (int signal : new int[] {SIGHUP, SIGINT, SIGTERM}) {
        Memory handler = new Memory(SIGACTION_BYTES);
        handler.clear();
        call(signal, null, handler);
        saved.handlers.put(signal, handler);
      }
    }
    return saved;
  }

  /** Puts them back. */
  void restore() {
    handlers.forEach((signal, handler) -> call(signal, handler, null));
  }

  private static void call(int signal, Pointer action, Pointer before) {
    if (LibC.sigaction(signal, action, before) != 0) {
      throw new EngineException("sigaction failed for signal " + signal);
    }
  }
}
