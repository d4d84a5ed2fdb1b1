package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.fs.FsCalls.command;
import static dev.dunlin.bridge.fs.FsCalls.data;
import static dev.dunlin.bridge.fs.FsCalls.flag;
import static dev.dunlin.bridge.fs.FsCalls.handle;
import static dev.dunlin.bridge.fs.FsCalls.invalid;
import static dev.dunlin.bridge.fs.FsCalls.number;
import static dev.dunlin.bridge.fs.FsCalls.path;
import static dev.dunlin.bridge.fs.FsCalls.stopIfCancelled;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.jna.Platform;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Access;
import dev.dunlin.bridge.spi.Command.LastSegment;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Folders: listed whole or in batches, and made under a new name. */
final class FsFolders {
  /** Entries of one folder in one answer. Over: {@code ENOMEM}; read it in batches. */
  static final int FOLDER_ENTRIES = 1 << 20;

  /** Entries of one batch; more that are asked for come with the next. */
  static final int BATCH_ENTRIES = 4096;

  /** Tries to find a name that nothing has. Over: {@code EEXIST}. */
  private static final int TRIES = 100;

  private static final int SUFFIX_LENGTH = 6;
  private static final String SUFFIX = "X".repeat(SUFFIX_LENGTH);

  private final RandomSource random;

  FsFolders(RandomSource random) {
    this.random = random;
  }

  List<Command> commands() {
    return List.of(
        path("readdir", LastSegment.FOLLOW, Access.READ, "scandir", FsFolders::readdir),
        path("opendir", LastSegment.FOLLOW, Access.READ, "opendir", FsFolders::opendir),
        handle("readdir", "scandir", FsFolders::next),
        handle("closedir", "closedir", FsFolders::close),
        command(
            "mkdtemp",
            new Resource.File(LastSegment.FOLLOW, call -> Access.WRITE, ""),
            this::mkdtemp,
            (call, errno) -> errno.on("mkdtemp", shown(call) + SUFFIX)));
  }

  /** Sorted by their bytes, as Node's list is. */
  private static Reply readdir(Call call) throws IOException {
    List<List<Object>> entries = new ArrayList<>();
    try (FolderReader folder = folder(call)) {
      Charset charset = charset(call);
      for (List<List<Object>> some;
          !(some = folder.next(BATCH_ENTRIES, Integer.MAX_VALUE, charset)).isEmpty(); ) {
        stopIfCancelled(call);
        entries.addAll(some);
        if (entries.size() > FOLDER_ENTRIES) {
          throw new Errno.Failure(Errno.ENOMEM);
        }
      }
    }
    entries.sort(Comparator.comparing(entry -> (String) entry.get(0), FsFolders::byBytes));
    return data(entries);
  }

  /**
   * The folder that the path names; or one below it whose path is not UTF-8, so that no URL has it.
   */
  private static FolderReader folder(Call call) throws IOException {
    Optional<String> below = call.param("below").map(JsonNode::asText);
    if (below.isEmpty()) {
      return FolderReader.open(call.path().real());
    }
    call.requireTree();
    if (!Platform.isLinux()) {
      throw new Errno.Failure(Errno.ENOSYS);
    }
    return FolderReader.open(call.path().real(), below.get());
  }

  /** The order of UTF-8, which is that of code points and not that of UTF-16. */
  private static int byBytes(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean surrogateX = Character.isSurrogate(x);
        return surrogateX != Character.isSurrogate(y)
                && x >= Character.MIN_SURROGATE
                && y >= Character.MIN_SURROGATE
            ? surrogateX ? 1 : -1
            : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Names as UTF-8; or, if so asked, each byte of them as the character of its number. */
  private static Charset charset(Call call) {
    return flag(call, "bytes") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
  }

  private static Reply opendir(Call call) throws IOException {
    FolderReader folder = folder(call);
    try {
      return data(Map.of("fd", call.register(folder).value()));
    } catch (BridgeError refused) {
      folder.close();
      throw refused;
    }
  }

  private static Reply next(Call call) throws IOException {
    long most = number(call, "entries", BATCH_ENTRIES);
    if (most < 1) {
      throw invalid("'entries' is at least 1");
    }
    // Asked for again by another lane, those that were read would be lost.
    int bytes = call.lane() == Call.Lane.CALL ? Limits.REPLY_LENGTH / 2 : Integer.MAX_VALUE;
    return data(
        call.handle(FolderReader.class)
            .next((int) Math.min(most, BATCH_ENTRIES), bytes, charset(call)));
  }

  private static Reply close(Call call) throws IOException {
    FolderReader folder = call.handle(FolderReader.class);
    call.release();
    folder.close();
    return Reply.NOTHING;
  }

  private static String prefix(Call call) {
    String prefix =
        call.param("prefix").filter(JsonNode::isTextual).map(JsonNode::asText).orElse("");
    if (prefix.contains("/")
        || prefix.contains("\0")
        || Platform.isWindows() && prefix.contains("\\")) {
      throw invalid("'prefix' is the beginning of a name, not a path");
    }
    return prefix;
  }

  private static String shown(Call call) {
    String folder = call.path().asked();
    return folder + (folder.endsWith("/") ? "" : "/") + prefix(call);
  }

  /** Answers what was added to the prefix. */
  private Reply mkdtemp(Call call) throws IOException {
    String prefix = prefix(call);
    FileAttribute<?>[] mode =
        Platform.isWindows()
            ? new FileAttribute<?>[0]
            : new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            };
    try (Pin folder = Pin.folder(call.path())) {
      for (int i = 0; i < TRIES; i++) {
        String suffix = random.hex128().substring(0, SUFFIX_LENGTH);
        try {
          Files.createDirectory(folder.path().resolve(prefix + suffix), mode);
          return data(suffix);
        } catch (FileAlreadyExistsException taken) {
          continue;
        }
      }
    }
    throw new Errno.Failure(Errno.EEXIST);
  }
}
