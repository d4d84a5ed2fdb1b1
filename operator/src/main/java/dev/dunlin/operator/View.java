package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import java.util.List;
import javafx.scene.Node;

/** One tab. Thread: JavaFX'. */
interface View {
  String title();

  Node node();

  /**
   * Shows a moment.
   *
   * @param points that led to it
   */
  void show(Snapshot snapshot, List<Point> points);
}
