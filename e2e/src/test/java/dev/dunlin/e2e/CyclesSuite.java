package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a start leaves adds up: here it is looked at fifty times. */
class CyclesSuite {
  @RegisterExtension static final Apps APPS = new Apps();

  @RepeatedTest(50)
  void startsAndEndsWithoutLeavingAProcessAFileOrADisplay() {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("bare"), "--test=main.js"));
    // A glimpse of its processes, so that their display's lock is known afterwards.
    app.await(() -> app.processes().size() > 3, "its helpers", RunningApp.SOON);
    assertEquals(0, app.awaitExit(), app::log);
    app.proveNothingLeft();
  }
}
