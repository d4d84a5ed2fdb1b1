package dev.dunlin.scheduler;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Turns a task that may throw into the outcome of a promise. */
final class Calls {
  private Calls() {}

  static <T> void run(Supplier<Future<T>> task, Promise<T> promise) {
    Future<T> result;
    try {
      result = task.get();
    } catch (RuntimeException e) {
      promise.fail(e);
      return;
    }
    result.onComplete(promise);
  }
}
