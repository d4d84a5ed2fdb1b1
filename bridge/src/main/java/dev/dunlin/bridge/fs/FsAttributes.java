package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.fs.FsCalls.data;
import static dev.dunlin.bridge.fs.FsCalls.file;
import static dev.dunlin.bridge.fs.FsCalls.handle;
import static dev.dunlin.bridge.fs.FsCalls.invalid;
import static dev.dunlin.bridge.fs.FsCalls.number;
import static dev.dunlin.bridge.fs.FsCalls.path;
import static dev.dunlin.bridge.fs.FsCalls.refuseLink;

import com.sun.jna.LastErrorException;
import com.sun.jna.Platform;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Reply;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known of files besides their bytes: modes, owners, times, and their file system. */
final class FsAttributes {
  private static final long NANOS = 1_000_000_000L;

  /** Longs of Linux's struct statfs, with room to spare. */
  private static final int STATFS_LONGS = 32;

  private FsAttributes() {}

  static List<Command> commands() {
    return List.of(
        path("chmod", LastSegment.FOLLOW, Access.WRITE, "chmod", FsAttributes::chmod),
        path("chown", LastSegment.FOLLOW, Access.WRITE, "chown", call -> chown(call, true)),
        path("lchown", LastSegment.NO_FOLLOW, Access.WRITE, "lchown", call -> chown(call, false)),
        path("utimes", LastSegment.FOLLOW, Access.WRITE, "utime", call -> times(call, true)),
        path("lutimes", LastSegment.NO_FOLLOW, Access.WRITE, "lutime", call -> times(call, false)),
        path("statfs", LastSegment.FOLLOW, Access.READ, "statfs", FsAttributes::fileSystem),
        handle("chmod", "fchmod", call -> change(call, path -> mode(call, path))),
        handle("chown", "fchown", call -> change(call, path -> owner(call, path, 0))),
        handle("utimes", "futime", call -> change(call, path -> times(call, path, 0))));
  }

  private static Reply change(Call call, OpenFile.Change change) throws IOException {
    file(call).change(change);
    return Reply.NOTHING;
  }

  private static Reply chmod(Call call) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      refuseLink(pin.path());
      // Held, since there is no chmod that does not follow a link.
      try (Pin itself = Platform.isLinux() ? Pin.itself(pin.path()) : Pin.unheld(pin.path())) {
        mode(call, itself.path());
      }
    }
    return Reply.NOTHING;
  }

  private static void mode(Call call, Path path) throws IOException {
    int mode = (int) number(call, "mode", 0);
    if (Platform.isWindows()) {
      // As Node has it there: what nobody may write is read-only.
      Files.setAttribute(path, "dos:readonly", (mode & 0200) == 0);
    } else {
      Files.setAttribute(path, "unix:mode", mode & Stat.MODE_MASK);
    }
  }

  private static Reply chown(Call call, boolean follow) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      if (follow) {
        refuseLink(pin.path());
      }
      owner(call, pin.path(), Libc.AT_SYMLINK_NOFOLLOW);
    }
    return Reply.NOTHING;
  }

  /** Windows has no such owners: nothing is changed, as in Node. */
  private static void owner(Call call, Path path, int flags) throws IOException {
    if (!Platform.isWindows()) {
      posix(
          path,
          name ->
              Libc.fchownat(
                  Libc.AT_FDCWD,
                  name,
                  (int) number(call, "uid", -1),
                  (int) number(call, "gid", -1),
                  flags));
    }
  }

  private static Reply times(Call call, boolean follow) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      if (follow) {
        refuseLink(pin.path());
      }
      times(call, pin.path(), Libc.AT_SYMLINK_NOFOLLOW);
    }
    return Reply.NOTHING;
  }

  private static void times(Call call, Path path, int flags) throws IOException {
    long[] times = {
      number(call, "atime", 0), number(call, "atimeNs", 0),
      number(call, "mtime", 0), number(call, "mtimeNs", 0)
    };
    if (times[1] < 0 || times[1] >= NANOS || times[3] < 0 || times[3] >= NANOS) {
      throw invalid("'atimeNs' and 'mtimeNs' are the nanoseconds within a second");
    }
    if (Platform.isWindows()) {
      Files.getFileAttributeView(path, BasicFileAttributeView.class)
          .setTimes(
              FileTime.from(Instant.ofEpochSecond(times[2], times[3])),
              FileTime.from(Instant.ofEpochSecond(times[0], times[1])),
              null);
      return;
    }
    posix(path, name -> Libc.utimensat(Libc.AT_FDCWD, name, times, flags));
  }

  private interface Posix {
    int on(byte[] name) throws LastErrorException;
  }

  private static void posix(Path path, Posix call) throws IOException {
    try {
      call.on(Pin.name(path.toString()));
    } catch (LastErrorException e) {
      throw Errno.exception(e, path);
    }
  }

  private static Reply fileSystem(Call call) throws IOException {
    Map<String, Object> stat = new LinkedHashMap<>();
    try (Pin pin = Pin.of(call.path())) {
      refuseLink(pin.path());
      try (Pin itself = Platform.isLinux() ? Pin.itself(pin.path()) : Pin.unheld(pin.path())) {
        long[] found = Platform.isLinux() ? linux(itself.path()) : java(itself.path());
        String[] names = {"type", "bsize", "blocks", "bfree", "bavail", "files", "ffree"};
        for (int i = 0; i < names.length; i++) {
          stat.put(names[i], Long.toUnsignedString(found[i]));
        }
      }
    }
    return data(stat);
  }

  private static long[] linux(Path path) throws IOException {
    long[] found = new long[STATFS_LONGS];
    posix(path, name -> Libc.Linux.statfs(name, found));
    return found;
  }

  /** Java counts no files. */
  private static long[] java(Path path) throws IOException {
    FileStore store = Files.getFileStore(path);
    long block = store.getBlockSize();
    return new long[] {
      0,
      block,
      store.getTotalSpace() / block,
      store.getUnallocatedSpace() / block,
      store.getUsableSpace() / block,
      0,
      0
    };
  }
}
