package dev.dunlin.bt;

import dev.dunlin.scheduler.Lane;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Events for one listener, one at a time, on the lane. What comes before there is a listener, or
 * while it is paused, waits up to a bound; beyond it the oldest is dropped and counted.
 *
 * <p><i>Thread:</i> any.
 */
public final class Events<T> {
  /** Events handed over in one task of the lane, so that others get their turn. */
  static final int SLICE = 64;

  private final Lane lane;
  private final int capacity;
  private final Promise<Void> ended = Promise.promise();
  private volatile long dropped;

  // --- owned by the lane
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private Consumer<? super T> listener;
  private boolean paused;
  private boolean draining;
  private boolean closed;

  Events(Lane lane, int capacity) {
    this.lane = lane;
    this.capacity = capacity;
  }

  /** Sets who gets them; what has waited comes first. */
  public Events<T> listen(Consumer<? super T> events) {
    lane.execute(
        () -> {
          listener = events;
          drain();
        });
    return this;
  }

  /** Hands nothing over until {@link #resume}. Called by the listener, at once. */
  public void pause() {
    onLane(() -> paused = true);
  }

  public void resume() {
    onLane(
        () -> {
          paused = false;
          drain();
        });
  }

  /** How many were dropped so far. */
  public long dropped() {
    return dropped;
  }

  /** Succeeds when it was stopped, fails with the reason when it ended by itself. */
  public Future<Void> ended() {
    return ended.future();
  }

  // --- for the core, on the lane

  void emit(T event) {
    if (closed) {
      return;
    }
    if (waiting.isEmpty() && listener != null && !paused && !draining) {
      hand(event);
      return;
    }
    if (waiting.size() == capacity) {
      waiting.removeFirst();
      drop(1);
    }
    waiting.addLast(event);
    drain();
  }

  /** Counts what the stack has dropped before it came here. */
  void drop(long count) {
    dropped = dropped + count;
  }

  int waiting() {
    return waiting.size();
  }

  void end() {
    closed = true;
    waiting.clear();
    ended.tryComplete();
  }

  void fail(BluetoothError reason) {
    closed = true;
    ended.tryFail(reason);
  }

  private void drain() {
    if (draining || paused || listener == null || waiting.isEmpty()) {
      return;
    }
    draining = true;
    lane.execute(
        () -> {
          for (int i = 0; i < SLICE && !paused && !waiting.isEmpty(); i++) {
            hand(waiting.removeFirst());
          }
          draining = false;
          drain();
        });
  }

  private void hand(T event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      // The listener's fault: it gets no more, the others go on, and the lane's handler hears it.
      fail(BluetoothError.of(e));
      listener = null;
      lane.execute(
          () -> {
            throw e;
          });
    }
  }

  private void onLane(Runnable task) {
    if (lane.isCurrent()) {
      task.run();
    } else {
      lane.execute(task);
    }
  }
}
