package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.e2e.bench.Soak;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The long run of {@code ./dunlin bench soak}, for a minute. */
class SoakSuite {
  private static final Duration LENGTH = Duration.ofMinutes(1);

  @RegisterExtension static final Apps APPS = new Apps();

  @Test
  void staysTheSameUnderMixedLoad() throws IOException {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("faults")).driven());
    app.page().await("document.documentElement?.dataset.ready === 'true'");
    Soak.Outcome outcome = Soak.run(app, LENGTH);
    System.out.print(outcome.table());
    Soak.write(outcome, Layout.of(Account.self()).home());
    assertEquals(List.of(), outcome.faults());
    outcome.done().forEach((work, times) -> assertTrue(times > 0, "no round of " + work));
    assertEquals(List.of(), outcome.trends().stream().filter(trend -> !trend.isFlat()).toList());
  }
}
