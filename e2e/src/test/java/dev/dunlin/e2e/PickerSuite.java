package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.dunlin.bt.bluez.MockBus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** File dialogs, answered with real keys: what is picked is granted, and nothing else is. */
class PickerSuite {
  /** More than one reply of the call lane can name. */
  private static final int MANY = 3_000;

  @RegisterExtension static final Apps APPS = new Apps();

  private static final Path DESKTOP = Path.of("shell/src/test/resources/desktop.py");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Desktop desktop;

  private static final String READS =
      "const [file] = await showOpenFilePicker(); return (await file.getFile()).text()";

  @TempDir Path temp;
  private MockBus bus;
  private Path folder;
  private RunningApp app;
  private Page page;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  @BeforeEach
  void lay() throws IOException {
    folder = temp.toRealPath();
    Files.createDirectories(folder.resolve("picked/deep"));
    for (String file : new String[] {"one.txt", "two.txt", "picked/in.txt", "picked/deep/b.txt"}) {
      Files.writeString(folder.resolve(file), file);
    }
    Files.createSymbolicLink(folder.resolve("picked/out.txt"), folder.resolve("two.txt"));
  }

  @AfterEach
  void endBus() {
    if (bus != null) {
      // Chromium ends itself, at once, when its bus goes.
      app.close();
      bus.close();
    }
  }

  private void start(String lines) throws IOException {
    // A bus that is not there: the portal of whoever runs the tests is not asked.
    start(lines, "disabled:");
  }

  private void start(String lines, String bus) throws IOException {
    Path copy = folder.resolve("app");
    Layout.copyTree(Apps.named("pickers"), copy);
    Files.writeString(copy.resolve("socket.ini"), lines, StandardOpenOption.APPEND);
    app =
        APPS.start(
            RunningApp.Start.of(copy)
                .withWords()
                .driven()
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority())
                .variable("DBUS_SESSION_BUS_ADDRESS", bus));
    app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    page = app.page();
    ready();
  }

  private void ready() {
    page.await("document.documentElement?.dataset.ready === 'true'");
  }

  private JsonNode click(String call) {
    page.evaluate("onClick(async () => {" + call + "})");
    page.click("#try");
    return page.evaluate("clicked");
  }

  /** Clicks, and answers the dialog of this title with keys. */
  private JsonNode answer(String call, String title, String keys) {
    page.evaluate("onClick(async () => {" + call + "})");
    page.click("#try");
    press(title, keys);
    return page.evaluate("clicked");
  }

  private void press(String title, String keys) {
    app.await(
        () -> desktop.window(title).filter(Desktop.Seen::isActive).isPresent(),
        "the dialog '" + title + "'",
        RunningApp.SOON);
    page.press(keys);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private JsonNode read(String name) {
    return page.evaluate("read(" + JSON.valueToTree(path(name)) + ")");
  }

  private void assertDenied(JsonNode outcome) {
    assertEquals("ERR_ACCESS_DENIED", outcome.path("code").asText(), outcome::toString);
  }

  @Test
  @Shows(Feature.FILE_DIALOG)
  void aFileThatThePersonPicksIsReadAndChangedWhenThePersonSaysSoAndNothingBesideIt()
      throws IOException {
    start("");
    assertDenied(read("one.txt"));
    JsonNode picked =
        answer(
            "[globalThis.one] = await showOpenFilePicker({types: [{description: 'Texts', accept:"
                + " {'text/plain': ['.txt']}}]}); return [one instanceof FileSystemFileHandle,"
                + " one.name, await one.queryPermission(), await one.queryPermission({mode:"
                + " 'readwrite'})]",
            "Open a file with Pickers",
            path("one.txt") + "\r");
    assertEquals("[true,\"one.txt\",\"granted\",\"prompt\"]", picked.path("value").toString());
    assertEquals("one.txt", page.evaluate("one.getFile().then(file => file.text())").asText());
    assertDenied(read("two.txt"));
    JsonNode no = answer("await write(one, 'new')", "A question of Pickers", "\r");
    assertEquals("NotAllowedError", no.path("name").asText(), no::toString);
    assertEquals("one.txt", Files.readString(folder.resolve("one.txt")));
    JsonNode yes = answer("await write(one, 'new')", "A question of Pickers", "\t ");
    assertTrue(yes.has("value"), yes::toString);
    assertEquals("new", Files.readString(folder.resolve("one.txt")));
  }

  private void choose(MockBus.Peer portal, String... files) throws IOException {
    ObjectNode picks = JSON.createObjectNode();
    for (String file : files) {
      picks.withArray("uris").add(folder.resolve(file).toUri().toString());
    }
    portal.tell("pick " + picks);
  }

  @Test
  @Shows(Feature.PORTAL)
  void theDesktopsOwnDialogIsAskedAndWithoutItOursIs() throws IOException {
    MockBus.assumeThere();
    bus = MockBus.start("");
    MockBus.Peer portal =
        bus.startPeer(Layout.of(Account.self()).home().resolve(DESKTOP), bus.address());
    portal.tell("chooser 4");
    choose(portal, "one.txt");
    start("", bus.address());
    String parent = "x11:" + Long.toHexString(desktop.window("Pickers").orElseThrow().id());
    JsonNode picked = click(READS);
    assertEquals("one.txt", picked.path("value").asText(), picked::toString);
    JsonNode asked = JSON.readTree(portal.tell("dialogs")).get(0);
    assertEquals("OpenFile", asked.get(0).asText());
    assertEquals(parent, asked.get(1).asText(), "it stands over the window");
    assertEquals("Open a file with Pickers", asked.get(2).asText());
    assertEquals("one.txt", read("one.txt").path("value").asText());
    assertDenied(read("two.txt"));
    // What is given is what stood there when the person picked it, by whatever link.
    choose(portal, "picked/out.txt");
    assertEquals("two.txt", click(READS).path("value").asText());
    assertEquals("two.txt", read("two.txt").path("value").asText());
    assertDenied(read("picked/in.txt"));
    choose(portal, "saved.txt");
    JsonNode saved =
        click("await write(await showSaveFilePicker({suggestedName: 'n.txt'}), 'a note')");
    assertTrue(saved.has("value"), saved::toString);
    assertEquals("a note", Files.readString(folder.resolve("saved.txt")));
    // What can't be picked is said, and the desktop asks again.
    choose(portal, "picked");
    page.evaluate("onClick(async () => {" + READS + "})");
    page.click("#try");
    app.await(
        () -> desktop.window("Pickers").filter(Desktop.Seen::isActive).isEmpty(),
        "the word that a folder is no file",
        RunningApp.SOON);
    portal.tell("pick {\"code\": 1}");
    page.press("\r");
    assertEquals("AbortError", page.evaluate("clicked").path("name").asText());
    portal.tell("pick {\"error\": true}");
    JsonNode own = answer(READS, "Open a file with Pickers", path("picked/in.txt") + "\r");
    assertEquals("picked/in.txt", own.path("value").asText(), own::toString);
  }

  @Test
  void aDialogOpensForAPersonsClickAloneAndOneAtATime() throws IOException {
    start("");
    JsonNode unasked =
        page.run(
            "Object.defineProperty(navigator, 'userActivation', {value: {isActive: true}});"
                + "return outcome(() => showOpenFilePicker())");
    assertEquals("SecurityError", unasked.path("name").asText(), unasked::toString);
    page.evaluate("onClick(() => showOpenFilePicker())");
    page.click("#try");
    app.await(() -> desktop.window("Open a file with Pickers").isPresent(), "it", RunningApp.SOON);
    JsonNode second = page.evaluate("outcome(() => showDirectoryPicker())");
    assertEquals("ERR_PICKER_OPEN", second.path("code").asText(), second::toString);
    press("Open a file with Pickers", "\u001b");
    assertEquals("AbortError", page.evaluate("clicked").path("name").asText());
    JsonNode malformed = page.evaluate("outcome(() => showSaveFilePicker({suggestedName: 'a/b'}))");
    assertEquals("TypeError", malformed.path("name").asText(), malformed::toString);
  }

  @Test
  void aDialogGoesWithThePageThatAsked() throws IOException {
    start("");
    page.evaluate("onClick(() => showOpenFilePicker())");
    page.click("#try");
    app.await(() -> desktop.window("Open a file with Pickers").isPresent(), "it", RunningApp.SOON);
    page.tell("location.reload()");
    app.await(
        () -> desktop.window("Open a file with Pickers").isEmpty(), "it to go", RunningApp.SOON);
    ready();
  }

  @Test
  @Shows(Feature.FILE_DIALOG)
  void aFileIsSavedWhereThePersonSays() throws IOException {
    start("");
    JsonNode saved =
        answer(
            "await write(await showSaveFilePicker({suggestedName: 'note.txt'}), 'a note')",
            "Save a file of Pickers",
            path("saved.txt") + "\r");
    assertTrue(saved.has("value"), saved::toString);
    assertEquals("a note", Files.readString(folder.resolve("saved.txt")));
    assertEquals("a note", read("saved.txt").path("value").asText());
  }

  @Test
  @Shows(Feature.FILE_DIALOG)
  void aPickedFolderIsWhatIsInItWithoutAWayOutUntilAnotherOriginIsShown() throws IOException {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] body = "<title>Other</title>".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("content-type", "text/html");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    other.start();
    try {
      String elsewhere = "http://127.0.0.1:" + other.getAddress().getPort();
      start("\n[webview.navigator.policies]\nallowed[] = " + elsewhere + "\n");
      for (int i = 0; i < MANY; i++) {
        Files.writeString(folder.resolve("picked/a-file-with-a-long-name-" + i), "");
      }
      JsonNode names =
          answer(
              "globalThis.dir = await showDirectoryPicker({mode: 'readwrite'}); const names = [];"
                  + "for await (const [name] of dir) names.push(name); return names.length",
              "Let Pickers read and change all in a folder",
              path("picked") + "\r");
      // The link is neither a file nor a folder.
      assertEquals(MANY + 2, names.path("value").asInt(), names::toString);
      JsonNode inside =
          page.run(
              "const file = await dir.getFileHandle('new.txt', {create: true});"
                  + "await write(file, 'new'); await dir.removeEntry('in.txt');"
                  + "return [await (await file.getFile()).text(), await dir.resolve(file)]");
      assertEquals("[\"new\",[\"new.txt\"]]", inside.toString());
      assertEquals("picked/deep/b.txt", read("picked/deep/b.txt").path("value").asText());
      assertDenied(page.evaluate("outcome(() => dir.getFileHandle('out.txt'))"));
      assertDenied(read("picked/out.txt"));
      assertDenied(read("two.txt"));
      page.tell("location.reload()");
      page.await("globalThis.dir === undefined && document.documentElement?.dataset.ready");
      assertEquals("new", read("picked/new.txt").path("value").asText());
      page.tell("location.href = " + JSON.valueToTree(elsewhere));
      page.await("document.title === 'Other'");
      page.tell("history.back()");
      page.await(
          "document.title === 'Pickers' && document.documentElement.dataset.ready === 'true'");
      assertDenied(read("picked/new.txt"));
    } finally {
      other.stop(0);
    }
  }
}
