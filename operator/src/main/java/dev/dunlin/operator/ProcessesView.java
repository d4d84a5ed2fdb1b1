package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import dev.dunlin.shell.operator.Snapshot.Thing;
import java.util.List;
import java.util.stream.Stream;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** Memory by process; the back end and the children of pages. */
final class ProcessesView implements View {
  private final Tables<Snapshot.Process> processes =
      new Tables<Snapshot.Process>("processes", "–", Snapshot.Process::pid)
          .text("Process", 320, Snapshot.Process::name)
          .figure("Id", 120, Snapshot.Process::pid, Figures::number)
          .figure("Memory (PSS)", 140, Snapshot.Process::pssBytes, Figures::bytes);
  private final Tables<Thing> children =
      new Tables<Thing>(
              "children", "The app has no back end, and its pages no children", Thing::facts)
          .text("Kind", 120, ProcessesView::kind)
          .text("Window", 80, Things::window)
          .text("Program", 360, thing -> thing.text("name"))
          .figure("Id", 100, thing -> Things.number(thing, "pid"), Figures::number)
          .text("Runs", 80, thing -> thing.text("running").equals("true") ? "yes" : "no")
          .text("Failures", 90, thing -> thing.text("failures"));
  private final VBox node = new VBox(12);

  ProcessesView() {
    VBox above = processes.under("Memory, added up every 5 seconds");
    VBox below = children.under("Back end and children");
    VBox.setVgrow(above, Priority.ALWAYS);
    below.setPrefHeight(180);
    below.setMinHeight(120);
    node.setPadding(new Insets(12));
    node.getChildren().addAll(above, below);
  }

  private static String kind(Thing thing) {
    return Things.isOpen(thing) ? "child" : "back end";
  }

  @Override
  public String title() {
    return "Processes";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    processes.show(snapshot.processes());
    children.show(
        Stream.concat(
                Things.of(snapshot, "process", thing -> !Things.isOpen(thing)).stream(),
                Things.of(snapshot, "child-process", Things::isOpen).stream())
            .toList());
  }
}
