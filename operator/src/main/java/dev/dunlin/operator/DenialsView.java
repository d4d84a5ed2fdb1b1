package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import java.util.List;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** What policy refuses, and what would allow it. */
final class DenialsView implements View {
  private final Tables<Snapshot.Denial> table =
      new Tables<Snapshot.Denial>(
              "denials", "Nothing was denied", denial -> denial.directive() + denial.source())
          .figure("Times", 70, Snapshot.Denial::times, Figures::count)
          .figure("Last", 90, Snapshot.Denial::lastMillis, Figures::time)
          .text("Command", 200, Snapshot.Denial::command)
          .text("Directive", 120, Snapshot.Denial::directive)
          .text("Source that would allow it", 420, Snapshot.Denial::source);
  private final TextField line = new TextField();
  private final Button copy = new Button("Copy");
  private final VBox node = new VBox(8);

  DenialsView() {
    Label what =
        new Label(
            "A line for [security] in socket.ini that allows what is selected. Is it what the page"
                + " should do? A page's <meta> policy must allow it, too.");
    what.getStyleClass().add("quiet");
    what.setWrapText(true);
    what.setMinHeight(Label.USE_PREF_SIZE);
    line.setId("denial-line");
    line.setEditable(false);
    line.getStyleClass().add("code");
    copy.setId("denial-copy");
    copy.setDisable(true);
    copy.setOnAction(
        click -> {
          ClipboardContent content = new ClipboardContent();
          content.putString(line.getText());
          Clipboard.getSystemClipboard().setContent(content);
        });
    table
        .table()
        .getSelectionModel()
        .selectedItemProperty()
        .addListener(
            (item, before, now) -> {
              line.setText(now == null ? "" : "policy[] = " + now.directive() + " " + now.source());
              copy.setDisable(now == null);
            });
    HBox.setHgrow(line, Priority.ALWAYS);
    VBox.setVgrow(table.table(), Priority.ALWAYS);
    node.setPadding(new Insets(12));
    node.getChildren().addAll(table.table(), what, new HBox(8, line, copy));
  }

  @Override
  public String title() {
    return "Denials";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    table.show(snapshot.denials());
  }
}
