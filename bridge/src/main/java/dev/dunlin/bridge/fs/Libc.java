package dev.dunlin.bridge.fs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/** The few calls of the C library that Java has no name for. POSIX only. */
final class Libc {
  static final int O_PATH = 0x200000;
  static final int O_CLOEXEC = 0x80000;
  // The two flags whose value is the processor's, not Linux's.
  static final int O_DIRECTORY = Platform.isARM() ? 0x4000 : 0x10000;
  static final int O_NOFOLLOW = Platform.isARM() ? 0x8000 : 0x20000;

  static final int AT_FDCWD = -100;

  static {
    Native.register(Libc.class, Platform.C_LIBRARY_NAME);
  }

  private Libc() {}

  static native int openat(int folder, byte[] name, int flags, int mode) throws LastErrorException;

  static native int close(int fd) throws LastErrorException;

  static native String strerror(int errno);
}
