package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How large a person has made a page, when the app is started again. */
class ZoomSuite {
  private static final String MAY =
      "\n[security]\npolicy[] = connect-src ipc://window/zoom ipc://window/create/\n";

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

  private Path app(String lines) throws IOException {
    Path copy = folder.resolve("windows");
    Layout.copyTree(Apps.named("windows"), copy);
    Files.writeString(copy.resolve("socket.ini"), lines + MAY, StandardOpenOption.APPEND);
    return copy;
  }

  private RunningApp start(RunningApp.Start start) {
    RunningApp app =
        APPS.start(
            start
                .withWords()
                .driven()
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority()));
    app.page().await("document.documentElement?.dataset.ready === 'true'");
    return app;
  }

  private static void end(RunningApp app) {
    app.page().tell("win.close()");
    assertEquals(0, app.awaitExit());
  }

  private static double zoom(RunningApp app) {
    return app.page().evaluate("win.getZoom()").asDouble();
  }

  @Test
  @Shows(Feature.WINDOW_MEMORY)
  void theZoomOfTheAppsPagesIsKeptForTheNextStartAndIsThatOfAllWindows() throws IOException {
    Path restored = app("[window]\nrestore = true\n");
    RunningApp first = start(RunningApp.Start.of(restored));
    assertEquals(1.0, zoom(first));
    first.page().evaluate("win.setZoom(1.5)");
    first.page().await("devicePixelRatio === 1.5");
    end(first);
    RunningApp again = start(RunningApp.Start.of(restored).in(first));
    again.page().await("devicePixelRatio === 1.5");
    assertEquals(1.5, zoom(again));
    again.page().evaluate("app.createWindow({path: '/second.html'}).then(() => true)");
    again.page(1).await("globalThis.win !== undefined && devicePixelRatio === 1.5");
    again.page(1).tell("win.close()");
    again.page().await("told.some(([name]) => name === 'windowclosed')");
    again.page().evaluate("win.setZoom(1)");
    end(again);
    RunningApp normal = start(RunningApp.Start.of(restored).in(first));
    assertEquals(1.0, zoom(normal));
  }
}
