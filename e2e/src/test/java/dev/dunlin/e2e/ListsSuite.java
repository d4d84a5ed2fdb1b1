package dev.dunlin.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a page opens above its window, chosen from by a real mouse. Both window managers offer the
 * keys to a window at every press, to one that has them too.
 */
class ListsSuite {
  private static final List<String> OPTIONS = List.of("One", "Two", "Three", "Four");

  private static final int LEFT = 100;
  private static final int TOP = 60;
  private static final int WIDTH = 120;
  private static final int HEIGHT = 20;

  /** What is at the right end of a field of a form and opens it. */
  private static final int END = 10;

  @RegisterExtension static final Apps APPS = new Apps();

  private static final Map<String, Desktop> DESKTOPS = new HashMap<>();

  @TempDir Path folder;

  private Desktop desktop;
  private RunningApp app;
  private Page page;

  @BeforeAll
  static void open() {
    DESKTOPS.put("openbox", Desktop.startFull());
    DESKTOPS.put("jwm", Desktop.start());
  }

  @AfterAll
  static void close() {
    DESKTOPS.values().forEach(Desktop::close);
  }

  /** Shows a page with one element, and the keys in it. */
  private Desktop.Seen start(String manager, String element) throws IOException {
    desktop = DESKTOPS.get(manager);
    app = APPS.startOn(desktop, "windows", "[window]\nwidth = 700\nheight = 500\n", folder);
    page = app.page();
    page.run(
        element
            + " it.id = 'it'; document.body.append(it); const sheet = new CSSStyleSheet();"
            + " sheet.replaceSync('#it { position: fixed; left: %dpx; top: %dpx; width: %dpx;"
                .formatted(LEFT, TOP, WIDTH)
            + " height: %dpx }'); document.adoptedStyleSheets = [sheet];".formatted(HEIGHT)
            + " await new Promise(done => requestAnimationFrame(() =>"
            + " requestAnimationFrame(done)))");
    desktop.awaitKeys(app, "First");
    page.await("document.hasFocus()");
    return desktop.window("First").get();
  }

  private Desktop.Seen startList(String manager) throws IOException {
    StringBuilder options = new StringBuilder("const it = document.createElement('select');");
    OPTIONS.forEach(option -> options.append("it.append(new Option('" + option + "'));"));
    return start(manager, options.toString());
  }

  private void press(Desktop.Seen window, int right) {
    Desktop.Area area = window.area();
    desktop.hold(area.x() + LEFT + WIDTH - right, area.y() + TOP + HEIGHT / 2);
  }

  private Desktop.Area popup() {
    app.await(() -> desktop.popup().isPresent(), "what it opens", RunningApp.SOON);
    return desktop.popup().get();
  }

  /** Moves the mouse to an option until that is shown as the one below it. */
  private void pointAt(Desktop.Area list, int option) {
    int x = list.x() + list.width() - END;
    int other = (option + 1) % OPTIONS.size();
    List<Integer> moves = new ArrayList<>();
    app.await(
        () -> {
          desktop.moveTo(x - moves.size() % 2, y(list, option));
          moves.add(option);
          return desktop.colour(x + 2, y(list, option)) != desktop.colour(x + 2, y(list, other));
        },
        "option " + option + " below the mouse",
        RunningApp.SOON);
  }

  private static int y(Desktop.Area list, int option) {
    return list.y() + list.height() * (2 * option + 1) / (2 * OPTIONS.size());
  }

  private void awaitValue(int option) {
    page.await("it.value === '" + OPTIONS.get(option) + "'");
    app.await(() -> desktop.popup().isEmpty(), "no list", RunningApp.SOON);
  }

  private void pickByTwoClicks(Desktop.Seen window, int option) {
    press(window, WIDTH / 2);
    desktop.letGo();
    Desktop.Area list = popup();
    pointAt(list, option);
    desktop.click(list.x() + list.width() - END, y(list, option));
    awaitValue(option);
  }

  private void pickByOnePress(Desktop.Seen window, int option) {
    press(window, WIDTH / 2);
    pointAt(popup(), option);
    desktop.letGo();
    awaitValue(option);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openbox", "jwm"})
  void anOptionIsPickedByTwoClicksOrByOnePressThatIsHeld(String manager) throws IOException {
    Desktop.Seen window = startList(manager);
    pickByTwoClicks(window, 1);
    pickByOnePress(window, 2);
    pickByTwoClicks(window, 3);
    pickByOnePress(window, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openbox", "jwm"})
  void thePressThatBringsTheWindowForwardOpensTheList(String manager) throws IOException {
    Desktop.Seen window = startList(manager);
    page.evaluate(
        "outcome(() => app.createWindow({path: 'second.html', index: 1, width: 300, height: 200,"
            + " x: 20, y: 20}))");
    desktop.awaitKeys(app, "Second");
    pickByTwoClicks(window, 1);
    desktop.awaitKeys(app, "First");
    Desktop.Area second = desktop.window("Second").get().area();
    desktop.click(second.x() + second.width() / 2, second.y() + second.height() / 2);
    desktop.awaitKeys(app, "Second");
    pickByOnePress(window, 2);
    desktop.awaitKeys(app, "First");
  }

  /** They open when the button is let go. */
  @ParameterizedTest
  @CsvSource({
    "openbox, date, it.value !== '2026-01-15'",
    "openbox, color, it.value !== '#ff0000'",
    "jwm, date, it.value !== '2026-01-15'"
  })
  void aDayAndAColourArePickedFromWhatTheirFieldsOpen(String manager, String type, String picked)
      throws IOException {
    Desktop.Seen window =
        start(
            manager,
            "const it = document.createElement('input'); it.type = '%s'; it.value = '%s';"
                .formatted(type, type.equals("date") ? "2026-01-15" : "#ff0000"));
    press(window, END);
    desktop.letGo();
    Desktop.Area area = popup();
    // Chromium drops what comes before its first paint.
    app.await(
        () -> {
          desktop.click(area.x() + area.width() / 2, area.y() + area.height() / 2);
          return page.evaluate(picked).asBoolean();
        },
        "a choice",
        RunningApp.SOON);
  }
}
