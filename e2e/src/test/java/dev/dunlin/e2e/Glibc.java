package dev.dunlin.e2e;

import com.sun.jna.Function;

/** The C library of this system. */
final class Glibc {
  private Glibc() {}

  /** Whether it is new enough for Chromium's library to be fitted to the system. */
  static boolean isFittedFor() {
    String[] version =
        Function.getFunction("c", "gnu_get_libc_version").invokeString(null, false).split("\\.");
    return Integer.parseInt(version[0]) > 2 || Integer.parseInt(version[1]) >= 36;
  }

  /** Whether the library is made for an address, too. */
  static boolean isPrelinkedFor() {
    return isFittedFor() && System.getProperty("os.arch").equals("amd64");
  }
}
