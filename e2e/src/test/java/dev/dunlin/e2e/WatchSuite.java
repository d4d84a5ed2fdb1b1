package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code [webview] watch = true}: change a file and see it. */
class WatchSuite {
  private static final String READY = "document.documentElement.dataset.ready === 'true'";

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir Path folder;

  private RunningApp.Start watched(String... words) throws IOException {
    Path app = folder.resolve("watched");
    if (!Files.exists(app)) {
      Layout.copyTree(Apps.named("window"), app);
      Files.writeString(
          app.resolve("socket.ini"), "[webview]\nwatch = true\n", StandardOpenOption.APPEND);
      Files.writeString(
          app.resolve("src/wait.js"), "await new Promise(done => { globalThis.finish = done })");
    }
    return RunningApp.Start.of(app, words).driven();
  }

  private RunningApp start(String... words) throws IOException {
    return APPS.start(watched(words));
  }

  /** The watching thread is a thread of the process under its own name. */
  private static boolean isWatching(RunningApp app) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + app.pid() + "/task"))) {
      return tasks.anyMatch(WatchSuite::isWatcher);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWatcher(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip().equals("dunlin-watch");
    } catch (IOException e) {
      // Ended since it was listed.
      return false;
    }
  }

  @Test
  void showsAChangedFileAndFilesInANewFolder() throws IOException {
    RunningApp app = start();
    Page page = app.page();
    page.await(READY);
    app.await(() -> isWatching(app), "the watching thread", RunningApp.SOON);
    Path src = app.app().resolve("src");
    Files.writeString(
        src.resolve("index.html"),
        Files.readString(src.resolve("index.html")).replace("Try", "Changed"));
    page.await(READY + " && document.body.innerText.includes('Changed')");
    page.evaluate("globalThis.before = 1");
    Path deep = Files.createDirectories(src.resolve("new/deep"));
    page.await(READY + " && globalThis.before === undefined");
    page.evaluate("globalThis.before = 2");
    Files.writeString(deep.resolve("style.css"), "body { color: red }");
    page.await(READY + " && globalThis.before === undefined");
  }

  @Test
  void saysThatTheFolderIsGoneAndWatchesTheNextOne() throws IOException {
    RunningApp app = start();
    Page page = app.page();
    page.await(READY);
    app.await(() -> isWatching(app), "the watching thread", RunningApp.SOON);
    Path src = app.app().resolve("src");
    Path kept = app.base().resolve("kept");
    Layout.copyTree(src, kept);
    Layout.deleteTree(src);
    app.awaitLine("the app's folder " + src + " is gone");
    page.await("document.body.innerText.includes(\"The app's folder is gone\")");
    Layout.copyTree(kept, src);
    page.await(READY);
  }

  private static void change(RunningApp app) throws IOException {
    Files.writeString(app.app().resolve("src/changed.css"), "", StandardOpenOption.CREATE_NEW);
  }

  /** A run that watches, started after the other and changed after it, has reloaded by then. */
  private void assertStays(RunningApp app) throws IOException {
    app.page().evaluate("globalThis.before = 1");
    RunningApp twin = APPS.start(watched());
    twin.page().await(READY);
    twin.await(() -> isWatching(twin), "the watching thread", RunningApp.SOON);
    twin.page().evaluate("globalThis.before = 1");
    change(app);
    change(twin);
    twin.page().await(READY + " && globalThis.before === undefined");
    assertEquals(1, app.page().evaluate("globalThis.before").asInt(), "it was reloaded");
    assertFalse(isWatching(app), "it watches");
  }

  @Test
  void watchesNothingInProduction() throws IOException {
    RunningApp app = start("--prod");
    app.page().await(READY);
    assertStays(app);
    app.page().tell("win.close()");
    assertEquals(0, app.awaitExit());
    assertTrue(app.lines(RunningApp.Source.ERR).isEmpty(), app.log());
  }

  @Test
  void watchesNothingInATest() throws IOException {
    RunningApp app = start("--test=wait.js");
    app.page().await("globalThis.finish !== undefined");
    assertStays(app);
    app.page().tell("finish()");
    assertEquals(0, app.awaitExit());
  }
}
