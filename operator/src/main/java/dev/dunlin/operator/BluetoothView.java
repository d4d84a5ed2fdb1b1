package dev.dunlin.operator;

import dev.dunlin.operator.History.Point;
import dev.dunlin.shell.operator.Snapshot;
import dev.dunlin.shell.operator.Snapshot.Thing;
import java.util.List;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** The adapter, and the devices that pages have open. */
final class BluetoothView implements View {
  private static final String MODULE = "bluetooth";

  private final Label adapter = new Label();
  private final Tables<Thing> devices =
      new Tables<Thing>("devices", "No page has a device open", thing -> thing.text("id"))
          .text("Window", 70, Things::window)
          .text("Name", 200, thing -> thing.text("name"))
          .text("Id", 220, thing -> thing.text("id"))
          .text("Connected", 100, thing -> thing.text("connected"))
          .figure("Attributes", 100, thing -> Things.number(thing, "attributes"), Figures::count)
          .figure(
              "Subscriptions", 120, thing -> Things.number(thing, "subscriptions"), Figures::count)
          .text("Services", 320, thing -> thing.text("services"));
  private final VBox node = new VBox(8, Tables.heading("Adapter"), adapter);

  BluetoothView() {
    adapter.setId("adapter");
    adapter.setWrapText(true);
    VBox below = devices.under("Devices");
    VBox.setVgrow(below, Priority.ALWAYS);
    node.setPadding(new Insets(12));
    node.getChildren().add(below);
  }

  @Override
  public String title() {
    return "Bluetooth";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public void show(Snapshot snapshot, List<Point> points) {
    adapter.setText(
        Things.of(snapshot, MODULE, thing -> !Things.isOpen(thing)).stream()
            .findFirst()
            .map(BluetoothView::words)
            .orElse("No page has used Bluetooth: the adapter is not open."));
    devices.show(
        Things.of(snapshot, MODULE, thing -> Things.isOpen(thing) && !thing.text("id").isEmpty()));
  }

  private static String words(Thing status) {
    String cure = status.text("cure");
    return status.text("available").equals("true")
        ? "ready" + (status.text("canAdvertise").equals("true") ? ", can advertise" : "")
        : status.text("message") + (cure.isEmpty() ? "" : " — " + cure);
  }
}
