package dev.dunlin.shell.desktop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where the buses are. Apart from {@link Bus}, as a look at it loads no class of D-Bus. */
final class BusAddress {
  private BusAddress() {}

  /** Where the bus of the person's session is, as libdbus looks for it. */
  static Optional<String> ofSession(Map<String, String> environment) {
    String told = environment.getOrDefault("DBUS_SESSION_BUS_ADDRESS", "");
    if (!told.isEmpty()) {
      // The start script's word for none; libdbus' too.
      return first(told).filter(one -> !one.startsWith("disabled:"));
    }
    return Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
        .map(folder -> Path.of(folder, "bus"))
        .filter(Files::exists)
        .map(socket -> "unix:path=" + socket);
  }

  static Optional<String> ofSystem(Map<String, String> environment) {
    return first(
        environment.getOrDefault(
            "DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/var/run/dbus/system_bus_socket"));
  }

  /** Of several that are told, the first one that can be used here. */
  private static Optional<String> first(String addresses) {
    for (String one : addresses.split(";")) {
      if (one.startsWith("unix:path=")
          || one.startsWith("unix:abstract=")
          || one.startsWith("disabled:")) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}
