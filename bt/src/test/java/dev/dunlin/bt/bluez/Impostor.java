package dev.dunlin.bt.bluez;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;
import org.freedesktop.dbus.types.Variant;

/** Another user of the bus, who says that he is BlueZ. */
final class Impostor {
  private final String address;

  Impostor(String address) {
    this.address = address;
  }

  /** Forges signals, and calls our objects: the names of the errors that he gets. */
  List<String> tries() throws Exception {
    List<String> answers = new ArrayList<>();
    try (DBusConnection connection =
        DBusConnectionBuilder.forAddress(address).withShared(false).build()) {
      connection.sendMessage(
          new Properties.PropertiesChanged(
              "/org/bluez/hci0",
              "org.bluez.Adapter1",
              Map.of("Powered", new Variant<>(false)),
              List.of()));
      connection.sendMessage(
          new Properties.PropertiesChanged(
              "/org/bluez/hci0/dev_02_00_00_00_00_02",
              "org.bluez.Device1",
              Map.of("Connected", new Variant<>(false)),
              List.of()));
      for (int i = 0; i < 8 && answers.size() < 2; i++) {
        String victim = ":1." + i;
        if (victim.equals(connection.getUniqueName())) {
          continue;
        }
        for (String[] call :
            new String[][] {
              {"/dev/dunlin/agent", "org.bluez.Agent1", "Cancel"},
              {"/dev/dunlin/app1/service0/char0", "org.bluez.GattCharacteristic1", "StartNotify"}
            }) {
          MethodCall message =
              connection
                  .getMessageFactory()
                  .createMethodCall(null, victim, call[0], call[1], call[2], (byte) 0, null);
          connection.sendMessage(message);
          Message reply = message.getReply(3_000);
          if (reply != null && String.valueOf(reply.getName()).startsWith("org.bluez.")) {
            answers.add(reply.getName());
          }
        }
      }
    }
    return answers;
  }
}
