package dev.dunlin.bridge.fs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;

/** The few calls of the C library that Java has no name for. POSIX only. */
final class Libc {
  static final int O_PATH = 0x200000;
  static final int O_CLOEXEC = 0x80000;
  // The two flags whose value is the processor's, not Linux's.
  static final int O_DIRECTORY = Platform.isARM() ? 0x4000 : 0x10000;
  static final int O_NOFOLLOW = Platform.isARM() ? 0x8000 : 0x20000;

  static final int AT_FDCWD = Platform.isMac() ? -2 : -100;
  static final int AT_SYMLINK_NOFOLLOW = Platform.isMac() ? 0x20 : 0x100;

  static {
    Native.register(Libc.class, Platform.C_LIBRARY_NAME);
  }

  private Libc() {}

  static native int openat(int folder, byte[] name, int flags, int mode) throws LastErrorException;

  static native int fchownat(int folder, byte[] name, int uid, int gid, int flags)
      throws LastErrorException;

  /** Times: seconds and nanoseconds of the access, then of the change. */
  static native int utimensat(int folder, byte[] name, long[] times, int flags)
      throws LastErrorException;

  static native int close(int fd) throws LastErrorException;

  static native String strerror(int errno);

  /** Those that only Linux has; both of its processors lay these structures out alike. */
  static final class Linux {
    static final int STATX_BYTES = 256;
    static final int STATX_BASIC_AND_BIRTH = 0xfff;
    static final int STATX_TYPE = 1;

    static {
      Native.register(Linux.class, Platform.C_LIBRARY_NAME);
    }

    private Linux() {}

    static native int statx(int folder, byte[] name, int flags, int mask, byte[] target)
        throws LastErrorException;

    static native NativeLong getdents64(int folder, byte[] target, NativeLong length)
        throws LastErrorException;

    /** Longs: type, block size, blocks, free ones, those for users, files, free ones, … */
    static native int statfs(byte[] name, long[] target) throws LastErrorException;
  }
}
