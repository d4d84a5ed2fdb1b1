package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Shortcuts that an app has while another program has the focus: real keys, two real programs. */
class HotkeySuite {
  private static final String MAY =
      "[security]\npolicy[] = connect-src ipc://hotkey/bind/control+shift+k"
          + " ipc://hotkey/bind/alt+f9 ipc://hotkey/bind/k ipc://hotkey/bindings"
          + " ipc://hotkey/mappings\n";

  private static final String HEARS =
      "globalThis.keys = await import('socket:window/hotkey'); globalThis.came = [];"
          + "globalThis.typed = []; addEventListener('keydown', e => typed.push(e.code));"
          + "keys.addEventListener('hotkey', e => came.push(e.expression))";

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

  private RunningApp start(String title, String lines) throws IOException {
    RunningApp app = APPS.startOn(desktop, "windows", lines, folder.resolve(title));
    app.page().evaluate("outcome(() => win.setTitle('" + title + "'))");
    app.page().run(HEARS);
    return app;
  }

  private static JsonNode bind(RunningApp app, String keys) {
    return app.page()
        .evaluate(
            "keys.bind('"
                + keys
                + "').then(b => ({value: {expression: b.expression, sequence: b.sequence, active:"
                + " b.isActive}}), fault => ({code: fault.code, message: fault.message}))");
  }

  private static void awaitKeys(RunningApp app, String title) {
    app.page().evaluate("outcome(() => win.focus())");
    app.await(
        () -> desktop.window(title).filter(Desktop.Seen::hasKeysInPage).isPresent(),
        "the keys for " + title,
        RunningApp.SOON);
    app.page().await("document.hasFocus()");
  }

  private static void awaitBound(RunningApp app, String keys) {
    app.page()
        .await(
            "keys.bind('"
                + keys
                + "').then(() => true, fault => (globalThis.why = fault.code, false))");
  }

  @Test
  @Shows(Feature.GLOBAL_SHORTCUTS)
  void aShortcutReachesItsPageWhileAnotherProgramHasTheFocusAndLocksAreOn() throws IOException {
    RunningApp one = start("One", MAY);
    RunningApp other = start("Other", MAY);
    JsonNode bound = bind(one, "Shift + Ctrl + K").path("value");
    assertEquals("control+shift+k", bound.path("expression").asText(), bound::toString);
    assertEquals("[\"control\",\"shift\",\"k\"]", bound.path("sequence").toString());
    assertTrue(bound.path("active").asBoolean());
    assertEquals(1, one.page().evaluate("keys.getBindings().then(all => all.length)").asInt());
    awaitKeys(other, "Other");
    int presses = 0;
    for (String lock : new String[] {"", "Caps_Lock", "Num_Lock", "Caps_Lock", "Num_Lock"}) {
      if (!lock.isEmpty()) {
        desktop.press(lock);
      }
      desktop.press("Control_L", "Shift_L", "k");
      presses++;
      one.page().await("came.length === " + presses + " && came[0] === 'control+shift+k'");
    }
    assertEquals(
        "false",
        other.page().evaluate("typed.includes('KeyK')").toString(),
        "the other program has had the key");
    // It is one program's alone, until that gives it back.
    JsonNode taken = bind(other, "control+shift+k");
    assertEquals("ERR_HOTKEY_TAKEN", taken.path("code").asText(), taken::toString);
    one.page().evaluate("keys.unbind('control+shift+k').then(() => true)");
    desktop.press("Control_L", "Shift_L", "k");
    other.page().await("typed.includes('KeyK')");
    assertEquals(presses, one.page().evaluate("came.length").asInt());
    assertEquals("", bind(other, "control+shift+k").path("code").asText());
  }

  @Test
  void aShortcutGoesWithItsDocumentAndWithItsProgramHoweverThatEnds() throws IOException {
    RunningApp one = start("One", MAY);
    RunningApp other = start("Other", MAY);
    assertEquals("", bind(one, "alt+f9").path("code").asText());
    assertEquals("ERR_HOTKEY_TAKEN", bind(other, "alt+f9").path("code").asText());
    one.page().tell("location.reload()");
    awaitBound(other, "alt+f9");
    assertEquals(
        "true", other.page().evaluate("keys.bindings.reset().then(() => true)").toString());
    one.page().await("document.documentElement?.dataset.ready === 'true'");
    one.page().run(HEARS);
    awaitBound(one, "alt+f9");
    assertEquals("ERR_HOTKEY_TAKEN", bind(other, "alt+f9").path("code").asText());
    one.destroy();
    awaitBound(other, "alt+f9");
  }

  @Test
  void onlyTheKeysThatThePolicyNamesAndNoneThatPeopleTypeWith() throws IOException {
    RunningApp app = start("One", MAY);
    JsonNode denied = bind(app, "control+shift+j");
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
    assertTrue(
        denied.path("message").asText().contains("ipc://hotkey/bind/control+shift+j")
            || denied.path("message").asText().contains("ipc://hotkey/bind/control%2Bshift%2Bj"),
        denied::toString);
    assertEquals("ERR_INVALID_HOTKEY", bind(app, "k").path("code").asText());
    assertEquals(
        "107", app.page().evaluate("keys.getMappings().then(all => all.keys.k)").toString());
    app.page().tell("win.close()");
    app.awaitExit();
    RunningApp without = start("Without", MAY + "[permissions]\nallow_hotkeys = false\n");
    JsonNode refused = bind(without, "control+shift+k");
    assertEquals("ERR_HOTKEYS_NOT_ALLOWED", refused.path("code").asText(), refused::toString);
  }
}
