package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files that a person opens with the app: with its start, and with a second one. */
class OpenedFilesSuite {
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir Path temp;

  private Path app(String lines) throws IOException {
    Path copy = temp.toRealPath().resolve("app");
    Layout.copyTree(Apps.named("drops"), copy);
    Files.writeString(copy.resolve("socket.ini"), lines, StandardOpenOption.APPEND);
    for (String file : new String[] {"one.note", "second one.note", "other.note"}) {
      Files.writeString(temp.toRealPath().resolve(file), file);
    }
    return copy;
  }

  private String path(String name) throws IOException {
    return temp.toRealPath().resolve(name).toString();
  }

  private JsonNode read(Page page, String name) throws IOException {
    return page.evaluate("read(" + JSON.valueToTree(path(name)) + ")");
  }

  private static String taken(Page page) {
    return page.run("return (await openedHandles()).map(one => one.name)").toString();
  }

  @Test
  @Shows(Feature.FILE_ASSOCIATIONS)
  void whatIsOpenedWithTheStartOrWhileItRunsIsGrantedAndNothingElseIs() throws IOException {
    RunningApp app =
        APPS.start(
            RunningApp.Start.of(
                    app("[meta]\nfile_associations[] = application/x-note .note A note\n"),
                    "--",
                    path("one.note"),
                    "no-file",
                    "--flag")
                .driven());
    Page page = app.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
    page.await("globalThis.opened === 1");
    assertEquals("ERR_ACCESS_DENIED", read(page, "one.note").path("code").asText());
    assertEquals("[\"one.note\"]", taken(page));
    assertEquals("one.note", read(page, "one.note").path("value").asText());
    assertEquals("[]", taken(page));
    RunningApp second =
        APPS.start(
            RunningApp.Start.of(
                    app.app(),
                    "--",
                    temp.toRealPath().resolve("second one.note").toUri().toString())
                .in(app));
    assertEquals(0, second.awaitExit());
    page.await("globalThis.opened === 2");
    assertEquals("[\"second one.note\"]", taken(page));
    assertEquals("second one.note", read(page, "second one.note").path("value").asText());
    assertEquals("ERR_ACCESS_DENIED", read(page, "other.note").path("code").asText());
  }

  @Test
  void toAnAppThatOpensNoFilesWordsAreWords() throws IOException {
    RunningApp app = APPS.start(RunningApp.Start.of(app(""), "--", path("one.note")).driven());
    Page page = app.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
    assertEquals("[]", taken(page));
    assertEquals("ERR_ACCESS_DENIED", read(page, "one.note").path("code").asText());
  }
}
