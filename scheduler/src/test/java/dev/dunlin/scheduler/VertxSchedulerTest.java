package dev.dunlin.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxSchedulerTest {
  private final Vertx vertx = Vertx.vertx();
  private final Lane lane = Lane.create(vertx, "test");
  private final VertxScheduler scheduler = new VertxScheduler(vertx, lane);

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void runsATaskOnTheLaneNotBeforeItIsDue() throws Exception {
    Duration before = scheduler.now();
    Promise<Boolean> onLane = Promise.promise();
    scheduler.schedule(Duration.ofNanos(5_500_000), () -> onLane.complete(lane.isCurrent()));
    assertTrue(await(onLane.future()));
    // Vert.x' timers count in milliseconds of another clock reading: allow it one.
    assertTrue(scheduler.now().minus(before).compareTo(Duration.ofMillis(5)) >= 0);
  }

  @Test
  void keepsTheOrderOfWhatIsQueuedWithoutDelay() throws Exception {
    List<Integer> order = new ArrayList<>();
    Promise<Void> last = Promise.promise();
    for (int i = 0; i < 100; i++) {
      int number = i;
      scheduler.schedule(Duration.ZERO, () -> order.add(number));
    }
    scheduler.schedule(Duration.ZERO, last::complete);
    await(last.future());
    assertEquals(100, order.size());
    assertEquals(order.stream().sorted().toList(), order);
  }

  @Test
  void cancelsATimerThatFiredButStillWaitsForTheLane() throws Exception {
    List<String> log = new ArrayList<>();
    await(
        lane.call(
            () -> {
              Scheduler.Timer timer = scheduler.schedule(Duration.ZERO, () -> log.add("never"));
              assertTrue(timer.cancel());
              assertFalse(timer.cancel());
              return Future.succeededFuture();
            }));
    await(lane.call(Future::succeededFuture));
    assertEquals(List.of(), log);
  }

  @Test
  void repeatsUntilCancelled() throws Exception {
    Promise<Void> third = Promise.promise();
    int[] runs = new int[1];
    Scheduler.Timer timer =
        scheduler.schedulePeriodic(
            Duration.ofMillis(1),
            () -> {
              if (++runs[0] == 3) {
                third.complete();
              }
            });
    await(third.future());
    assertTrue(timer.cancel());
    assertFalse(timer.cancel());
    int seen = await(lane.call(() -> Future.succeededFuture(runs[0])));
    Promise<Void> later = Promise.promise();
    scheduler.schedule(Duration.ofMillis(10), later::complete);
    await(later.future());
    assertEquals(seen, await(lane.call(() -> Future.succeededFuture(runs[0]))));
  }

  @Test
  void laneRefusesOtherThreadsAndOtherLanesOfTheSameEventLoop() throws Exception {
    assertThrows(IllegalStateException.class, lane::check);
    // More lanes than event loops: some share a thread with ours.
    for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
      Lane other = Lane.create(vertx, "other-" + i);
      assertFalse(await(other.call(() -> Future.succeededFuture(lane.isCurrent()))));
      assertTrue(await(other.call(() -> Future.succeededFuture(other.isCurrent()))));
    }
  }

  @Test
  void laneHandsBackTheExceptionOfATask() {
    Future<Void> failed =
        lane.call(
            () -> {
              throw new IllegalArgumentException("boom");
            });
    Exception seen = assertThrows(Exception.class, () -> await(failed));
    assertEquals("boom", seen.getCause().getMessage());
  }
}
