package dev.dunlin.bt.contract;

import static org.junit.jupiter.api.Assertions.fail;

import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.VertxScheduler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Waits, in real time, for what runs on a lane. */
public final class RealTime implements AutoCloseable {
  private static final Duration USUAL = Duration.ofMinutes(1);
  private static final long POLL_MILLIS = 5;

  private final Duration patience;
  private final Vertx vertx = EventLoops.create();
  private final VertxScheduler scheduler =
      new VertxScheduler(vertx, Lane.create(vertx, "bluetooth"));

  public RealTime() {
    this(USUAL);
  }

  /**
   * @param patience the longest wait for anything: only what never comes takes so long
   */
  public RealTime(Duration patience) {
    this.patience = patience;
  }

  public VertxScheduler scheduler() {
    return scheduler;
  }

  public <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      return fail("the future did not settle within " + patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted");
    }
  }

  public void until(String what, BooleanSupplier condition) {
    Duration end = scheduler.now().plus(patience);
    while (!condition.getAsBoolean()) {
      if (scheduler.now().compareTo(end) > 0) {
        fail("not so within " + patience + ": " + what);
      }
      pass(Duration.ofMillis(POLL_MILLIS));
    }
  }

  /** Lets time pass. */
  public void pass(Duration time) {
    CountDownLatch passed = new CountDownLatch(1);
    scheduler.schedule(time, passed::countDown);
    try {
      passed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
