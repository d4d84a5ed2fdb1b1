package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private static final String REQUEST = "org.freedesktop.portal.Request";
  private static final String SESSION = "org.freedesktop.portal.Session";

  /** Longest wait for the person. Over: {@code ERR_DESKTOP_TIMEOUT}. */
  static final int PERSON_SECONDS = 120;

  /** Requests without an answer, those given up too. Over: an answer to the oldest is lost. */
  private static final int MAX_UNANSWERED = 256;

  private final Bus bus;
  private final Consumer<String> pressed;
  private final Duration person;

  // Guarded by this. By our token, which ends the path of a request.
  private final Map<String, Promise<Map<?, ?>>> unanswered = new LinkedHashMap<>();
  private Future<Void> listening;
  private long tokens;

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
  }

  /** Fails where there is no such portal. */
  Future<Void> there() {
    return bus.call(
            Theme.PORTAL,
            Theme.PORTAL_PATH,
            "org.freedesktop.DBus.Properties",
            "Get",
            "ss",
            TYPE,
            "version")
        .mapEmpty();
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
                          options(token, Map.of("session_handle_token", new Variant<>(token)))
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
                              options(token, Map.of())
                            })
                    .map(session)
                    .recover(
                        fault -> close(session).transform(done -> Future.failedFuture(fault))));
  }

  Future<Void> close(String session) {
    return bus.call(Theme.PORTAL, session, SESSION, "Close", "").mapEmpty();
  }

  private static Map<String, Variant<?>> options(String token, Map<String, Variant<?>> more) {
    Map<String, Variant<?>> options = new LinkedHashMap<>(more);
    options.put("handle_token", new Variant<>(token));
    return options;
  }

  private interface Arguments {
    Object[] of(String token);
  }

  private Future<Map<?, ?>> request(String method, String signature, Arguments arguments) {
    Promise<Map<?, ?>> promise = Promise.promise();
    String token;
    synchronized (this) {
      token = "dunlin" + ++tokens;
      unanswered.put(token, promise);
      if (unanswered.size() > MAX_UNANSWERED) {
        unanswered.remove(unanswered.keySet().iterator().next());
      }
    }
    return bus.call(Theme.PORTAL, Theme.PORTAL_PATH, TYPE, method, signature, arguments.of(token))
        .compose(
            called ->
                promise
                    .future()
                    .timeout(person.toMillis(), TimeUnit.MILLISECONDS)
                    .recover(
                        fault ->
                            Future.failedFuture(
                                fault instanceof BridgeError
                                    ? fault
                                    : new BusError(
                                        BusError.Kind.TIMEOUT, "the person has not answered"))))
        .onFailure(fault -> giveUp(token, promise, fault));
  }

  /** A session that is made after all is nobody's: it is closed. */
  private void giveUp(String token, Promise<Map<?, ?>> promise, Throwable fault) {
    if (fault instanceof BusError error && error.kind() == BusError.Kind.TIMEOUT) {
      promise
          .future()
          .map(answer -> Plain.text(answer.get("session_handle")))
          .onSuccess(
              session -> {
                if (!session.isEmpty()) {
                  close(session);
                }
              });
      return;
    }
    synchronized (this) {
      unanswered.remove(token);
    }
  }

  private synchronized Future<Void> listening() {
    if (listening == null || listening.failed()) {
      String from = "type='signal',sender='" + Theme.PORTAL + "',interface='";
      listening =
          bus.connect()
              .compose(
                  made ->
                      bus.hear(from + REQUEST + "',member='Response'", "Response", this::answered))
              .compose(
                  heard ->
                      bus.hear(from + TYPE + "',member='Activated'", "Activated", this::activated));
    }
    return listening;
  }

  private void answered(Bus.Signal signal) {
    if (!signal.type().equals(REQUEST) || signal.body().size() != 2) {
      return;
    }
    Promise<Map<?, ?>> promise;
    synchronized (this) {
      promise = unanswered.remove(signal.path().substring(signal.path().lastIndexOf('/') + 1));
    }
    if (promise == null) {
      return;
    }
    if (Plain.number(signal.body().get(0)) == 0 && signal.body().get(1) instanceof Map<?, ?> map) {
      promise.tryComplete(map);
    } else {
      promise.tryFail(
          new BridgeError(
              "AbortError", "ABORT_ERR", "The person, or the desktop, did not allow the shortcut"));
    }
  }

  private void activated(Bus.Signal signal) {
    if (signal.type().equals(TYPE) && !signal.body().isEmpty()) {
      pressed.accept(Plain.text(signal.body().get(0)));
    }
  }
}
