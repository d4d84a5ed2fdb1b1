package dev.dunlin.shell.desktop;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a desktop may lack.
 *
 * @param reason a short word that does not change
 * @param message what is missing
 * @param cure what to do
 */
record Absent(String reason, String message, String cure) {
  static final Absent NO_BUS =
      new Absent(
          "no-bus",
          "There is no message bus (D-Bus) of a session",
          "Start the app from a desktop session, or with dbus-run-session");

  /** The code of the error that says it. */
  String code() {
    return "ERR_" + reason.replace('-', '_').toUpperCase(java.util.Locale.ROOT);
  }

  /** The line of {@code application.capabilities()}. */
  Map<String, Object> capability() {
    return line(false, reason, message + ".", cure + ".");
  }

  /** The line of what is there. */
  static Map<String, Object> there() {
    return line(true, "", "", "");
  }

  private static Map<String, Object> line(
      boolean available, String reason, String message, String cure) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("available", available);
    line.put("reason", reason);
    line.put("message", message);
    line.put("cure", cure);
    return line;
  }
}
