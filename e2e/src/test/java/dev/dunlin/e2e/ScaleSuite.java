package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Desktops whose pixels are small: what is seen, and where a real mouse comes down. */
class ScaleSuite {
  private static final String MAY = "[security]\npolicy[] = connect-src 'self' ipc:\n";

  /** A button of 20 by 20 CSS pixels, far from the corner, and how often it was pressed. */
  private static final String BUTTON =
      "const b = document.createElement('button'); b.id = 'far'; document.body.append(b);"
          + " const sheet = new CSSStyleSheet(); sheet.replaceSync('#far { position: fixed; left:"
          + " 600px; top: 300px; width: 20px; height: 20px }'); document.adoptedStyleSheets ="
          + " [sheet]; globalThis.pressed = []; addEventListener('mousedown', e =>"
          + " pressed.push([e.target === b, e.clientX, e.clientY]))";

  @RegisterExtension static final Apps APPS = new Apps();

  private static Desktop desktop;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    desktop = Desktop.startFull();
  }

  @AfterEach
  void forget() {
    desktop.resources("");
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  private static void dpi(double scale) {
    desktop.resources("*customization:\t-color\nXft.dpi:\t" + Math.round(96 * scale) + "\n");
  }

  private RunningApp start(String name, String lines, Map<String, String> variables)
      throws IOException {
    Path copy = folder.resolve(name);
    if (!Files.exists(copy)) {
      Layout.copyTree(Apps.named(name), copy);
      Files.writeString(copy.resolve("socket.ini"), lines + MAY, StandardOpenOption.APPEND);
    }
    RunningApp.Start start = RunningApp.Start.of(copy);
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      start = start.variable(variable.getKey(), variable.getValue());
    }
    return start(start);
  }

  private static RunningApp start(RunningApp.Start start) {
    RunningApp app =
        APPS.start(
            start
                .withWords()
                .driven()
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority()));
    app.page().await("document.documentElement?.dataset.ready === 'true'");
    // Chromium drops input that comes before a page's first paint.
    app.page().await("performance.getEntriesByType('paint').length > 0");
    return app;
  }

  private static Desktop.Seen seen(RunningApp app, String title) {
    app.await(
        () -> desktop.window(title).filter(Desktop.Seen::isViewable).isPresent(),
        "a window called " + title,
        RunningApp.SOON);
    return desktop.window(title).get();
  }

  private static void end(RunningApp app) {
    app.page().tell("win.close()");
    assertEquals(0, app.awaitExit());
  }

  /**
   * Chromium rounds both edges of a window outwards, to CSS pixels: its page is no smaller than it,
   * and less than two of them larger.
   */
  private static void awaitSize(Page page, int width, int height) {
    page.await(
        "innerWidth >= %1$d && innerWidth <= %1$d + 2 && innerHeight >= %2$d && innerHeight <= %2$d + 2"
            .formatted(width, height));
  }

  private static void assertNear(double wanted, double found, double most, Object what) {
    assertTrue(Math.abs(wanted - found) <= most, () -> what + ": " + found + ", not " + wanted);
  }

  private static double scale(RunningApp app) {
    double ratio = app.page().evaluate("devicePixelRatio").asDouble();
    JsonNode info = app.page().evaluate("outcome(() => win.update())").path("value");
    assertEquals(ratio, info.path("scale").asDouble(), info::toString);
    return ratio;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1.25, 1.5, 2})
  @Shows(Feature.FRACTIONAL_SCALE)
  void aWindowIsAsLargeAsItsDesktopSaysAndIsClickedWhereThingsAre(double scale) throws IOException {
    dpi(scale);
    RunningApp app = start("windows", "[window]\nwidth = 800\nheight = 400\n", Map.of());
    Page page = app.page();
    Desktop.Seen window = seen(app, "First");
    awaitSize(page, 800, 400);
    assertEquals(scale, scale(app));
    assertEquals(Math.round(800 * scale), window.area().width());
    assertEquals(Math.round(400 * scale), window.area().height());
    JsonNode screen = page.evaluate("({x: screen.width, y: screen.height})");
    assertNear(1920 / scale, screen.path("x").asDouble(), 1, "width of the screen");
    assertNear(1080 / scale, screen.path("y").asDouble(), 1, "height of the screen");
    JsonNode told = page.evaluate("app.getScreens()").path(0);
    assertEquals(scale, told.path("scaleFactor").asDouble(), told::toString);
    assertNear(screen.path("x").asInt(), told.path("bounds").path("width").asInt(), 1, told);

    page.run(BUTTON);
    Desktop.Area area = window.area();
    // One CSS pixel within each of two corners of it, and two outside them.
    for (int[] at : new int[][] {{601, 301}, {619, 319}, {598, 298}, {622, 322}}) {
      int before = page.evaluate("pressed.length").asInt();
      desktop.click(
          area.x() + (int) Math.round(at[0] * scale), area.y() + (int) Math.round(at[1] * scale));
      page.await("pressed.length === " + (before + 1));
      JsonNode pressed = page.evaluate("pressed.at(-1)");
      assertEquals(at[0] > 600 && at[0] < 620, pressed.path(0).asBoolean(), pressed::toString);
      assertNear(at[0], pressed.path(1).asDouble(), 1, pressed);
      assertNear(at[1], pressed.path(2).asDouble(), 1, pressed);
    }

    page.evaluate("win.setSize({width: 640, height: 360})");
    awaitSize(page, 640, 360);
    assertEquals(Math.round(640 * scale), window.area().width());
    page.evaluate("win.setPosition({x: 101, y: 51})");
    app.await(
        () ->
            window.outer().x() == Math.round(101 * scale)
                && window.outer().y() == Math.round(51 * scale),
        "it at its place",
        RunningApp.SOON);
    // The page's own idea of where it is: that of its menus and of input methods.
    page.await("Math.abs(screenX * %s - %d) <= 2".formatted(scale, window.area().x()));
  }

  @Test
  void aSecondWindowKeepsItsPlaceAndItsBoundsInCssPixels() throws IOException {
    dpi(1.5);
    RunningApp app = start("windows", "", Map.of());
    app.page()
        .evaluate(
            "outcome(() => app.createWindow({path: 'second.html', index: 1, width: 400, height:"
                + " 300, minWidth: 200, maxWidth: 500, x: 120, y: 80}))");
    Page second = app.page(1);
    Desktop.Seen window = seen(app, "Second");
    app.await(
        () -> window.outer().x() == 180 && window.outer().y() == 120,
        "it at its place",
        RunningApp.SOON);
    second.await("document.documentElement?.dataset.ready === 'true'");
    awaitSize(second, 400, 300);
    window.drag(1500, 450);
    app.await(() -> window.area().width() == 750, "the largest width", RunningApp.SOON);
    awaitSize(second, 500, 300);
    second.evaluate("win.setBounds({maxWidth: 450})");
    app.await(() -> window.area().width() == 675, "the new one", RunningApp.SOON);
    second.evaluate("win.setBounds({maxWidth: 900})");
    second.evaluate("win.setSize({width: '50%'})");
    app.await(() -> window.area().width() == 960, "half of the screen", RunningApp.SOON);
    awaitSize(second, 640, 300);
  }

  /** Chromium makes every window 800 by 600 of its own pixels: one that stays so is too large. */
  @Test
  void aPageFillsAWindowThatHasTheSizeWithWhichChromiumBegins() throws IOException {
    dpi(1.5);
    RunningApp app = start("windows", "[window]\nwidth = 533\nheight = 400\n", Map.of());
    awaitSize(app.page(), 533, 400);
    assertEquals(800, seen(app, "First").area().width());
  }

  @Test
  void aSettingsManagerIsHeardBeforeTheXResourcesAndAVariableBeforeBoth() throws IOException {
    dpi(1.25);
    Desktop.Settings manager =
        desktop.settings(
            Map.of(
                "Gdk/WindowScalingFactor", 2,
                "Gdk/UnscaledDPI", 72 * 1024,
                "Xft/DPI", 144 * 1024));
    try {
      RunningApp settings = start("windows", "", Map.of());
      assertEquals(1.5, scale(settings));
      end(settings);
      RunningApp variable = start("windows", "", Map.of("GDK_SCALE", "2"));
      assertEquals(2, scale(variable));
      end(variable);
      RunningApp own = start("windows", "", Map.of("GDK_SCALE", "2", "DUNLIN_SCALE", "1.75"));
      assertEquals(1.75, scale(own));
    } finally {
      manager.close();
    }
  }

  @Test
  void whatIsNoScaleIsSaidAndPassedOver() throws IOException {
    desktop.resources("Xft.dpi: 1e9\n");
    RunningApp app =
        start(
            "windows",
            "",
            Map.of("DUNLIN_SCALE", "-3", "GDK_SCALE", "0", "QT_SCALE_FACTOR", "abc"));
    assertEquals(1, scale(app));
    for (String wrong :
        List.of(
            "DUNLIN_SCALE is '-3'",
            "GDK_SCALE is '0'",
            "QT_SCALE_FACTOR is 'abc'",
            "Xft.dpi of the X resources is '1e9'")) {
      assertTrue(app.log().contains(wrong), app::log);
    }
  }

  @Test
  void sizeAndPlaceAreTheSameInCssPixelsAtTheNextStartWithAnotherScale() throws IOException {
    dpi(1.5);
    RunningApp first = start("windows", "[window]\nrestore = true\n", Map.of());
    first.page().evaluate("win.setSize({width: 641, height: 353})");
    first.page().evaluate("win.setPosition({x: 123, y: 77})");
    awaitSize(first.page(), 641, 353);
    Desktop.Seen at = seen(first, "First");
    first.await(() -> at.outer().x() == Math.round(123 * 1.5), "its place", RunningApp.SOON);
    String place = "win.update().then(() => [win.size, win.position])";
    String noted = first.page().evaluate(place).toString();
    end(first);
    for (double scale : new double[] {1.25, 2, 1}) {
      dpi(scale);
      RunningApp again = start(RunningApp.Start.of(folder.resolve("windows")).in(first));
      Desktop.Seen window = seen(again, "First");
      again.page().await("%s.then(now => JSON.stringify(now) === '%s')".formatted(place, noted));
      assertEquals(Math.round(641 * scale), window.area().width());
      again.await(
          () -> window.outer().x() == Math.round(123 * scale), "its place", RunningApp.SOON);
      end(again);
    }
  }

  @Test
  void menusAndDialogsAreAtTheMouseAndAsLargeAsThePage() throws IOException {
    List<Integer> menus = new ArrayList<>();
    List<Integer> messages = new ArrayList<>();
    List<Integer> choices = new ArrayList<>();
    for (double scale : new double[] {1, 2}) {
      dpi(scale);
      RunningApp app = start("menus", "", Map.of());
      Page page = app.page();
      Desktop.Area area = seen(app, "Menus").area();
      page.evaluate(
          "void addEventListener('contextmenu', e => { globalThis.asked = e.clientX;"
              + " e.preventDefault(); menu.context.set('Inspect nest: _\\nFly away: f') })");
      int x = area.x() + (int) (300 * scale);
      int y = area.y() + (int) (200 * scale);
      desktop.click(3, x, y);
      page.await("Math.abs(globalThis.asked - 300) <= 1");
      app.await(() -> desktop.popup().isPresent(), "a menu", RunningApp.SOON);
      Desktop.Area menu = desktop.popup().get();
      assertNear(x, menu.x(), 4, menu);
      assertNear(y, menu.y(), 4, menu);
      menus.add(menu.height());
      desktop.press("Escape");
      app.await(() -> desktop.popup().isEmpty(), "no menu", RunningApp.SOON);

      page.evaluate(
          "void outcome(() => win.showMessageBox({title: 'Nest', message: 'Leave the nest?'}))");
      messages.add(seen(app, "Nest - Menus").area().width());
      app.await(() -> seen(app, "Nest - Menus").isActive(), "its focus", RunningApp.SOON);
      desktop.press("Escape");
      end(app);

      RunningApp picking = start("pickers", "", Map.of("DBUS_SESSION_BUS_ADDRESS", "disabled:"));
      picking.page().evaluate("onClick(async () => { await showOpenFilePicker() })");
      picking.page().click("#try");
      Desktop.Seen dialog = seen(picking, "Open a file with Pickers");
      choices.add(dialog.area().width());
      picking.await(dialog::isActive, "its focus", RunningApp.SOON);
      desktop.press("Escape");
      picking.page().evaluate("clicked");
    }
    for (List<Integer> sizes : List.of(menus, messages, choices)) {
      double ratio = (double) sizes.get(1) / sizes.get(0);
      assertTrue(ratio > 1.4 && ratio < 2.4, () -> menus + " " + messages + " " + choices);
    }
  }

  @Test
  void aPictureHasThePixelsOfTheScreenAndIsBoundedInThem() throws IOException {
    dpi(2);
    Page page = start("windows", "", Map.of()).page();
    // The size in a PNG's first chunk.
    JsonNode size =
        page.run(
            "const png = await win.capturePage({clip: {x: 5, y: 5, width: 30, height: 20}});"
                + " const view = new DataView(png.buffer, png.byteOffset);"
                + " return [view.getUint32(16), view.getUint32(20)]");
    assertEquals("[60,40]", size.toString());
    JsonNode over =
        page.evaluate("outcome(() => win.capturePage({clip: {width: 8193, height: 1}}))");
    assertEquals("ERR_INVALID_CALL", over.path("code").asText(), over::toString);
  }

  /** A window of Chromium's own, which it places by itself. */
  @Test
  void aListOfThePageOpensBelowItAndIsChosenFromWhereItIsShown() throws IOException {
    dpi(1.5);
    RunningApp app = start("windows", "", Map.of());
    Page page = app.page();
    page.run(
        "const list = document.createElement('select'); list.id = 'list';"
            + " list.append(new Option('One'), new Option('Two'), new Option('Three'));"
            + " const sheet = new CSSStyleSheet(); sheet.replaceSync('#list { position: fixed;"
            + " left: 100px; top: 60px; width: 120px; height: 20px }');"
            + " document.adoptedStyleSheets = [sheet]; document.body.append(list);"
            + " await new Promise(done => requestAnimationFrame(() =>"
            + " requestAnimationFrame(done)))");
    Desktop.Seen window = seen(app, "First");
    Desktop.Area area = window.area();
    desktop.click(area.x() + 600, area.y() + 500);
    app.await(window::hasKeysInPage, "the keys for the page", RunningApp.SOON);
    page.await("document.hasFocus()");
    desktop.click(area.x() + 240, area.y() + 105);
    app.await(() -> desktop.popup().isPresent(), "the list", RunningApp.SOON);
    Desktop.Area list = desktop.popup().get();
    assertNear(area.x() + 150, list.x(), 4, list);
    assertNear(area.y() + 120, list.y(), 4, list);
    desktop.click(list.x() + list.width() / 2, list.y() + list.height() / 2);
    page.await("list.value === 'Two'");
  }

  @Test
  void aFramelessWindowFollowsTheMouseWhateverTheScaleAndTheZoom() throws IOException {
    dpi(1.5);
    RunningApp app = start("windows", "", Map.of());
    app.page()
        .evaluate(
            "outcome(() => app.createWindow({path: 'second.html', index: 1, width: 400, height:"
                + " 300, frameless: true, x: 200, y: 150}))");
    Page second = app.page(1);
    Desktop.Seen window = seen(app, "Second");
    second.await("globalThis.win !== undefined");
    second.evaluate("win.setZoom(1.2)");
    second.await("Math.abs(devicePixelRatio - 1.8) < 0.01");
    second.run(
        "const sheet = new CSSStyleSheet();"
            + "sheet.replaceSync('body { -webkit-app-region: drag; height: 90vh }');"
            + "document.adoptedStyleSheets = [sheet];"
            + "await import('socket:window/drag');"
            + "globalThis.presses = 0; addEventListener('pointerdown', () => presses++);"
            + "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    app.await(() -> window.area().x() == 300 && window.area().y() == 225, "it", RunningApp.SOON);
    // The zoom is not in it: an input method's candidates are placed by that.
    second.await("Math.abs(screenX - 200) <= 1 && Math.abs(screenY - 150) <= 1");
    desktop.drag(
        500,
        425,
        620,
        515,
        () -> {
          second.await("presses === 1");
          second.evaluate("outcome(() => win.update())");
        });
    app.await(
        () -> window.area().x() == 420 && window.area().y() == 315,
        "it moved to where the mouse is",
        RunningApp.SOON);
  }
}
