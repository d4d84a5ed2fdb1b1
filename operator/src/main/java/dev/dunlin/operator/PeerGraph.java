package dev.dunlin.operator;

import dev.dunlin.shell.operator.Snapshot.Thing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.geometry.VPos;
import javafx.scene.control.Label;
import javafx.scene.layout.Pane;
import javafx.scene.paint.Color;
import javafx.scene.shape.Circle;
import javafx.scene.shape.Line;
import javafx.scene.shape.Rectangle;
import javafx.scene.text.Font;
import javafx.scene.text.FontWeight;
import javafx.scene.text.Text;
import javafx.scene.text.TextAlignment;

/**
 * The app's own peers, and around each those it is linked to: by a line if they talk with each
 * other, by a broken one if others pass it on.
 */
final class PeerGraph extends Pane {
  private static final int ID_LENGTH = 8;
  private static final Color OWN = Color.web("#1f6feb");
  private static final Color OTHER = Color.web("#2da44e");
  private static final Color PROXIED = Color.web("#bf8700");
  private static final Color QUIET = Color.web("#57606a");
  private static final double RADIUS = 9;

  /** One of the app's peers. */
  private record Own(String id, String label, List<Link> links) {}

  private record Link(String id, String label, boolean proxied) {}

  private List<Own> peers = List.of();

  PeerGraph() {
    setId("peers");
    getStyleClass().add("card");
    setMinSize(200, 160);
    widthProperty().addListener(changed -> draw());
    heightProperty().addListener(changed -> draw());
  }

  void show(List<Thing> buses) {
    // Several pages may use one peer.
    Map<String, Own> now = new LinkedHashMap<>();
    buses.forEach(bus -> now.putIfAbsent(bus.text("clusterId") + bus.text("peerId"), own(bus)));
    List<Own> all = List.copyOf(now.values());
    if (!all.equals(peers) || getChildren().isEmpty()) {
      peers = all;
      draw();
    }
  }

  private static Own own(Thing bus) {
    List<Link> links = new ArrayList<>();
    if (bus.facts().get("links") instanceof List<?> told) {
      for (Object one : told) {
        if (one instanceof Map<?, ?> link) {
          links.add(
              new Link(
                  brief(link.get("peerId")),
                  link.get("address") + "\n" + link.get("natName"),
                  Boolean.TRUE.equals(link.get("proxied"))));
        }
      }
    }
    return new Own(
        brief(bus.facts().get("peerId")),
        "this app, " + bus.text("natName") + "\ncluster " + brief(bus.facts().get("clusterId")),
        links);
  }

  private static String brief(Object id) {
    String text = String.valueOf(id);
    return text.length() <= ID_LENGTH ? text : text.substring(0, ID_LENGTH) + "…";
  }

  private void draw() {
    getChildren().clear();
    if (peers.isEmpty()) {
      Label none = new Label("No page has joined a cluster");
      none.getStyleClass().add("quiet");
      none.setLayoutX(16);
      none.setLayoutY(12);
      getChildren().add(none);
      return;
    }
    double width = getWidth() / peers.size();
    for (int i = 0; i < peers.size(); i++) {
      draw(peers.get(i), width * i, width);
    }
  }

  private void draw(Own own, double left, double width) {
    double x = left + width / 2;
    double y = getHeight() / 2;
    double across = Math.max(40, width / 2 - 90);
    double up = Math.max(40, getHeight() / 2 - 52);
    int count = own.links.size();
    for (int i = 0; i < count; i++) {
      Link link = own.links.get(i);
      double angle = 2 * Math.PI * i / count - Math.PI / 2;
      double atX = x + across * Math.cos(angle);
      double atY = y + up * Math.sin(angle);
      Line line = new Line(x, y, atX, atY);
      line.setStroke(link.proxied ? PROXIED : OTHER);
      line.setStrokeWidth(1.6);
      if (link.proxied) {
        line.getStrokeDashArray().addAll(6.0, 5.0);
      }
      getChildren().add(0, line);
      node(atX, atY, link.id, link.label, link.proxied ? PROXIED : OTHER);
    }
    node(x, y, own.id, own.label, OWN);
  }

  private void node(double x, double y, String id, String label, Color colour) {
    Circle circle = new Circle(x, y, RADIUS, colour);
    circle.setStroke(Color.WHITE);
    circle.setStrokeWidth(2);
    Text name = text(x, y + RADIUS + 4, id, Color.web("#1f2328"));
    name.setFont(Font.font("monospace", FontWeight.BOLD, 12));
    Text facts = text(x, y + RADIUS + 20, label, QUIET);
    getChildren().addAll(centred(name, x), centred(facts, x));
    // Lines pass behind the words.
    double widest = Math.max(name.getLayoutBounds().getWidth(), facts.getLayoutBounds().getWidth());
    Rectangle behind =
        new Rectangle(
            x - widest / 2 - 3,
            name.getY() - 1,
            widest + 6,
            facts.getLayoutBounds().getMaxY() - name.getY() + 3);
    behind.setFill(Color.color(1, 1, 1, 0.85));
    getChildren().add(getChildren().indexOf(name), behind);
    getChildren().add(circle);
  }

  private static Text text(double x, double y, String words, Color colour) {
    Text text = new Text(x, y, words);
    text.setTextOrigin(VPos.TOP);
    text.setTextAlignment(TextAlignment.CENTER);
    text.setFill(colour);
    text.setFont(Font.font(11));
    return text;
  }

  private static Text centred(Text text, double x) {
    text.setX(x - text.getLayoutBounds().getWidth() / 2);
    return text;
  }
}
