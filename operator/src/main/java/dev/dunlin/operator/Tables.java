package dev.dunlin.operator;

import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.transformation.SortedList;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.layout.VBox;

/** A table whose rows come anew with each snapshot, and keep their order and their selection. */
final class Tables<R> {
  private final TableView<R> table = new TableView<>();
  private final ObservableList<R> rows = FXCollections.observableArrayList();
  private final Function<R, ?> key;

  /**
   * @param key what makes a row the same one in the next snapshot
   */
  Tables(String id, String empty, Function<R, ?> key) {
    this.key = key;
    SortedList<R> sorted = new SortedList<>(rows);
    sorted.comparatorProperty().bind(table.comparatorProperty());
    table.setItems(sorted);
    table.setId(id);
    table.setPlaceholder(new Label(empty));
    table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
  }

  Tables<R> text(String title, double width, Function<R, String> value) {
    table.getColumns().add(column(title, width, value, text -> text, Comparator.naturalOrder()));
    return this;
  }

  /** A figure, on the right. */
  <T extends Number & Comparable<T>> Tables<R> figure(
      String title, double width, Function<R, T> value, DoubleFunction<String> shown) {
    TableColumn<R, T> column =
        column(
            title,
            width,
            value,
            number -> shown.apply(number.doubleValue()),
            Comparator.naturalOrder());
    column.getStyleClass().add("figure-column");
    table.getColumns().add(column);
    return this;
  }

  private static <R, T> TableColumn<R, T> column(
      String title,
      double width,
      Function<R, T> value,
      Function<T, String> shown,
      Comparator<T> order) {
    TableColumn<R, T> column = new TableColumn<>(title);
    column.setPrefWidth(width);
    column.setComparator(order);
    column.setCellValueFactory(row -> new ReadOnlyObjectWrapper<>(value.apply(row.getValue())));
    column.setCellFactory(
        any ->
            new TableCell<>() {
              @Override
              protected void updateItem(T item, boolean empty) {
                super.updateItem(item, empty);
                setText(empty || item == null ? "" : shown.apply(item));
              }
            });
    return column;
  }

  void show(List<R> now) {
    if (rows.equals(now)) {
      return;
    }
    R selected = table.getSelectionModel().getSelectedItem();
    rows.setAll(now);
    if (selected != null) {
      now.stream()
          .filter(row -> key.apply(row).equals(key.apply(selected)))
          .findFirst()
          .ifPresent(table.getSelectionModel()::select);
    }
  }

  TableView<R> table() {
    return table;
  }

  /** With a heading above. */
  VBox under(String heading) {
    VBox box = new VBox(6, Tables.heading(heading), table);
    VBox.setVgrow(table, javafx.scene.layout.Priority.ALWAYS);
    box.setAlignment(Pos.TOP_LEFT);
    return box;
  }

  static Label heading(String text) {
    Label label = new Label(text);
    label.getStyleClass().add("heading");
    return label;
  }
}
