package dev.dunlin.bt;

import java.util.List;

/**
 * What to look for.
 *
 * @param filters any one of them is enough; none: every device
 * @param duplicates an event for every advertisement heard, not only when something but the signal
 *     strength is new
 */
public record ScanOptions(List<ScanFilter> filters, boolean duplicates) {
  public ScanOptions {
    filters = List.copyOf(filters);
  }

  /** Every device, once for each change. */
  public static ScanOptions all() {
    return new ScanOptions(List.of(), false);
  }

  /** Devices that match, once for each change. */
  public static ScanOptions of(ScanFilter... filters) {
    return new ScanOptions(List.of(filters), false);
  }

  boolean matches(Advertisement seen) {
    return filters.isEmpty() || filters.stream().anyMatch(filter -> filter.matches(seen));
  }
}
