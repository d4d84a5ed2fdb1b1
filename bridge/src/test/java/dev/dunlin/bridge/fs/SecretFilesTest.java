package dev.dunlin.bridge.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a module keeps from pages, whose policies allow everything. */
class SecretFilesTest {
  private static final String SECRET = "the secret key";
  private static final String PLAN = "planted";

  @TempDir Path temp;
  private Path root;
  private Path data;
  private Harness harness;

  @BeforeEach
  void lay() throws IOException {
    root = temp.toRealPath();
    data = Files.createDirectories(root.resolve("data"));
    Files.writeString(data.resolve("app.key"), SECRET);
    Files.createDirectory(data.resolve(".private"));
    Files.writeString(data.resolve(".private/state"), SECRET);
    Files.writeString(data.resolve("note.txt"), "mine");
    Files.createDirectory(data.resolve("notes"));
    Files.createSymbolicLink(data.resolve("soft"), data.resolve("app.key"));
    Files.createSymbolicLink(data.resolve("far"), Path.of("../data/./app.key"));
    Files.createSymbolicLink(root.resolve("shortcut"), data);
    Files.createSymbolicLink(root.resolve("hidden"), data.resolve(".private"));
    Files.createLink(root.resolve("hard"), data.resolve("app.key"));
    harness = new Harness(new Keeper(data), new FsModule(RandomSource.secure()));
  }

  @AfterEach
  void close() {
    harness.close();
  }

  private record Keeper(Path folder) implements CommandModule {
    @Override
    public String name() {
      return "keeper";
    }

    @Override
    public List<Command> commands() {
      return List.of();
    }

    @Override
    public List<Path> secretFiles() {
      return Stream.of("app.key", ".private", "later.key").map(folder::resolve).toList();
    }
  }

  private String url(String function, String path) {
    return "ipc://fs/" + function + root + "/" + path;
  }

  /** A call; {@code $} in what it is given is the folder of all. */
  record Attack(String function, String path, Map<String, Object> params) {
    Map<String, Object> params(Path root) {
      Map<String, Object> all = new HashMap<>(params);
      all.replaceAll(
          (name, value) -> value instanceof String text ? text.replace("$", root + "") : value);
      return all;
    }
  }

  private static final List<String> NAMES =
      List.of(
          "data/app.key",
          "data/../data/./app.key",
          "data/soft",
          "data/far",
          "shortcut/app.key",
          "hard",
          "data/APP.KEY",
          "data/app.%E2%84%AAey",
          "data/.private/state",
          "data/.PRIVATE/state",
          "hidden/state",
          "data/.private/new",
          "data/.private",
          "data/later.key",
          "shortcut/later.key");

  static Stream<Attack> attacks() {
    Map<String, Object> text = Map.of("data", PLAN);
    Stream<Attack> byEveryName =
        NAMES.stream()
            .flatMap(
                name ->
                    Stream.of(
                        new Attack("readFile", name, Map.of()),
                        new Attack("open", name, Map.of("flags", "r")),
                        new Attack("open", name, Map.of("flags", "w+")),
                        new Attack("stat", name, Map.of()),
                        new Attack("access", name, Map.of()),
                        new Attack("watch", name, Map.of()),
                        new Attack("writeFile", name, text),
                        new Attack("writeFile", name, Map.of("data", PLAN, "atomic", true)),
                        new Attack("appendFile", name, text),
                        new Attack("chmod", name, Map.of("mode", 0666)),
                        new Attack("utimes", name, Map.of("atimeNs", 0, "mtimeNs", 0)),
                        new Attack("copyFile", name, Map.of("dest", "$/data/stolen")),
                        new Attack(
                            "copyFile", "data/note.txt", Map.of("dest", "$/" + decoded(name)))));
    // These act on the name itself: that of a symbolic link is the page's own.
    Stream<Attack> byItsOwn =
        NAMES.stream()
            .filter(name -> !name.endsWith("soft") && !name.endsWith("far"))
            .flatMap(
                name ->
                    Stream.of(
                        new Attack("link", name, Map.of("dest", "$/data/second")),
                        new Attack("link", "data/note.txt", Map.of("dest", "$/" + decoded(name))),
                        new Attack("rename", name, Map.of("dest", "$/data/moved")),
                        new Attack("rename", "data/note.txt", Map.of("dest", "$/" + decoded(name))),
                        new Attack("symlink", name, Map.of("target", "$/data/note.txt")),
                        new Attack("readlink", name, Map.of()),
                        new Attack("lstat", name, Map.of()),
                        new Attack("lchown", name, Map.of("uid", 0, "gid", 0)),
                        new Attack("mkdir", name, Map.of()),
                        new Attack("rmdir", name, Map.of()),
                        new Attack("unlink", name, Map.of()),
                        new Attack("rm", name, Map.of("recursive", true, "force", true))));
    Stream<Attack> byItsFolder =
        Stream.of(
            new Attack("readdir", "data/.private", Map.of()),
            new Attack("opendir", "hidden", Map.of()),
            new Attack("mkdtemp", "data/.private/", Map.of("prefix", "x")),
            new Attack("mkdtemp", "hidden/", Map.of("prefix", "x")),
            new Attack("watch", "hidden", Map.of("recursive", true)),
            new Attack("rename", "data", Map.of("dest", "$/elsewhere")),
            new Attack("rename", "DATA", Map.of("dest", "$/elsewhere")),
            new Attack("rename", "data/notes", Map.of("dest", "$/data")),
            new Attack("rm", "data", Map.of("recursive", true)),
            new Attack("rm", "data/", Map.of("recursive", true, "force", true)),
            new Attack("rmdir", "data", Map.of()));
    return Stream.of(byEveryName, byItsOwn, byItsFolder).flatMap(all -> all);
  }

  private static String decoded(String name) {
    return name.replace("%E2%84%AA", "\u212a");
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void noPolicyGivesASecretFile(Attack attack) throws IOException {
    // The widest there is.
    Page page = harness.page(1, Harness.ALL);
    JsonNode error = page.error(url(attack.function, attack.path), attack.params(root));
    assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
    assertTrue(error.path("message").asText().contains("keep"), error::toString);
    assertFalse(error.toString().contains(SECRET));
    assertEquals(SECRET, Files.readString(data.resolve("app.key")));
    assertEquals(SECRET, Files.readString(data.resolve(".private/state")));
    assertFalse(Files.exists(data.resolve("later.key")));
    try (Stream<Path> all = Files.list(data)) {
      assertEquals(6, all.count(), "nothing came, nothing went");
    }
  }

  @Test
  void aLinkThatAPageMakesToItGivesNothing() throws IOException {
    Page page = harness.page(1, Harness.ALL);
    page.data(url("symlink", "data/bait"), Map.of("target", data + "/app.key"));
    page.data(url("symlink", "data/folder"), Map.of("target", data + "/.private"));
    for (String name : List.of("data/bait", "data/folder/state", "data/folder/new")) {
      for (String function : List.of("readFile", "writeFile", "stat", "open")) {
        JsonNode error = page.error(url(function, name), Map.of("data", PLAN));
        assertEquals("ERR_ACCESS_DENIED", error.path("code").asText(), error::toString);
      }
    }
    assertEquals(SECRET, Files.readString(data.resolve("app.key")));
  }

  @Test
  void honestPagesUseWhatElseIsThere() throws IOException {
    Page page = harness.page(1, Harness.ALL);
    page.data(url("readFile", "data/note.txt"), Map.of("encoding", "utf8"));
    page.data(url("writeFile", "data/app.keys"), Map.of("data", "not the key"));
    page.data(url("writeFile", "data/my.app.key"), Map.of("data", "nor this"));
    page.data(url("mkdir", "data/.private2"), Map.of());
    page.data(url("copyFile", "data/note.txt"), Map.of("dest", root + "/data/copy.txt"));
    page.data(url("link", "data/copy.txt"), Map.of("dest", root + "/data/second.txt"));
    page.data(url("readFile", "data/second.txt"), Map.of("encoding", "utf8"));
    page.data(url("rename", "data/copy.txt"), Map.of("dest", root + "/data/notes/a.txt"));
    page.data(url("stat", "data"), Map.of());
    assertTrue(page.data(url("readdir", "data"), Map.of()).toString().contains("app.key"));
    page.data(url("mkdir", "data"), Map.of("recursive", true));
    page.data(url("rm", "data/notes"), Map.of("recursive", true));
    page.data(url("unlink", "data/soft"), Map.of());
    String watch = page.data(url("watch", "data"), Map.of()).path("id").asText();
    page.data("ipc://handle/fs/stopWatch/" + watch, Map.of());
    assertEquals("not the key", Files.readString(data.resolve("app.keys")));
  }

  @Test
  void whatAModuleAddsLaterIsSecretFromThenOn() throws IOException {
    Page page = harness.page(1, Harness.ALL);
    Files.writeString(root.resolve("own"), SECRET);
    page.data(url("readFile", "own"), Map.of("encoding", "utf8"));
    harness.bridge.add(
        new CommandModule() {
          @Override
          public String name() {
            return "later";
          }

          @Override
          public List<Command> commands() {
            return List.of();
          }

          @Override
          public List<Path> secretFiles() {
            return List.of(root.resolve("own"));
          }
        });
    assertEquals(
        "ERR_ACCESS_DENIED", page.error(url("readFile", "own"), Map.of()).path("code").asText());
  }
}
