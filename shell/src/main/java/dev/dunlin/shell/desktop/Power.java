package dev.dunlin.shell.desktop;

import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.freedesktop.dbus.types.UInt32;

/**
 * Sleep (logind) and the source of power (UPower) on the system's bus, and the asking for no idle
 * screen on the session's.
 *
 * <p><i>Thread:</i> any.
 */
final class Power {
  static final String LOGIND = "org.freedesktop.login1";
  static final String UPOWER = "org.freedesktop.UPower";
  static final String SAVER = "org.freedesktop.ScreenSaver";
  private static final String UPOWER_PATH = "/org/freedesktop/UPower";
  private static final String SAVER_PATH = "/org/freedesktop/ScreenSaver";
  private static final String PROPERTIES = "org.freedesktop.DBus.Properties";

  static final Absent NO_LOGIND =
      new Absent(
          "no-power",
          "Nobody tells of sleep here: there is no logind on the system's message bus",
          "Run systemd-logind or elogind");

  static final Absent NO_SAVER =
      new Absent(
          "no-screen-saver",
          "Nobody can be asked to keep the screen on (org.freedesktop.ScreenSaver)",
          "Use a desktop that has it: GNOME, KDE, Xfce and others have");

  private final Bus system;
  private final Bus session;
  private final String appName;
  private final Pages pages;

  // Guarded by this.
  private final Set<Integer> watchers = new TreeSet<>();
  private Future<Void> watching;

  /**
   * @param pages have {@code powersuspend}, {@code powerresume} and {@code powersource}, on threads
   *     of D-Bus
   */
  Power(Bus system, Bus session, String appName, Pages pages) {
    this.system = system;
    this.session = session;
    this.appName = appName;
    this.pages = pages;
  }

  /** Tells a window events from now on, until it is gone. */
  Future<Void> watch(int window) {
    return hear()
        .map(
            heard -> {
              synchronized (this) {
                watchers.removeIf(one -> !pages.isOpen(one));
                watchers.add(window);
              }
              return heard;
            });
  }

  private void tell(String event, Object detail) {
    Set<Integer> told;
    synchronized (this) {
      watchers.removeIf(one -> !pages.isOpen(one));
      told = Set.copyOf(watchers);
    }
    told.forEach(window -> pages.emit(window, event, detail));
  }

  private synchronized Future<Void> hear() {
    if (watching == null || watching.failed()) {
      watching =
          system
              .connect()
              .compose(
                  made ->
                      system.hear(
                          "type='signal',sender='"
                              + LOGIND
                              + "',interface='"
                              + LOGIND
                              + ".Manager',member='PrepareForSleep'",
                          "PrepareForSleep",
                          this::sleeps))
              .compose(
                  heard ->
                      system.hear(
                          "type='signal',sender='"
                              + UPOWER
                              + "',path='"
                              + UPOWER_PATH
                              + "',interface='"
                              + PROPERTIES
                              + "',member='PropertiesChanged'",
                          "PropertiesChanged",
                          this::changed));
    }
    return watching;
  }

  private void sleeps(Bus.Signal signal) {
    if (signal.type().equals(LOGIND + ".Manager") && signal.body().size() == 1) {
      tell(Plain.flag(signal.body().get(0)) ? "powersuspend" : "powerresume", Map.of());
    }
  }

  private void changed(Bus.Signal signal) {
    if (signal.path().equals(UPOWER_PATH)
        && signal.body().size() == 3
        && UPOWER.equals(signal.body().get(0))) {
      Plain.entry(signal.body().get(1), "OnBattery")
          .ifPresent(now -> tell("powersource", Map.of("onBattery", Plain.flag(now))));
    }
  }

  /** {@code onBattery}: null where nobody knows, as on machines without UPower. */
  Future<Map<String, Object>> state() {
    return system
        .call(UPOWER, UPOWER_PATH, PROPERTIES, "Get", "ss", UPOWER, "OnBattery")
        .<Object>map(answer -> Plain.flag(Bus.body(answer).get(0)))
        .recover(
            fault ->
                fault instanceof BusError error && error.kind() == BusError.Kind.NO_SERVICE
                    ? Future.succeededFuture(null)
                    : Future.failedFuture(fault))
        .map(
            onBattery -> {
              Map<String, Object> state = new LinkedHashMap<>();
              state.put("onBattery", onBattery);
              return state;
            });
  }

  /** What keeps the screen on until it is closed. */
  interface Awake extends AutoCloseable {
    /** Succeeds when the desktop has taken it. */
    Future<?> end();

    @Override
    default void close() {
      end();
    }
  }

  /** Has the screen stay on. */
  Future<Awake> keepAwake(String why) {
    return session
        .call(SAVER, SAVER_PATH, SAVER, "Inhibit", "ss", appName, why)
        .map(
            answer -> {
              UInt32 cookie = new UInt32(Plain.number(Bus.body(answer).get(0)));
              return () -> session.call(SAVER, SAVER_PATH, SAVER, "UnInhibit", "u", cookie);
            });
  }

  Future<Map<String, Object>> capability() {
    return system
        .isThere(LOGIND)
        .map(there -> there ? Absent.there() : NO_LOGIND.capability())
        .otherwise(fault -> NO_LOGIND.capability());
  }

  Future<Map<String, Object>> awakeCapability() {
    return session
        .isThere(SAVER)
        .map(there -> there ? Absent.there() : NO_SAVER.capability())
        .otherwise(fault -> Absent.NO_BUS.capability());
  }
}
