package dev.dunlin.bridge.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page may do to the files that its app is made of. */
class OwnFilesTest {
  private static final String FOLDER = "$APP/";

  @TempDir Path temp;
  private Path root;
  private Path app;
  private Path data;
  private Harness harness;

  @BeforeEach
  void lay() throws IOException {
    root = temp.toRealPath();
    app = Files.createDirectories(root.resolve("app/src"));
    data = Files.createDirectory(root.resolve("data"));
    Files.createDirectory(app.resolve("empty"));
    Files.writeString(app.resolve("index.html"), "the app");
    Files.writeString(root.resolve("app/socket.ini"), "the policy");
    Files.writeString(data.resolve("evil.html"), "evil");
    Files.createSymbolicLink(data.resolve("link"), app);
    harness =
        new Harness(
            List.of(app, root.resolve("app/socket.ini")), new FsModule(RandomSource.secure()));
  }

  @AfterEach
  void close() {
    harness.close();
  }

  /** Policies, with {@code $APP} and {@code $ROOT} for the folders. */
  private Page page(String... policies) {
    return harness.page(
        1,
        PolicySet.of(
            Stream.of(policies)
                .map(
                    policy ->
                        "connect-src "
                            + policy.replace("$APP", app.toString()).replace("$ROOT", root + ""))
                .toList()));
  }

  private String url(String function, String path) {
    return "ipc://fs/" + function + root.resolve(path);
  }

  private Map<String, Object> to(String path) {
    return Map.of("dest", root.resolve(path).toString());
  }

  /** A call that would change the app, or its policy. */
  record Attack(String function, String path, Map<String, Object> params, String dest) {}

  static Stream<Attack> attacks() {
    return Stream.of(
        new Attack("copyFile", "data/evil.html", Map.of(), "app/src/index.html"),
        new Attack("copyFile", "data/evil.html", Map.of(), "data/link/index.html"),
        new Attack("copyFile", "data/evil.html", Map.of(), "app/socket.ini"),
        new Attack("rename", "data/evil.html", Map.of(), "app/src/index.html"),
        new Attack("rename", "data/evil.html", Map.of(), "app/src/new.html"),
        new Attack("rename", "app/src/index.html", Map.of(), "data/stolen.html"),
        new Attack("rename", "app/src", Map.of(), "data/src"),
        new Attack("rename", "app", Map.of(), "data/app"),
        new Attack("writeFile", "app/src/index.html", Map.of("data", "evil"), ""),
        new Attack("writeFile", "app/src/index.html", Map.of("data", "evil", "atomic", true), ""),
        new Attack("writeFile", "app/src/new.html", Map.of("data", "evil"), ""),
        new Attack("writeFile", "app/socket.ini", Map.of("data", "evil"), ""),
        new Attack("writeFile", "data/link/index.html", Map.of("data", "evil"), ""),
        new Attack("appendFile", "app/src/index.html", Map.of("data", "evil"), ""),
        new Attack("open", "app/src/index.html", Map.of("flags", "w"), ""),
        new Attack("open", "app/src/index.html", Map.of("flags", "r+"), ""),
        new Attack("open", "app/src/new.html", Map.of("flags", 0100), ""),
        new Attack("open", "app/src/index.html", Map.of("flags", 01000), ""),
        new Attack("link", "app/src/index.html", Map.of(), "data/second"),
        new Attack("link", "data/evil.html", Map.of(), "app/src/new.html"),
        new Attack("symlink", "app/src/new.html", Map.of("target", "/etc/passwd"), ""),
        new Attack("chmod", "app/src/index.html", Map.of("mode", 0777), ""),
        new Attack("chown", "app/src/index.html", Map.of("uid", 0, "gid", 0), ""),
        new Attack("lchown", "app/src/index.html", Map.of("uid", 0, "gid", 0), ""),
        new Attack("utimes", "app/src/index.html", Map.of("atimeNs", 0, "mtimeNs", 0), ""),
        new Attack("lutimes", "app/src/index.html", Map.of("atimeNs", 0, "mtimeNs", 0), ""),
        new Attack("mkdtemp", "app/src/", Map.of("prefix", "x"), ""),
        new Attack("mkdtemp", "data/link/", Map.of("prefix", "x"), ""),
        new Attack("mkdir", "app/src/new", Map.of(), ""),
        new Attack("mkdir", "app/src/new/deep", Map.of("recursive", true), ""),
        new Attack("unlink", "app/src/index.html", Map.of(), ""),
        new Attack("rmdir", "app/src/empty", Map.of(), ""),
        new Attack("rm", "app/src/index.html", Map.of(), ""),
        new Attack("rm", "app/src/", Map.of("recursive", true), ""),
        new Attack("rm", "app", Map.of("recursive", true), ""));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aSourceThatDoesNotNameTheAppDoesNotLetItBeChanged(Attack attack) throws IOException {
    Page page = page("ipc: ipc://fs/writeFile$ROOT/");
    JsonNode error =
        page.error(
            url(attack.function, attack.path),
            attack.dest.isEmpty() ? attack.params : to(attack.dest));
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
    assertEquals("NotAllowedError", error.path("name").asText());
    assertAppIsWhole();
  }

  private void assertAppIsWhole() throws IOException {
    assertEquals("the app", Files.readString(app.resolve("index.html")));
    assertEquals("the policy", Files.readString(root.resolve("app/socket.ini")));
    try (Stream<Path> files = Files.list(app)) {
      assertEquals(2, files.count());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ipc:",
        "ipc://fs",
        "ipc://fs/",
        "ipc://*/writeFile$APP/ ipc://fs/copyFile/",
        "ipc://fs/copyFile$ROOT/data/ ipc://fs/copyFile$APP/",
        "ipc://fs/copyFile/ ipc://fs/writeFile/",
        "ipc://fs/copyFile/ ipc://fs/writeFile$ROOT/",
        "ipc://fs/copyFile/ ipc://fs/writeFile$APP",
        "ipc://fs/copyFile/ ipc://fs/writeFile$APP/inde",
        "ipc://fs/copyFile/ ipc://fs/writeFile$APP/notes/",
        "ipc://fs/copyFile/ ipc://fs/open$APP/ ipc://fs/rename$APP/",
        "ipc://fs/copyFile/ ipc://fs/writeFile$ROOT/app/src2/",
      })
  void toCopyOverTheAppNeedsAWriteSourceThatNamesTheFile(String sources) throws IOException {
    JsonNode error =
        page(sources).error(url("copyFile", "data/evil.html"), to("app/src/index.html"));
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
    assertAppIsWhole();
  }

  @Test
  void everyPolicyMustNameTheApp() throws IOException {
    for (String[] policies :
        List.of(
            new String[] {"ipc: ipc://fs/writeFile$APP/", "ipc:"},
            new String[] {"ipc:", "ipc: ipc://fs/writeFile$APP/"})) {
      JsonNode error =
          page(policies).error(url("writeFile", "app/src/index.html"), Map.of("data", "evil"));
      assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
    }
    assertAppIsWhole();
  }

  @Test
  void theDenialTellsTheSourceThatWouldDoAndItDoes() throws IOException {
    JsonNode error =
        page("ipc:").error(url("copyFile", "data/evil.html"), to("app/src/index.html"));
    String source = error.path("source").asText();
    assertEquals(url("writeFile", "app/src/index.html"), source);
    assertTrue(error.path("message").asText().contains("'connect-src " + source + "'"));
    page("ipc: " + source).data(url("copyFile", "data/evil.html"), to("app/src/index.html"));
    assertEquals("evil", Files.readString(app.resolve("index.html")));
  }

  @Test
  void aLinkIntoTheAppIsNotToldByItsDenial() {
    JsonNode error =
        page("ipc:").error(url("writeFile", "data/link/index.html"), Map.of("data", "evil"));
    assertFalse(error.toString().contains("app/src"), error::toString);
  }

  @Test
  void honestPagesReadTheAppAndWriteElsewhere() throws IOException {
    Page page = page("ipc:");
    page.data(url("copyFile", "app/src/index.html"), to("data/copy.html"));
    assertEquals("the app", Files.readString(data.resolve("copy.html")));
    page.data(url("stat", "app/src/index.html"), Map.of());
    page.data(url("readdir", "app/src"), Map.of());
    String fd = page.data(url("open", "app/src/index.html"), Map.of()).path("fd").asText();
    for (String change : List.of("chmod", "chown", "utimes")) {
      // To read is not to change.
      assertEquals(
          "EPERM",
          page.error("ipc://handle/fs/" + change + "/" + fd, Map.of()).path("code").asText());
    }
    page.data("ipc://handle/fs/close/" + fd, Map.of());
    page.data(url("writeFile", "data/note.txt"), Map.of("data", "mine"));
    page.data(url("rename", "data/note.txt"), to("data/moved.txt"));
    page.data(url("writeFile", "app/src2.txt"), Map.of("data", "beside the app"));
    // Where the app is, folders may be ensured: that changes nothing.
    assertTrue(page.data(url("mkdir", "app"), Map.of("recursive", true)).isNull());
    page.data(url("rm", "data"), Map.of("recursive", true));
    assertAppIsWhole();
  }

  @Test
  void anAppThatNamesItsFolderMayChangeIt() throws IOException {
    Page page = page("ipc: ipc://fs/writeFile" + FOLDER);
    page.data(url("copyFile", "data/evil.html"), to("app/src/index.html"));
    page.data(url("rename", "app/src/index.html"), to("app/src/other.html"));
    page.data(url("mkdir", "app/src/new/deep"), Map.of("recursive", true));
    page.data(url("rm", "app/src/new/"), Map.of("recursive", true));
    page.data(url("unlink", "app/src/other.html"), Map.of());
    assertFalse(Files.exists(app.resolve("index.html")));
    assertEquals(
        "ERR_ACCESS_DENIED",
        page.error(url("writeFile", "app/socket.ini"), Map.of("data", "x")).path("code").asText());
    Page part = page("ipc: ipc://fs/writeFile$APP/notes/");
    assertEquals(
        "ERR_ACCESS_DENIED",
        part.error(url("writeFile", "app/src/new.html"), Map.of("data", "x"))
            .path("code")
            .asText());
    Files.createDirectory(app.resolve("notes"));
    part.data(url("writeFile", "app/src/notes/a.txt"), Map.of("data", "x"));
  }

  @Test
  void anotherNameOfTheSameFileIsTheSameFile() throws IOException {
    // As letter case is on other disks: a name that does not look like the app's.
    Files.createLink(data.resolve("hard"), root.resolve("app/socket.ini"));
    Page page = page("ipc:");
    for (String function : List.of("writeFile", "appendFile", "rm")) {
      assertEquals(
          "ERR_ACCESS_DENIED",
          page.error(url(function, "data/hard"), Map.of("data", "x")).path("code").asText(),
          function);
    }
    assertEquals("the policy", Files.readString(root.resolve("app/socket.ini")));
    assertTrue(page.call(url("rm", "data/evil.html"), Map.of()).path(1).asInt() == 0);
  }
}
