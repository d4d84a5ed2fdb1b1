package dev.dunlin.scheduler;

import java.time.Duration;
import java.time.Instant;

/** The machine's clocks. Thread: any. */
public final class SystemClock implements Clock {
  @Override
  public Duration now() {
    return Duration.ofNanos(System.nanoTime());
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant wallTime() {
    return Instant.now();
  }
}
