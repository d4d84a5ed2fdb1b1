package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import java.util.List;
import java.util.Locale;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** What the app prints. */
final class ConsoleView implements View {
  /** Lines kept. Over: the oldest go. */
  static final int LINES = 5_000;

  private final ObservableList<Snapshot.Line> lines = FXCollections.observableArrayList();
  private final FilteredList<Snapshot.Line> filtered = new FilteredList<>(lines);
  private final ListView<Snapshot.Line> list = new ListView<>(filtered);
  private final TextField filter = new TextField();
  private final CheckBox follow = new CheckBox("Follow");
  private final Label dropped = new Label();
  private final VBox node = new VBox(8);

  ConsoleView() {
    list.setId("console");
    list.setPlaceholder(new Label("Nothing was printed since the Operator attached"));
    list.setCellFactory(any -> new Cell());
    filter.setId("console-filter");
    filter.setPromptText("Show lines that have …");
    filter
        .textProperty()
        .addListener(
            (text, before, now) -> {
              String wanted = now.toLowerCase(Locale.ROOT);
              filtered.setPredicate(line -> line.text().toLowerCase(Locale.ROOT).contains(wanted));
            });
    follow.setSelected(true);
    dropped.getStyleClass().add("quiet");
    HBox.setHgrow(filter, Priority.ALWAYS);
    HBox bar = new HBox(12, filter, follow, dropped);
    bar.setAlignment(javafx.geometry.Pos.CENTER_LEFT);
    VBox.setVgrow(list, Priority.ALWAYS);
    node.setPadding(new Insets(12));
    node.getChildren().addAll(bar, list);
  }

  private static final class Cell extends ListCell<Snapshot.Line> {
    @Override
    protected void updateItem(Snapshot.Line line, boolean empty) {
      super.updateItem(line, empty);
      getStyleClass().removeAll("stderr");
      setText(empty || line == null ? "" : Figures.time(line.atMillis()) + "  " + line.text());
      if (!empty && line != null && line.level().equals("stderr")) {
        getStyleClass().add("stderr");
      }
    }
  }

  @Override
  public String title() {
    return "Console";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    dropped.setText(
        snapshot.linesDropped() == 0
            ? ""
            : Figures.count(snapshot.linesDropped()) + " lines were too many and are not here");
    if (snapshot.lines().isEmpty()) {
      return;
    }
    lines.addAll(snapshot.lines());
    if (lines.size() > LINES) {
      lines.remove(0, lines.size() - LINES);
    }
    if (follow.isSelected()) {
      list.scrollTo(filtered.size() - 1);
    }
  }

  /** Another app, or another moment of a recording. */
  void clear() {
    lines.clear();
  }
}
