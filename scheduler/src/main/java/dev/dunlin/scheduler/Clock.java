package dev.dunlin.scheduler;

import java.time.Duration;
import java.time.Instant;

/** The only way to ask what time it is. Thread: any. */
public interface Clock {
  /** Monotonic time since a fixed, arbitrary origin: never goes back, unrelated to the calendar. */
  Duration now();

  /** Calendar time; may jump when the machine's clock is set. */
  Instant wallTime();
}
