package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.RowConstraints;
import javafx.scene.layout.VBox;

/** How the app is at a glance. */
final class OverviewView implements View {
  private final VBox node = new VBox(12);
  private final HBox tiles = new HBox(12);
  private final List<Runnable> shown = new ArrayList<>();
  private final Chart calls =
      new Chart("calls-chart", "Calls", "per second")
          .line("answered", Point::callsPerSecond)
          .line("errors", Point::faultsPerSecond);
  private final Chart latency =
      new Chart("latency-chart", "Time to the answer", "milliseconds")
          .line("half of all (p50)", Point::p50Millis)
          .line("99 of 100 (p99)", Point::p99Millis);
  private final Chart memory =
      new Chart("memory-chart", "Memory of all processes", "MiB")
          .line("PSS", point -> point.pssBytes() / 1048576.0);
  private final Chart loop =
      new Chart("loop-chart", "Event loop and calls in flight", "milliseconds; calls")
          .line("delay of the loop", Point::loopMillis)
          .line("calls in flight", Point::inFlight);
  private Point now = new Point(0, 0, 0, 0, 0, 0, 0, 0);

  OverviewView() {
    tile("tile-calls", "calls a second", point -> Figures.count(point.callsPerSecond()));
    tile("tile-p99", "99 of 100 within", point -> Figures.millis(point.p99Millis()));
    tile("tile-faults", "errors a second", point -> Figures.count(point.faultsPerSecond()));
    tile("tile-flight", "calls in flight", point -> Figures.count(point.inFlight()));
    tile("tile-memory", "memory", point -> Figures.bytes(point.pssBytes()));
    GridPane charts = new GridPane();
    charts.setHgap(12);
    charts.setVgap(12);
    charts.addRow(0, calls.node(), latency.node());
    charts.addRow(1, memory.node(), loop.node());
    for (int i = 0; i < 2; i++) {
      ColumnConstraints half = new ColumnConstraints();
      half.setPercentWidth(50);
      charts.getColumnConstraints().add(half);
      RowConstraints row = new RowConstraints();
      row.setPercentHeight(50);
      charts.getRowConstraints().add(row);
    }
    VBox.setVgrow(charts, Priority.ALWAYS);
    node.setPadding(new Insets(12));
    node.getChildren().addAll(tiles, charts);
  }

  private void tile(String id, String name, Function<Point, String> value) {
    Label figure = new Label("–");
    figure.setId(id);
    figure.getStyleClass().add("figure");
    Label label = new Label(name);
    label.getStyleClass().add("quiet");
    VBox tile = new VBox(figure, label);
    tile.getStyleClass().add("card");
    tile.setPadding(new Insets(10, 14, 10, 14));
    HBox.setHgrow(tile, Priority.ALWAYS);
    tile.setMaxWidth(Double.MAX_VALUE);
    tiles.getChildren().add(tile);
    shown.add(() -> figure.setText(value.apply(now)));
  }

  @Override
  public String title() {
    return "Overview";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    if (points.isEmpty()) {
      return;
    }
    now = points.get(points.size() - 1);
    shown.forEach(Runnable::run);
    List.of(calls, latency, memory, loop).forEach(chart -> chart.show(points));
  }
}
