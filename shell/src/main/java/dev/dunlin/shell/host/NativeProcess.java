package dev.dunlin.shell.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;

/** What Java can't do to its own process: environment and terminal. POSIX systems only. */
public final class NativeProcess {
  private interface LibC extends Library {
    int setenv(String name, String value, int overwrite) throws LastErrorException;

    int isatty(int fd);
  }

  private static final class Holder {
    static final LibC LIBC = Native.load("c", LibC.class);
  }

  private NativeProcess() {}

  /**
   * Sets a variable for native code and for children that native code starts. {@link System#getenv}
   * does not see it. Thread: none other may read the native environment meanwhile, so call it
   * before Chromium and AWT are touched.
   */
  static void setEnvironment(String name, String value) {
    Holder.LIBC.setenv(name, value, 1);
  }

  /** True when standard input is a terminal, so that somebody can press Ctrl-C. */
  public static boolean stdinIsTerminal() {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return System.console() != null;
    }
    return Holder.LIBC.isatty(0) == 1;
  }
}
