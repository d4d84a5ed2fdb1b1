package dev.dunlin.scheduler;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Real time: Vert.x timers, whole milliseconds (a delay is rounded up, so a task is never early).
 */
public final class VertxScheduler implements Scheduler {
  private final Vertx vertx;
  private final Lane lane;
  private final Clock clock = new SystemClock();

  public VertxScheduler(Vertx vertx, Lane lane) {
    this.vertx = vertx;
    this.lane = lane;
  }

  @Override
  public Duration now() {
    return clock.now();
  }

  @Override
  public Instant wallTime() {
    return clock.wallTime();
  }

  @Override
  public Lane lane() {
    return lane;
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("a delay is zero or more, this is " + delay);
    }
    // The flag, not Vert.x' cancelTimer, decides: a timer that fired may still wait in the lane's
    // queue.
    AtomicBoolean due = new AtomicBoolean(true);
    Runnable once =
        () -> {
          if (due.compareAndSet(true, false)) {
            task.run();
          }
        };
    if (delay.isZero()) {
      lane.execute(once);
      return () -> due.compareAndSet(true, false);
    }
    long id = vertx.setTimer(millisRoundedUp(delay), ignored -> lane.execute(once));
    return () -> {
      vertx.cancelTimer(id);
      return due.compareAndSet(true, false);
    };
  }

  @Override
  public Timer schedulePeriodic(Duration period, Runnable task) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("a period is more than zero, this is " + period);
    }
    AtomicBoolean due = new AtomicBoolean(true);
    // At most one run waits in the lane: a lane slower than the period must not grow its queue for
    // ever.
    AtomicBoolean queued = new AtomicBoolean();
    Runnable run =
        () -> {
          queued.set(false);
          if (due.get()) {
            task.run();
          }
        };
    long id =
        vertx.setPeriodic(
            millisRoundedUp(period),
            ignored -> {
              if (queued.compareAndSet(false, true)) {
                lane.execute(run);
              }
            });
    return () -> {
      vertx.cancelTimer(id);
      return due.compareAndSet(true, false);
    };
  }

  private static long millisRoundedUp(Duration duration) {
    long millis = duration.toMillis();
    return duration.minusMillis(millis).isZero() ? millis : millis + 1;
  }
}
