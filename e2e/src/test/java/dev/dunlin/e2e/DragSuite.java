package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files that a person drags out of another program's window and drops on the page. */
class DragSuite {
  @RegisterExtension static final Apps APPS = new Apps();

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PYTHON = "/usr/bin/python3";
  private static final String SMALL = "[window]\nwidth = 500\nheight = 400\n";

  @TempDir Path temp;
  private Desktop desktop;
  private Path folder;
  private RunningApp app;
  private Page page;
  private ChildProcess neighbour;

  @BeforeEach
  void open() throws IOException {
    folder = temp.toRealPath();
    Files.createDirectories(folder.resolve("notes"));
    for (String file : new String[] {"one.txt", "two.txt", "notes/in.txt"}) {
      Files.writeString(folder.resolve(file), file);
    }
    desktop = Desktop.startFull();
  }

  @AfterEach
  void close() {
    if (neighbour != null) {
      neighbour.killTree();
    }
    app.close();
    desktop.close();
  }

  private void start(String... offered) throws IOException {
    startNeighbour(offered);
    startApp("drops", "");
  }

  private void startApp(String name, String lines) throws IOException {
    app = APPS.startOn(desktop, name, lines, folder.resolve("apps"));
    page = app.page();
    String title = name.equals("drops") ? "Drops" : "First";
    for (String seen : new String[] {"Neighbour", title}) {
      app.await(() -> desktop.window(seen).isPresent(), seen, RunningApp.SOON);
    }
    page.await("performance.getEntriesByType('paint').length > 0");
  }

  private void startNeighbour(String... offered) {
    List<String> words = new ArrayList<>();
    words.add(Layout.jdk().resolve("bin/java").toString());
    words.add(Apps.named("neighbour").resolve("Neighbour.java").toString());
    for (String file : offered) {
      words.add(path(file));
    }
    startNeighbour(words);
  }

  private void startNeighbour(List<String> words) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("DISPLAY", desktop.name());
    environment.put("XAUTHORITY", desktop.authority());
    neighbour =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(words.toArray(String[]::new))
                    .withEnvironment(environment)
                    .withStdio(Stdio.NULL, Stdio.NULL, Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  /** Goes over the page with the files, as slowly as both programs need it. */
  private void dragOver() {
    Desktop.Area from = desktop.window("Neighbour").orElseThrow().area();
    Desktop.Area to = desktop.window("Drops").orElseThrow().area();
    desktop.hold(from.x() + 60, from.y() + 60);
    int[] step = new int[1];
    app.await(
        () -> {
          desktop.moveTo(from.x() + 70 + step[0]++ % 2 * 12, from.y() + 70);
          return desktop.window("Dragging").isPresent();
        },
        "the beginning of the drag",
        RunningApp.SOON);
    app.await(
        () -> {
          desktop.moveTo(to.x() + 100 + step[0]++ % 2 * 12, to.y() + 200);
          return app.log().contains("dragged over");
        },
        "the files over the page",
        RunningApp.SOON);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private JsonNode read(String name) {
    return page.evaluate("read(" + JSON.valueToTree(path(name)) + ")");
  }

  private static void assertDenied(JsonNode outcome) {
    assertEquals("ERR_ACCESS_DENIED", outcome.path("code").asText(), outcome::toString);
  }

  @Test
  @Shows(Feature.DRAG_IN)
  void whatAPersonDropsIsThePagesToReadByFileAndByPathAndNothingBesideIt() throws IOException {
    start("one.txt", "notes");
    assertDenied(read("one.txt"));
    dragOver();
    desktop.letGo();
    page.await("globalThis.taken !== undefined");
    assertEquals("[true,\"Files\"]", page.evaluate("seen[0]").toString());
    assertEquals(
        "[true,\"one.txt\",\"one.txt\"]",
        page.run("return [trusted, files[0].name, await files[0].text()]").toString());
    assertEquals(
        "[[\"file\",\"one.txt\"],[\"directory\",\"notes\"]]",
        page.evaluate("taken").path("value").toString());
    assertEquals("one.txt", read("one.txt").path("value").asText());
    assertEquals("notes/in.txt", read("notes/in.txt").path("value").asText());
    assertEquals(
        "notes/in.txt",
        page.run("return (await (await handles[1].getFileHandle('in.txt')).getFile()).text()")
            .asText());
    assertEquals(
        "\"prompt\"",
        page.run("return handles[0].queryPermission({mode: 'readwrite'})").toString());
    assertDenied(read("two.txt"));
    // For the session: the next document of the window has it too.
    page.tell("location.reload()");
    page.await("globalThis.taken === undefined && document.documentElement?.dataset.ready");
    assertEquals("one.txt", read("one.txt").path("value").asText());
  }

  @Test
  void aDropComesToWhereTheMouseIsAtEveryScale() throws IOException {
    desktop.resources("Xft.dpi: 144\n");
    try {
      start("one.txt");
      assertEquals(1.5, page.evaluate("devicePixelRatio").asDouble());
      page.run("addEventListener('drop', e => globalThis.at = [e.clientX, e.clientY])");
      dragOver();
      desktop.letGo();
      page.await("globalThis.taken !== undefined");
      // 100 or 112 by 200 of the screen's.
      JsonNode at = page.evaluate("at");
      assertTrue(Math.abs(at.path(0).asInt() - 71) <= 5, at::toString);
      assertTrue(Math.abs(at.path(1).asInt() - 133) <= 1, at::toString);
    } finally {
      desktop.resources("");
    }
  }

  @Test
  void whoMakesUpADropOrOnlyHasAFileOfThatNameGetsNothing() throws IOException {
    start("one.txt");
    page.run(
        "const data = new DataTransfer(); data.items.add(new File(['x'], 'two.txt'));"
            + "dispatchEvent(new DragEvent('drop', {dataTransfer: data, cancelable: true}))");
    JsonNode forged = page.evaluate("taken");
    assertEquals("ERR_NOT_DROPPED", forged.path("code").asText(), forged::toString);
    page.run("globalThis.taken = undefined");
    dragOver();
    desktop.letGo();
    page.await("globalThis.taken !== undefined");
    assertTrue(page.evaluate("taken").has("value"), () -> page.evaluate("taken").toString());
    JsonNode mixed =
        page.evaluate(
            "outcome(() => droppedHandles([files[0], new File(['x'], '"
                + path("two.txt")
                + "')]))");
    assertEquals("ERR_NOT_DROPPED", mixed.path("code").asText(), mixed::toString);
    // A file that the page does hold, with a path that Chromium knows, and that nobody has dropped.
    ObjectNode chosen = JSON.createObjectNode();
    chosen.put(
        "objectId",
        page.call(
                "Runtime.evaluate",
                JSON.createObjectNode()
                    .put(
                        "expression",
                        "globalThis.input = Object.assign(document.createElement('input'),"
                            + " {type: 'file'})"))
            .path("result")
            .path("objectId")
            .asText());
    chosen.putArray("files").add(path("two.txt"));
    page.call("DOM.setFileInputFiles", chosen);
    assertEquals("two.txt", page.run("return input.files[0].text()").asText());
    for (String files : new String[] {"[input.files[0]]", "[files[0], input.files[0]]"}) {
      JsonNode held = page.evaluate("outcome(() => droppedHandles(" + files + "))");
      assertEquals("ERR_NOT_DROPPED", held.path("code").asText(), held::toString);
    }
    JsonNode wrong =
        page.evaluate("outcome(() => droppedHandles([{path: '" + path("two.txt") + "'}]))");
    assertEquals("ERR_NOT_DROPPED", wrong.path("code").asText(), wrong::toString);
    assertDenied(read("two.txt"));
  }

  @Test
  void aLinkThatIsPutInThePlaceOfADroppedFileGrantsNothingOfWhatItLeadsTo() throws IOException {
    start("one.txt");
    page.run("globalThis.later = true");
    dragOver();
    desktop.letGo();
    page.await("globalThis.files !== undefined");
    Files.delete(folder.resolve("one.txt"));
    Files.createSymbolicLink(folder.resolve("one.txt"), folder.resolve("two.txt"));
    JsonNode taken = page.evaluate("outcome(() => droppedHandles(files))");
    assertEquals("ENOENT", taken.path("code").asText(), taken::toString);
    assertDenied(read("one.txt"));
    assertDenied(read("two.txt"));
  }

  /** Has the page drag these when a person drags what it shows. */
  private void letDrag(String... names) {
    List<String> paths = new ArrayList<>();
    for (String name : names) {
      paths.add(path(name));
    }
    letDragBy("dragFiles(" + JSON.valueToTree(paths) + ")");
  }

  private void letDragBy(String call) {
    page.run(
        "const {dragFiles} = await import('socket:window/files');"
            + "const {call, commandUrl} = await import('socket:ipc');"
            + "const handle = document.body.appendChild(document.createElement('div'));"
            + "handle.draggable = true; handle.textContent = 'drag me';"
            + "handle.style = 'position: fixed; inset: 0; background: silver';"
            + "globalThis.dragged = undefined; handle.addEventListener('dragstart', event => {"
            + "event.preventDefault(); globalThis.began = true;"
            + "globalThis.dragged = outcome(async () => ({data: await "
            + call
            + "}));"
            + "dragged.then(end => console.log(JSON.stringify(end)))})");
  }

  /** From a place that was not pressed before: a second press there would be a double click. */
  private void dragOut(int down) {
    press(down);
    beginDrag(down);
  }

  private void press(int down) {
    page.run("globalThis.began = false");
    Desktop.Area from = desktop.window("First").orElseThrow().area();
    desktop.hold(from.x() + 60, from.y() + down);
  }

  private void beginDrag(int down) {
    Desktop.Area from = desktop.window("First").orElseThrow().area();
    int[] step = new int[1];
    app.await(
        () -> {
          desktop.moveTo(from.x() + 70 + step[0]++ % 2 * 12, from.y() + down + 10);
          return page.evaluate("began").asBoolean();
        },
        "the beginning of the drag",
        RunningApp.SOON);
  }

  private void moveOverNeighbour() {
    Desktop.Area to = desktop.window("Neighbour").orElseThrow().area();
    int[] step = new int[1];
    app.await(
        () -> {
          desktop.moveTo(to.x() + 60 + step[0]++ % 2 * 12, to.y() + 60);
          return desktop.window("Offered").isPresent();
        },
        "the files over the other program",
        RunningApp.SOON);
  }

  @Test
  @Shows(Feature.DRAG_OUT)
  void aPersonDragsFilesOfThePagesPolicyOutOfItAndAnotherProgramTakesThem() throws IOException {
    startNeighbour();
    assertTakesWhatIsDraggedOut();
  }

  @Test
  @Shows(Feature.DRAG_OUT)
  void aProgramOfGtkTakesThemToo() throws IOException {
    assumeTrue(hasGtk(), "there is no GTK 3 for Python here");
    startNeighbour(List.of(PYTHON, Apps.named("neighbour").resolve("taker.py").toString()));
    assertTakesWhatIsDraggedOut();
  }

  private static boolean hasGtk() {
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(PYTHON, "-c", "import gi; gi.require_version('Gtk', '3.0')")
                .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL))
        .compose(ChildProcess::exit)
        .map(code -> code == 0)
        .otherwise(false)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void assertTakesWhatIsDraggedOut() throws IOException {
    startApp(
        "windows",
        SMALL
            + "[security]\npolicy[] = connect-src ipc://window/dragFile"
            + path("one.txt")
            + " ipc://window/dragFile"
            + path("notes")
            + "\n");
    letDrag("one.txt", "notes");
    dragOut(160);
    moveOverNeighbour();
    desktop.letGo();
    JsonNode copied = page.evaluate("dragged");
    assertEquals("copy", copied.path("value").asText(), copied::toString);
    app.await(
        () -> desktop.window("Took " + path("one.txt") + " " + path("notes")).isPresent(),
        "the other program to have them",
        RunningApp.SOON);
  }

  @Test
  void whatThePolicyDoesNotNameIsNotDraggedAndNothingIsWithoutThePressedButton()
      throws IOException {
    startNeighbour();
    startApp(
        "windows",
        SMALL + "[security]\npolicy[] = connect-src ipc://window/dragFile" + path("one.txt"));
    letDrag("one.txt", "two.txt");
    dragOut(160);
    JsonNode denied = page.evaluate("dragged");
    assertDenied(denied);
    desktop.letGo();
    JsonNode unpressed =
        page.run(
            "const {dragFiles} = await import('socket:window/files');"
                + "return outcome(() => dragFiles("
                + JSON.valueToTree(path("one.txt"))
                + "))");
    assertEquals("ERR_NO_USER_ACTIVATION", unpressed.path("code").asText(), unpressed::toString);
    page.run("document.body.lastChild.remove()");
    letDrag("one.txt");
    dragOut(260);
    Desktop.Area other = desktop.window("Neighbour").orElseThrow().area();
    app.await(() -> desktop.isPopupShown(), "the name beside the pointer", RunningApp.SOON);
    // The bare desktop, where nobody takes it.
    desktop.moveTo(other.x() + 60, other.y() + other.height() + 200);
    desktop.letGo();
    JsonNode nowhere = page.evaluate("dragged");
    assertEquals("none", nowhere.path("value").asText(), nowhere::toString);
  }

  @Test
  void aDragMayBeginLongAfterThePressAndBeOutOfTheWindowBeforeTheAppKnows() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt")));
    page.run("globalThis.out = new Promise(left => { globalThis.left = left; })");
    letDragBy(
        "(handle.remove(), out).then(() => dragFiles(" + JSON.valueToTree(path("one.txt")) + "))");
    press(160);
    page.await("navigator.userActivation.hasBeenActive && !navigator.userActivation.isActive");
    beginDrag(160);
    Desktop.Area other = desktop.window("Neighbour").orElseThrow().area();
    desktop.moveTo(other.x() + 60, other.y() + 60);
    page.run("left()");
    moveOverNeighbour();
    desktop.letGo();
    JsonNode copied = page.evaluate("dragged");
    assertEquals("copy", copied.path("value").asText(), copied::toString);
  }

  @Test
  void aPressElsewhereDragsNoFilesOfThePageThatItComesOverWhateverThePageSays() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt")));
    page.run("addEventListener('click', () => { globalThis.clicked = true; })");
    Desktop.Area own = desktop.window("First").orElseThrow().area();
    desktop.click(own.x() + 60, own.y() + 160);
    page.await("globalThis.clicked");
    Desktop.Area other = desktop.window("Neighbour").orElseThrow().area();
    desktop.hold(other.x() + 60, other.y() + 60);
    desktop.moveTo(own.x() + 60, own.y() + 160);
    JsonNode refused =
        page.run(
            "const {dragFiles} = await import('socket:window/files');"
                + "Document.prototype.querySelector = () => document.body;"
                + "document.body.append(Object.assign(document.createElement('img'),"
                + " {name: 'querySelector'}));"
                + "document.body.dispatchEvent("
                + "new MouseEvent('mousedown', {bubbles: true, buttons: 1}));"
                + "return outcome(() => dragFiles("
                + JSON.valueToTree(path("one.txt"))
                + "))");
    desktop.letGo();
    assertEquals("ERR_NO_USER_ACTIVATION", refused.path("code").asText(), refused::toString);
  }

  @Test
  void aKeyThatIsHeldInAPageWhoseRootIsAButtonDragsNoFilesWithAPressElsewhere() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt")));
    page.run(
        "const {dragFiles} = await import('socket:window/files');"
            + "globalThis.drag = () => outcome(() => dragFiles("
            + JSON.valueToTree(path("one.txt"))
            + "));"
            + "document.documentElement.remove();"
            + "const root = document.appendChild(document.createElementNS("
            + "'http://www.w3.org/1999/xhtml', 'button')); root.textContent = 'x'; root.focus()");
    // Nobody says that it is let go: the page never hears of that.
    page.call(
        "Input.dispatchKeyEvent",
        JSON.createObjectNode()
            .put("type", "keyDown")
            .put("key", " ")
            .put("code", "Space")
            .put("text", " ")
            .put("windowsVirtualKeyCode", 32));
    Desktop.Area other = desktop.window("Neighbour").orElseThrow().area();
    desktop.hold(other.x() + 60, other.y() + 60);
    page.await("document.querySelector(':root:active') !== null");
    JsonNode refused = page.evaluate("drag()");
    desktop.letGo();
    assertEquals("ERR_NO_USER_ACTIVATION", refused.path("code").asText(), refused::toString);
  }

  private static String policy(String... sources) {
    return SMALL + "[security]\npolicy[] = connect-src " + String.join(" ", sources) + "\n";
  }

  private String mayDrag(String name) {
    return "ipc://window/dragFile" + path(name);
  }

  private static void takeDrops(Page page) {
    page.run(
        "addEventListener('dragover', event => event.preventDefault());"
            + "addEventListener('drop', event => {event.preventDefault();"
            + "globalThis.got = event.dataTransfer.files.length})");
  }

  private void letGoOver(Desktop.Area area, int right, int down) {
    app.await(() -> desktop.isPopupShown(), "the name beside the pointer", RunningApp.SOON);
    for (int step = 0; step < 20; step++) {
      desktop.moveTo(area.x() + right + step, area.y() + down);
    }
    desktop.letGo();
    JsonNode dragged = page.evaluate("dragged");
    assertEquals("none", dragged.path("value").asText(), dragged::toString);
    assertEquals("false", page.evaluate("'got' in globalThis").toString());
  }

  @Test
  void whatIsLetGoOverTheOwnPageOrAnotherWindowOfTheAppIsGivenToNobody() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt")));
    takeDrops(page);
    letDrag("one.txt");
    dragOut(160);
    letGoOver(desktop.window("First").orElseThrow().area(), 200, 300);
    page.evaluate(
        "app.createWindow({path: 'second.html', index: 1, title: 'Other', width: 300, height: 200,"
            + " x: 620, y: 300}).then(() => true)");
    Page second = app.page(1);
    takeDrops(second);
    app.await(() -> desktop.window("Second").isPresent(), "Second", RunningApp.SOON);
    second.await("performance.getEntriesByType('paint').length > 0");
    dragOut(260);
    letGoOver(desktop.window("Second").orElseThrow().area(), 100, 120);
    assertEquals("false", second.evaluate("'got' in globalThis").toString());
  }

  @Test
  void aFolderThatHoldsAllFilesOfThePersonIsNotDragged() throws IOException {
    startNeighbour();
    startApp("windows", policy("ipc://window/dragFile/"));
    JsonNode all =
        page.run(
            "const {dragFiles} = await import('socket:window/files');"
                + "return outcome(() => dragFiles('/'))");
    assertEquals("ERR_TOO_MUCH", all.path("code").asText(), all::toString);
  }

  @Test
  void aLinkThatIsPutInThePlaceOfADraggedFileGivesNothingOfWhatItLeadsTo() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt")));
    letDrag("one.txt");
    dragOut(160);
    moveOverNeighbour();
    Files.delete(folder.resolve("one.txt"));
    Files.createSymbolicLink(folder.resolve("one.txt"), folder.resolve("two.txt"));
    desktop.letGo();
    JsonNode dragged = page.evaluate("dragged");
    assertEquals("none", dragged.path("value").asText(), dragged::toString);
  }

  @Test
  void filesThatOneDocumentHasNamedAreNotDraggedByTheNext() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt"), mayDrag("two.txt")));
    page.run(
        "const {call, commandUrl} = await import('socket:ipc'); globalThis.before = true;"
            + "await call(commandUrl('window', 'dragFile', "
            + JSON.valueToTree(path("one.txt"))
            + "), {first: true, more: true})");
    page.tell("location.reload()");
    page.await(
        "!('before' in globalThis) && document.readyState === 'complete'"
            + " && typeof outcome === 'function'"
            + " && performance.getEntriesByType('paint').length > 0");
    letDragBy(
        "call(commandUrl('window', 'dragFile', "
            + JSON.valueToTree(path("two.txt"))
            + "), {first: false, more: false})");
    dragOut(160);
    moveOverNeighbour();
    desktop.letGo();
    JsonNode copied = page.evaluate("dragged");
    assertEquals("copy", copied.path("value").asText(), copied::toString);
    app.await(
        () -> desktop.window("Took " + path("two.txt")).isPresent(),
        "the other program to have the one",
        RunningApp.SOON);
  }

  @Test
  void whatIsLetGoBesideTheOtherProgramIsNotGivenToIt() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt")));
    letDrag("one.txt");
    dragOut(160);
    moveOverNeighbour();
    // The bare desktop, at the last moment.
    Desktop.Area other = desktop.window("Offered").orElseThrow().area();
    desktop.moveTo(other.x() + 60, other.y() + other.height() + 200);
    desktop.letGo();
    JsonNode dragged = page.evaluate("dragged");
    assertEquals("none", dragged.path("value").asText(), dragged::toString);
  }

  @Test
  void aPageThatGoesTakesItsDragAlong() throws IOException {
    startNeighbour();
    startApp("windows", policy(mayDrag("one.txt")));
    letDrag("one.txt");
    dragOut(160);
    moveOverNeighbour();
    app.await(() -> desktop.isPopupShown(), "the name beside the pointer", RunningApp.SOON);
    page.tell("location.reload()");
    app.await(() -> !desktop.isPopupShown(), "the end of the drag", RunningApp.SOON);
    desktop.letGo();
  }

  @Test
  void aProgramThatNeverSaysThatItHasThemHoldsUpNoFurtherDrag() throws IOException {
    assumeTrue(hasGtk(), "there is no GTK 3 for Python here");
    startNeighbour(
        List.of(PYTHON, Apps.named("neighbour").resolve("taker.py").toString(), "silent"));
    startApp("windows", policy(mayDrag("one.txt")));
    letDrag("one.txt");
    dragOut(160);
    app.await(() -> desktop.isPopupShown(), "the name beside the pointer", RunningApp.SOON);
    page.run("void dragged.then(() => { globalThis.settled = true; })");
    moveOverNeighbour();
    desktop.letGo();
    app.await(() -> !desktop.isPopupShown(), "nothing beside the pointer", RunningApp.SOON);
    assertEquals("false", page.evaluate("'settled' in globalThis").toString());
    dragOut(260);
    app.await(() -> desktop.isPopupShown(), "the next drag", RunningApp.SOON);
    desktop.letGo();
    JsonNode second = page.evaluate("dragged");
    assertEquals("none", second.path("value").asText(), second::toString);
  }
}
