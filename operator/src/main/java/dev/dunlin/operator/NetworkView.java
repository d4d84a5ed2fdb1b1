package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import dev.dunlin.shell.operator.Snapshot.Thing;
import java.util.List;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** UDP sockets, and the peers of the app. */
final class NetworkView implements View {
  private final Tables<Thing> sockets =
      new Tables<Thing>("sockets", "No page has a UDP socket open", thing -> thing.text("local"))
          .text("Window", 70, Things::window)
          .text("Local", 180, thing -> thing.text("local"))
          .text("Connected to", 160, thing -> thing.text("remote"))
          .figure("Received", 100, thing -> Things.number(thing, "received"), Figures::count)
          .figure("Bytes in", 100, thing -> Things.number(thing, "receivedBytes"), Figures::bytes)
          .figure("Sent", 100, thing -> Things.number(thing, "sent"), Figures::count)
          .figure("Bytes out", 100, thing -> Things.number(thing, "sentBytes"), Figures::bytes)
          .figure("Dropped", 90, thing -> Things.number(thing, "dropped"), Figures::count)
          .figure("Waiting", 90, thing -> Things.number(thing, "waitingBytes"), Figures::bytes);
  private final PeerGraph graph = new PeerGraph();
  private final VBox node = new VBox(12);

  NetworkView() {
    VBox above = sockets.under("UDP sockets");
    above.setPrefHeight(190);
    above.setMinHeight(120);
    VBox below = new VBox(6, Tables.heading("Peers"), graph);
    VBox.setVgrow(graph, Priority.ALWAYS);
    VBox.setVgrow(below, Priority.ALWAYS);
    node.setPadding(new Insets(12));
    node.getChildren().addAll(above, below);
  }

  @Override
  public String title() {
    return "Network";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    sockets.show(Things.of(snapshot, "udp", Things::isOpen));
    graph.show(Things.of(snapshot, "network", Things::isOpen));
  }
}
