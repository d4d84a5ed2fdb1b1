package dev.dunlin.scheduler;

import java.time.Duration;
import java.time.Instant;

/** The only way to ask what time it is. Thread: any. */
public interface Clock {
  /** Monotonic time since a fixed, arbitrary origin: never goes back, unrelated to the calendar. */
  Duration now();

  /** {@link #now} in nanoseconds, for who asks hundred thousands of times a second. */
  default long nanos() {
    return now().toNanos();
  }

  /** Calendar time; may jump when the machine's clock is set. */
  Instant wallTime();
}
