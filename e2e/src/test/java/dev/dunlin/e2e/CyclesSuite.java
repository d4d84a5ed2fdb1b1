package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a start leaves adds up: here it is looked at fifty times. */
class CyclesSuite {
  private static final int CYCLES = 50;

  /** So many of them as the ordinary user, where the build runs as root. */
  private static final int ORDINARY = 10;

  @RegisterExtension static final Apps APPS = new Apps();

  static Stream<Arguments> cycles() {
    return IntStream.range(0, CYCLES)
        .mapToObj(
            cycle -> {
              boolean last = cycle >= CYCLES - ORDINARY;
              int account = last ? Account.all().size() - 1 : 0;
              return Arguments.of(cycle + 1, Account.all().get(account));
            });
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cycles")
  void startsAndEndsWithoutLeavingAProcessAFileOrADisplay(int cycle, Account account) {
    RunningApp app =
        APPS.start(RunningApp.Start.of(Apps.named("bare"), "--test=main.js").as(account));
    // A glimpse of its processes, so that their display's lock is known afterwards.
    app.await(() -> app.processes().size() > 3, "its helpers", RunningApp.SOON);
    assertEquals(0, app.awaitExit(), app::log);
    assertFalse(app.log().contains("did not close"), app::log);
    app.proveNothingLeft();
  }
}
