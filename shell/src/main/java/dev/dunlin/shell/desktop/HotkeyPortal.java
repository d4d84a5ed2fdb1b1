package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** Answers that came before we knew what they answer. Over: the oldest is forgotten. */
  private static final int MAX_EARLY = 32;

  private final Bus bus;
  private final Consumer<String> pressed;

  // Guarded by this.
  private final Map<String, Promise<Map<?, ?>>> waiting = new LinkedHashMap<>();
  private final Map<String, Bus.Signal> early = new LinkedHashMap<>();
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
    this.bus = bus;
    this.pressed = pressed;
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
    String token;
    synchronized (this) {
      token = "dunlin" + ++tokens;
    }
    return bus.call(Theme.PORTAL, Theme.PORTAL_PATH, TYPE, method, signature, arguments.of(token))
        .compose(answer -> answerOf(Plain.text(Bus.body(answer).get(0))));
  }

  private Future<Map<?, ?>> answerOf(String request) {
    Promise<Map<?, ?>> promise = Promise.promise();
    Optional<Bus.Signal> came;
    synchronized (this) {
      waiting.put(request, promise);
      came = Optional.ofNullable(early.remove(request));
    }
    came.ifPresent(this::answered);
    return promise
        .future()
        .timeout(PERSON_SECONDS, TimeUnit.SECONDS)
        .recover(
            fault ->
                Future.failedFuture(
                    fault instanceof BridgeError
                        ? fault
                        : new BusError(BusError.Kind.TIMEOUT, "the person has not answered")))
        .onComplete(
            done -> {
              synchronized (this) {
                waiting.remove(request);
              }
            });
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
      promise = waiting.get(signal.path());
      if (promise == null) {
        early.put(signal.path(), signal);
        if (early.size() > MAX_EARLY) {
          early.remove(early.keySet().iterator().next());
        }
        return;
      }
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
