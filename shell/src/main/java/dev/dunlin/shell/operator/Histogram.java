package dev.dunlin.shell.operator;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often which times were, in buckets whose width grows with the time: a quantile is at most a
 * sixteenth too high. Its size does not depend on what is counted.
 *
 * <p><i>Thread:</i> any.
 */
final class Histogram {
  /** Buckets between a power of two and the next. */
  private static final int STEPS = 16;

  private static final int STEP_BITS = 4;

  /** Times below are one: 2^10 ns, about a microsecond. */
  private static final int LOWEST_BITS = 10;

  /** Times from 2^37 ns, some two minutes, on are one. */
  private static final int HIGHEST_BITS = 37;

  private final AtomicLongArray counts =
      new AtomicLongArray(1 + (HIGHEST_BITS - LOWEST_BITS) * STEPS);

  void add(long nanos) {
    counts.incrementAndGet(bucket(nanos));
  }

  private static int bucket(long nanos) {
    if (nanos < 1L << LOWEST_BITS) {
      return 0;
    }
    int bits = Math.min(63 - Long.numberOfLeadingZeros(nanos), HIGHEST_BITS - 1);
    long step = Math.min(STEPS - 1, (nanos >> (bits - STEP_BITS)) - STEPS);
    return 1 + (bits - LOWEST_BITS) * STEPS + (int) step;
  }

  /** The first time that is no more in the bucket. */
  private static long end(int bucket) {
    if (bucket == 0) {
      return 1L << LOWEST_BITS;
    }
    int bits = LOWEST_BITS + (bucket - 1) / STEPS;
    long step = (bucket - 1) % STEPS + 1;
    return (STEPS + step) << (bits - STEP_BITS);
  }

  /** The time that this part of all, 0 to 1, does not exceed; 0 if there are none. */
  long quantileNanos(double part) {
    long all = 0;
    for (int i = 0; i < counts.length(); i++) {
      all += counts.get(i);
    }
    long wanted = Math.max(1, (long) Math.ceil(part * all));
    for (int i = 0; i < counts.length() && all > 0; i++) {
      wanted -= counts.get(i);
      if (wanted <= 0) {
        return end(i);
      }
    }
    return 0;
  }

  /** Begins anew. */
  void clear() {
    for (int i = 0; i < counts.length(); i++) {
      counts.set(i, 0);
    }
  }
}
