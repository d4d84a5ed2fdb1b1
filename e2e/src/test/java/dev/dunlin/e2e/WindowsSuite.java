package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Several windows of one app: who may open and arrange them, and what becomes of them. */
class WindowsSuite {
  private static final String READY = "document.documentElement.dataset.ready === 'true'";

  @RegisterExtension static final Apps APPS = new Apps();

  private static Desktop desktop;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  private RunningApp start(String lines) throws IOException {
    Path app = folder.resolve("windows");
    Layout.copyTree(Apps.named("windows"), app);
    Files.writeString(app.resolve("socket.ini"), lines, StandardOpenOption.APPEND);
    RunningApp running =
        APPS.start(
            RunningApp.Start.of(app)
                .withWords()
                .driven()
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority()));
    running.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    running.page().await(READY);
    return running;
  }

  private static Page second(RunningApp app, int index, String options) {
    JsonNode opened =
        app.page()
            .evaluate(
                "outcome(() => app.createWindow({path: 'second.html', index: "
                    + index
                    + ", width: 400, height: 300"
                    + (options.isEmpty() ? "" : ", " + options)
                    + "}))");
    assertEquals(index, opened.path("value").path("index").asInt(-1), opened::toString);
    Page page = app.page(index);
    page.await(READY);
    return page;
  }

  private static void assertCode(String code, JsonNode outcome) {
    assertEquals(code, outcome.path("code").asText(), outcome::toString);
  }

  @Test
  void opensAWindowWithAPageAndHandlesOfItsOwn() throws IOException {
    RunningApp app = start("");
    Page second = second(app, 5, "title: 'Mine'");
    assertEquals(5, second.evaluate("app.getCurrentWindowIndex()").asInt());
    assertEquals("/second.html", second.evaluate("location.pathname").asText());
    app.await(() -> desktop.windows().size() == 2, "two windows on the desktop", RunningApp.SOON);
    // What one has opened, the other does not know.
    Page first = app.page();
    String id =
        first
            .run("globalThis.file = await fs.open('/etc/hostname'); return String(file.fd)")
            .asText();
    assertFalse(id.isEmpty());
    String read =
        "import('socket:ipc').then(ipc => outcome(() => ipc.call('ipc://handle/fs/stat/' + '%s')))";
    String handle =
        first
            .run(
                "const ipc = await import('socket:ipc');"
                    + "return (await ipc.call('ipc://fs/open/etc/hostname', {flags: 'r'})).fd")
            .asText();
    assertTrue(handle.matches("[0-9a-f]{32}"), handle);
    assertEquals("", first.evaluate(read.formatted(handle)).path("code").asText());
    assertCode("ERR_UNKNOWN_HANDLE", second.evaluate(read.formatted(handle)));
  }

  @Test
  void opensOnlyThePagesThatThePolicyNames() throws IOException {
    Page first = start("").page();
    JsonNode refused = first.evaluate("outcome(() => app.createWindow({path: 'third.html'}))");
    assertCode("ERR_ACCESS_DENIED", refused);
    assertTrue(
        refused.path("message").asText().contains("ipc://window/create/third.html"),
        refused::toString);
    assertCode(
        "ERR_ACCESS_DENIED",
        first.evaluate("outcome(() => app.createWindow({path: 'second.html/../third.html'}))"));
  }

  @Test
  void aWindowMayBeAllowedLessThanTheAppAndNeverMore() throws IOException {
    RunningApp app = start("");
    Page second = second(app, 1, "policy: \"connect-src 'self' ipc://windows/list ipc://os/\"");
    assertEquals(2, second.evaluate("app.getWindows().then(all => all.size)").asInt());
    String file = "outcome(() => fs.readFile('/etc/hostname', 'utf8'))";
    assertEquals("", app.page().evaluate(file).path("code").asText());
    assertCode("ERR_ACCESS_DENIED", second.evaluate(file));
    assertCode(
        "ERR_ACCESS_DENIED",
        second.evaluate("outcome(() => app.createWindow({path: 'second.html'}))"));
    // What the app may not do, its window may not for asking.
    assertCode(
        "ERR_ACCESS_DENIED",
        second.evaluate(
            "import('socket:ipc').then(ipc => outcome(() => ipc.call('ipc://os/hostname')))"));
    // Chromium knows of it too: nothing goes past the call lane, and no worker past the window.
    assertEquals(
        "denied",
        second
            .evaluate("fetch('ipc://fs/readFile/etc/hostname').then(() => 'came', () => 'denied')")
            .asText());
    assertEquals(
        "refused",
        second
            .run(
                "return new Promise(done => { const w = new SharedWorker('main.js');"
                    + " w.onerror = () => done('refused'); setTimeout(() => done('ran'), 3000) })")
            .asText());
  }

  @Test
  void aNarrowWindowOpensNoneThatIsWider() throws IOException {
    RunningApp app = start("");
    Page second = second(app, 1, "policy: \"connect-src 'self' ipc://window/create/\"");
    assertEquals(
        2,
        second
            .evaluate(
                "outcome(() => app.createWindow({path: 'second.html', index: 2,"
                    + " policy: 'connect-src ipc:'}))")
            .path("value")
            .path("index")
            .asInt());
    Page third = app.page(2);
    third.await(READY);
    assertCode(
        "ERR_ACCESS_DENIED", third.evaluate("outcome(() => fs.readFile('/etc/hostname', 'utf8'))"));
  }

  @Test
  void arrangesAnotherWindowAsThePolicySays() throws IOException {
    RunningApp app = start("");
    second(app, 1, "");
    Page first = app.page();
    first.run("globalThis.other = await app.getWindow(1)");
    assertEquals(
        "Theirs",
        first
            .evaluate("outcome(() => other.setTitle('Theirs'))")
            .path("value")
            .path("title")
            .asText());
    app.await(() -> desktop.window("Theirs").isPresent(), "the title", RunningApp.SOON);
    first.evaluate("outcome(() => other.send({window: 1, event: 'greeting', value: 'hello'}))");
    app.page(1).await("told.some(([name, detail]) => name === 'greeting' && detail === 'hello')");
    first.evaluate("outcome(() => other.hide())");
    first.await("told.some(([name, index]) => name === 'windowhidden' && index === 1)");
    first.evaluate("outcome(() => other.close())");
    first.await("told.some(([name, index]) => name === 'windowclosed' && index === 1)");
    assertCode("ERR_NO_WINDOW", first.evaluate("outcome(() => other.show())"));
    for (String odd : new String[] {"01", "1 ", "-1", "64", "self", "%31"}) {
      JsonNode refused =
          first.evaluate(
              "import('socket:ipc').then(ipc => outcome(() => ipc.call('ipc://windows/close/"
                  + odd.replace(" ", "%20")
                  + "')))");
      assertTrue(
          refused.path("code").asText().matches("ERR_INVALID_CALL|ERR_NO_WINDOW"),
          refused::toString);
    }
  }

  @Test
  void goesOnWithoutItsFirstWindowAndEndsWithItsLast() throws IOException {
    RunningApp app = start("");
    Page second = second(app, 1, "");
    app.page().tell("win.close()");
    second.await("told.some(([name, index]) => name === 'windowclosed' && index === 0)");
    assertEquals("[1]", second.evaluate("app.getWindows().then(all => all.keys())").toString());
    // The index is free again, what it stood for is gone.
    assertEquals(
        0,
        second
            .evaluate("outcome(() => app.createWindow({path: 'second.html'}))")
            .path("value")
            .path("index")
            .asInt(-1));
    Page again = app.page(0);
    again.await(READY + " && location.pathname === '/second.html'");
    again.tell("win.close()");
    second.await(
        "told.filter(([name, index]) => name === 'windowclosed' && index === 0).length === 2");
    second.tell("win.close()");
    assertEquals(0, app.awaitExit());
  }
}
