package dev.dunlin.bridge.fs;

import static dev.dunlin.bridge.Harness.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class FsMoreTest {
  @TempDir Path temp;
  private final Harness harness = new Harness(new FsModule(RandomSource.secure()));
  private final Page page = harness.page(1, ALL);
  private Path root;

  @BeforeEach
  void root() throws IOException {
    root = temp.toRealPath();
  }

  @AfterEach
  void close() {
    harness.close();
  }

  private static String url(String function, Path path) {
    return "ipc://fs/" + function + path;
  }

  private static String onHandle(String function, JsonNode opened) {
    return "ipc://handle/fs/" + function + "/" + opened.path("fd").asText();
  }

  private static void fails(String code, String message, JsonNode error) {
    assertEquals(code, error.path("code").asText(), error::toString);
    assertEquals(message, error.path("message").asText());
  }

  @Test
  void linksAreMadeAndReadWithNodesErrors() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "text");
    Path hard = root.resolve("hard");
    Path soft = root.resolve("soft");
    page.data(url("link", file), Map.of("dest", hard.toString()));
    assertEquals("2", page.data(url("stat", file), Map.of()).path("nlink").asText());
    page.data(url("symlink", soft), Map.of("target", "file"));
    assertEquals("file", page.data(url("readlink", soft), Map.of()).asText());
    assertEquals("text", Files.readString(soft));
    fails(
        "EEXIST",
        "EEXIST: file already exists, symlink 'nowhere' -> '" + soft + "'",
        page.error(url("symlink", soft), Map.of("target", "nowhere")));
    fails(
        "EEXIST",
        "EEXIST: file already exists, link '" + file + "' -> '" + hard + "'",
        page.error(url("link", file), Map.of("dest", hard.toString())));
    fails(
        "EINVAL",
        "EINVAL: invalid argument, readlink '" + file + "'",
        page.error(url("readlink", file), Map.of()));
    fails(
        "ENOENT",
        "ENOENT: no such file or directory, readlink '" + root.resolve("none") + "'",
        page.error(url("readlink", root.resolve("none")), Map.of()));
  }

  @Test
  void aLinkThatThePageMadeLeadsNowhereItMayNotGo() throws IOException {
    Path secret = Files.writeString(root.resolve("secret"), "secret");
    Path open = Files.createDirectory(root.resolve("open"));
    Page narrow =
        harness.page(
            2,
            PolicySet.of(
                List.of(
                    "connect-src ipc://fs/symlink" + open + "/ ipc://fs/readFile" + open + "/")));
    narrow.data(url("symlink", open.resolve("way")), Map.of("target", secret.toString()));
    narrow.data(url("symlink", open.resolve("self")), Map.of("target", "kept"));
    Files.writeString(open.resolve("kept"), "kept");
    assertEquals(
        "ERR_ACCESS_DENIED",
        narrow
            .error(url("readFile", open.resolve("way")), Map.of("encoding", "utf8"))
            .path("code")
            .asText());
    assertEquals(
        "kept",
        narrow.data(url("readFile", open.resolve("self")), Map.of("encoding", "utf8")).asText());
  }

  @Test
  void bothNamesOfAHardLinkArePoliced() throws IOException {
    Path open = Files.createDirectory(root.resolve("open"));
    Path secret = Files.writeString(root.resolve("secret"), "secret");
    Files.writeString(open.resolve("mine"), "mine");
    Page narrow = harness.page(2, PolicySet.of(List.of("connect-src ipc://fs/link" + open + "/")));
    for (Path[] pair :
        List.of(
            new Path[] {secret, open.resolve("got")},
            new Path[] {open.resolve("mine"), root.resolve("out")})) {
      JsonNode error = narrow.error(url("link", pair[0]), Map.of("dest", pair[1].toString()));
      assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
      assertFalse(Files.exists(pair[1]));
    }
    narrow.data(
        url("link", open.resolve("mine")), Map.of("dest", open.resolve("second").toString()));
    assertEquals("mine", Files.readString(open.resolve("second")));
  }

  @Test
  void modesAndTimesAreSetByPathAndByHandle() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "text");
    Path soft = Files.createSymbolicLink(root.resolve("soft"), Path.of("file"));
    page.data(url("chmod", soft), Map.of("mode", 0640));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    page.data(
        url("utimes", soft),
        Map.of("atime", -2, "atimeNs", 500000000, "mtime", 1234567890, "mtimeNs", 123456789));
    JsonNode stat = page.data(url("stat", file), Map.of());
    assertEquals("-1500000000", stat.path("atimeNs").asText());
    assertEquals("1234567890123456789", stat.path("mtimeNs").asText());
    page.data(url("lutimes", soft), Map.of("atimeNs", "5", "mtimeNs", "7"));
    assertEquals("7", page.data(url("lstat", soft), Map.of()).path("mtimeNs").asText());
    assertEquals(
        "1234567890123456789", page.data(url("stat", file), Map.of()).path("mtimeNs").asText());
    page.data(url("chown", file), Map.of("uid", -1, "gid", -1));
    page.data(url("lchown", soft), Map.of("uid", -1, "gid", -1));
    fails(
        "ENOENT",
        "ENOENT: no such file or directory, chmod '" + root.resolve("none") + "'",
        page.error(url("chmod", root.resolve("none")), Map.of("mode", 0)));
    fails(
        "ENOENT",
        "ENOENT: no such file or directory, utime '" + root.resolve("none") + "'",
        page.error(url("utimes", root.resolve("none")), Map.of("atimeNs", 0, "mtimeNs", 0)));
    JsonNode opened = page.data(url("open", file), Map.of("flags", "r+"));
    page.data(onHandle("chmod", opened), Map.of("mode", 0600));
    page.data(onHandle("utimes", opened), Map.of("atimeNs", 0, "mtimeNs", 42));
    page.data(onHandle("chown", opened), Map.of());
    page.data(onHandle("datasync", opened), Map.of());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals("42", page.data(onHandle("stat", opened), Map.of()).path("mtimeNs").asText());
    page.data(onHandle("close", opened), Map.of());
  }

  @Test
  void aFolderIsReadInBatchesAndItsHandleEnds() throws IOException {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 250; i++) {
      String name = "näme-" + i + "-😀";
      names.add(Files.createFile(root.resolve(name)).getFileName().toString());
    }
    JsonNode opened = page.data(url("opendir", root), Map.of());
    Set<String> found = new TreeSet<>();
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode some;
        !(some = page.data(onHandle("readdir", opened), Map.of("entries", 100))).isEmpty(); ) {
      sizes.add(some.size());
      some.forEach(
          entry -> {
            assertEquals(1, entry.path(1).asInt());
            found.add(entry.path(0).asText());
          });
    }
    assertEquals(names, found);
    assertEquals(List.of(100, 100, 50), sizes);
    page.data(onHandle("closedir", opened), Map.of());
    assertEquals(
        "ERR_UNKNOWN_HANDLE",
        page.error(onHandle("readdir", opened), Map.of()).path("code").asText());
    Path file = root.resolve(names.iterator().next());
    fails(
        "ENOTDIR",
        "ENOTDIR: not a directory, opendir '" + file + "'",
        page.error(
            "ipc://fs/opendir"
                + root
                + "/"
                + java.net.URLEncoder.encode(
                    file.getFileName() + "", java.nio.charset.StandardCharsets.UTF_8),
            Map.of()));
  }

  @Test
  void aListIsSortedByBytesAndTellsTypes() throws IOException {
    for (String name : List.of("b", "Z", "a", "ä", "\uffee", "😀", "10", "9")) {
      Files.createFile(root.resolve(name));
    }
    Files.createDirectory(root.resolve("c"));
    Files.createSymbolicLink(root.resolve("d"), Path.of("nowhere"));
    assertEquals(
        "[[\"10\",1],[\"9\",1],[\"Z\",1],[\"a\",1],[\"b\",1],[\"c\",2],[\"d\",3],[\"ä\",1],[\"\uffee\",1],[\"😀\",1]]",
        page.data(url("readdir", root), Map.of()).toString());
  }

  @Test
  void aTemporaryFolderIsNewAndItsOwnersAlone() throws IOException {
    String suffix = page.data(url("mkdtemp", root) + "/", Map.of("prefix", "t-")).asText();
    Path made = root.resolve("t-" + suffix);
    assertEquals(6, suffix.length());
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
    fails(
        "ENOENT",
        "ENOENT: no such file or directory, mkdtemp '" + root + "/none/t-XXXXXX'",
        page.error(url("mkdtemp", root.resolve("none")) + "/", Map.of("prefix", "t-")));
    assertEquals(
        "ERR_INVALID_ARG_VALUE",
        page.error(url("mkdtemp", root) + "/", Map.of("prefix", "../t-")).path("code").asText());
  }

  @Test
  void theFileSystemHasBlocksAndFiles() throws IOException {
    JsonNode stat = page.data(url("statfs", root), Map.of());
    assertEquals(
        Files.getFileStore(root).getBlockSize(), Long.parseLong(stat.path("bsize").asText()));
    long bytes =
        Long.parseLong(stat.path("blocks").asText()) * Long.parseLong(stat.path("bsize").asText());
    assertEquals(Files.getFileStore(root).getTotalSpace(), bytes);
  }

  // Watching.

  /** Reads a page's push stream as the page does: events as {@code event name}. */
  private BlockingQueue<String> events(Page of) {
    StreamResponse stream = Harness.await(of.open("GET", "ipc://push/", new byte[0]).response());
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    Thread reader = dev.dunlin.scheduler.Threads.start("test", () -> read(stream.body(), events));
    assertTrue(reader.isDaemon());
    return events;
  }

  private static void read(ByteSource stream, BlockingQueue<String> events) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    byte[] some = new byte[64 << 10];
    try {
      for (int n; (n = readForEver(stream, some)) >= 0; ) {
        bytes.put(some, 0, n).flip();
        while (bytes.remaining() >= 8 && bytes.remaining() >= 8 + bytes.getInt(bytes.position())) {
          byte[] payload = new byte[bytes.getInt()];
          bytes.getInt();
          bytes.get(payload);
          if (payload.length == 0) {
            events.add("end");
            continue;
          }
          for (JsonNode event : Harness.JSON.readTree(payload)) {
            events.add(event.path(0).asText() + " " + event.path(1).asText());
          }
        }
        bytes.compact();
      }
    } catch (IOException e) {
      events.add(e.toString());
    }
  }

  private static int readForEver(ByteSource source, byte[] some) throws IOException {
    for (int n; ; ) {
      n = source.read(some, some.length);
      if (n != ByteSource.NOT_YET) {
        return n;
      }
      java.util.concurrent.CountDownLatch readable = new java.util.concurrent.CountDownLatch(1);
      source.whenReadable(readable::countDown);
      try {
        readable.await();
      } catch (InterruptedException e) {
        return -1;
      }
    }
  }

  private static void awaits(BlockingQueue<String> events, String wanted) {
    List<String> before = new ArrayList<>();
    try {
      for (String event; (event = events.poll(20, TimeUnit.SECONDS)) != null; before.add(event)) {
        if (event.equals(wanted)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError(wanted + " never came after " + before);
  }

  private String watch(Page of, Path path, boolean recursive) {
    return "ipc://handle/fs/stopWatch/"
        + of.data(url("watch", path), Map.of("recursive", recursive)).path("id").asText();
  }

  @Test
  void aWatchTellsWhatHappensAndStopsWhenAsked() throws IOException {
    BlockingQueue<String> events = events(page);
    String stop = watch(page, root, false);
    Path file = Files.createFile(root.resolve("a"));
    awaits(events, "rename a");
    Files.writeString(file, "x");
    awaits(events, "change a");
    Files.delete(file);
    awaits(events, "rename a");
    page.data(stop, Map.of());
    awaits(events, "end");
    Files.createFile(root.resolve("b"));
    // What another watch hears of the same folder, this one would have heard before.
    Path other = Files.createDirectory(root.resolve("other"));
    String second = watch(page, other, false);
    Files.createFile(other.resolve("c"));
    assertEquals("rename c", take(events));
    page.data(second, Map.of());
    assertEquals("ERR_UNKNOWN_HANDLE", page.error(stop, Map.of()).path("code").asText());
  }

  @Test
  void whatIsNeverQuietIsToldAllTheSame() throws IOException {
    BlockingQueue<String> events = events(page);
    watch(page, root, false);
    Path file = root.resolve("log");
    Duration end = new SystemClock().now().plusSeconds(20);
    // Written without a pause: no moment is quiet.
    while (events.isEmpty() && new SystemClock().now().compareTo(end) < 0) {
      Files.writeString(file, "x");
    }
    assertEquals("rename log", events.poll());
  }

  private static String take(BlockingQueue<String> events) {
    try {
      return events.poll(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRecursiveWatchSeesFoldersThatAreMadeLater() throws IOException {
    Files.createDirectories(root.resolve("was/deep"));
    BlockingQueue<String> events = events(page);
    watch(page, root, true);
    Files.createFile(root.resolve("was/deep/a"));
    awaits(events, "rename was/deep/a");
    Files.createDirectories(root.resolve("new/deeper"));
    awaits(events, "rename new/deeper");
    Files.createFile(root.resolve("new/deeper/b"));
    awaits(events, "rename new/deeper/b");
  }

  @Test
  void aWatchOfAFileTellsNothingOfItsNeighboursAndOutlivesIt() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "1");
    BlockingQueue<String> events = events(page);
    watch(page, file, false);
    Files.writeString(root.resolve("neighbour"), "1");
    Files.writeString(file, "2");
    assertEquals("change file", take(events));
    Files.delete(file);
    awaits(events, "rename file");
    Files.writeString(file, "3");
    awaits(events, "rename file");
    Files.writeString(file, "4");
    awaits(events, "change file");
  }

  @Test
  void aWatchedFolderThatDisappearsIsWatchedAgainWhenItIsBack() throws IOException {
    Path folder = Files.createDirectory(root.resolve("folder"));
    BlockingQueue<String> events = events(page);
    watch(page, folder, false);
    Files.delete(folder);
    awaits(events, "rename folder");
    Files.createDirectory(folder);
    awaits(events, "rename folder");
    Files.createFile(folder.resolve("a"));
    awaits(events, "rename a");
    Path outside = Files.createDirectory(root.resolve("outside"));
    Files.delete(folder.resolve("a"));
    Files.delete(folder);
    awaits(events, "rename folder");
    // Something else in its place is not what was allowed.
    Files.createSymbolicLink(folder, outside);
    Files.createFile(outside.resolve("secret"));
    String second = watch(page, root, false);
    Files.createFile(root.resolve("last"));
    awaits(events, "rename last");
    page.data(second, Map.of());
    assertFalse(events.contains("rename secret"));
  }

  @Test
  void aWatchOfWhatIsBelowNeedsTheRightToTheFolder() throws IOException {
    Files.createDirectory(root.resolve("in"));
    Page narrow =
        harness.page(2, PolicySet.of(List.of("connect-src ipc://fs/watch" + root.resolve("in"))));
    assertEquals(
        "ERR_ACCESS_DENIED",
        narrow
            .error(url("watch", root.resolve("in")), Map.of("recursive", true))
            .path("code")
            .asText());
    narrow.data(url("watch", root.resolve("in")), Map.of());
    fails(
        "ENOENT",
        "ENOENT: no such file or directory, watch '" + root.resolve("none") + "'",
        page.error(url("watch", root.resolve("none")), Map.of()));
  }

  @Test
  void watchesEndWithTheirDocument() throws IOException {
    watch(page, root, true);
    harness.bridge.documentGone(page.id);
    Harness.until(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("dunlin-fs-watch")));
  }
}
