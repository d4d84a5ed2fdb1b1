package dev.dunlin.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualSchedulerTest {
  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final List<String> log = new ArrayList<>();

  private Runnable note(String what) {
    return () -> log.add(what + "@" + scheduler.now().toMillis());
  }

  @Test
  void runsTasksInOrderOfTheirDueTimeThenOfTheirScheduling() {
    scheduler.schedule(Duration.ofMillis(20), note("late"));
    scheduler.schedule(Duration.ofMillis(10), note("first"));
    scheduler.schedule(Duration.ofMillis(10), note("second"));
    scheduler.advance(Duration.ofMillis(15));
    assertEquals(List.of("first@10", "second@10"), log);
    assertEquals(Duration.ofMillis(15), scheduler.now());
    scheduler.advance(Duration.ofMillis(5));
    assertEquals(List.of("first@10", "second@10", "late@20"), log);
  }

  @Test
  void runsNothingInlineNotEvenWithoutDelay() {
    scheduler.schedule(Duration.ZERO, note("a"));
    assertTrue(log.isEmpty());
    scheduler.advance(Duration.ZERO);
    assertEquals(List.of("a@0"), log);
  }

  @Test
  void runsInTheSameAdvanceWhatATaskSchedulesWithinIt() {
    scheduler.schedule(
        Duration.ofMillis(1), () -> scheduler.schedule(Duration.ofMillis(1), note("inner")));
    scheduler.advance(Duration.ofMillis(2));
    assertEquals(List.of("inner@2"), log);
  }

  @Test
  void forgetsACancelledTask() {
    Scheduler.Timer timer = scheduler.schedule(Duration.ofMillis(1), note("never"));
    assertTrue(timer.cancel());
    assertFalse(timer.cancel());
    scheduler.advance(Duration.ofSeconds(1));
    assertTrue(log.isEmpty());
    assertEquals(0, scheduler.pending());
  }

  @Test
  void repeatsAPeriodicTaskUntilItIsCancelledAlsoFromWithin() {
    Scheduler.Timer[] timer = new Scheduler.Timer[1];
    timer[0] =
        scheduler.schedulePeriodic(
            Duration.ofMillis(10),
            () -> {
              note("tick").run();
              if (log.size() == 3) {
                timer[0].cancel();
              }
            });
    scheduler.advance(Duration.ofSeconds(1));
    assertEquals(List.of("tick@10", "tick@20", "tick@30"), log);
    assertEquals(0, scheduler.pending());
  }

  @Test
  void movesTheCalendarWithTheClock() {
    scheduler.advance(Duration.ofDays(1));
    assertEquals(VirtualScheduler.EPOCH.plus(Duration.ofDays(1)), scheduler.wallTime());
  }

  @Test
  void refusesNegativeTimesAndAdvanceFromATask() {
    assertThrows(
        IllegalArgumentException.class,
        () -> scheduler.schedule(Duration.ofMillis(-1), note("never")));
    assertThrows(
        IllegalArgumentException.class,
        () -> scheduler.schedulePeriodic(Duration.ZERO, note("never")));
    assertThrows(IllegalArgumentException.class, () -> scheduler.advance(Duration.ofMillis(-1)));
    scheduler.schedule(Duration.ZERO, () -> scheduler.advance(Duration.ZERO));
    assertThrows(IllegalStateException.class, () -> scheduler.advance(Duration.ZERO));
  }

  @Test
  void goesOnAfterATaskThatThrew() {
    scheduler.schedule(
        Duration.ZERO,
        () -> {
          throw new IllegalStateException("boom");
        });
    scheduler.schedule(Duration.ZERO, note("next"));
    assertThrows(IllegalStateException.class, () -> scheduler.advance(Duration.ZERO));
    scheduler.advance(Duration.ZERO);
    assertEquals(List.of("next@0"), log);
  }

  @Test
  void laneOwnsItsTasksOnly() {
    Lane lane = scheduler.lane();
    assertThrows(IllegalStateException.class, lane::check);
    Future<String> result =
        lane.call(
            () -> {
              lane.check();
              return Future.succeededFuture("on the lane");
            });
    Future<String> failure =
        lane.call(
            () -> {
              throw new IllegalArgumentException("boom");
            });
    assertFalse(result.isComplete());
    scheduler.advance(Duration.ZERO);
    assertEquals("on the lane", result.result());
    assertEquals("boom", failure.cause().getMessage());
  }
}
