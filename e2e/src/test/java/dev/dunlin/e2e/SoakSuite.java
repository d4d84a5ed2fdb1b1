package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.e2e.bench.Soak;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The long run of {@code ./dunlin bench soak}: two minutes of it, and nightly all of it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SoakSuite {
  @RegisterExtension static final Apps APPS = new Apps();

  @Test
  @Order(1)
  void staysTheSameUnderMixedLoad() throws IOException {
    soak(Duration.ofMinutes(2));
  }

  /** The last: {@code soak.json} is of whoever writes it last. */
  @Test
  @Order(2)
  @Tag("nightly")
  void staysTheSameForHalfAnHour() throws IOException {
    soak(Duration.ofMinutes(30));
  }

  private static void soak(Duration length) throws IOException {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("faults")).driven());
    app.page().await("document.documentElement?.dataset.ready === 'true'");
    Soak.Outcome outcome = Soak.run(app, length);
    System.out.print(outcome.table());
    Soak.write(outcome, Layout.of(Account.self()).home());
    assertEquals(List.of(), outcome.faults());
    outcome.done().forEach((work, times) -> assertTrue(times > 0, "no round of " + work));
    assertEquals(List.of(), outcome.trends().stream().filter(trend -> !trend.isFlat()).toList());
  }
}
