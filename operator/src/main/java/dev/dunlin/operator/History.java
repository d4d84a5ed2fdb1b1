package dev.dunlin.operator;

import dev.dunlin.shell.operator.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** What charts show: a few figures of each snapshot, of the last ones. */
final class History {
  /**
   * Figures of one snapshot.
   *
   * @param atMillis calendar time
   * @param pssBytes of all processes
   */
  record Point(
      long atMillis,
      double callsPerSecond,
      double faultsPerSecond,
      double p50Millis,
      double p99Millis,
      double loopMillis,
      long pssBytes,
      long inFlight) {}

  private final int most;
  private final List<Point> points = new ArrayList<>();

  /**
   * @param most points kept; over: the oldest goes
   */
  History(int most) {
    this.most = most;
  }

  void add(Snapshot snapshot) {
    double seconds = seconds(snapshot);
    points.add(
        new Point(
            snapshot.atMillis(),
            snapshot.calls().calls() / seconds,
            snapshot.calls().faults() / seconds,
            snapshot.calls().p50Micros() / 1_000.0,
            snapshot.calls().p99Micros() / 1_000.0,
            Math.max(0, snapshot.loopMicros()) / 1_000.0,
            snapshot.processes().stream().mapToLong(one -> Math.max(0, one.pssBytes())).sum(),
            snapshot.lanes().stream().mapToLong(Snapshot.Lane::inFlight).sum()));
    if (points.size() > most) {
      points.remove(0);
    }
  }

  static double seconds(Snapshot snapshot) {
    return Math.max(1_000, snapshot.periodMicros()) / 1e6;
  }

  int size() {
    return points.size();
  }

  /** The last ones up to a moment. */
  List<Point> until(long atMillis, int count) {
    int end = points.size();
    while (end > 0 && points.get(end - 1).atMillis() > atMillis) {
      end--;
    }
    return List.copyOf(points.subList(Math.max(0, end - count), end));
  }
}
