package dev.dunlin.bt.bluez;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells notifications from echoes: BlueZ says of a value that was read what it says of one that was
 * notified, in the signal right before its reply. Which of the two comes here first is open. So the
 * last value of a characteristic that is being read waits for the reply; there is one at most.
 *
 * <p><i>Thread:</i> the lane.
 */
final class Echoes {
  /** A value by signal, and the number that BlueZ gave the message. */
  private record Value(long serial, Buffer bytes) {}

  /** A read without a reply yet, or with one whose echo is not here yet. */
  private record Reading(Optional<Value> waiting, Optional<Value> reply) {}

  private final Map<String, Reading> readings = new HashMap<>();

  /** A read begins. What comes back was notified. */
  List<Buffer> begins(String path) {
    List<Buffer> before = notified(readings.get(path));
    readings.put(path, new Reading(Optional.empty(), Optional.empty()));
    return before;
  }

  /** A signal has told a value. What comes back was notified. */
  List<Buffer> heard(String path, long serial, Buffer bytes) {
    Reading reading = readings.get(path);
    if (reading == null) {
      return List.of(bytes);
    }
    if (reading.reply().isEmpty()) {
      readings.put(path, new Reading(Optional.of(new Value(serial, bytes)), Optional.empty()));
      return notified(reading);
    }
    Value reply = reading.reply().get();
    boolean echo = serial < reply.serial() && bytes.equals(reply.bytes());
    if (echo || serial > reply.serial()) {
      readings.remove(path);
    }
    return echo ? List.of() : List.of(bytes);
  }

  /** The reply is there; empty when the read failed. What comes back was notified. */
  List<Buffer> answered(String path, long serial, Optional<Buffer> bytes) {
    Reading reading = readings.remove(path);
    if (reading == null || bytes.isEmpty()) {
      return notified(reading);
    }
    boolean echo =
        reading
            .waiting()
            .filter(value -> value.serial() < serial && value.bytes().equals(bytes.get()))
            .isPresent();
    if (!echo && reading.waiting().filter(value -> value.serial() > serial).isEmpty()) {
      readings.put(
          path, new Reading(Optional.empty(), Optional.of(new Value(serial, bytes.get()))));
    }
    return echo ? List.of() : notified(reading);
  }

  /** The service has gone, and with it its numbers. */
  void clear() {
    readings.clear();
  }

  private static List<Buffer> notified(Reading reading) {
    return reading == null ? List.of() : reading.waiting().map(Value::bytes).stream().toList();
  }
}
