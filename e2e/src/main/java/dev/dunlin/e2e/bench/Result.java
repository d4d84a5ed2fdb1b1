package dev.dunlin.e2e.bench;

import java.util.List;

/**
 * One measured thing.
 *
 * @param name such as {@code call.sequential}
 * @param peer who did it: {@code dunlin}, {@code node}, {@code qtwebengine} or {@code dbus-java}
 * @param unit {@code ms}, {@code MiB}, {@code MiB/s} or {@code 1/s}
 * @param median the middle sample
 * @param p99 the sample that 99 of 100 are better than or equal to; the worst where there are fewer
 * @param n number of samples
 */
record Result(String name, String peer, String unit, double median, double p99, int n) {
  static Result of(String name, String peer, String unit, List<Double> samples) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured for " + name);
    }
    // Of a rate the low ones are bad.
    boolean rate = unit.endsWith("/s");
    List<Double> sorted = samples.stream().sorted().toList();
    int n = sorted.size();
    int rank = (int) Math.ceil(n * 0.99);
    double median =
        n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    return new Result(name, peer, unit, median, sorted.get(rate ? n - rank : rank - 1), n);
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "%-16s %-12s %12.3f %12.3f  %-6s %6d",
        name,
        peer,
        median,
        p99,
        unit,
        n);
  }
}
