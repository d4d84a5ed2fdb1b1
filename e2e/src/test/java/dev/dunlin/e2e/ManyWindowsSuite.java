package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** As many windows as an app may have: each is a page with a process's worth of memory. */
class ManyWindowsSuite {
  private static final Duration LONG = Duration.ofMinutes(5);

  @RegisterExtension static final Apps APPS = new Apps();

  @Test
  @Shows(Feature.SEVERAL_WINDOWS)
  void opensSixtyFourWindowsAndRefusesOneMoreUntilOneCloses() {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("windows")).driven());
    Page first = app.page();
    first.await("document.documentElement.dataset.ready === 'true'");
    // One after the other: a page is there when it answers.
    first.run(
        "const create = index => app.createWindow({path: 'second.html', index, width: 200,"
            + " height: 150});"
            + "for (let i = 1; i < 64; i++) await create(i);",
        LONG);
    JsonNode refused = first.evaluate("outcome(() => app.createWindow({path: 'second.html'}))");
    assertEquals("ERR_TOO_MANY_WINDOWS", refused.path("code").asText(), refused::toString);
    for (int index = 63; index > 0; index -= 9) {
      Page page = app.page(index);
      page.await("document.documentElement.dataset.ready === 'true'");
      assertEquals(index, page.evaluate("app.getCurrentWindowIndex()").asInt());
    }
    assertEquals(64, first.evaluate("app.getWindows().then(all => all.size)", LONG).asInt());
    first.run("await (await app.getWindow(40)).close()", LONG);
    first.await("told.some(([name, index]) => name === 'windowclosed' && index === 40)");
    assertEquals(
        40,
        first
            .evaluate("outcome(() => app.createWindow({path: 'second.html'}))")
            .path("value")
            .path("index")
            .asInt());
    first.tell("app.exit(0)");
    assertEquals(0, app.awaitExit());
  }
}
