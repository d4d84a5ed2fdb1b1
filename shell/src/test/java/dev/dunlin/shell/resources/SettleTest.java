package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.scheduler.VirtualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettleTest {
  private final VirtualScheduler time = new VirtualScheduler();
  private final List<Duration> calls = new ArrayList<>();
  private final Settle settle = new Settle(time, () -> calls.add(time.now()));

  private void touchEvery(Duration step, int times) {
    for (int i = 0; i < times; i++) {
      settle.touched();
      time.advance(step);
    }
  }

  @Test
  void makesOneCallOfManyTouchesOnceTheyAreOver() {
    touchEvery(Duration.ofMillis(40), 5);
    time.advance(Duration.ofSeconds(5));
    assertEquals(List.of(Duration.ofMillis(4 * 40).plus(Settle.QUIET)), calls);
    assertEquals(0, time.pending());
  }

  @Test
  void callsAtTheLatestASecondAfterTheFirstTouch() {
    touchEvery(Duration.ofMillis(50), 30);
    assertEquals(List.of(Settle.LONGEST), calls);
    time.advance(Duration.ofSeconds(5));
    assertEquals(2, calls.size(), "the touches after that have their own call");
  }

  @Test
  void callsAgainForATouchAfterTheCall() {
    touchEvery(Duration.ofSeconds(1), 2);
    assertEquals(List.of(Settle.QUIET, Duration.ofSeconds(1).plus(Settle.QUIET)), calls);
  }

  @Test
  void callsNobodyWhenNothingIsTouched() {
    time.advance(Duration.ofHours(1));
    assertEquals(List.of(), calls);
  }
}
