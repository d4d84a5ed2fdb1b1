package dev.dunlin.shell.operator;

import dev.dunlin.scheduler.Clock;
import java.util.ArrayList;
import java.util.List;

/** Lines of the console since they were asked for last. Thread: any; never blocks for long. */
final class LineLog {
  private final Clock clock;

  // Guarded by this.
  private List<Snapshot.Line> lines = new ArrayList<>();
  private long dropped;

  LineLog(Clock clock) {
    this.clock = clock;
  }

  synchronized void add(String level, String text) {
    if (lines.size() < OperatorLimits.LINES) {
      lines.add(
          new Snapshot.Line(
              clock.wallTime().toEpochMilli(), level, OperatorLimits.cut(text.stripTrailing())));
    } else {
      dropped++;
    }
  }

  synchronized List<Snapshot.Line> take() {
    List<Snapshot.Line> taken = lines;
    lines = new ArrayList<>();
    return taken;
  }

  synchronized long dropped() {
    return dropped;
  }
}
