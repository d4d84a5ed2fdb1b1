package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Where real keys go: to the page, to a dialog over it, to another window and back. */
class FocusSuite {
  private static final String READY = "document.documentElement.dataset.ready === 'true'";

  private static final String FIELDS =
      "document.body.innerHTML = '<input id=\"one\"><input id=\"two\"><button id=\"three\">x</button>';"
          + "globalThis.where = () => document.hasFocus() ? document.activeElement.id : 'elsewhere'";

  @RegisterExtension static final Apps APPS = new Apps();

  private static Desktop desktop;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    desktop = Desktop.startFull();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  private RunningApp start(String lines) throws IOException {
    RunningApp running = APPS.startOn(desktop, "windows", lines, folder);
    running.page().run(FIELDS);
    desktop.awaitKeys(running, "First");
    running.page().await("document.hasFocus()");
    return running;
  }

  /** java-cef #42: Tab never enters the page, or never leaves its last element. */
  @Test
  @Shows(Feature.FOCUS_KEYS)
  void tabEntersThePageAndGoesRoundIt() throws IOException {
    RunningApp app = start("");
    Page page = app.page();
    for (String next : new String[] {"one", "two", "three", "one"}) {
      desktop.press("Tab");
      page.await("where() === '" + next + "'");
    }
    desktop.press("Shift_L", "Tab");
    page.await("where() === 'three'");
    desktop.press("Tab");
    page.await("where() === 'one'");
    desktop.type("abc");
    page.await("one.value === 'abc'");
  }

  /**
   * A window manager gives the keys to the toolkit, which hands them on: what is typed meanwhile
   * was lost.
   */
  @Test
  @Shows(Feature.FOCUS_KEYS)
  void noKeyIsLostWhileTheToolkitHasThem() throws IOException {
    RunningApp app = start("");
    Page page = app.page();
    page.evaluate(
        "globalThis.codes = []; addEventListener('keydown', e => codes.push("
            + "e.key));"
            + "one.focus()");
    Desktop.Seen seen = desktop.window("First").get();
    String typed = "";
    for (char letter : "dunlin 7".toCharArray()) {
      seen.giveKeysToToolkit();
      desktop.type(String.valueOf(letter));
      typed += letter;
      page.await("one.value === '" + typed + "'");
      desktop.awaitKeys(app, "First");
    }
    record Press(String key, String then, String... names) {}
    for (Press press :
        List.of(
            new Press("Backspace", "one.value === 'dunlin '", "BackSpace"),
            new Press("ArrowLeft", "one.selectionStart === 6", "Left"),
            new Press("Tab", "where() === 'two'", "Tab"),
            new Press("Enter", "where() === 'two'", "Return"))) {
      page.evaluate("codes.length = 0");
      seen.giveKeysToToolkit();
      desktop.press(press.names);
      page.await("codes.includes('" + press.key + "')");
      page.await(press.then);
      desktop.awaitKeys(app, "First");
    }
  }

  /** JCEF gives keys codes by which X has other ones: of 0 and 1, dead keys. */
  @Test
  void noDigitIsTakenForADeadKeyWhileTheToolkitHasThem() throws IOException {
    RunningApp app = start("");
    Page page = app.page();
    desktop.layout("us", "-variant", "intl");
    try {
      page.evaluate("one.focus()");
      // Until dead keys are looked at, which comes after the page.
      app.await(
          () -> {
            page.evaluate("one.value = ''");
            desktop.strike(48, 26);
            page.await("one.value !== ''");
            return page.evaluate("one.value").asText().equals("é");
          },
          "dead keys",
          RunningApp.SOON);
      Desktop.Seen seen = desktop.window("First").get();
      String typed = "é";
      for (String digit : new String[] {"0", "1", "0"}) {
        seen.giveKeysToToolkit();
        desktop.type(digit);
        typed += digit;
        page.await("one.value === '" + typed + "'");
      }
    } finally {
      desktop.layout("us");
    }
  }

  /** java-cef #121 and #321: what is typed into a Java dialog goes to the page below it. */
  @Test
  @Shows(Feature.FOCUS)
  void keysGoToADialogWhileItIsOpenAndToThePageAfterwards() throws IOException {
    RunningApp app =
        start(
            "[security]\npolicy[] = connect-src ipc://window/showSaveFilePicker\n"
                + "[webview]\nfilesystem_picker_require_user_activation = false\n");
    Page page = app.page();
    page.evaluate("one.focus()");
    desktop.type("before");
    page.await("one.value === 'before'");
    // In a folder of its own: else the next run would be asked whether to replace what this one
    // saved.
    page.evaluate(
        "globalThis.picked = ''; void win.showSaveFilePicker({startPath: '"
            + folder
            + "'}).then(paths => { picked = String(paths) }, fault => { picked = fault.name })");
    page.awaitDialog(said -> said.stream().anyMatch(line -> line.contains("Save")), "the dialog");
    desktop.awaitKeys(
        app,
        () -> desktop.window("First").filter(Desktop.Seen::isActive).isEmpty(),
        "the dialog to have the keys");
    // Nor does it lose them to the page below it, by a click or by Chromium's own wish.
    Desktop.Area below = desktop.window("First").orElseThrow().area();
    page.run("addEventListener('click', () => { globalThis.clicked = true; })");
    desktop.click(below.x() + 5, below.y() + below.height() - 5);
    page.await("globalThis.clicked");
    page.call("Page.bringToFront", JsonNodeFactory.instance.objectNode());
    page.run("one.focus(); window.focus()");
    desktop.awaitKeys(
        app,
        () -> desktop.window("First").filter(Desktop.Seen::hasKeysInPage).isEmpty(),
        "the dialog to keep the keys");
    page.awaitDialog(
        said -> said.stream().anyMatch(line -> line.startsWith("focus:")),
        "the keys as AWT sees it");
    page.press("meant for java\r");
    page.await("picked !== ''");
    String picked = page.evaluate("picked").asText();
    assertEquals(folder.resolve("meant for java").toString(), picked);
    assertEquals("before", page.evaluate("one.value").asText());
    desktop.awaitKeys(app, "First");
    page.await("where() === 'one'");
    desktop.type(" after");
    page.await("one.value === 'before after'");
  }

  /** What the app says of its two windows. */
  private static String focused(Page page) {
    return page.run("return JSON.stringify([...await app.getWindows()].map(w => w.state.focused))")
        .asText();
  }

  /** java-cef #310: after some Alt-Tabs a text field takes no keys any more. */
  @Test
  @Shows(Feature.FOCUS)
  void altTabReturnsTheFocusToWhereItWas() throws IOException {
    RunningApp app = start("");
    Page first = app.page();
    first.evaluate("two.focus()");
    desktop.type("a");
    first.await("two.value === 'a'");
    JsonNode opened =
        first.evaluate(
            "outcome(() => app.createWindow({path: 'second.html', index: 1, width: 400,"
                + " height: 300}))");
    assertEquals(1, opened.path("value").path("index").asInt(), opened::toString);
    Page second = app.page(1);
    second.await(READY);
    second.run(FIELDS);
    desktop.awaitKeys(app, "Second");
    second.await("document.hasFocus()");
    second.evaluate("one.focus()");
    assertEquals("[false,true]", focused(second));
    StringBuilder typed = new StringBuilder("a");
    for (int round = 0; round < 4; round++) {
      desktop.type("s");
      second.await("one.value === '" + "s".repeat(round + 1) + "'");
      desktop.press("Alt_L", "Tab");
      desktop.awaitKeys(app, "First");
      assertEquals("[true,false]", focused(first));
      first.await("where() === 'two'");
      desktop.type("b");
      typed.append('b');
      first.await("two.value === '" + typed + "'");
      desktop.press("Alt_L", "Tab");
      desktop.awaitKeys(app, "Second");
      second.await("where() === 'one'");
    }
    assertEquals("elsewhere", first.evaluate("where()").asText());
  }

  @Test
  @Shows(Feature.FOCUS)
  void aClickBringsAWindowForwardAndTheKeysWithIt() throws IOException {
    RunningApp app = start("[window]\nwidth = 700\nheight = 500\n");
    Page first = app.page();
    first.evaluate(
        "outcome(() => app.createWindow({path: 'second.html', index: 1, width: 400, height: 300,"
            + " x: 0, y: 0}))");
    Page second = app.page(1);
    second.await(READY);
    desktop.awaitKeys(app, "Second");
    Desktop.Seen seen = desktop.window("First").get();
    JsonNode at =
        first.evaluate(
            "(r => ({x: r.x + r.width / 2, y: r.y + r.height / 2}))(one.getBoundingClientRect())");
    desktop.click(seen.area().x() + at.path("x").asInt(), seen.area().y() + at.path("y").asInt());
    desktop.awaitKeys(app, "First");
    first.await("where() === 'one'");
    desktop.type("here");
    first.await("one.value === 'here'");
    second.evaluate("outcome(() => win.focus())");
    desktop.awaitKeys(app, "Second");
  }

  @Test
  @Shows(Feature.FOCUS_KEYS)
  void escapeLeavesWhatThePageHasSpreadOverTheScreen() throws IOException {
    RunningApp app = start("[window]\nwidth = 700\nheight = 500\n");
    Page page = app.page();
    page.evaluate("three.addEventListener('click', () => document.body.requestFullscreen())");
    page.evaluate("three.focus()");
    desktop.press("space");
    page.await("document.fullscreenElement === document.body && innerWidth === screen.width");
    Desktop.Seen seen = desktop.window("First").get();
    app.await(
        () -> seen.states().contains("_NET_WM_STATE_FULLSCREEN"), "a full screen", RunningApp.SOON);
    desktop.press("Escape");
    page.await("document.fullscreenElement === null && innerWidth === 700");
    app.await(
        () -> !seen.states().contains("_NET_WM_STATE_FULLSCREEN"),
        "the window as it was",
        RunningApp.SOON);
  }
}
