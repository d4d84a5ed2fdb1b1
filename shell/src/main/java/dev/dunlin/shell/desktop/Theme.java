package dev.dunlin.shell.desktop;

import io.vertx.core.Future;
import java.util.function.Consumer;

/** Whether the person wants it dark: the portal's setting, and its changes. */
final class Theme {
  static final String PORTAL = "org.freedesktop.portal.Desktop";
  static final String PORTAL_PATH = "/org/freedesktop/portal/desktop";
  private static final String SETTINGS = "org.freedesktop.portal.Settings";
  private static final String NAMESPACE = "org.freedesktop.appearance";
  private static final String KEY = "color-scheme";
  private static final long DARK = 1;

  private final Bus bus;

  Theme(Bus bus) {
    this.bus = bus;
  }

  /** Fails with {@link BusError} where there is no portal. */
  Future<Boolean> isDark() {
    return bus.call(PORTAL, PORTAL_PATH, SETTINGS, "Read", "ss", NAMESPACE, KEY)
        .map(answer -> Plain.number(Bus.body(answer).get(0)) == DARK);
  }

  /** Hears of each change from now on, on a thread of D-Bus. */
  Future<Void> onChange(Consumer<Boolean> dark) {
    return bus.connect()
        .compose(
            made ->
                bus.hear(
                    "type='signal',sender='"
                        + PORTAL
                        + "',interface='"
                        + SETTINGS
                        + "',member='SettingChanged',arg0='"
                        + NAMESPACE
                        + "'",
                    "SettingChanged",
                    signal -> {
                      if (signal.type().equals(SETTINGS)
                          && signal.body().size() == 3
                          && NAMESPACE.equals(signal.body().get(0))
                          && KEY.equals(signal.body().get(1))) {
                        dark.accept(Plain.number(signal.body().get(2)) == DARK);
                      }
                    }));
  }
}
