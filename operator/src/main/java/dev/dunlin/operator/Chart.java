package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javafx.geometry.Insets;
import javafx.scene.chart.LineChart;
import javafx.scene.chart.NumberAxis;
import javafx.scene.chart.XYChart;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;

/** Lines over the last minutes. */
final class Chart {
  /** Points of a line: two minutes. */
  static final int POINTS = 120;

  private final LineChart<Number, Number> chart;
  private final List<ToDoubleFunction<Point>> values = new ArrayList<>();
  private final VBox box;

  Chart(String id, String title, String unit) {
    NumberAxis time = new NumberAxis(-POINTS, 0, 30);
    time.setMinorTickVisible(false);
    time.setTickLabelFormatter(
        new StringConverter<>() {
          @Override
          public String toString(Number seconds) {
            return seconds.intValue() == 0 ? "now" : seconds.intValue() + " s";
          }

          @Override
          public Number fromString(String text) {
            throw new UnsupportedOperationException("nobody types here");
          }
        });
    NumberAxis value = new NumberAxis();
    value.setForceZeroInRange(true);
    value.setMinorTickVisible(false);
    chart = new LineChart<>(time, value);
    chart.setId(id);
    chart.setVerticalZeroLineVisible(false);
    chart.setHorizontalZeroLineVisible(false);
    chart.setAnimated(false);
    chart.setCreateSymbols(false);
    chart.setLegendVisible(false);
    chart.setMinHeight(120);
    Label heading = Tables.heading(title + ", " + unit);
    box = new VBox(2, heading, chart);
    box.getStyleClass().add("card");
    box.setPadding(new Insets(10));
    VBox.setVgrow(chart, Priority.ALWAYS);
  }

  Chart line(String name, ToDoubleFunction<Point> value) {
    XYChart.Series<Number, Number> series = new XYChart.Series<>();
    series.setName(name);
    chart.getData().add(series);
    values.add(value);
    chart.setLegendVisible(values.size() > 1);
    return this;
  }

  void show(List<Point> points) {
    for (int i = 0; i < values.size(); i++) {
      List<XYChart.Data<Number, Number>> line = new ArrayList<>();
      for (Point point : points) {
        double seconds = (point.atMillis() - points.get(points.size() - 1).atMillis()) / 1_000.0;
        if (seconds >= -POINTS) {
          line.add(new XYChart.Data<>(seconds, values.get(i).applyAsDouble(point)));
        }
      }
      chart.getData().get(i).getData().setAll(line);
    }
  }

  VBox node() {
    return box;
  }
}
