package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import java.util.List;
import java.util.Locale;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.control.TextField;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** Every command that was called. */
final class CommandsView implements View {
  private record Row(Snapshot.Command command, double perSecond) {}

  private final TextField filter = new TextField();
  private final Tables<Row> table =
      new Tables<Row>("commands", "No calls yet", row -> row.command.name())
          .text("Command", 320, row -> row.command.name())
          .figure("Calls/s", 90, row -> row.perSecond, Figures::count)
          .figure("Calls", 100, row -> row.command.calls(), Figures::count)
          .figure("Errors", 90, row -> row.command.faults(), Figures::count)
          .figure("p50", 100, row -> row.command.p50Micros(), Figures::micros)
          .figure("p99", 100, row -> row.command.p99Micros(), Figures::micros);
  private final VBox node = new VBox(8, filter, table.table());
  private List<Row> all = List.of();

  CommandsView() {
    filter.setId("commands-filter");
    filter.setPromptText("Show commands whose name has …");
    filter.textProperty().addListener((text, before, now) -> filtered());
    node.setPadding(new Insets(12));
    VBox.setVgrow(table.table(), Priority.ALWAYS);
  }

  @Override
  public String title() {
    return "Commands";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    double seconds = History.seconds(snapshot);
    all =
        snapshot.commands().stream()
            .map(command -> new Row(command, command.lately() / seconds))
            .toList();
    filtered();
  }

  private void filtered() {
    String wanted = filter.getText().toLowerCase(Locale.ROOT).strip();
    table.show(
        all.stream()
            .filter(row -> row.command.name().toLowerCase(Locale.ROOT).contains(wanted))
            .toList());
  }
}
