package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import java.util.List;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The ways between pages and host, and what waits there. */
final class LanesView implements View {
  private record Row(Snapshot.Lane lane, double seconds) {}

  private final Tables<Row> lanes =
      new Tables<Row>("lanes", "–", row -> row.lane.name())
          .text("Lane", 200, row -> row.lane.name())
          .figure("Calls/s", 120, row -> row.lane.calls() / row.seconds, Figures::count)
          .figure(
              "Answers in bytes",
              160,
              row -> row.lane.bytes() / row.seconds,
              bytes -> Figures.bytes(bytes) + "/s")
          .figure("In flight", 120, row -> row.lane.inFlight(), Figures::count);
  private final Tables<Snapshot.Queue> queues =
      new Tables<Snapshot.Queue>(
              "queues", "The app's event loop did not answer", Snapshot.Queue::name)
          .text("What waits, or is open", 360, Snapshot.Queue::name)
          .figure("Now", 120, Snapshot.Queue::depth, Figures::count)
          .text("Unit", 120, Snapshot.Queue::unit);
  private final VBox node = new VBox(12);

  LanesView() {
    VBox above = lanes.under("Lanes");
    VBox below = queues.under("Queues and handles");
    above.setMinHeight(150);
    above.setMaxHeight(150);
    VBox.setVgrow(below, Priority.ALWAYS);
    node.setPadding(new Insets(12));
    node.getChildren().addAll(above, below);
  }

  @Override
  public String title() {
    return "Lanes";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    double seconds = History.seconds(snapshot);
    lanes.show(snapshot.lanes().stream().map(lane -> new Row(lane, seconds)).toList());
    queues.show(snapshot.queues());
  }
}
