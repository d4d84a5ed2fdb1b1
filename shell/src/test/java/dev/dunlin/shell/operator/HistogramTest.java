package dev.dunlin.shell.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Property
  void aQuantileIsAtMostASixteenthTooHigh(
      @ForAll @Size(min = 1, max = 500) List<@LongRange(min = 0, max = 100_000_000_000L) Long> times) {
    Histogram histogram = new Histogram();
    times.forEach(histogram::add);
    List<Long> sorted = times.stream().sorted().toList();
    for (double part : new double[] {0.5, 0.99, 1}) {
      long exact = sorted.get(Math.max(1, (int) Math.ceil(part * sorted.size())) - 1);
      long told = histogram.quantileNanos(part);
      Assertions.assertTrue(told > exact, part + " of " + sorted + ": " + told);
      Assertions.assertTrue(told <= Math.max(1 << 10, exact + exact / 16 + 1), told + " " + exact);
    }
  }

  @Test
  void isEmptyAtTheBeginningAndWhenCleared() {
    Histogram histogram = new Histogram();
    assertEquals(0, histogram.quantileNanos(0.99));
    histogram.add(5_000);
    histogram.clear();
    assertEquals(0, histogram.quantileNanos(0.99));
  }

  @Test
  void takesTimesBeyondItsLastBucket() {
    Histogram histogram = new Histogram();
    histogram.add(Long.MAX_VALUE);
    assertEquals(1L << 37, histogram.quantileNanos(0.5));
  }
}
