package dev.dunlin.shell.desktop;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.Struct;
import org.freedesktop.dbus.annotations.Position;
import org.freedesktop.dbus.types.Variant;

/**
 * Shortcuts by the desktop's portal (org.freedesktop.portal.GlobalShortcuts), where programs can't
 * take keys by themselves. The person may be asked, and may choose other keys. A session each, for
 * that is what can be closed.
 *
 * <p><i>Thread:</i> any.
 */
final class HotkeyPortal {
  static final String TYPE = "org.freedesktop.portal.GlobalShortcuts";
  private static final String SESSION = "org.freedesktop.portal.Session";

  /** Longest wait for the person. Over: {@code ERR_DESKTOP_TIMEOUT}. */
  static final int PERSON_SECONDS = 120;

  private final Bus bus;
  private final Consumer<String> pressed;
  private final Duration person;

  private final PortalRequests requests;

  // Guarded by this.
  private Future<Void> listening;

  /** A shortcut of the portal's: {@code (sa{sv})}. */
  public static final class Shortcut extends Struct {
    @Position(0)
    private final String id;

    @Position(1)
    private final Map<String, Variant<?>> options;

    Shortcut(String id, Map<String, Variant<?>> options) {
      this.id = id;
      this.options = options;
    }

    public String getId() {
      return id;
    }

    public Map<String, Variant<?>> getOptions() {
      return options;
    }
  }

  /**
   * @param pressed hears the session of a shortcut that was pressed, on a thread of D-Bus
   */
  HotkeyPortal(Bus bus, Consumer<String> pressed) {
    this(bus, pressed, Duration.ofSeconds(PERSON_SECONDS));
  }

  HotkeyPortal(Bus bus, Consumer<String> pressed, Duration person) {
    this.bus = bus;
    this.pressed = pressed;
    this.person = person;
    this.requests =
        new PortalRequests(bus, "hotkey", "The person, or the desktop, did not allow the shortcut");
  }

  /** Fails where there is no such portal. */
  Future<Void> there() {
    return PortalRequests.version(bus, TYPE).mapEmpty();
  }

  /** The session that has it. */
  Future<String> bind(Hotkey hotkey, String why) {
    return listening()
        .compose(
            done ->
                request(
                    "CreateSession",
                    "a{sv}",
                    token ->
                        new Object[] {
                          PortalRequests.options(
                              token, Map.of("session_handle_token", new Variant<>(token)))
                        }))
        .map(answer -> Plain.text(answer.get("session_handle")))
        .compose(
            session ->
                request(
                        "BindShortcuts",
                        "oa(sa{sv})sa{sv}",
                        token ->
                            new Object[] {
                              new DBusPath(session),
                              List.of(
                                  new Shortcut(
                                      hotkey.expression(),
                                      Map.of(
                                          "description",
                                          new Variant<>(why),
                                          "preferred_trigger",
                                          new Variant<>(hotkey.trigger())))),
                              "",
                              PortalRequests.options(token, Map.of())
                            })
                    .map(session)
                    .recover(
                        fault -> close(session).transform(done -> Future.failedFuture(fault))));
  }

  Future<Void> close(String session) {
    return bus.call(Theme.PORTAL, session, SESSION, "Close", "").mapEmpty();
  }

  private Future<Map<?, ?>> request(
      String method, String signature, PortalRequests.Arguments arguments) {
    return requests.ask(
        new PortalRequests.Question(
            TYPE,
            method,
            signature,
            arguments,
            Optional.of(person),
            Promise.<Void>promise().future(),
            false,
            this::closeLate));
  }

  /** A session that is made after all is nobody's: it is closed. */
  private void closeLate(Map<?, ?> answer) {
    String session = Plain.text(answer.get("session_handle"));
    if (!session.isEmpty()) {
      close(session);
    }
  }

  private synchronized Future<Void> listening() {
    if (listening == null || listening.failed()) {
      listening =
          bus.connect()
              .compose(
                  made ->
                      bus.hear(
                          "type='signal',sender='"
                              + Theme.PORTAL
                              + "',interface='"
                              + TYPE
                              + "',member='Activated'",
                          "Activated",
                          this::activated));
    }
    return listening;
  }

  private void activated(Bus.Signal signal) {
    if (signal.type().equals(TYPE) && !signal.body().isEmpty()) {
      pressed.accept(Plain.text(signal.body().get(0)));
    }
  }
}
