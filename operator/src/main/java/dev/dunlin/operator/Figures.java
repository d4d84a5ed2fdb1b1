package dev.dunlin.operator;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as people read them. */
final class Figures {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private Figures() {}

  static String count(double value) {
    return String.format(Locale.ROOT, value < 10 && value % 1 != 0 ? "%,.1f" : "%,.0f", value);
  }

  static String millis(double millis) {
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%,.0f ms", millis);
  }

  static String micros(double micros) {
    return micros == 0 ? "–" : millis(micros / 1_000.0);
  }

  static String bytes(double bytes) {
    if (bytes < 0) {
      return "–";
    }
    String[] units = {"B", "KiB", "MiB", "GiB"};
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  static String number(double value) {
    return Long.toString((long) value);
  }

  static String time(double millis) {
    return TIME.format(Instant.ofEpochMilli((long) millis).atZone(ZoneId.systemDefault()));
  }
}
