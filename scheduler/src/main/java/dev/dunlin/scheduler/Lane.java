package dev.dunlin.scheduler;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * An ordered queue of work that owns state: what is touched only on a lane needs no lock. Thread:
 * {@link #execute} and {@link #call} from any.
 */
public sealed interface Lane permits ContextLane, VirtualScheduler.VirtualLane {
  /** A new lane on one of the event loops of this Vert.x. */
  static Lane create(Vertx vertx, String name) {
    return new ContextLane(vertx, name);
  }

  /** Named in thread checks. */
  String name();

  /** Queues the task behind what is already queued; never runs it inline. */
  void execute(Runnable task);

  /** True inside a task of this lane. */
  boolean isCurrent();

  /**
   * The fence at the entry of code that owns a lane's state.
   *
   * @throws IllegalStateException off the lane
   */
  default void check() {
    if (!isCurrent()) {
      throw new IllegalStateException(
          "lane '"
              + name()
              + "' owns this state, but thread '"
              + Thread.currentThread().getName()
              + "' asked: hop with Lane.execute first");
    }
  }

  /**
   * Runs the task on this lane and hands its result back. An exception of the task fails the
   * future. Listeners added off the lane may be called on it.
   */
  <T> Future<T> call(Supplier<Future<T>> task);
}
