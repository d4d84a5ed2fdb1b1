package dev.dunlin.scheduler;

import java.time.Duration;

/**
 * A clock with timers whose tasks run on one lane, so protocol code needs no locks.
 *
 * <p>Thread: {@link #schedule} and {@link Timer#cancel} from any thread (the virtual one: its own
 * thread only). A task that throws does not stop the scheduler; its exception goes to the lane's
 * handler.
 */
public interface Scheduler extends Clock {
  /** The lane that tasks run on. */
  Lane lane();

  /**
   * Runs the task once, after the delay; never inline, not even for {@link Duration#ZERO}.
   *
   * @throws IllegalArgumentException when the delay is negative
   */
  Timer schedule(Duration delay, Runnable task);

  /**
   * Runs the task every period, first after one period, measured from start to start; runs that are
   * late are not made up for.
   *
   * @throws IllegalArgumentException when the period is not positive
   */
  Timer schedulePeriodic(Duration period, Runnable task);

  /** One scheduled task. */
  interface Timer {
    /**
     * After this the task does not start again (a run already begun goes on).
     *
     * @return true when it had still been due, false when it was done or cancelled before
     */
    boolean cancel();
  }
}
