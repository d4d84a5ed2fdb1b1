package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.e2e.Desktop.Area;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Windows as the page, the person and the window manager see them: what is claimed is looked at on
 * the X server, not only asked of the app.
 */
class WindowSuite {
  /** Looks at the colour of a window that opens; a thousand take some 200 ms. */
  private static final int SAMPLES = 3_000;

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

  /** The app, its page and its window on our desktop. */
  private record Opened(RunningApp app, Page page, Desktop.Seen seen) {
    JsonNode ask(String call) {
      return page.evaluate("ask(" + call + ")");
    }

    void await(BooleanSupplier condition, String what) {
      app.await(condition, what, RunningApp.SOON);
    }

    void awaitContent(int width, int height) {
      await(
          () -> seen.area().width() == width && seen.area().height() == height,
          "a content of " + width + " by " + height);
      page.await("innerWidth === " + width + " && innerHeight === " + height);
    }
  }

  private Path appWith(String lines) throws IOException {
    Path app = folder.resolve("window");
    Layout.copyTree(Apps.named("window"), app);
    Files.writeString(app.resolve("socket.ini"), lines, StandardOpenOption.APPEND);
    return app;
  }

  private RunningApp.Start onDesktop(Path app) {
    return RunningApp.Start.of(app)
        .withWords()
        .driven()
        .variable("DISPLAY", desktop.name())
        .variable("XAUTHORITY", desktop.authority());
  }

  private Opened open(String lines) throws IOException {
    RunningApp app = APPS.start(onDesktop(appWith(lines)));
    app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    Page page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    return new Opened(app, page, seen(app));
  }

  private static Desktop.Seen seen(RunningApp app) {
    AtomicReference<Desktop.Seen> seen = new AtomicReference<>();
    app.await(
        () -> {
          desktop.window("Window").filter(Desktop.Seen::isViewable).ifPresent(seen::set);
          return seen.get() != null;
        },
        "the window on the desktop",
        RunningApp.SOON);
    return seen.get();
  }

  @Test
  void movesAndSizesTheWindowAsThePageAsks() throws IOException {
    Opened window = open("[window]\nwidth = 500\nheight = 300\n");
    window.awaitContent(500, 300);
    JsonNode state = window.ask("'setSize', {width: 640, height: '50%'}");
    assertEquals(640, state.path("width").asInt(), state::toString);
    assertEquals(540, state.path("height").asInt(), state::toString);
    window.awaitContent(640, 540);
    window.ask("'setPosition', {x: 120, y: 90}");
    window.await(
        () -> window.seen().outer().x() == 120 && window.seen().outer().y() == 90,
        "the window at 120, 90");
    window.page().await("win.update().then(() => win.position.x === 120 && win.position.y === 90)");
    assertEquals(
        "{\"width\":640,\"height\":540}", window.page().evaluate("win.getSize()").toString());
    // What the person does, the page sees.
    window.seen().drag(700, 500);
    window.awaitContent(700, 500);
    window.page().await("win.update().then(() => win.size.width === 700)");
  }

  @Test
  void hidesAndShowsTheWindow() throws IOException {
    Opened window = open("");
    window
        .page()
        .evaluate(
            "globalThis.told = []; for (const name of ['applicationpause', 'applicationresume'])"
                + " addEventListener(name, () => told.push(name))");
    assertFalse(window.ask("'hide'").path("visible").asBoolean(true));
    window.await(() -> !window.seen().isViewable(), "the window to be hidden");
    assertTrue(window.ask("'show'").path("visible").asBoolean());
    window.await(window.seen()::isViewable, "the window to be shown");
    window.page().await("told.join() === 'applicationpause,applicationresume'");
    window.ask("'minimize'");
    window.ask("'restore'");
    window.page().await("told.length === 4 && told[2] === 'applicationpause'");
  }

  @Test
  void maximisesMinimisesAndRestores() throws IOException {
    Opened window = open("[window]\nwidth = 500\nheight = 300\n");
    window.awaitContent(500, 300);
    assertTrue(window.ask("'maximize'").path("maximized").asBoolean());
    assertTrue(window.seen().isMaximized(), "the window manager says that it is not");
    window.await(() -> window.seen().area().width() > 1_800, "a window as wide as the screen");
    JsonNode minimised = window.ask("'minimize'");
    assertTrue(minimised.path("minimized").asBoolean(), minimised::toString);
    assertTrue(window.seen().isMinimized(), "the window manager says that it is not");
    JsonNode back = window.ask("'restore'");
    assertFalse(back.path("minimized").asBoolean(true), back::toString);
    assertTrue(back.path("maximized").asBoolean(), "restoring undoes what was last: " + back);
    JsonNode normal = window.ask("'restore'");
    assertFalse(normal.path("maximized").asBoolean(true), normal::toString);
    assertFalse(window.seen().isMaximized(), "the window manager says that it still is");
    window.awaitContent(500, 300);
  }

  @Test
  void showsTheTitleThatThePageGives() throws IOException {
    Opened window = open("");
    assertEquals("Ärger 漢字", window.ask("'setTitle', 'Ärger 漢字'").path("title").asText());
    window.await(() -> window.seen().title().equals("Ärger 漢字"), "the title");
    assertEquals("Ärger 漢字", window.page().evaluate("win.getTitle()").asText());
  }

  @Test
  @Shows(Feature.DEVTOOLS)
  void itsWindowsAreTheAppsToTheDesktop() throws IOException {
    Opened window = open("");
    String own = "dev.dunlin.e2e.window";
    assertEquals(List.of(own, own), window.seen().classes());
    window.ask("'showInspector'");
    window.await(() -> desktop.windows().size() == 2, "the developer tools");
    assertEquals(
        List.of(own, own), desktop.windows().stream().map(one -> one.classes().get(1)).toList());
  }

  @Test
  void closesWhenThePageSaysSo() throws IOException {
    Opened window = open("");
    window.page().tell("win.close()");
    assertEquals(0, window.app().awaitExit());
    assertTrue(desktop.window("Window").isEmpty(), "the window is still there");
  }

  @Test
  void closesWhenThePersonSaysSo() throws IOException {
    Opened window = open("");
    assertTrue(window.seen().actions().contains("_NET_WM_ACTION_CLOSE"));
    window.seen().pressClose();
    assertEquals(0, window.app().awaitExit());
  }

  @Test
  void leavesOutAndUndoesWhatSocketIniTakesFromAWindow() throws IOException {
    Opened window = open("[window]\nclosable = false\nminimizable = false\nmaximizable = false\n");
    window.await(
        () ->
            window.seen().actions().stream()
                .noneMatch(action -> action.matches(".*_(CLOSE|MINIMIZE|MAXIMIZE_HORZ)")),
        "a frame without those buttons, not " + window.seen().actions());
    for (String command : List.of("minimize", "maximize")) {
      JsonNode refused = window.ask("'" + command + "'");
      assertEquals("ERR_WINDOW_FIXED", refused.path("code").asText(), refused::toString);
    }
    window.seen().noteChanges();
    window.seen().pressClose();
    window.seen().pressMinimize();
    window.seen().pressMaximize();
    // Of one client the window manager takes what is asked in turn: now it has done all of that.
    window.seen().drag(640, 480);
    window.awaitContent(640, 480);
    List<String> changes = new ArrayList<>();
    window.await(
        () -> {
          changes.addAll(window.seen().changes());
          return window.seen().isViewable()
              && !window.seen().isMinimized()
              && !window.seen().isMaximized();
        },
        "the window as it was");
    assertTrue(
        Collections.frequency(changes, "WM_STATE") >= 2,
        () -> "it was not minimised, so nothing was undone: " + changes);
    window.page().tell("win.close()");
    assertEquals(0, window.app().awaitExit(), "the page may close it all the same");
  }

  @Test
  void keepsTheSizeWithinItsBounds() throws IOException {
    Opened window =
        open(
            "[window]\nwidth = 500\nheight = 300\nmin_width = 300\nmin_height = 200\n"
                + "max_width = 800\nmax_height = 600\n");
    window.awaitContent(500, 300);
    window.ask("'setSize', {width: 5000, height: 5000}");
    window.awaitContent(800, 600);
    window.ask("'setSize', {width: 10, height: 10}");
    window.awaitContent(300, 200);
    window.seen().drag(1_200, 1_000);
    window.awaitContent(800, 600);
    window.seen().drag(20, 20);
    window.awaitContent(300, 200);
    assertEquals("ERR_WINDOW_FIXED", window.ask("'maximize'").path("code").asText());
    window.seen().pressMaximize();
    window.seen().drag(400, 350);
    window.awaitContent(400, 350);
  }

  @Test
  void keepsAFixedSizeWhateverThePersonDoesAndTakesThePages() throws IOException {
    Opened window = open("[window]\nwidth = 500\nheight = 300\nresizable = false\n");
    window.awaitContent(500, 300);
    assertFalse(window.seen().actions().contains("_NET_WM_ACTION_RESIZE"));
    window.ask("'setSize', {width: 420, height: 320}");
    window.awaitContent(420, 320);
  }

  @Test
  @Shows(Feature.FRAMELESS)
  void hasNoFrameWhereSocketIniTakesItAway() throws IOException {
    Opened framed = open("[window]\nwidth = 500\nheight = 300\n");
    framed.await(
        () -> framed.seen().outer().height() > framed.seen().area().height(), "a frame around it");
    framed.page().tell("win.close()");
    framed.app().awaitExit();
    Layout.deleteTree(folder.resolve("window"));
    Opened window = open("[window]\nwidth = 500\nheight = 300\nframeless = true\nutility = true\n");
    Area outer = window.seen().outer();
    assertEquals(window.seen().area(), outer);
    assertEquals(new Area(outer.x(), outer.y(), 500, 300), outer);
    assertTrue(window.seen().isUtility());
  }

  @Test
  void hasTheIconOfSocketIni() throws IOException {
    Path app = appWith("[linux]\nicon = src/icon.png\n");
    ImageIO.write(
        new BufferedImage(24, 24, BufferedImage.TYPE_INT_RGB),
        "png",
        app.resolve("src/icon.png").toFile());
    RunningApp running = APPS.start(onDesktop(app));
    Desktop.Seen seen = seen(running);
    running.await(
        () -> seen.iconSize().equals(List.of(24L, 24L)), "the icon of 24 by 24", RunningApp.SOON);
  }

  @Test
  void showsTheColourOfTheThemeAndNoWhiteInTheDark() throws IOException {
    Path app =
        appWith(
            "[window]\nbackgroundColorLight = rgba(200, 100, 50, 1)\n"
                + "backgroundColorDark = rgba(20, 40, 60, 1)\n");
    coloursSeen(onDesktop(app), false, 0xc86432);
    List<Integer> dark =
        coloursSeen(onDesktop(app).variable("GTK_THEME", "Adwaita:dark"), true, 0x14283c);
    // Chromium's own window is there some milliseconds before the page's first picture: in the
    // dark, it is dark too.
    assertTrue(
        dark.stream().allMatch(colour -> (colour & 0xc0c0c0) == 0),
        () -> "too bright: " + dark.stream().map("%06x"::formatted).distinct().toList());
  }

  /**
   * What the screen shows from the moment the window is there. The page has no colour of its own:
   * what shines through is the window's.
   */
  private static List<Integer> coloursSeen(RunningApp.Start start, boolean dark, int own) {
    RunningApp app = APPS.start(start);
    List<Integer> colours = new ArrayList<>();
    Desktop.Seen seen = seen(app);
    // As long as this page takes to come, many times over.
    for (int i = 0; i < SAMPLES; i++) {
      colours.add(seen.colour());
    }
    Page page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    app.await(
        () -> {
          colours.add(seen.colour());
          return colours.get(colours.size() - 1) == own;
        },
        "the colour of socket.ini",
        RunningApp.SOON);
    assertEquals(
        dark, page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches").asBoolean());
    page.tell("win.close()");
    app.awaitExit();
    return colours;
  }

  @Test
  void saysSoWhereThereIsNoWindowManager() throws IOException {
    RunningApp app = APPS.start(RunningApp.Start.of(appWith("")).driven());
    Page page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    JsonNode refused = page.evaluate("ask('maximize')");
    assertEquals("ERR_WINDOW_MANAGER", refused.path("code").asText(), refused::toString);
    JsonNode state = page.run("await win.update(); return win.state");
    assertFalse(state.path("maximized").asBoolean(true), state::toString);
    // Sizes need none.
    page.evaluate("ask('setSize', {width: 444, height: 333})");
    page.await("innerWidth === 444 && innerHeight === 333");
  }

  @Test
  void keepsTheSizeWithinItsBoundsWithoutAWindowManagersHelp() throws IOException {
    Path app = appWith("[window]\nwidth = 500\nheight = 300\nmax_width = 800\nmin_height = 200\n");
    Page page = APPS.start(RunningApp.Start.of(app).driven()).page();
    page.await("document.documentElement.dataset.ready === 'true'");
    page.evaluate("ask('setSize', {width: 5000, height: 20})");
    page.await("innerWidth === 800 && innerHeight === 200");
  }

  @Test
  void saysWhichSettingsHaveNoEffect() throws IOException {
    Opened window = open("[window]\ntitlebar_style = hidden\n[application]\nagent = true\n");
    window.app().awaitLine("[window] titlebar_style = hidden has no effect on Linux");
    window.app().awaitLine("[application] agent = true has no effect");
  }
}
