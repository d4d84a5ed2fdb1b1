package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("DISPLAY", desktop.name());
    environment.put("XAUTHORITY", desktop.authority());
    List<String> words = new ArrayList<>();
    words.add(Layout.jdk().resolve("bin/java").toString());
    words.add(Apps.named("neighbour").resolve("Neighbour.java").toString());
    for (String file : offered) {
      words.add(path(file));
    }
    neighbour =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(words.toArray(String[]::new))
                    .withEnvironment(environment)
                    .withStdio(Stdio.NULL, Stdio.NULL, Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    app = APPS.startOn(desktop, "drops", "", folder.resolve("apps"));
    page = app.page();
    for (String title : new String[] {"Neighbour", "Drops"}) {
      app.await(() -> desktop.window(title).isPresent(), title, RunningApp.SOON);
    }
    page.await("performance.getEntriesByType('paint').length > 0");
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
}
