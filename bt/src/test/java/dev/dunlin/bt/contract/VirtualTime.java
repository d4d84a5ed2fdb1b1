package dev.dunlin.bt.contract;

import static org.junit.jupiter.api.Assertions.fail;

import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits, in virtual time. */
public final class VirtualTime {
  private static final Duration STEP = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private VirtualTime() {}

  public static <T> T await(VirtualScheduler scheduler, Future<T> future) {
    until(scheduler, "the future settles", future::isComplete);
    if (future.failed()) {
      throw future.cause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(future.cause());
    }
    return future.result();
  }

  public static void until(VirtualScheduler scheduler, String what, BooleanSupplier condition) {
    Duration end = scheduler.now().plus(PATIENCE);
    scheduler.advance(Duration.ZERO);
    while (!condition.getAsBoolean()) {
      if (scheduler.now().compareTo(end) > 0) {
        fail("not so within " + PATIENCE + " of virtual time: " + what);
      }
      scheduler.advance(STEP);
    }
  }
}
