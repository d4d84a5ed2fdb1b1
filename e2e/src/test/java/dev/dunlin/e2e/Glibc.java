package dev.dunlin.e2e;

import com.sun.jna.Function;

/** The C library of this system. */
final class Glibc {
  private Glibc() {}

  /** Whether Chromium's library is made for an address of this machine. */
  static boolean isPrelinkedFor() {
    String[] version =
        Function.getFunction("c", "gnu_get_libc_version").invokeString(null, false).split("\\.");
    boolean isNew = Integer.parseInt(version[0]) > 2 || Integer.parseInt(version[1]) >= 36;
    return isNew && System.getProperty("os.arch").equals("amd64");
  }
}
