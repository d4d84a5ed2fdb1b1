package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Menus as a person uses them: real keys and clicks on a desktop with a window manager. */
class MenusSuite {
  private static final String ALLOWED = "policy[] = connect-src 'self' ipc:\n";

  private static final String BAR =
      """
      {
        '&File': {'&New': 'n + CommandOrControl', '&Save': 'S', '!Print': 'p', Find: 'F3'},
        '&View': {'[ ] Grid': 'g + Control + Alt', Deep: {'Deepest': '_'}},
        Edit: [{label: 'Alles', role: 'selectAll'}, {label: 'Copy'}, {label: 'Paste'}]
      }""";

  @RegisterExtension static final Apps APPS = new Apps();

  private static Desktop desktop;

  @TempDir Path folder;
  private RunningApp app;
  private Page page;
  private Desktop.Seen window;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  private void start(String lines) throws IOException {
    app = APPS.startOn(desktop, "menus", lines, folder);
    page = app.page();
    AtomicReference<Desktop.Seen> seen = new AtomicReference<>();
    app.await(
        () -> {
          desktop.window("Menus").filter(Desktop.Seen::isViewable).ifPresent(seen::set);
          return seen.get() != null;
        },
        "the window",
        RunningApp.SOON);
    window = seen.get();
  }

  /** Gives the page the focus, as a person does. */
  private void clickPage() {
    page.await("performance.getEntriesByType('paint').length > 0");
    Desktop.Area area = window.area();
    page.evaluate("void addEventListener('click', () => { globalThis.clicked = true; })");
    desktop.click(area.x() + area.width() / 2, area.y() + area.height() - 20);
    // A click that comes later would take the focus from a field.
    page.await("globalThis.clicked && document.hasFocus()");
    desktop.awaitKeys(app, "Menus");
  }

  private JsonNode outcome(String call) {
    return page.evaluate("outcome(() => " + call + ")");
  }

  private void awaitChosen(String json) {
    page.await("JSON.stringify(chosen) === JSON.stringify(" + json + ")");
  }

  @Test
  @Shows(Feature.APP_MENU)
  void acceleratorsFireWhileThePageHasTheFocusUnlessThePageKeepsThem() throws IOException {
    start(ALLOWED);
    clickPage();
    assertTrue(outcome("menu.system.set(" + BAR + ")").has("value"));
    desktop.press("Control_L", "n");
    awaitChosen("[['system', 'File', 'New', false]]");
    desktop.press("Control_L", "Shift_L", "s");
    desktop.press("F3");
    desktop.press("Control_L", "Alt_L", "g");
    awaitChosen(
        "[['system', 'File', 'New', false], ['system', 'File', 'Save', false],"
            + " ['system', 'File', 'Find', false], ['system', 'View', 'Grid', true]]");
    // It is marked now, and chosen again is not.
    desktop.press("Control_L", "Alt_L", "g");
    page.await("chosen.length === 5 && chosen[4][3] === false");
    // Not enabled, and not ours: the page has these keys alone, and that of F3 if it wants it.
    page.evaluate("void addEventListener('keydown', e => e.key === 'F3' && e.preventDefault())");
    desktop.press("Control_L", "p");
    desktop.press("F3");
    desktop.type("q");
    page.await("keys.includes('q')");
    assertTrue(
        outcome(
                "application.setSystemMenuItemEnabled({indexMain: 0, indexSub: 2, enabled: true})"
                    + ".then(r => { if (r.err) throw r.err })")
            .has("value"));
    desktop.press("Control_L", "p");
    page.await("chosen.length === 6 && chosen[5][2] === 'Print'");
  }

  @Test
  @Shows(Feature.APP_MENU)
  void theRoleQuitAsksThePageWhichMayRefuse() throws IOException {
    start(ALLOWED);
    clickPage();
    assertTrue(
        outcome(
                "menu.system.set([{label: 'File', submenu: [{label: 'Out', role: 'quit', accelerator:"
                    + " 'q + CommandOrControl'}]}])")
            .has("value"));
    page.evaluate(
        "globalThis.stays = true; globalThis.asked = 0;"
            + "win.addEventListener('close', event => { asked++; if (stays) event.preventDefault() })");
    desktop.press("Control_L", "q");
    page.await("asked === 1");
    assertEquals(2, outcome("Promise.resolve(1 + 1)").path("value").asInt(), "it goes on");
    page.evaluate("void (stays = false)");
    desktop.press("Control_L", "q");
    assertEquals(0, app.awaitExit());
  }

  @Test
  @Shows(Feature.APP_MENU)
  void mnemonicsOpenAMenuWhileThePageHasTheFocusAndThePageHasItBackAfterwards() throws IOException {
    start(ALLOWED);
    clickPage();
    outcome("menu.system.set(" + BAR + ")");
    page.await("document.hasFocus()");
    desktop.press("Alt_L", "f");
    awaitPopup(true);
    desktop.press("s");
    awaitChosen("[['system', 'File', 'Save', false]]");
    page.await("document.hasFocus()");
    desktop.type("x");
    page.await("keys.includes('x')");
    desktop.press("F10");
    awaitPopup(true);
    desktop.press("Right");
    desktop.press("Down");
    desktop.press("Return");
    awaitChosen("[['system', 'File', 'Save', false], ['system', 'View', 'Grid', true]]");
    page.await("document.hasFocus()");
    desktop.press("F10");
    awaitPopup(true);
    desktop.press("Escape");
    awaitPopup(false);
    page.await("document.hasFocus()");
    desktop.type("y");
    page.await("keys.includes('y')");
    assertEquals(2, page.evaluate("chosen.length").asInt());
  }

  @Test
  void aClickOpensAMenuWhoseRolesActOnThePageWhichKeepsItsSize() throws IOException {
    start(ALLOWED);
    clickPage();
    page.evaluate("field.focus()");
    outcome("menu.system.set(" + BAR + ")");
    page.await("innerWidth === 640 && innerHeight === 400");
    // 'Alles' of the third menu, by its place.
    page.evaluate("field.setSelectionRange(0, 0)");
    desktop.press("F10");
    awaitPopup(true);
    desktop.press("Left");
    desktop.press("Down");
    desktop.press("Return");
    awaitChosen("[['system', 'Edit', 'Alles', false]]");
    page.await("field.selectionEnd - field.selectionStart === 'plumage'.length");
    Desktop.Area area = window.area();
    desktop.click(area.x() + 20, area.y() + 10);
    awaitPopup(true);
    desktop.click(area.x() + area.width() / 2, area.y() + area.height() - 20);
    awaitPopup(false);
    page.await("document.hasFocus()");
    outcome("menu.system.set('')");
    desktop.press("Control_L", "n");
    page.await("keys.includes('n') && innerHeight === 400");
    assertEquals(1, page.evaluate("chosen.length").asInt());
  }

  @Test
  void aMenuThatTheMouseOpenedHearsTheKeysAndThePageDoesNot() throws IOException {
    start(ALLOWED);
    clickPage();
    page.evaluate("field.focus()");
    outcome("menu.system.set(" + BAR + ")");
    page.await("innerWidth === 640 && innerHeight === 400");
    long pageFocus = desktop.inputFocus();
    Desktop.Area area = window.area();
    desktop.click(area.x() + 20, area.y() + 10);
    awaitPopup(true);
    desktop.press("Escape");
    awaitPopup(false);
    app.await(() -> desktop.inputFocus() == pageFocus, "the page's keys", RunningApp.SOON);
    desktop.click(area.x() + 20, area.y() + 10);
    awaitPopup(true);
    desktop.press("Down");
    desktop.press("Return");
    awaitChosen("[['system', 'File', 'New', false]]");
    app.await(() -> desktop.inputFocus() == pageFocus, "the page's keys", RunningApp.SOON);
    // Nor where it takes the place of another one.
    desktop.click(3, area.x() + 300, area.y() + 200);
    awaitPopup(true);
    desktop.click(area.x() + 20, area.y() + 10);
    app.await(
        () -> desktop.popup().filter(menu -> menu.y() < area.y() + 100).isPresent(),
        "the menu of the bar in the place of the page's",
        RunningApp.SOON);
    desktop.press("Down");
    desktop.press("Return");
    page.await("chosen.length === 2 && chosen[1][2] === 'New'");
    app.await(() -> desktop.inputFocus() == pageFocus, "the page's keys", RunningApp.SOON);
    desktop.type("q");
    page.await("keys.includes('q')");
    assertEquals("[\"q\"]", page.evaluate("JSON.stringify(keys)").asText());
  }

  @Test
  void whatIsNoMenuIsSaidAndThePolicyDecides() throws IOException {
    start("policy[] = connect-src 'self' ipc://application/setSystemMenu\n");
    String code = "menu.system.set(%s)";
    for (String[] wrong :
        new String[][] {
          {"(() => { const a = {}; a.File = a; return a })()", "it holds itself"},
          {
            "{File: Object.fromEntries(Array.from({length: 10000}, (_, i) => ['i' + i, '_']))}",
            "1000"
          },
          {"'Lonely: l'", "stands in a menu"},
          {"{File: [{label: 'x', role: 'explode'}]}", "no role"},
          {"{File: {New: 'n + Hyper'}}", "no modifier"}
        }) {
      JsonNode outcome = outcome(code.formatted(wrong[0]));
      assertEquals("ERR_MENU_SYNTAX", outcome.path("code").asText(), outcome::toString);
      assertTrue(outcome.path("message").asText().contains(wrong[1]), outcome::toString);
    }
    assertTrue(outcome(code.formatted("'File:\\nNew: n;'")).has("value"));
    JsonNode denied = outcome("menu.context.set('Cut: _')");
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
    assertTrue(
        denied.path("message").asText().contains("ipc://window/setContextMenu"), denied::toString);
  }

  @Test
  @Shows(Feature.CONTEXT_MENU)
  void thePageOpensAMenuAtThePointerAndByItselfThePageHasOneForEditing() throws IOException {
    start(ALLOWED);
    clickPage();
    page.evaluate(
        "void addEventListener('contextmenu', e => { if (e.target === field) return;"
            + " e.preventDefault(); menu.context.set('Inspect nest: _\\n---\\nFly away: f') })");
    Desktop.Area area = window.area();
    desktop.click(3, area.x() + 300, area.y() + 200);
    awaitPopup(true);
    desktop.press("Down");
    desktop.press("Down");
    desktop.press("Return");
    awaitChosen("[['context', '', 'Fly away', false]]");
    page.await("document.hasFocus()");
    // Of the field's own menu, Cut: by its letter.
    page.evaluate("void (field.focus(), field.select())");
    JsonNode at = page.evaluate("({x: field.offsetLeft + 20, y: field.offsetTop + 8})");
    desktop.click(3, area.x() + at.path("x").asInt(), area.y() + at.path("y").asInt());
    awaitPopup(true);
    desktop.press("t");
    page.await("field.value === ''");
    awaitPopup(false);
  }

  @Test
  @Shows(Feature.MESSAGE_BOX)
  void aMessageBoxAnswersWhatThePersonPressesAndHtmlIsText() throws IOException {
    start(ALLOWED);
    clickPage();
    String ask =
        "void (globalThis.answer = outcome(() => win.showMessageBox({title: 'Nest', message:"
            + " '<html><b>Leave?', type: 'question', buttons: ['Fly', 'Stay', 'Cancel'], defaultId:"
            + " 1, checkboxLabel: 'Never ask'})))";
    page.evaluate(ask);
    awaitDialog();
    page.awaitDialog(
        named -> named.stream().anyMatch(line -> line.contains("Never ask")), "its check box");
    page.press("\r");
    assertEquals("{\"value\":{\"response\":1,\"checkboxChecked\":false}}", sorted("answer"));
    page.evaluate(ask);
    awaitDialog();
    assertEquals(
        "ERR_MESSAGE_OPEN", outcome("win.showMessageBox({message: 'two'})").path("code").asText());
    desktop.press("Escape");
    assertEquals(2, page.evaluate("answer").path("value").path("response").asInt(-1));
    assertEquals(
        "ERR_INVALID_CALL",
        outcome("win.showMessageBox({message: 'x'.repeat(20000)})").path("code").asText());
  }

  private String sorted(String promise) {
    JsonNode value = page.evaluate(promise).path("value");
    return "{\"value\":{\"response\":"
        + value.path("response")
        + ",\"checkboxChecked\":"
        + value.path("checkboxChecked")
        + "}}";
  }

  private void awaitDialog() {
    app.await(
        () -> desktop.window("Nest - Menus").filter(Desktop.Seen::isActive).isPresent(),
        "the message",
        RunningApp.SOON);
  }

  @Test
  void theRoleOfClosingAsksThePageFirst() throws IOException {
    start(ALLOWED);
    clickPage();
    page.evaluate(
        "void (globalThis.asked = 0, win.addEventListener('close', e => { asked++;"
            + " if (asked === 1) e.preventDefault() }))");
    outcome("menu.system.set({'&File': [{label: 'End', accelerator: 'F7', role: 'close'}]})");
    desktop.press("F7");
    page.await("asked === 1");
    // It stays, and is asked again; then it goes.
    desktop.press("F7");
    app.await(
        () -> desktop.window("Menus").filter(Desktop.Seen::isViewable).isEmpty(),
        "the end of the window",
        RunningApp.SOON);
  }

  @Test
  @Shows({Feature.SCREENS, Feature.OPEN_EXTERNAL})
  void screensAreToldAndOnlyLinksOfTheWebLeaveTheApp() throws IOException {
    start(ALLOWED);
    JsonNode screens = page.evaluate("application.getScreens()");
    assertEquals(1, screens.size(), screens::toString);
    JsonNode main = screens.get(0);
    assertEquals(1920, main.path("bounds").path("width").asInt(), screens::toString);
    assertEquals(1.0, main.path("scaleFactor").asDouble(), screens::toString);
    assertTrue(main.path("primary").asBoolean(), screens::toString);
    for (String link : new String[] {"file:///etc/passwd", "javascript:1", "smb://x/y"}) {
      JsonNode refused = outcome("win.openExternal('" + link + "')");
      assertEquals("ERR_LINK_NOT_ALLOWED", refused.path("code").asText(), refused::toString);
    }
  }

  private void awaitPopup(boolean shown) {
    app.await(() -> desktop.isPopupShown() == shown, shown ? "a menu" : "no menu", RunningApp.SOON);
  }
}
