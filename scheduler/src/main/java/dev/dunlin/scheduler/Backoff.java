package dev.dunlin.scheduler;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * How long to wait before attempt n: doubles from {@code first} up to {@code cap}, then a random
 * part is taken off so that many clients do not come back at once.
 *
 * @param first the wait before attempt 0, more than zero
 * @param cap the longest wait, at least {@code first}
 * @param jitter the largest part taken off, 0 (none) to 1 (all)
 */
public record Backoff(Duration first, Duration cap, double jitter, RandomSource random) {
  public Backoff {
    if (first.isNegative() || first.isZero()) {
      throw new IllegalArgumentException("the first wait is more than zero, this is " + first);
    }
    if (cap.compareTo(first) < 0) {
      throw new IllegalArgumentException("the cap " + cap + " is below the first wait " + first);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter is 0 to 1, this is " + jitter);
    }
  }

  /** The wait before this attempt; attempts count from 0. */
  public Duration delay(int attempt) {
    if (attempt < 0) {
      throw new IllegalArgumentException("attempts count from 0, this is " + attempt);
    }
    Duration full = first;
    for (int i = 0; i < attempt && full.compareTo(cap) < 0; i++) {
      // Never doubles past the cap, so a large attempt can't overflow.
      full = full.compareTo(cap.minus(full)) > 0 ? cap : full.multipliedBy(2);
    }
    if (full.compareTo(cap) > 0) {
      full = cap;
    }
    double part = (ByteBuffer.wrap(random.bytes(Long.BYTES)).getLong() >>> 11) * 0x1.0p-53;
    return Duration.ofNanos((long) (full.toNanos() * (1 - jitter * part)));
  }
}
