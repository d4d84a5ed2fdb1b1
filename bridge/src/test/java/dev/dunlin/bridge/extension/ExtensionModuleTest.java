package dev.dunlin.bridge.extension;

import static dev.dunlin.bridge.Harness.ALL;
import static dev.dunlin.bridge.Harness.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.fs.FsModule;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionModuleTest {
  private static final String SERVICE = "META-INF/services/dev.dunlin.bridge.spi.CommandModule";

  @TempDir Path folder;

  private Harness harness;
  private Page page;

  @BeforeEach
  void open() {
    AtomicReference<Harness> later = new AtomicReference<>();
    harness =
        new Harness(
            new ExtensionModule(
                folder.resolve("extensions"),
                module -> later.get().bridge.add(module),
                name -> later.get().bridge.remove(name)),
            new Worker(),
            new FsModule(RandomSource.secure()));
    later.set(harness);
    page = harness.page(1, ALL);
  }

  /** A command that needs a worker's thread. */
  private record Worker() implements CommandModule {
    @Override
    public String name() {
      return "worker";
    }

    @Override
    public List<Command> commands() {
      return List.of(Command.answering("free", call -> "yes"));
    }
  }

  /** Sends a call without waiting for its answer. */
  private Harness.Recorder begin(int sequence, String url) {
    Harness.Recorder answer = new Harness.Recorder();
    page.send("{\"d\":\"" + page.id + "\",\"c\":[[" + sequence + ",\"" + url + "\",{}]]}", answer);
    return answer;
  }

  @AfterEach
  void close() {
    harness.close();
  }

  /** A Maven project that nobody has built; how it answers. */
  private Path source(String name, String answer) throws IOException {
    Path main = folder.resolve("extensions").resolve(name).resolve("src/main");
    Path service = main.resolve("resources").resolve(SERVICE);
    Files.createDirectories(service.getParent());
    Files.writeString(service, "ext.Ext");
    Path source = Files.createDirectories(main.resolve("java/ext")).resolve("Ext.java");
    Files.writeString(
        source,
        """
        package ext;
        import dev.dunlin.bridge.spi.*;
        import java.util.List;
        public class Ext implements CommandModule {
          public String name() { return "%s"; }
          public List<Command> commands() { return List.of(Command.answering("ask", call -> %s)); }
        }
        """
            .formatted(name, answer));
    return source;
  }

  /** A Maven project's output: a class with these methods, registered. */
  private void build(String name, String moduleName, String commands) throws IOException {
    build(name, moduleName, commands, "");
  }

  private void build(String name, String moduleName, String commands, String more)
      throws IOException {
    Path classes = folder.resolve("extensions").resolve(name).resolve("target/classes");
    Files.createDirectories(classes.resolve(SERVICE).getParent());
    Path source = folder.resolve("Ext.java");
    Files.writeString(
        source,
        """
        package ext;
        import dev.dunlin.bridge.spi.*;
        import java.util.List;
        public class Ext implements CommandModule {
          public String name() { return "%s"; }
          public List<Command> commands() { return List.of(%s); }
          %s
        }
        """
            .formatted(moduleName, commands, more));
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString()));
    Files.writeString(classes.resolve(SERVICE), "ext.Ext");
  }

  private String load(String name) {
    return page.error("ipc://extension/load/" + name, Map.of()).path("message").asText();
  }

  @Test
  void loadsAModuleWhoseMethodsPolicyDecides() throws IOException {
    build(
        "adder",
        "adder",
        "Command.answering(\"add\", c -> c.params().path(\"a\").asInt() + c.params().path(\"b\").asInt()),"
            + "Command.answering(\"fail\", c -> { throw new BridgeError(\"RangeError\", \"E_MINE\", \"mine\"); })");
    Page some =
        harness.page(
            2, PolicySet.of(List.of("connect-src ipc://extension/load/adder ipc://adder/add")));
    assertEquals(
        "ERR_UNKNOWN_COMMAND", some.error("ipc://adder/add", Map.of()).path("code").asText());
    JsonNode info = some.data("ipc://extension/load/adder", Map.of());
    assertEquals("adder", info.path("name").asText());
    assertEquals(5, some.data("ipc://adder/add", Map.of("a", 2, "b", 3)).asInt());
    assertEquals(
        "ipc://adder/fail", some.error("ipc://adder/fail", Map.of()).path("source").asText());
    assertEquals("E_MINE", page.error("ipc://adder/fail", Map.of()).path("code").asText());
    assertEquals(info, page.data("ipc://extension/load/adder", Map.of()), "once is enough");
    page.data("ipc://extension/unload/adder", Map.of());
    assertEquals(
        "ERR_UNKNOWN_COMMAND", page.error("ipc://adder/add", Map.of()).path("code").asText());
    page.data("ipc://extension/load/adder", Map.of());
    assertEquals(5, page.data("ipc://adder/add", Map.of("a", 2, "b", 3)).asInt());
  }

  @Test
  void anExtensionKeepsFilesFromPagesAndItsStateAtTheEnd() throws IOException {
    Path home = folder.toRealPath();
    Path secret = Files.writeString(home.resolve("own.key"), "secret");
    Path kept = home.resolve("kept");
    String url = "ipc://fs/readFile" + secret;
    Map<String, Object> asText = Map.of("encoding", "utf8");
    build(
        "keeper",
        "keeper",
        "",
        """
        public List<java.nio.file.Path> secretFiles() { return List.of(java.nio.file.Path.of("%s")); }
        public io.vertx.core.Future<Void> shutDown() {
          try { java.nio.file.Files.writeString(java.nio.file.Path.of("%s"), "state"); }
          catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
          return io.vertx.core.Future.succeededFuture();
        }
        """
            .formatted(secret, kept));
    build(
        "broken",
        "broken",
        "",
        "public io.vertx.core.Future<Void> shutDown() { throw new IllegalStateException(); }");
    assertEquals("secret", page.data(url, asText).asText());
    page.data("ipc://extension/load/broken", Map.of());
    page.data("ipc://extension/load/keeper", Map.of());
    assertEquals("ERR_ACCESS_DENIED", page.error(url, asText).path("code").asText());
    assertFalse(Files.exists(kept));
    Future<Void> all = harness.bridge.keepState();
    until(all::isComplete);
    assertTrue(all.failed(), "what the broken one has lost is told");
    assertEquals("state", Files.readString(kept));

    Files.delete(kept);
    page.data("ipc://extension/unload/broken", Map.of());
    page.data("ipc://extension/unload/keeper", Map.of());
    Harness.await(harness.bridge.keepState());
    assertFalse(Files.exists(kept));
    assertEquals("ERR_ACCESS_DENIED", page.error(url, asText).path("code").asText());
  }

  @Test
  void loadingItselfNeedsASourceThatNamesIt() throws IOException {
    build("adder", "adder", "");
    Page some = harness.page(2, PolicySet.of(List.of("connect-src ipc://extension/load/other")));
    assertEquals(
        "ipc://extension/load/adder",
        some.error("ipc://extension/load/adder", Map.of()).path("source").asText());
  }

  @Test
  void refusesWhatIsNotWhatItSays() throws IOException {
    build("liar", "fs", "");
    assertTrue(load("liar").contains("must be called as its file is"));
    build("extension", "extension", "");
    assertTrue(load("extension").contains("already"));
    build(
        "free",
        "free",
        "new Command(\"x\", new Command.Resource.None(), Command.Permission.ALWAYS,"
            + " Command.RunsOn.WORKER, c -> null)");
    assertTrue(load("free").contains("ALWAYS"));
    build(
        "console",
        "console",
        "new Command(\"write\", new Command.Resource.None(),"
            + " Command.Permission.ALWAYS, Command.RunsOn.WORKER, c -> null)");
    assertTrue(load("console").contains("ALWAYS"), "not even under a name that is in the list");
    Files.createDirectories(folder.resolve("extensions/empty/target/classes"));
    assertTrue(load("empty").contains("META-INF/services"));
    Files.writeString(folder.resolve("extensions/broken.jar"), "no jar");
    assertTrue(load("broken").contains("META-INF/services"));
    assertTrue(load("nothing").contains("there is no extension"));
    // What failed has left nothing behind.
    assertEquals(0, page.data("ipc://extension/stats", Map.of()).path("loaded").asInt());
    build("honest", "honest", "Command.answering(\"x\", c -> 1)");
    page.data("ipc://extension/load/honest", Map.of());
  }

  @Test
  void compilesTheSourceOfAnExtensionWhenItHasChanged() throws IOException {
    Path source = source("fresh", "\"one\"");
    page.data("ipc://extension/load/fresh", Map.of());
    assertEquals("one", page.data("ipc://fresh/ask", Map.of()).asText());
    Path built = folder.resolve("extensions/fresh/target/classes/ext/Ext.class");
    assertEquals(61, Files.readAllBytes(built)[7], "a class of Java 17, whatever compiles it");
    FileTime first = Files.getLastModifiedTime(built);
    page.data("ipc://extension/unload/fresh", Map.of());
    page.data("ipc://extension/load/fresh", Map.of());
    assertEquals(first, Files.getLastModifiedTime(built), "nothing has changed");
    page.data("ipc://extension/unload/fresh", Map.of());
    source("fresh", "\"two\"");
    Files.setLastModifiedTime(source, FileTime.from(first.toInstant().plusSeconds(1)));
    page.data("ipc://extension/load/fresh", Map.of());
    assertEquals("two", page.data("ipc://fresh/ask", Map.of()).asText());
  }

  @Test
  void saysWhyASourceDoesNotCompile() throws IOException {
    source("wrong", "nothing");
    String message = load("wrong");
    assertTrue(message.contains("Ext.java:6"), message);
    assertTrue(message.contains("cannot find symbol"), message);
    assertEquals(0, page.data("ipc://extension/stats", Map.of()).path("loaded").asInt());
    source("wrong", "\"right\"");
    page.data("ipc://extension/load/wrong", Map.of());
  }

  @Test
  void loadsNothingFromOutsideItsFolder() throws IOException {
    build("adder", "adder", "");
    Files.createSymbolicLink(
        folder.resolve("extensions/link.jar"), Files.createFile(folder.resolve("x.jar")));
    assertTrue(load("link").contains("leads out"));
    for (String part : List.of("src/main/java", "target")) {
      Path source = source(part.substring(0, 3), "1");
      Path link = source.getParent().getParent().getParent().getParent().getParent().resolve(part);
      Path away = folder.resolve("away-" + part.substring(0, 3));
      if (Files.exists(link)) {
        Files.move(link, away);
      } else {
        Files.createDirectory(away);
      }
      Files.createSymbolicLink(link, away);
      assertTrue(load(part.substring(0, 3)).contains("leads out"), part);
    }
    Path shared = Files.writeString(folder.resolve("Shared.java"), "package ext; class Shared {}");
    Path inside = source("linked", "1").resolveSibling("Shared.java");
    Files.createSymbolicLink(inside, shared);
    assertTrue(load("linked").contains("leads out"));
    Files.delete(inside);
    Files.createSymbolicLink(inside, Files.copy(shared, folder.resolve("extensions/Shared.java")));
    page.data("ipc://extension/load/linked", Map.of());
    page.data("ipc://extension/unload/linked", Map.of());
    assertTrue(load("Adder").contains("can't be an extension's name"));
    // A URL is folded before anything reads it, as Chromium does: these name nothing, or a command
    // that is not this one.
    assertTrue(load("adder/..").contains("needs a resource"));
    assertTrue(load("%2e%2e/adder").contains("leaves the command"));
    assertTrue(load("link/../adder/x").contains("can't be an extension's name"));
    for (String attack : List.of("..%2fadder", "%2e%2e%2fextensions%2fadder", "%2fetc")) {
      assertEquals(
          "ERR_INVALID_CALL",
          page.error("ipc://extension/load/" + attack, Map.of()).path("code").asText(),
          attack);
    }
    assertEquals(0, page.data("ipc://extension/stats", Map.of()).path("loaded").asInt());
    assertEquals(
        "adder", page.data("ipc://extension/load/x/../adder", Map.of()).path("name").asText());
  }

  @Test
  void seesOfTheHostOnlyWhatIsShared() throws IOException {
    build(
        "spy",
        "spy",
        "Command.answering(\"look\", c -> { try { Class.forName(\"dev.dunlin.bridge.Limits\");"
            + " return \"seen\"; } catch (ClassNotFoundException e) { return \"hidden\"; } })");
    page.data("ipc://extension/load/spy", Map.of());
    assertEquals("hidden", page.data("ipc://spy/look", Map.of()).asText());
  }

  private String awaiting(Path file) {
    return "((java.util.function.Supplier<Integer>) () -> { while (!java.nio.file.Files.exists(java.nio.file.Path.of(\""
        + file
        + "\"))) Thread.onSpinWait(); return 0; }).get()";
  }

  @Test
  void loadsThatTakeLongLeaveTheWorkersFree() throws IOException {
    Path go = folder.resolve("go");
    build("slow", "slow", "Command.answering(\"x\" + " + awaiting(go) + ", call -> 1)");
    for (int i = 0; i < Limits.WORKERS + 1; i++) {
      begin(1000 + i, "ipc://extension/load/slow");
    }
    assertEquals("yes", page.data("ipc://worker/free", Map.of()).asText());
    Files.createFile(go);
    assertEquals("slow", page.data("ipc://extension/load/slow", Map.of()).path("name").asText());
  }

  @Test
  void unloadingWaitsForTheCallsThatRunAndLetsNoNewOneIn() throws IOException {
    Path started = folder.resolve("started");
    Path go = folder.resolve("go");
    Path source = source("busy", "run()");
    Files.writeString(
        source,
        Files.readString(source)
                .replaceFirst(
                    "(?s)}\\s*$",
                    """
                      static Object run() {
                        try { java.nio.file.Files.createFile(java.nio.file.Path.of("STARTED")); }
                        catch (java.io.IOException e) { throw new RuntimeException(e); }
                        AWAIT;
                        return new Later().text();
                      }
                    }
                    """
                        .replace("STARTED", started.toString())
                        .replace("AWAIT", "int n = " + awaiting(go)))
            + "class Later { String text() { return \"its classes are there\"; } }");
    page.data("ipc://extension/load/busy", Map.of());
    Harness.Recorder running = begin(1000, "ipc://busy/ask");
    Harness.until(() -> Files.exists(started));
    Harness.Recorder unloading = begin(1001, "ipc://extension/unload/busy");
    Harness.until(
        () ->
            page.call("ipc://busy/ask", Map.of())
                .path(2)
                .path("code")
                .asText()
                .equals("ERR_UNKNOWN_COMMAND"));
    assertTrue(unloading.texts.isEmpty());
    Files.createFile(go);
    assertEquals("{\"r\":[[1000,0,\"its classes are there\"]]}", running.text());
    assertEquals("{\"r\":[[1001,0,{}]]}", unloading.text());
  }
}
