package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.fs.FsCalls.PERMISSION_BITS;
import static dev.dunlin.bridge.fs.FsCalls.data;
import static dev.dunlin.bridge.fs.FsCalls.exists;
import static dev.dunlin.bridge.fs.FsCalls.file;
import static dev.dunlin.bridge.fs.FsCalls.flag;
import static dev.dunlin.bridge.fs.FsCalls.handle;
import static dev.dunlin.bridge.fs.FsCalls.invalid;
import static dev.dunlin.bridge.fs.FsCalls.look;
import static dev.dunlin.bridge.fs.FsCalls.mode;
import static dev.dunlin.bridge.fs.FsCalls.number;
import static dev.dunlin.bridge.fs.FsCalls.path;
import static dev.dunlin.bridge.fs.FsCalls.permissions;
import static dev.dunlin.bridge.fs.FsCalls.refuseLink;
import static dev.dunlin.bridge.fs.FsCalls.stopIfCancelled;
import static dev.dunlin.bridge.fs.FsCalls.twoPaths;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.jna.Platform;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.bridge.spi.ScopedPath;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code ipc://fs/…}: files, as Node's {@code fs} has them. Errors have Node's code, errno,
 * syscall, path and message.
 *
 * <p>Every path is used through a {@link Pin}: the path that policy allowed is the path that is
 * touched.
 */
public final class FsModule implements CommandModule {
  /** A file read as text. Over: {@code ERR_STRING_TOO_LONG}; read it as bytes. */
  static final int TEXT_BYTES = 256 << 20;

  /** One read of an open file; a longer one is answered short, as POSIX allows. */
  static final int READ_BYTES = 8 << 20;

  /** Folders below a folder that is removed. Over: {@code ENAMETOOLONG}. */
  static final int REMOVE_DEPTH = 1000;

  /** The one device that never lets anybody wait. */
  private static final Path NULL_DEVICE = Path.of("/dev/null");

  private static final int COPY_BYTES = 8 << 20;
  private static final int COPY_EXCLUSIVE = 1;
  private static final int DEFAULT_FILE_MODE = 0666;

  private static final int DEFAULT_FOLDER_MODE = 0777;
  private static final String ANY_TYPE = "application/octet-stream";

  private final RandomSource random;
  private final Drafts drafts;
  private final FsWatches watches = new FsWatches();

  public FsModule(RandomSource random) {
    this.random = random;
    this.drafts = new Drafts(random);
  }

  @Override
  public String name() {
    return "fs";
  }

  @Override
  public List<Command> commands() {
    return Stream.of(
            own(),
            FsAttributes.commands(),
            FsLinks.commands(),
            new FsFolders(random).commands(),
            watches.commands())
        .flatMap(List::stream)
        .toList();
  }

  private List<Command> own() {
    return List.of(
        look("access", LastSegment.FOLLOW, "access", this::access),
        look("stat", LastSegment.FOLLOW, "stat", call -> data(followed(call))),
        look("lstat", LastSegment.NO_FOLLOW, "lstat", this::lstat),
        path("readFile", LastSegment.FOLLOW, Access.READ, "open", this::readFile),
        path("writeFile", LastSegment.FOLLOW, Access.WRITE, "open", call -> writeFile(call, "w")),
        path("appendFile", LastSegment.FOLLOW, Access.WRITE, "open", call -> writeFile(call, "a")),
        path("mkdir", LastSegment.NO_FOLLOW, Access.WRITE, "mkdir", this::mkdir),
        path("rm", LastSegment.NO_FOLLOW, Access.REPLACE, "rm", this::rm),
        path("rmdir", LastSegment.NO_FOLLOW, Access.REPLACE, "rmdir", this::rmdir),
        path("unlink", LastSegment.NO_FOLLOW, Access.REPLACE, "unlink", this::unlink),
        twoPaths("rename", LastSegment.NO_FOLLOW, Access.REPLACE, "rename", this::rename),
        twoPaths("copyFile", LastSegment.FOLLOW, Access.READ, "copyfile", this::copyFile),
        look("realpath", LastSegment.FOLLOW, "realpath", this::realpath),
        file(
            "open",
            new Resource.File(LastSegment.FOLLOW, FsModule::openAccess, ""),
            "open",
            this::open),
        handle("read", "read", this::read),
        handle("readFile", "read", this::readRest),
        handle("seek", "read", this::seek),
        handle("write", "write", this::write),
        handle("stat", "fstat", call -> data(file(call).stat())),
        handle("truncate", "ftruncate", this::truncate),
        handle("sync", "fsync", call -> sync(call, true)),
        handle("datasync", "fdatasync", call -> sync(call, false)),
        handle("close", "close", this::close));
  }

  // Opening.

  /** Opens a checked path; one that was asked for as a folder must not become a file. */
  private static OpenFile open(ScopedPath path, FsFlags flags, FileAttribute<?>... attributes)
      throws IOException {
    if (flags.create() && flags.exclusive() && Files.isSymbolicLink(Path.of(path.asked()))) {
      // Wherever it leads, its name is taken.
      throw new Errno.Failure(Errno.EEXIST);
    }
    try (Pin pin = Pin.of(path)) {
      if (path.asked().endsWith("/")
          && !(exists(pin.path()) && Stat.type(pin.path()) == Stat.FOLDER)) {
        throw new Errno.Failure(
            exists(pin.path()) ? Errno.ENOTDIR : flags.create() ? Errno.EISDIR : Errno.ENOENT);
      }
      if (!path.real().equals(NULL_DEVICE)
          && exists(pin.path())
          && Stat.type(pin.path()) == Stat.CHARACTER) {
        // A terminal or the like may let a read wait for ever, on one of few threads.
        throw new Errno.Failure(Errno.ENXIO);
      }
      return OpenFile.open(pin, flags, attributes);
    }
  }

  // Asking.

  private Reply access(Call call) throws IOException {
    long mode = number(call, "mode", 0);
    List<AccessMode> modes = new ArrayList<>();
    if ((mode & 4) != 0) {
      modes.add(AccessMode.READ);
    }
    if ((mode & 2) != 0) {
      modes.add(AccessMode.WRITE);
    }
    if ((mode & 1) != 0) {
      modes.add(AccessMode.EXECUTE);
    }
    try (Pin pin = Pin.of(call.path())) {
      refuseLink(pin.path());
      try (Pin itself = Platform.isLinux() ? Pin.itself(pin.path()) : Pin.unheld(pin.path())) {
        itself
            .path()
            .getFileSystem()
            .provider()
            .checkAccess(itself.path(), modes.toArray(AccessMode[]::new));
      }
    }
    return Reply.NOTHING;
  }

  private static Map<String, Object> followed(Call call) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      refuseLink(pin.path());
      return Stat.of(pin.path(), LinkOption.NOFOLLOW_LINKS);
    }
  }

  private Reply lstat(Call call) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      return data(Stat.of(pin.path(), LinkOption.NOFOLLOW_LINKS));
    }
  }

  private Reply realpath(Call call) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      refuseLink(pin.path());
      return data(call.path().real().toString());
    }
  }

  // Reading and writing whole files.

  private Reply readFile(Call call) throws IOException {
    boolean text = false;
    if (call.param("encoding").isPresent()) {
      String encoding = call.param("encoding").get().asText();
      if (!encoding.equalsIgnoreCase("utf8") && !encoding.equalsIgnoreCase("utf-8")) {
        throw invalid("the encoding is utf8 or none, not '" + encoding + "'");
      }
      text = true;
    }
    long start = number(call, "start", 0);
    long end = number(call, "end", Long.MAX_VALUE - 1);
    if (start < 0 || end < start) {
      throw invalid("'start' and 'end' are byte positions, both included, in this order");
    }
    OpenFile file = open(call.path(), FsFlags.of(TextNode.valueOf("r")));
    boolean handedOver = false;
    try {
      int type = file.type();
      if (type == Stat.FOLDER) {
        throw Errno.EISDIR.on("read");
      }
      // Files of /proc and devices say 0 and have more: they are read to their end.
      long size = file.size();
      long length =
          type == Stat.FILE && size > 0
              ? Math.max(0, Math.min(size, end + 1) - Math.min(size, start))
              : -1;
      FileSource source =
          new FileSource(
              file, start, length < 0 && end < Long.MAX_VALUE - 1 ? end + 1 - start : length, file);
      if (text) {
        return data(text(call, source, length));
      }
      if (!call.takesBytes()) {
        throw new BridgeError(
            "TypeError",
            "ERR_INVALID_CALL",
            "bytes travel by fetch: call this by the stream lane, or give encoding=utf8");
      }
      handedOver = true;
      return new Reply.Bytes(source, length, ANY_TYPE, Map.of());
    } finally {
      if (!handedOver) {
        file.close();
      }
    }
  }

  private static String text(Call call, FileSource source, long length) throws IOException {
    // A UTF-16 unit is at most 3 bytes of UTF-8: beyond this no reply can be short enough.
    long limit = call.lane() == Call.Lane.CALL ? 3L * Limits.REPLY_LENGTH : TEXT_BYTES;
    byte[] bytes = new byte[(int) Math.min(limit + 1, length < 0 ? 64 << 10 : length + 1)];
    int count = 0;
    byte[] piece = new byte[64 << 10];
    for (int n; (n = source.read(piece, piece.length)) != ByteSource.END; ) {
      stopIfCancelled(call);
      if (count + n > limit) {
        throw call.lane() == Call.Lane.CALL
            ? new BridgeError(
                "RangeError",
                "ERR_REPLY_TOO_LARGE",
                "the file is too long for the call lane: ask again by fetch")
            : new BridgeError(
                "RangeError",
                "ERR_STRING_TOO_LONG",
                "a file read as text has at most " + TEXT_BYTES + " bytes: read it as bytes");
      }
      if (count + n > bytes.length) {
        bytes = java.util.Arrays.copyOf(bytes, (int) Math.min(limit, 2L * (count + n)));
      }
      System.arraycopy(piece, 0, bytes, count, n);
      count += n;
    }
    return Utf8.decode(bytes, count);
  }

  private Reply writeFile(Call call, String defaultFlag) throws IOException {
    FsFlags flags = FsFlags.of(call.param("flag").orElse(TextNode.valueOf(defaultFlag)));
    if (!flags.write()) {
      throw Errno.EBADF.on("write");
    }
    if (flag(call, "atomic")) {
      return replaceFile(call);
    }
    try (OpenFile file = open(call.path(), flags, mode(call, DEFAULT_FILE_MODE))) {
      writeAll(call, file);
    }
    return Reply.NOTHING;
  }

  /** Writes beside the file, then puts it in its place: readers see the old or the new, whole. */
  private Reply replaceFile(Call call) throws IOException {
    CheckedFile.replace(
        drafts,
        call.path(),
        mode(call, DEFAULT_FILE_MODE),
        call.param("mode").isEmpty(),
        file -> writeAll(call, file));
    return Reply.NOTHING;
  }

  /** What fails now is the writing, not the opening: as Node tells it. */
  private static void writeAll(Call call, OpenFile file) {
    try {
      writeParts(call, file);
    } catch (IOException e) {
      throw Errno.of(e).on("write");
    }
  }

  private static void writeParts(Call call, OpenFile file) throws IOException {
    if (call.body().isPresent() && call.param("data").isEmpty()) {
      Body body = call.body().get();
      for (byte[] part; (part = next(body)).length > 0; ) {
        stopIfCancelled(call);
        file.write(ByteBuffer.wrap(part), -1);
      }
    } else {
      file.write(ByteBuffer.wrap(dataParameter(call)), -1);
    }
  }

  /** The page's fault, not the disk's: it ends the call as a cancellation. */
  private static byte[] next(Body body) {
    try {
      return body.next();
    } catch (IOException e) {
      throw new BridgeError("AbortError", "ERR_CANCELLED", e.getMessage());
    }
  }

  private static byte[] dataParameter(Call call) {
    JsonNode data =
        call.param("data")
            .filter(JsonNode::isTextual)
            .orElseThrow(() -> invalid("give the bytes as request body, or text as 'data'"));
    return data.asText().getBytes(StandardCharsets.UTF_8);
  }

  private Reply copyFile(Call call) throws IOException {
    boolean exclusive = (number(call, "mode", 0) & COPY_EXCLUSIVE) != 0;
    try (OpenFile from = open(call.path(), FsFlags.of(TextNode.valueOf("r")))) {
      Map<String, Object> stat = from.stat();
      if (((int) stat.get("mode") & Stat.TYPE_MASK) == Stat.FOLDER) {
        // What is wrong with the target comes first.
        Pin.of(call.secondPath()).close();
        throw new Errno.Failure(Errno.EISDIR);
      }
      if (!exclusive && call.path().real().equals(call.secondPath().real())) {
        return Reply.NOTHING;
      }
      FileAttribute<?>[] mode =
          Platform.isWindows()
              ? new FileAttribute<?>[0]
              : new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(
                    permissions((int) stat.get("mode") & PERMISSION_BITS))
              };
      // Not truncated on opening: another name of the source would be emptied before it is read.
      FsFlags flags = new FsFlags(false, true, true, exclusive, false, false, false);
      try (OpenFile to = open(call.secondPath(), flags, mode)) {
        Map<String, Object> other = to.stat();
        if (!Platform.isWindows()
            && stat.get("ino").equals(other.get("ino"))
            && stat.get("dev").equals(other.get("dev"))) {
          return Reply.NOTHING;
        }
        to.truncate(0);
        if (!Platform.isWindows()) {
          // A file that was there takes the mode too.
          to.change(
              path ->
                  Files.setAttribute(path, "unix:mode", (int) stat.get("mode") & Stat.MODE_MASK));
        }
        FileChannel channel = from.channel();
        long position = 0;
        for (long n; (n = channel.transferTo(position, COPY_BYTES, to.channel())) > 0; ) {
          stopIfCancelled(call);
          position += n;
        }
      }
    }
    return Reply.NOTHING;
  }

  // Folders and names.

  private Reply mkdir(Call call) throws IOException {
    boolean recursive = flag(call, "recursive");
    FileAttribute<?>[] mode = mode(call, DEFAULT_FOLDER_MODE);
    if (!recursive) {
      try (Pin pin = Pin.of(call.path())) {
        Files.createDirectory(pin.path(), mode);
      }
      return Reply.NOTHING;
    }
    Deque<Path> missing = new ArrayDeque<>();
    Path real = call.path().real();
    for (Path at = real;
        at != null && !Files.exists(at, LinkOption.NOFOLLOW_LINKS);
        at = at.getParent()) {
      missing.push(at);
    }
    Path first = missing.peek();
    if (first == null) {
      try (Pin pin = Pin.of(real)) {
        if (Stat.type(pin.path()) != Stat.FOLDER) {
          throw new FileAlreadyExistsException(real.toString());
        }
      }
      return Reply.NOTHING;
    }
    for (Path folder : missing) {
      call.requireAbove(folder);
    }
    for (Path folder : missing) {
      try (Pin pin = Pin.of(folder)) {
        Files.createDirectory(pin.path(), mode);
      } catch (FileAlreadyExistsException madeMeanwhile) {
        // If it is no folder, the next step, or the page, finds out.
        continue;
      }
    }
    return data(first.toString());
  }

  private Reply rm(Call call) throws IOException {
    int type;
    try (Pin pin = Pin.of(call.path())) {
      type = Stat.type(pin.path());
    } catch (IOException e) {
      if (Errno.of(e) == Errno.ENOENT && flag(call, "force")) {
        return Reply.NOTHING;
      }
      // Node looks before it removes.
      throw Errno.of(e).on("lstat", call.path().asked());
    }
    try (Pin pin = Pin.of(call.path())) {
      if (type != Stat.FOLDER) {
        Files.delete(pin.path());
        return Reply.NOTHING;
      }
      if (!flag(call, "recursive")) {
        throw new BridgeError(
            "Error",
            "ERR_FS_EISDIR",
            "Path is a directory: rm returned EISDIR (is a directory) " + call.path().asked(),
            Map.of("errno", -Errno.EISDIR.number(), "syscall", "rm", "path", call.path().asked()));
      }
      call.requireTree();
      empty(call);
      Files.delete(pin.path());
    } catch (NoSuchFileException missing) {
      if (!flag(call, "force")) {
        throw missing;
      }
    } catch (Errno.Failure failure) {
      // The parent folder itself is missing.
      if (Errno.of(failure) != Errno.ENOENT || !flag(call, "force")) {
        throw failure;
      }
    }
    return Reply.NOTHING;
  }

  private static void empty(Call call) throws IOException {
    try (Pin pin = Pin.folder(call.path());
        DirectoryStream<Path> folder = Files.newDirectoryStream(pin.path())) {
      if (!(folder instanceof SecureDirectoryStream<Path> secure)) {
        // Windows: links are removed as they stand, but a folder swapped meanwhile is not noticed.
        for (Path entry : folder) {
          removeTree(call, entry, 0);
        }
        return;
      }
      empty(call, secure, 0);
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void empty(Call call, SecureDirectoryStream<Path> folder, int depth)
      throws IOException {
    if (depth > REMOVE_DEPTH) {
      throw new Errno.Failure(Errno.ENAMETOOLONG);
    }
    for (Path entry : folder) {
      stopIfCancelled(call);
      Path name = entry.getFileName();
      boolean isFolder =
          folder
              .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes()
              .isDirectory();
      if (isFolder) {
        try (SecureDirectoryStream<Path> inner =
            folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
          empty(call, inner, depth + 1);
        }
        folder.deleteDirectory(name);
      } else {
        folder.deleteFile(name);
      }
    }
  }

  private static void removeTree(Call call, Path path, int depth) throws IOException {
    stopIfCancelled(call);
    if (depth > REMOVE_DEPTH) {
      throw new Errno.Failure(Errno.ENAMETOOLONG);
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> folder = Files.newDirectoryStream(path)) {
        for (Path entry : folder) {
          removeTree(call, entry, depth + 1);
        }
      }
    }
    Files.delete(path);
  }

  private Reply rmdir(Call call) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      if (Stat.type(pin.path()) != Stat.FOLDER) {
        throw new Errno.Failure(Errno.ENOTDIR);
      }
      Files.delete(pin.path());
    }
    return Reply.NOTHING;
  }

  private Reply unlink(Call call) throws IOException {
    try (Pin pin = Pin.of(call.path())) {
      if (Stat.type(pin.path()) == Stat.FOLDER) {
        throw new Errno.Failure(Platform.isLinux() ? Errno.EISDIR : Errno.EPERM);
      }
      Files.delete(pin.path());
    }
    return Reply.NOTHING;
  }

  private Reply rename(Call call) throws IOException {
    try (Pin from = Pin.of(call.path());
        Pin to = Pin.of(call.secondPath())) {
      if (Stat.type(from.path()) == Stat.FOLDER) {
        call.requireTree();
      }
      Files.move(from.path(), to.path(), StandardCopyOption.ATOMIC_MOVE);
    }
    return Reply.NOTHING;
  }

  // Open files.

  private static FsFlags openFlags(Call call) {
    return FsFlags.of(call.param("flags").orElse(TextNode.valueOf("r")));
  }

  private static Access openAccess(Call call) {
    FsFlags flags = openFlags(call);
    // What is opened for reading only may still be made or emptied.
    return flags.write() || flags.create() || flags.truncate() ? Access.WRITE : Access.READ;
  }

  private Reply open(Call call) throws IOException {
    FsFlags flags = openFlags(call);
    OpenFile file = open(call.path(), flags, mode(call, DEFAULT_FILE_MODE));
    try {
      return data(Map.of("fd", call.register(file).value()));
    } catch (BridgeError refused) {
      file.close();
      throw refused;
    }
  }

  private Reply read(Call call) throws IOException {
    if (!call.takesBytes()) {
      throw new BridgeError(
          "TypeError", "ERR_INVALID_CALL", "bytes travel by fetch: call this by the stream lane");
    }
    long length = number(call, "length", READ_BYTES);
    if (length < 0) {
      throw invalid("'length' is not negative");
    }
    if (call.lane() == Call.Lane.CALL && length > Limits.CALL_BYTES) {
      // Before it moves the file's position.
      throw new BridgeError(
          "RangeError", "ERR_REPLY_TOO_LARGE", "so many bytes travel by fetch: ask again there");
    }
    ByteBuffer target = ByteBuffer.allocate((int) Math.min(length, READ_BYTES));
    int count = target.hasRemaining() ? file(call).read(target, number(call, "position", -1)) : 0;
    return new Reply.Bytes(
        ByteSource.of(target.array(), 0, Math.max(0, count)),
        Math.max(0, count),
        ANY_TYPE,
        Map.of());
  }

  /** From the file's position, which {@link #seek} moves when the page has the bytes. */
  private Reply readRest(Call call) throws IOException {
    OpenFile file = file(call);
    int type = file.readableType();
    if (type == Stat.FOLDER) {
      throw new Errno.Failure(Errno.EISDIR);
    }
    long position = file.position();
    long size = file.size();
    long length = type == Stat.FILE && size > 0 ? Math.max(0, size - position) : -1;
    return new Reply.Bytes(
        new FileSource(file, position, length, () -> {}), length, ANY_TYPE, Map.of());
  }

  private Reply seek(Call call) throws IOException {
    file(call).skip(Math.max(0, number(call, "by", 0)));
    return Reply.NOTHING;
  }

  private Reply write(Call call) throws IOException {
    long position = number(call, "position", -1);
    long written = 0;
    if (call.body().isPresent() && call.param("data").isEmpty()) {
      Body body = call.body().get();
      for (byte[] part; (part = next(body)).length > 0; ) {
        stopIfCancelled(call);
        written += file(call).write(ByteBuffer.wrap(part), position < 0 ? -1 : position + written);
      }
    } else {
      written = file(call).write(ByteBuffer.wrap(dataParameter(call)), position);
    }
    return data(written);
  }

  private Reply truncate(Call call) throws IOException {
    long length = number(call, "len", 0);
    file(call).truncate(Math.max(0, length));
    return Reply.NOTHING;
  }

  private static Reply sync(Call call, boolean metadata) throws IOException {
    file(call).sync(metadata);
    return Reply.NOTHING;
  }

  private Reply close(Call call) throws IOException {
    OpenFile file = file(call);
    call.release();
    file.close();
    return Reply.NOTHING;
  }
}
