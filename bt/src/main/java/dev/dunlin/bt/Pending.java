package dev.dunlin.bt;

import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Operations under way, each with a deadline; all can be failed at once. Thread: the lane, where
 * its futures complete as well.
 */
final class Pending {
  private final Scheduler scheduler;
  private final Set<Entry<?>> entries = new LinkedHashSet<>();

  Pending(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * Starts an operation.
   *
   * @param what the operation, as the message of its deadline names it
   * @param abandoned what to do when it is failed before it has ended
   */
  <T> Future<T> start(
      String what, Duration limit, Supplier<Future<T>> operation, Runnable abandoned) {
    scheduler.lane().check();
    Entry<T> entry = new Entry<>(abandoned);
    entries.add(entry);
    entry.timer =
        scheduler.schedule(
            limit,
            () ->
                entry.abandon(
                    new BluetoothError(
                        BluetoothError.Kind.TIMEOUT,
                        what + " was not done within " + limit.toMillis() + " ms")));
    Future<T> running;
    try {
      running = operation.get();
    } catch (RuntimeException e) {
      running = Future.failedFuture(e);
    }
    running.onComplete(
        result ->
            onLane(
                () -> {
                  if (result.succeeded()) {
                    entry.succeed(result.result());
                  } else {
                    entry.fail(BluetoothError.of(result.cause()));
                  }
                }));
    return entry.promise.future();
  }

  void failAll(BluetoothError reason) {
    List.copyOf(entries).forEach(entry -> entry.abandon(reason));
  }

  private void onLane(Runnable task) {
    if (scheduler.lane().isCurrent()) {
      task.run();
    } else {
      scheduler.lane().execute(task);
    }
  }

  private final class Entry<T> {
    private final Promise<T> promise = Promise.promise();
    private final Runnable abandoned;
    private Scheduler.Timer timer;

    Entry(Runnable abandoned) {
      this.abandoned = abandoned;
    }

    void succeed(T value) {
      if (entries.remove(this)) {
        timer.cancel();
        promise.complete(value);
      }
    }

    boolean fail(BluetoothError error) {
      if (!entries.remove(this)) {
        return false;
      }
      timer.cancel();
      promise.fail(error);
      return true;
    }

    void abandon(BluetoothError error) {
      if (fail(error)) {
        abandoned.run();
      }
    }
  }
}
