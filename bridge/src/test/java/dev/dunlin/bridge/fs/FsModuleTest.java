package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.Harness.ALL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.Harness.Reply;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.StreamLane;
import dev.dunlin.bridge.StreamRequest;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FsModuleTest {
  @TempDir Path temp;
  private final Harness harness = new Harness(new FsModule(RandomSource.secure()));
  private final Page page = harness.page(1, ALL);
  private Path root;

  @BeforeEach
  void root() throws IOException {
    root = temp.toRealPath();
  }

  @AfterEach
  void close() throws IOException {
    harness.close();
    if (Files.isDirectory(Path.of("/proc/self/fd"))) {
      Harness.until(() -> fdsBelow(root) == 0);
    }
  }

  private static long fdsBelow(Path folder) {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.filter(
              fd -> {
                try {
                  return Files.readSymbolicLink(fd).startsWith(folder);
                } catch (IOException closedMeanwhile) {
                  return false;
                }
              })
          .count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String url(String function, Path path) {
    return "ipc://fs/" + function + path;
  }

  private void fails(String code, int errno, String message, JsonNode error) {
    assertEquals(code, error.path("code").asText(), error::toString);
    assertEquals(errno, error.path("errno").asInt());
    assertEquals(message, error.path("message").asText());
    assertEquals("Error", error.path("name").asText());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void errorsAreNodesToTheLetter() throws IOException {
    Path missing = root.resolve("x/y");
    Path file = Files.writeString(root.resolve("f"), "f");
    Path full = Files.createDirectories(root.resolve("full/inner")).getParent();
    fails(
        "ENOENT",
        -2,
        "ENOENT: no such file or directory, open '" + missing + "'",
        page.error(url("readFile", missing), Map.of("encoding", "utf8")));
    fails(
        "ENOENT",
        -2,
        "ENOENT: no such file or directory, stat '" + missing + "'",
        page.error(url("stat", missing), Map.of()));
    fails(
        "EISDIR",
        -21,
        "EISDIR: illegal operation on a directory, read",
        page.error(url("readFile", full), Map.of("encoding", "utf8")));
    fails(
        "EISDIR",
        -21,
        "EISDIR: illegal operation on a directory, open '" + full + "'",
        page.error(url("writeFile", full), Map.of("data", "")));
    fails(
        "EEXIST",
        -17,
        "EEXIST: file already exists, mkdir '" + full + "'",
        page.error(url("mkdir", full), Map.of()));
    fails(
        "EEXIST",
        -17,
        "EEXIST: file already exists, open '" + file + "'",
        page.error(url("writeFile", file), Map.of("data", "", "flag", "wx")));
    fails(
        "ENOTDIR",
        -20,
        "ENOTDIR: not a directory, scandir '" + file + "'",
        page.error(url("readdir", file), Map.of()));
    fails(
        "ENOTDIR",
        -20,
        "ENOTDIR: not a directory, stat '" + file + "/x'",
        page.error(url("stat", file.resolve("x")), Map.of()));
    fails(
        "ENOTEMPTY",
        -39,
        "ENOTEMPTY: directory not empty, rmdir '" + full + "'",
        page.error(url("rmdir", full), Map.of()));
    fails(
        "ENAMETOOLONG",
        -36,
        "ENAMETOOLONG: name too long, lstat '" + root.resolve("n".repeat(300)) + "'",
        page.error(url("lstat", root.resolve("n".repeat(300))), Map.of()));
    JsonNode rename =
        page.error(url("rename", missing), Map.of("dest", root.resolve("z").toString()));
    fails(
        "ENOENT",
        -2,
        "ENOENT: no such file or directory, rename '"
            + missing
            + "' -> '"
            + root.resolve("z")
            + "'",
        rename);
    assertEquals(root.resolve("z").toString(), rename.path("dest").asText());
    assertEquals("rename", rename.path("syscall").asText());
    assertEquals("ERR_FS_EISDIR", page.error(url("rm", full), Map.of()).path("code").asText());
  }

  @Test
  void writesAndReadsTextAndBytes() throws IOException {
    Path file = root.resolve("ü ñ.txt");
    String at = "/" + root.relativize(file);
    String encoded = root + at.replace(" ", "%20");
    assertTrue(page.data("ipc://fs/writeFile" + encoded, Map.of("data", "héllo")).isNull());
    page.data("ipc://fs/appendFile" + encoded, Map.of("data", "!"));
    assertEquals(
        "héllo!", page.data("ipc://fs/readFile" + encoded, Map.of("encoding", "utf8")).asText());
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    assertEquals(200, page.fetch("POST", "ipc://fs/writeFile" + encoded, bytes).status());
    Reply reply = page.get("ipc://fs/readFile" + encoded);
    assertEquals("bytes", reply.headers().get("x-dunlin-reply"));
    assertEquals("300000", reply.headers().get("content-length"));
    assertArrayEquals(bytes, reply.body());
    assertArrayEquals(bytes, Files.readAllBytes(file));
    Reply part = page.get("ipc://fs/readFile" + encoded + "?start=5&end=9");
    assertArrayEquals(java.util.Arrays.copyOfRange(bytes, 5, 10), part.body());
    Reply padded = page.get("ipc://fs/readFile" + encoded + "?start=5&end=9&_b=1");
    assertEquals("6", padded.headers().get("content-length"));
    assertEquals("1", padded.headers().get("x-dunlin-pad"));
    assertEquals(6, padded.body().length);
    assertEquals(0, padded.body()[0]);
    assertEquals(
        "ERR_REPLY_TOO_LARGE",
        page.error("ipc://fs/readFile" + encoded, Map.of("encoding", "utf8"))
            .path("code")
            .asText());
    assertEquals(
        "ERR_INVALID_CALL",
        page.error("ipc://fs/readFile" + encoded, Map.of()).path("code").asText());
    assertEquals(
        0, page.fetch("POST", "ipc://fs/writeFile" + encoded, new byte[0]).json().size() - 1);
    assertEquals(0, Files.size(file));
  }

  @Test
  void readsFilesThatSayTheyAreEmpty() {
    if (Files.exists(Path.of("/proc/self/status"))) {
      assertTrue(
          page.data("ipc://fs/readFile/proc/version", Map.of("encoding", "utf8"))
              .asText()
              .contains("Linux"));
    }
  }

  @Test
  void aFileThatShrinksOrGrowsWhileItIsReadEndsTheStream() throws IOException {
    Path file = root.resolve("f");
    Files.write(file, new byte[1 << 20]);
    StreamResponse shrinking =
        Harness.await(page.open("GET", url("readFile", file), new byte[0]).response());
    byte[] buffer = new byte[64 << 10];
    assertEquals(buffer.length, Harness.readSome(shrinking.body(), buffer));
    Files.write(file, new byte[1]);
    assertEquals(-1, Harness.readSome(shrinking.body(), buffer));
    shrinking.body().close();
    StreamResponse growing =
        Harness.await(page.open("GET", url("readFile", file), new byte[0]).response());
    Files.write(file, new byte[100]);
    assertEquals(1, Harness.readSome(growing.body(), buffer));
    assertEquals(-1, Harness.readSome(growing.body(), buffer));
    growing.body().close();
  }

  @Test
  void anAtomicWriteKeepsTheModeAndLeavesNoDraft() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    page.data(url("writeFile", file), Map.of("data", "new", "atomic", true));
    assertEquals("new", Files.readString(file));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    page.error(url("writeFile", root), Map.of("data", "new", "atomic", true));
    page.error(url("writeFile", file), Map.of("atomic", true));
    try (Stream<Path> left = Files.list(root)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void anAtomicWriteRemovesTheDraftThatAKilledOneLeft() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "old");
    Path[] draft = new Path[1];
    // Killed while it wrote: as a copy of the draft that is there then.
    new Drafts(RandomSource.seeded(1))
        .replace(
            file,
            file,
            new FileAttribute<?>[0],
            writing -> {
              writing.write(ByteBuffer.wrap(new byte[] {'n'}), -1);
              try (Stream<Path> all = Files.list(root)) {
                draft[0] = all.filter(one -> !one.equals(file)).findFirst().orElseThrow();
              }
              assertEquals("old", Files.readString(file));
            });
    assertEquals("n", Files.readString(file));
    for (int i = 0; i < 3; i++) {
      Files.writeString(draft[0], "half");
      page.data(url("writeFile", file), Map.of("data", "new" + i, "atomic", true));
      assertEquals("new" + i, Files.readString(file));
      try (Stream<Path> left = Files.list(root)) {
        assertEquals(List.of(file), left.toList());
      }
    }
  }

  @Test
  void anAtomicWriteLeavesAloneTheDraftOfAnother() throws Exception {
    Path file = Files.writeString(root.resolve("f"), "old");
    Drafts drafts = new Drafts(RandomSource.seeded(1));
    // In this process, by another module, and what is no draft at all.
    drafts.replace(
        file,
        file,
        new FileAttribute<?>[0],
        outer -> {
          outer.write(ByteBuffer.wrap(new byte[] {'o'}), -1);
          drafts.replace(
              file,
              file,
              new FileAttribute<?>[0],
              inner -> inner.write(ByteBuffer.wrap(new byte[] {'i'}), -1));
          page.data(url("writeFile", file), Map.of("data", "p", "atomic", true));
          assertEquals("p", Files.readString(file));
        });
    assertEquals("o", Files.readString(file));
    try (Stream<Path> left = Files.list(root)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void anAtomicWriteNeedsNoLocks() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "old");
    Drafts drafts =
        new Drafts(
            RandomSource.seeded(1),
            unlockable -> {
              throw new IOException("No locks available");
            });
    drafts.replace(
        file,
        file,
        new FileAttribute<?>[0],
        draft -> draft.write(ByteBuffer.wrap(new byte[] {'n'}), -1));
    assertEquals("n", Files.readString(file));
    try (Stream<Path> left = Files.list(root)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anAtomicWritePassesByADraftThatItMayNotTouch() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "old");
    Path draft =
        root.resolve(
            ".dunlin-" + UUID.nameUUIDFromBytes("f".getBytes(StandardCharsets.UTF_8)) + "-0");
    // A program that runs: nobody writes to it, not even root. Of others' the system says such too.
    Files.copy(Path.of("/bin/sleep"), draft, StandardCopyOption.COPY_ATTRIBUTES);
    ChildProcess running =
        Harness.await(ProcessStarter.get().start(ProcessSpec.of(draft.toString(), "1000")));
    try {
      Path program = Path.of("/proc", running.pid() + "", "exe");
      Harness.until(() -> program.toFile().exists() && isSame(program, draft));
      page.data(url("writeFile", file), Map.of("data", "new", "atomic", true));
      assertEquals("new", Files.readString(file));
      assertTrue(Files.exists(draft));
    } finally {
      running.endGroup();
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void statTellsWhatTheSystemTells() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "four");
    Path link = Files.createSymbolicLink(root.resolve("l"), file);
    JsonNode stat = page.data(url("stat", link), Map.of());
    assertEquals("4", stat.path("size").asText());
    assertEquals(0100000, stat.path("mode").asInt() & 0170000);
    assertEquals(0120000, page.data(url("lstat", link), Map.of()).path("mode").asInt() & 0170000);
    assertEquals(Files.getAttribute(file, "unix:ino").toString(), stat.path("ino").asText());
    assertTrue(stat.path("mtimeNs").isTextual());
    assertEquals(file.toString(), page.data(url("realpath", link), Map.of()).asText());
    Files.delete(file);
    assertEquals("ENOENT", page.error(url("stat", link), Map.of()).path("code").asText());
    assertEquals("ENOENT", page.error(url("access", link), Map.of()).path("code").asText());
    page.data(url("writeFile", link), Map.of("data", "new"));
    assertEquals("new", Files.readString(file), "as Node: what the link names is made");
    Path loop = Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    for (String function : List.of("stat", "access", "readFile", "chmod", "statfs")) {
      assertEquals("ELOOP", page.error(url(function, loop), Map.of()).path("code").asText());
      assertEquals(
          "ELOOP", page.error(url(function, loop.resolve("x")), Map.of()).path("code").asText());
    }
  }

  @Test
  void accessAsksForTheRightsItIsAskedFor() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertTrue(page.data(url("access", file), Map.of("mode", 6)).isNull());
    assertEquals(
        "EACCES", page.error(url("access", file), Map.of("mode", 1)).path("code").asText());
  }

  @Test
  void listsMakesRenamesCopiesAndRemoves() throws IOException {
    Path deep = root.resolve("a/b/c");
    assertEquals(
        root.resolve("a").toString(),
        page.data(url("mkdir", deep), Map.of("recursive", true)).asText());
    assertTrue(page.data(url("mkdir", deep), Map.of("recursive", true)).isNull());
    Path file = Files.writeString(deep.resolve("f"), "x");
    Files.createSymbolicLink(deep.resolve("l"), root);
    assertEquals(
        Set.of("[\"f\",1]", "[\"l\",3]"), strings(page.data(url("readdir", deep), Map.of())));
    Path copy = root.resolve("copy");
    page.data(url("copyFile", file), Map.of("dest", copy.toString()));
    assertEquals("x", Files.readString(copy));
    assertEquals(
        "EEXIST",
        page.error(url("copyFile", file), Map.of("dest", copy.toString(), "mode", 1))
            .path("code")
            .asText());
    Path hard = Files.createLink(root.resolve("hard"), copy);
    page.data(url("copyFile", hard), Map.of("dest", copy.toString()));
    assertEquals("x", Files.readString(copy), "a file copied onto itself is not emptied");
    page.data(url("rename", copy), Map.of("dest", hard.resolveSibling("moved").toString()));
    page.data(url("unlink", root.resolve("moved")), Map.of());
    assertEquals("EISDIR", page.error(url("unlink", deep), Map.of()).path("code").asText());
    page.data(url("rm", root.resolve("a")), Map.of("recursive", true));
    assertFalse(Files.exists(root.resolve("a")));
    assertTrue(Files.exists(hard), "the link below was removed, not followed");
    page.data(url("rm", root.resolve("a/b")), Map.of("force", true));
  }

  private static Set<String> strings(JsonNode array) {
    Set<String> all = new java.util.HashSet<>();
    array.forEach(node -> all.add(node.toString()));
    return all;
  }

  @Test
  void anOpenFileIsReadWrittenCutAndClosed() throws IOException {
    Path file = root.resolve("f");
    String fd = page.data(url("open", file), Map.of("flags", "w+")).path("fd").asText();
    String at = "ipc://handle/fs/";
    assertEquals(5, page.data(at + "write/" + fd, Map.of("data", "hello")).asInt());
    assertEquals(
        2,
        page.fetch("POST", at + "write/" + fd + "?position=1", "EL".getBytes())
            .json()
            .path("data")
            .asInt());
    assertEquals("hEL", text(page.get(at + "read/" + fd + "?position=0&length=3")));
    assertEquals("", text(page.get(at + "read/" + fd + "?length=3")), "at the end");
    page.data(at + "truncate/" + fd, Map.of("len", 8));
    assertEquals("8", page.data(at + "stat/" + fd, Map.of()).path("size").asText());
    page.data(at + "truncate/" + fd, Map.of("len", 2));
    page.data(at + "sync/" + fd, Map.of());
    page.data(at + "close/" + fd, Map.of());
    assertEquals("hE", Files.readString(file));
    assertEquals(
        "ERR_UNKNOWN_HANDLE", page.error(at + "close/" + fd, Map.of()).path("code").asText());
    String append = page.data(url("open", file), Map.of("flags", "a+")).path("fd").asText();
    page.data(at + "write/" + append, Map.of("data", "!", "position", 0));
    assertEquals("hE!", text(page.get(at + "read/" + append + "?position=0")));
    String read = page.data(url("open", file), Map.of()).path("fd").asText();
    assertEquals(
        "EBADF", page.error(at + "write/" + read, Map.of("data", "x")).path("code").asText());
  }

  private static String text(Reply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aPipeIsRefusedInsteadOfWaitingForItsOtherEnd() throws Exception {
    Path pipe = root.resolve("pipe");
    Libc7.mkfifo(pipe);
    assertEquals(
        "ENXIO",
        page.error(url("readFile", pipe), Map.of("encoding", "utf8")).path("code").asText());
    assertEquals(
        "ENXIO", page.error(url("open", pipe), Map.of("flags", "w")).path("code").asText());
  }

  /** mkfifo, which Java does not have. */
  private static final class Libc7 {
    static {
      com.sun.jna.Native.register(Libc7.class, "c");
    }

    static native int mkfifo(String path, int mode);

    static void mkfifo(Path path) {
      assertEquals(0, mkfifo(path.toString(), 0600));
    }
  }

  @Test
  void aLookThatAPageWaitsForIsPolicedAsEverAndForItsTopDocumentAlone() throws IOException {
    Path in = Files.createDirectory(root.resolve("in"));
    Files.writeString(in.resolve("f"), "four");
    Files.createSymbolicLink(in.resolve("out"), Files.createDirectory(root.resolve("away")));
    Page poor = harness.page(2, PolicySet.of(List.of("connect-src ipc://fs/stat" + in + "/")));
    Function<String, String> asPoor = name -> looked(2, url("stat", in) + name, poor.id);
    assertTrue(asPoor.apply("/f").contains("\"size\":\"4\""), asPoor.apply("/f"));
    for (String attack : List.of("/out", "/../away")) {
      String refused = asPoor.apply(attack);
      assertTrue(refused.startsWith("{\"err\"") || refused.equals(StreamLane.NEVER), refused);
      assertFalse(refused.contains("size"), refused);
    }
    // JCEF cuts a text off at a character beyond the BMP.
    String missing = looked(1, url("stat", root) + "/%F0%90%8D%88", page.id);
    assertTrue(missing.contains("ENOENT") && missing.contains("\\uD800\\uDF48"), missing);
    assertEquals(StreamLane.NEVER, look(1, url("readFile", in) + "/f", page.id));
    assertEquals(StreamLane.NEVER, look(1, "http://x", page.id));
    String nested = harness.bridge.registerDocument(1, ALL);
    for (String id : List.of("", "0".repeat(32), poor.id, nested)) {
      assertEquals("", look(1, url("stat", in) + "/f", id));
    }
    Harness.await(
        harness
            .bridge
            .streamLane()
            .open(
                new StreamRequest(
                    1,
                    "nested",
                    false,
                    Harness.ORIGIN,
                    "GET",
                    url("stat", in) + "/f?_d=" + nested,
                    new byte[0]))
            .response());
    assertEquals("", look(1, url("stat", in) + "/f", nested), "a nested frame's");
    assertEquals("", look(2, url("stat", in) + "/f", page.id), "another window's");
    harness.bridge.documentGone(page.id);
    assertEquals("", look(1, url("stat", in) + "/f", page.id), "one that is gone");
  }

  /** Until it is done in time: on a busy machine a look may be longer than it may hold a page. */
  private String looked(int window, String url, String id) {
    AtomicReference<String> answer = new AtomicReference<>("");
    Harness.until(
        () -> {
          answer.set(look(window, url, id));
          return !answer.get().isEmpty();
        });
    return answer.get();
  }

  private String look(int window, String url, String id) {
    return harness.bridge.streamLane().look(window, url + "?_d=" + id);
  }

  @Test
  void bothPathsOfARenameArePoliced() throws IOException {
    Path in = Files.createDirectory(root.resolve("in"));
    Path file = Files.writeString(in.resolve("f"), "");
    Page poor = harness.page(2, PolicySet.of(List.of("connect-src ipc://fs/rename" + in + "/")));
    JsonNode error =
        poor.error(url("rename", file), Map.of("dest", root.resolve("out").toString()));
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText());
    assertEquals("ipc://fs/rename" + root.resolve("out"), error.path("source").asText());
    for (String dest : List.of(in + "/../out", "relative", "", in + "/a\u0000b", in + "/\ud800")) {
      String code = poor.error(url("rename", file), Map.of("dest", dest)).path("code").asText();
      assertTrue(code.equals("ERR_ACCESS_DENIED") || code.equals("ERR_INVALID_CALL"), dest + code);
    }
    assertEquals(
        "ERR_INVALID_CALL", poor.error(url("rename", file), Map.of()).path("code").asText());
    assertTrue(Files.exists(file));
    poor.data(url("rename", file), Map.of("dest", in.resolve("g").toString()));
  }

  /**
   * The audits' race: a folder in the scope turns into a link out of it and back, all the time. On
   * Linux no call may ever touch what is outside.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderSwappedForALinkNeverLeadsOutOfTheScope() throws Exception {
    Path scope = Files.createDirectory(root.resolve("scope"));
    Path folder = Files.createDirectory(scope.resolve("d"));
    Path aside = root.resolve("aside");
    Path secret = Files.createDirectory(root.resolve("secret"));
    Files.writeString(folder.resolve("f"), "public");
    Files.writeString(secret.resolve("f"), "secret");
    Path link = Files.createSymbolicLink(root.resolve("link"), secret);
    Page poor =
        harness.page(
            2,
            PolicySet.of(
                List.of(
                    "connect-src "
                        + Stream.of("readFile", "writeFile", "readdir", "stat", "rm", "mkdir")
                            .map(f -> "ipc://fs/" + f + scope + "/ ")
                            .reduce("", String::concat))));
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService attacker = Executors.newSingleThreadExecutor();
    Future<?> swapping =
        attacker.submit(
            () -> {
              while (!stop.get()) {
                Files.move(folder, aside);
                Files.move(link, folder);
                Files.move(folder, link);
                Files.move(aside, folder);
              }
              return null;
            });
    int read = 0;
    int refused = 0;
    String secretInode = Files.getAttribute(secret.resolve("f"), "unix:ino").toString();
    for (int i = 0; i < 2_000; i++) {
      JsonNode reply = poor.call(url("readFile", folder.resolve("f")), Map.of("encoding", "utf8"));
      if (reply.path(1).asInt() == 0) {
        assertEquals("public", reply.path(2).asText());
        read++;
      } else {
        refused++;
      }
      JsonNode stat = poor.call(url("stat", folder.resolve("f")), Map.of());
      assertFalse(stat.path(2).path("ino").asText().equals(secretInode));
      poor.call(url("writeFile", folder.resolve("new")), Map.of("data", "x"));
      poor.call(url("mkdir", folder.resolve("sub")), Map.of());
      poor.call(url("rm", folder.resolve("sub")), Map.of("recursive", true, "force", true));
    }
    stop.set(true);
    swapping.get();
    attacker.shutdown();
    assertTrue(read > 0, "the race was never won by honest traffic");
    assertEquals("secret", Files.readString(secret.resolve("f")));
    try (Stream<Path> inside = Files.list(secret)) {
      assertEquals(List.of(secret.resolve("f")), inside.toList(), read + " " + refused);
    }
    assertTrue(Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void anUploadLongerThanOneBodyArrivesWhole() throws IOException {
    Path file = root.resolve("big");
    byte[] part = new byte[1 << 20];
    new Random(3).nextBytes(part);
    String id = "0123456789abcdef".repeat(2);
    int parts = Limits.BODY_BYTES / part.length + 2;
    for (int n = 0; n < parts; n++) {
      Reply reply =
          page.fetch(
              "POST",
              url("writeFile", file) + "?_u=" + id + "&_n=" + n + (n == parts - 1 ? "&_l=1" : ""),
              part);
      assertEquals(200, reply.status(), () -> text(reply));
      assertTrue(reply.json().has("data"), () -> text(reply));
    }
    assertEquals((long) parts * part.length, Files.size(file));
  }

  @Test
  void badArgumentsAreNamed() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "");
    ObjectMapper mapper = new ObjectMapper();
    for (String params :
        List.of(
            "{\"encoding\":\"latin1\"}", "{\"encoding\":\"utf8\",\"start\":-1}",
            "{\"encoding\":\"utf8\",\"start\":1.5}", "{\"encoding\":\"utf8\",\"start\":\"x\"}")) {
      JsonNode error = page.error(url("readFile", file), mapper.readTree(params));
      assertEquals("ERR_INVALID_ARG_VALUE", error.path("code").asText(), params);
    }
    assertEquals(
        "ERR_INVALID_ARG_VALUE",
        page.error(url("open", file), Map.of("flags", "q")).path("code").asText());
    assertEquals(
        "ERR_INVALID_ARG_VALUE",
        page.error(url("writeFile", file), Map.of()).path("code").asText());
    assertEquals(
        "EISDIR",
        page.error(url("writeFile", root.resolve("new")) + "/", Map.of("data", ""))
            .path("code")
            .asText());
  }

  private Page allowed(String... sources) {
    return harness.page(
        4,
        PolicySet.of(
            List.of(
                "connect-src ipc://handle/ "
                    + String.join(" ", sources).replace("@", root.toString()))));
  }

  private void denied(String source, JsonNode error) {
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
    assertEquals(source.replace("@", root.toString()), error.path("source").asText());
  }

  @Test
  void aFolderIsRemovedWithAllInItOnlyWhereAllInItIsAllowed() throws IOException {
    Path folder = Files.createDirectory(root.resolve("d"));
    Files.writeString(folder.resolve("f"), "f");
    Map<String, Object> recursive = Map.of("recursive", true);
    denied("ipc://fs/rm@/d/", allowed("ipc://fs/rm@/d").error(url("rm", folder), recursive));
    assertTrue(Files.exists(folder.resolve("f")));
    allowed("ipc://fs/rm@/d ipc://fs/rm@/d/").data(url("rm", folder), recursive);
    assertFalse(Files.exists(folder));
  }

  @Test
  void aFolderIsRenamedOnlyWhereAllInItIsAllowedAtBothPlaces() throws IOException {
    Path from = Files.createDirectory(root.resolve("a"));
    Map<String, Object> dest = Map.of("dest", root.resolve("b").toString());
    String names = "ipc://fs/rename@/a ipc://fs/rename@/b";
    denied("ipc://fs/rename@/a/", allowed(names).error(url("rename", from), dest));
    denied(
        "ipc://fs/rename@/b/",
        allowed(names, "ipc://fs/rename@/a/").error(url("rename", from), dest));
    allowed(names, "ipc://fs/rename@/a/", "ipc://fs/rename@/b/").data(url("rename", from), dest);
    assertTrue(Files.isDirectory(root.resolve("b")));
  }

  @Test
  void foldersAboveAreMadeOnlyWhereTheyAreAllowed() {
    Path deep = root.resolve("x/y/z");
    Map<String, Object> recursive = Map.of("recursive", true);
    denied(
        "ipc://fs/mkdir@/x", allowed("ipc://fs/mkdir@/x/y/z").error(url("mkdir", deep), recursive));
    denied(
        "ipc://fs/mkdir@/x", allowed("ipc://fs/mkdir@/x/y/").error(url("mkdir", deep), recursive));
    assertFalse(Files.exists(root.resolve("x")));
    allowed("ipc://fs/mkdir@/x/").data(url("mkdir", deep), recursive);
    assertTrue(Files.isDirectory(deep));
  }

  @Test
  void aDenialDoesNotTellWhereALinkLeads() throws IOException {
    Path scope = Files.createDirectory(root.resolve("scope"));
    Path hidden = Files.writeString(root.resolve("hidden"), "h");
    Path link = Files.createSymbolicLink(scope.resolve("link"), hidden);
    JsonNode error = allowed("ipc://fs/stat@/scope/").error(url("stat", link), Map.of());
    denied("ipc://fs/stat@/scope/link", error);
    assertTrue(error.path("message").asText().contains("(a link leads out of it)"));
    assertFalse(error.toString().contains("hidden"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void ofCharacterDevicesOnlyTheNullDeviceIsOpened() {
    assertEquals("", page.data("ipc://fs/readFile/dev/null", Map.of("encoding", "utf8")).asText());
    for (String device : List.of("zero", "random")) {
      for (String function : List.of("open", "readFile")) {
        JsonNode error = page.error("ipc://fs/" + function + "/dev/" + device, Map.of());
        assertEquals("ENXIO", error.path("code").asText(), error::toString);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aClosedFileHasNoStat() throws IOException {
    Path path = Files.writeString(root.resolve("f"), "f");
    OpenFile file =
        OpenFile.open(
            Pin.unheld(path),
            FsFlags.of(com.fasterxml.jackson.databind.node.TextNode.valueOf("r")));
    file.close();
    Errno.Failure error =
        org.junit.jupiter.api.Assertions.assertThrows(Errno.Failure.class, file::stat);
    assertEquals(Errno.EBADF, Errno.of(error));
  }
}
