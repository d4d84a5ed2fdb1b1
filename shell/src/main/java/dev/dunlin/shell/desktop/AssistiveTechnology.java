package dev.dunlin.shell.desktop;

import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Whether the person has an assistive technology at work, a screen reader above all: {@code
 * org.a11y.Status} of at-spi2-core, and its changes. Who is not there is not started for it.
 */
final class AssistiveTechnology {
  /** Longest address of a bus that is taken. Over: it is as if there were none. */
  static final int ADDRESS_LENGTH = 4096;

  private static final String LAUNCHER = "org.a11y.Bus";
  private static final String LAUNCHER_PATH = "/org/a11y/bus";
  private static final String STATUS = "org.a11y.Status";
  private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
  private static final String CHANGED = "PropertiesChanged";

  private static final Absent ABSENT =
      new Absent(
          "no-accessibility-bus",
          "This desktop has no bus of assistive technologies (AT-SPI)",
          "Install at-spi2-core");

  private final Bus bus;

  AssistiveTechnology(Bus bus) {
    this.bus = bus;
  }

  /**
   * Hears, on a thread of D-Bus, that one is there, now or from some time on; more than once.
   *
   * @param there takes the address of the bus of assistive technologies
   */
  Future<Void> hear(Consumer<String> there) {
    return bus.hearOwner(
            LAUNCHER,
            owner -> {
              if (!owner.isEmpty()) {
                look(there);
              }
            })
        .compose(
            heard ->
                bus.hear(
                    "type='signal',sender='"
                        + LAUNCHER
                        + "',interface='"
                        + PROPERTIES
                        + "',member='"
                        + CHANGED
                        + "',arg0='"
                        + STATUS
                        + "'",
                    CHANGED,
                    signal -> {
                      if (signal.path().equals(LAUNCHER_PATH)) {
                        look(there);
                      }
                    }))
        .compose(heard -> bus.call(Bus.NAME, Bus.PATH, Bus.NAME, "NameHasOwner", "s", LAUNCHER))
        .map(
            has -> {
              if (Plain.flag(Bus.body(has).get(0))) {
                look(there);
              }
              return null;
            });
  }

  /** Who does not answer, or has just gone, is not there; another signal is another look. */
  private void look(Consumer<String> there) {
    bus.call(LAUNCHER, LAUNCHER_PATH, PROPERTIES, "GetAll", "s", STATUS)
        .map(answer -> Bus.body(answer).get(0))
        .compose(
            status ->
                isOn(status)
                    ? bus.call(LAUNCHER, LAUNCHER_PATH, LAUNCHER, "GetAddress", "")
                        .map(answer -> Plain.text(Bus.body(answer).get(0)))
                    : Future.succeededFuture(""))
        .onSuccess(
            address -> {
              if (!address.isEmpty() && address.length() <= ADDRESS_LENGTH) {
                there.accept(address);
              }
            });
  }

  /** Programs that are no screen readers set the first alone. */
  private static boolean isOn(Object status) {
    return Plain.entry(status, "IsEnabled").filter(Plain::flag).isPresent()
        || Plain.entry(status, "ScreenReaderEnabled").filter(Plain::flag).isPresent();
  }

  /** Whether there could be one; a page is not told whether one is. */
  Future<Map<String, Object>> capability() {
    return bus.isThere(LAUNCHER)
        .map(has -> has ? Absent.there() : ABSENT.capability())
        .recover(
            fault ->
                fault instanceof BusError error && error.kind() == BusError.Kind.NO_BUS
                    ? Future.succeededFuture(Absent.NO_BUS.capability())
                    : Future.failedFuture(fault));
  }
}
