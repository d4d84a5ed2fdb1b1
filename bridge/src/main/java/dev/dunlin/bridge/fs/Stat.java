package dev.dunlin.bridge.fs;

import com.sun.jna.LastErrorException;
import com.sun.jna.Platform;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is known of a file, as the page gets it. */
final class Stat {
  static final int TYPE_MASK = 0170000;
  static final int MODE_MASK = 07777;
  static final int FIFO = 0010000;
  static final int CHARACTER = 0020000;
  static final int FOLDER = 0040000;
  static final int BLOCK = 0060000;
  static final int FILE = 0100000;
  static final int LINK = 0120000;
  static final int SOCKET = 0140000;

  /** Unit of {@code blocks}, by POSIX. */
  private static final int BLOCK_BYTES = 512;

  /** Preferred read size: Java does not tell the file system's. */
  private static final int READ_BYTES = 4096;

  private static final String UNIX =
      "unix:dev,ino,mode,nlink,uid,gid,rdev,size,lastAccessTime,lastModifiedTime,ctime,creationTime";

  // Places in Linux's struct statx.
  private static final int BLKSIZE = 4;
  private static final int NLINK = 16;
  private static final int UID = 20;
  private static final int GID = 24;
  private static final int MODE = 28;
  private static final int INO = 32;
  private static final int SIZE = 40;
  private static final int BLOCKS = 48;
  private static final int ATIME = 64;
  private static final int BTIME = 80;
  private static final int CTIME = 96;
  private static final int MTIME = 112;
  private static final int RDEV = 128;
  private static final int DEV = 136;

  private static final long NANOS = 1_000_000_000L;

  private Stat() {}

  /** Java has no birth time and no count of blocks, and takes several times as long. */
  private static ByteBuffer statx(Path path, boolean noFollow, int mask) throws IOException {
    byte[] target = new byte[Libc.Linux.STATX_BYTES];
    try {
      Libc.Linux.statx(
          Libc.AT_FDCWD,
          Pin.name(path.toString()),
          noFollow ? Libc.AT_SYMLINK_NOFOLLOW : 0,
          mask,
          target);
    } catch (LastErrorException e) {
      throw Errno.exception(e, path);
    }
    return ByteBuffer.wrap(target).order(ByteOrder.nativeOrder());
  }

  private static Map<String, Object> linux(ByteBuffer from) {
    Map<String, Object> stat = new LinkedHashMap<>();
    stat.put("dev", device(from, DEV));
    stat.put("mode", Short.toUnsignedInt(from.getShort(MODE)));
    stat.put("nlink", from.getInt(NLINK));
    stat.put("uid", Integer.toUnsignedLong(from.getInt(UID)));
    stat.put("gid", Integer.toUnsignedLong(from.getInt(GID)));
    stat.put("rdev", device(from, RDEV));
    stat.put("blksize", from.getInt(BLKSIZE));
    stat.put("ino", Long.toUnsignedString(from.getLong(INO)));
    stat.put("size", Long.toString(from.getLong(SIZE)));
    stat.put("blocks", Long.toString(from.getLong(BLOCKS)));
    stat.put("atimeNs", nanoseconds(from, ATIME));
    stat.put("mtimeNs", nanoseconds(from, MTIME));
    stat.put("ctimeNs", nanoseconds(from, CTIME));
    stat.put("birthtimeNs", nanoseconds(from, BTIME));
    return stat;
  }

  private static String nanoseconds(ByteBuffer from, int at) {
    long seconds = from.getLong(at);
    int nanos = from.getInt(at + Long.BYTES);
    return Math.abs(seconds) < Long.MAX_VALUE / NANOS
        ? Long.toString(seconds * NANOS + nanos)
        : BigInteger.valueOf(seconds)
            .multiply(BigInteger.valueOf(NANOS))
            .add(BigInteger.valueOf(nanos))
            .toString();
  }

  /** The C library's makedev. */
  private static String device(ByteBuffer from, int at) {
    long major = Integer.toUnsignedLong(from.getInt(at));
    long minor = Integer.toUnsignedLong(from.getInt(at + Integer.BYTES));
    return Long.toUnsignedString(
        (major & ~0xfffL) << 32 | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | minor & 0xff);
  }

  /** The file itself, or the link itself. */
  static Map<String, Object> of(Path path, LinkOption... options) throws IOException {
    if (Platform.isLinux()) {
      return linux(statx(path, options.length > 0, Libc.Linux.STATX_BASIC_AND_BIRTH));
    }
    Map<String, Object> from;
    if (Platform.isWindows()) {
      from = windows(Files.readAttributes(path, BasicFileAttributes.class, options));
    } else {
      from = Files.readAttributes(path, UNIX, options);
    }
    Map<String, Object> stat = new LinkedHashMap<>();
    long size = ((Number) from.get("size")).longValue();
    stat.put("dev", from.get("dev").toString());
    stat.put("mode", from.get("mode"));
    stat.put("nlink", from.get("nlink"));
    stat.put("uid", from.get("uid"));
    stat.put("gid", from.get("gid"));
    stat.put("rdev", from.get("rdev").toString());
    stat.put("blksize", READ_BYTES);
    stat.put("ino", from.get("ino").toString());
    stat.put("size", Long.toString(size));
    stat.put("blocks", Long.toString((size + BLOCK_BYTES - 1) / BLOCK_BYTES));
    stat.put("atimeNs", nanoseconds(from.get("lastAccessTime")));
    stat.put("mtimeNs", nanoseconds(from.get("lastModifiedTime")));
    stat.put("ctimeNs", nanoseconds(from.get("ctime")));
    stat.put("birthtimeNs", nanoseconds(from.get("creationTime")));
    return stat;
  }

  /** The type bits of a file or link itself. */
  static int type(Path path) throws IOException {
    if (Platform.isLinux()) {
      return statx(path, true, Libc.Linux.STATX_TYPE).getShort(MODE) & TYPE_MASK;
    }
    if (!Platform.isWindows()) {
      return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & TYPE_MASK;
    }
    return type(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
  }

  private static int type(BasicFileAttributes attributes) {
    return attributes.isSymbolicLink() ? LINK : attributes.isDirectory() ? FOLDER : FILE;
  }

  private static String nanoseconds(Object time) {
    return Long.toString(((FileTime) time).to(TimeUnit.NANOSECONDS));
  }

  private static Map<String, Object> windows(BasicFileAttributes a) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("dev", 0);
    map.put("ino", 0);
    map.put("mode", type(a) | 0666);
    map.put("nlink", 1);
    map.put("uid", 0);
    map.put("gid", 0);
    map.put("rdev", 0);
    map.put("size", a.size());
    map.put("lastAccessTime", a.lastAccessTime());
    map.put("lastModifiedTime", a.lastModifiedTime());
    map.put("ctime", a.lastModifiedTime());
    map.put("creationTime", a.creationTime());
    return map;
  }
}
