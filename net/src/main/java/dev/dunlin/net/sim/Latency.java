package dev.dunlin.net.sim;

/** How long a datagram takes. */
public enum Latency {
  /** Uniform below a millisecond, each by itself: that of upstream's simulator. */
  NETSIM,
  /** A lognormal for each pair (median 40 ms one way, sigma 0.6), 10 % jitter, at most 250 ms. */
  WAN;

  private static final double MEDIAN_MILLIS = 40;
  private static final double SIGMA = 0.6;
  private static final double JITTER = 0.1;
  private static final double CAP_MILLIS = 250;

  /**
   * @param seed of the run
   * @param dice 0 to just below 1, fresh for each datagram
   */
  long nanos(long seed, int from, int to, double dice) {
    if (this == NETSIM) {
      return (long) (dice * 1e6);
    }
    int low = Math.min(from, to);
    int high = Math.max(from, to);
    double normal = gaussian(mix(seed ^ ((long) low << 32 | high & 0xffff_ffffL)));
    double millis = MEDIAN_MILLIS * Math.exp(SIGMA * normal) * (1 + JITTER * dice);
    return (long) (Math.min(millis, CAP_MILLIS) * 1e6);
  }

  /** A normal number that is the same for the same bits (Box and Muller). */
  private static double gaussian(long bits) {
    double one = ((bits >>> 11) + 1) * 0x1.0p-53;
    double two = (mix(bits) >>> 11) * 0x1.0p-53;
    return Math.sqrt(-2 * Math.log(one)) * Math.cos(2 * Math.PI * two);
  }

  /** The finaliser of splitmix64. */
  static long mix(long bits) {
    long z = bits + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
