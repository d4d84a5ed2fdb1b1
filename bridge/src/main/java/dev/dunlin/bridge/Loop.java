package dev.dunlin.bridge;

import dev.dunlin.scheduler.Threads;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;

/** The bridge's threads: one event loop that owns all state, and two bounded worker pools. */
final class Loop {
  private final Vertx vertx;
  private final Context context;
  private final WorkerExecutor workers;
  // Apart, so that pages that stall their uploads can't keep everybody's file commands waiting.
  private final WorkerExecutor uploads;
  private final ThreadPoolExecutor brief =
      Threads.pool("brief", Limits.BRIEF_THREADS, Limits.BRIEF_WAITING);

  Loop(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      throw new IllegalStateException("make the bridge on an event loop or a plain thread");
    }
    this.workers = vertx.createSharedWorkerExecutor("dunlin-bridge", Limits.WORKERS);
    this.uploads = vertx.createSharedWorkerExecutor("dunlin-upload", Limits.UPLOADS);
  }

  /**
   * Runs on the loop, later, after all that already waits for it.
   *
   * @return false if the loop has ended: it will not run
   */
  boolean later(Runnable action) {
    try {
      context.runOnContext(ignored -> action.run());
      return true;
    } catch (RejectedExecutionException ended) {
      return false;
    }
  }

  /** Runs on the loop: now, if this is it. */
  void run(Runnable action) {
    // A worker of this context has it as its current one, too.
    if (Context.isOnEventLoopThread() && Vertx.currentContext() == context) {
      action.run();
    } else {
      later(action);
    }
  }

  /**
   * Runs on a thread for short work, soon. Any thread.
   *
   * @return false if they are busy: it will not run
   */
  boolean brief(Runnable action) {
    try {
      brief.execute(action);
      return true;
    } catch (RejectedExecutionException busy) {
      return false;
    }
  }

  /** Work that waits for {@link #brief}. */
  int briefWaiting() {
    return brief.getQueue().size();
  }

  /** Runs on a worker; the future completes on the loop. Call it on the loop. */
  <T> Future<T> blocking(boolean upload, Callable<T> action) {
    return (upload ? uploads : workers).executeBlocking(action, false);
  }

  /** Runs on the loop after a time. */
  long after(Duration delay, Runnable action) {
    return vertx.setTimer(delay.toMillis(), ignored -> run(action));
  }

  void cancelTimer(long id) {
    vertx.cancelTimer(id);
  }

  /** Ends the workers. */
  Future<Void> close() {
    brief.shutdown();
    return Future.join(workers.close(), uploads.close()).mapEmpty();
  }
}
