package dev.dunlin.bridge.fs;

import com.sun.jna.Platform;
import java.io.IOException;
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

  private Stat() {}

  /** The file itself, or the link itself. */
  static Map<String, Object> of(Path path, LinkOption... options) throws IOException {
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
