package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/**
 * The desktop's notifications: {@code org.freedesktop.Notifications}.
 *
 * <p><i>Thread:</i> any.
 */
final class Notifications {
  static final String NAME = "org.freedesktop.Notifications";
  static final String PATH = "/org/freedesktop/Notifications";

  static final Absent NO_DAEMON =
      new Absent(
          "no-notification-daemon",
          "Nobody shows notifications on this desktop",
          "Install and start a notification daemon, such as dunst or mako");

  /**
   * Notifications that the daemon has not answered for. Over: {@code ERR_TOO_MANY_NOTIFICATIONS}.
   */
  static final int MAX_WAITING = 64;

  /** Notifications that are there at once. Over: the oldest is closed. */
  static final int MAX_SHOWN = 256;

  /** Signals that overtook the answer with the id they name. Over: they are forgotten. */
  private static final int MAX_EARLY = 256;

  /** Of the specification: the daemon decides how long it stays, or it stays until it is closed. */
  private static final int DAEMON_DECIDES = -1;

  private static final int STAYS = 0;

  private static final int DISMISSED = 2;

  private final Bus bus;
  private final String appName;
  private final String appId;
  private final Optional<Path> appIcon;
  private final Listener listener;

  // Guarded by this.
  private final Map<String, Shown> byId = new LinkedHashMap<>();
  private final Map<Long, Shown> byNumber = new HashMap<>();
  private final Map<String, Future<Void>> showing = new HashMap<>();
  private final List<Bus.Signal> early = new ArrayList<>();
  private Future<Void> listening;
  private Future<List<String>> abilities;
  private int waiting;

  /** Who hears what became of a notification. On threads of D-Bus. */
  interface Listener {
    /**
     * The person has chosen.
     *
     * @param action {@code default}, {@code dismiss}, or one of the notification's own
     */
    void responded(Wanted notification, String action);

    /** It is not there any more, for whatever reason. */
    void closed(Wanted notification);
  }

  /** One button. */
  record Action(String name, String title) {}

  /**
   * What is to be shown.
   *
   * @param id the page's name for it
   * @param window whose page asks
   * @param tag empty for none
   * @param stays whether it stays until the person has seen to it
   * @param echo what is told again with the listener's news
   */
  record Wanted(
      String id,
      int window,
      String title,
      String body,
      String tag,
      Optional<Path> icon,
      Optional<Path> image,
      boolean silent,
      boolean stays,
      List<Action> actions,
      Map<String, Object> echo) {}

  private record Shown(Wanted wanted, long number) {}

  Notifications(Bus bus, String appName, String appId, Optional<Path> appIcon, Listener listener) {
    this.bus = bus;
    this.appName = appName;
    this.appId = appId;
    this.appIcon = appIcon;
    this.listener = listener;
    bus.onLost(this::daemonGone);
  }

  /** What the daemon can do, such as {@code actions}. */
  private synchronized Future<List<String>> abilities() {
    if (abilities != null) {
      return abilities;
    }
    Future<List<String>> asked =
        listening()
            .compose(heard -> bus.call(NAME, PATH, NAME, "GetCapabilities", ""))
            .map(answer -> Plain.texts(Bus.body(answer).get(0)));
    abilities = asked;
    // Here and now, where it has failed already.
    asked.onFailure(
        fault -> {
          synchronized (this) {
            if (abilities == asked) {
              abilities = null;
            }
          }
        });
    return asked;
  }

  private Future<Void> listening() {
    if (listening == null || listening.failed()) {
      String rule = "type='signal',sender='" + NAME + "',interface='" + NAME + "',member='";
      listening =
          bus.connect()
              .compose(made -> bus.hear(rule + "ActionInvoked'", "ActionInvoked", this::heard))
              .compose(
                  heard ->
                      bus.hear(rule + "NotificationClosed'", "NotificationClosed", this::heard))
              .compose(heard -> bus.hearOwner(NAME, owner -> daemonGone()));
    }
    return listening;
  }

  /**
   * Shows one; in the place of that with the same tag or id, if there is one.
   *
   * @return what of it the daemon can't show: {@code actions}, {@code body}
   */
  Future<List<String>> show(Wanted wanted) {
    Promise<Void> done = Promise.promise();
    Future<Void> before;
    String order = wanted.tag().isEmpty() ? "id " + wanted.id() : "tag " + wanted.tag();
    synchronized (this) {
      if (waiting >= MAX_WAITING) {
        return Future.failedFuture(
            new BridgeError(
                "QuotaExceededError",
                "ERR_TOO_MANY_NOTIFICATIONS",
                MAX_WAITING + " notifications wait for the desktop: wait for their promises"));
      }
      waiting++;
      // One after the other, so that each knows which one it replaces.
      before = showing.put(order, done.future());
    }
    return (before == null ? Future.<Void>succeededFuture() : before)
        .transform(over -> abilities())
        .compose(can -> notify(wanted, can))
        .onComplete(
            over -> {
              synchronized (this) {
                waiting--;
                if (waiting == 0) {
                  early.clear();
                }
                showing.remove(order, done.future());
              }
              done.complete();
            });
  }

  private Future<List<String>> notify(Wanted wanted, List<String> can) {
    long replaced;
    synchronized (this) {
      replaced = same(wanted).map(Shown::number).orElse(0L);
    }
    List<String> actions = new ArrayList<>();
    if (can.contains("actions")) {
      actions.addAll(List.of("default", ""));
      wanted.actions().forEach(action -> actions.addAll(List.of(action.name(), action.title())));
    }
    Map<String, Variant<?>> hints = new LinkedHashMap<>();
    hints.put("desktop-entry", new Variant<>(appId));
    wanted.image().ifPresent(file -> hints.put("image-path", new Variant<>(file.toString())));
    if (wanted.silent()) {
      hints.put("suppress-sound", new Variant<>(true));
    }
    return bus.call(
            NAME,
            PATH,
            NAME,
            "Notify",
            "susssasa{sv}i",
            appName,
            new UInt32(replaced),
            wanted.icon().or(() -> appIcon).map(file -> file.toUri().toString()).orElse(""),
            wanted.title(),
            can.contains("body-markup") ? escaped(wanted.body()) : wanted.body(),
            actions.toArray(String[]::new),
            hints,
            wanted.stays() ? STAYS : DAEMON_DECIDES)
        .map(
            answer -> {
              shown(wanted, answer);
              List<String> without = new ArrayList<>();
              if (!wanted.actions().isEmpty() && actions.isEmpty()) {
                without.add("actions");
              }
              if (!wanted.body().isEmpty() && !can.contains("body")) {
                without.add("body");
              }
              return without;
            });
  }

  /** A daemon that reads markup would take a page's text for it. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private Optional<Shown> same(Wanted wanted) {
    Shown named = byId.get(wanted.id());
    return named != null
        ? Optional.of(named)
        : byId.values().stream()
            .filter(one -> !wanted.tag().isEmpty() && one.wanted().tag().equals(wanted.tag()))
            .findFirst();
  }

  private void shown(Wanted wanted, Message answer) {
    Shown shown = new Shown(wanted, Plain.number(Bus.body(answer).get(0)));
    List<Bus.Signal> overtook = new ArrayList<>();
    Optional<Shown> replaced;
    Optional<Shown> oldest = Optional.empty();
    synchronized (this) {
      replaced = same(wanted).or(() -> Optional.ofNullable(byNumber.get(shown.number())));
      replaced.ifPresent(this::forget);
      byId.put(wanted.id(), shown);
      byNumber.put(shown.number(), shown);
      if (byId.size() > MAX_SHOWN) {
        oldest = byId.values().stream().findFirst();
        oldest.ifPresent(this::forget);
      }
      early.removeIf(signal -> number(signal) == shown.number() && overtook.add(signal));
    }
    replaced
        .filter(old -> !old.wanted().id().equals(wanted.id()))
        .ifPresent(old -> listener.closed(old.wanted()));
    oldest.ifPresent(
        old -> {
          closeAtDaemon(old.number());
          listener.closed(old.wanted());
        });
    overtook.forEach(this::heard);
  }

  private void forget(Shown shown) {
    byId.remove(shown.wanted().id(), shown);
    byNumber.remove(shown.number(), shown);
  }

  private static long number(Bus.Signal signal) {
    return signal.body().isEmpty() ? 0 : Plain.number(signal.body().get(0));
  }

  private void heard(Bus.Signal signal) {
    if (!signal.type().equals(NAME) || signal.body().size() != 2) {
      return;
    }
    boolean closed = signal.member().equals("NotificationClosed");
    Shown shown;
    synchronized (this) {
      shown = byNumber.get(number(signal));
      if (shown == null) {
        // Another app's, or one whose number is not known yet.
        if (waiting > 0 && early.size() < MAX_EARLY) {
          early.add(signal);
        }
        return;
      }
      if (closed) {
        forget(shown);
      }
    }
    if (!closed) {
      listener.responded(shown.wanted(), Plain.text(signal.body().get(1)));
      return;
    }
    if (Plain.number(signal.body().get(1)) == DISMISSED) {
      listener.responded(shown.wanted(), "dismiss");
    }
    listener.closed(shown.wanted());
  }

  /** A daemon that ends takes what it shows along; the next one may be able to do more. */
  private void daemonGone() {
    List<Shown> gone;
    synchronized (this) {
      abilities = null;
      gone = List.copyOf(byId.values());
      byId.clear();
      byNumber.clear();
    }
    gone.forEach(one -> listener.closed(one.wanted()));
  }

  /** Closes those with this id or this tag; true if there was one. */
  Future<Boolean> close(String id, String tag) {
    List<Shown> chosen;
    synchronized (this) {
      chosen =
          byId.values().stream()
              .filter(
                  one ->
                      one.wanted().id().equals(id)
                          || !tag.isEmpty() && one.wanted().tag().equals(tag))
              .toList();
    }
    return Future.join(chosen.stream().map(one -> closeAtDaemon(one.number())).toList())
        .map(all -> !chosen.isEmpty());
  }

  /** It says so by a signal, as when the person closes it. */
  private Future<Void> closeAtDaemon(long number) {
    return bus.call(NAME, PATH, NAME, "CloseNotification", "u", new UInt32(number)).mapEmpty();
  }

  /** Those that are there, the oldest first. */
  synchronized List<Wanted> list() {
    return byId.values().stream().map(Shown::wanted).toList();
  }

  /** Whether they can be shown; starts no daemon. */
  Future<Map<String, Object>> capability() {
    return bus.isThere(NAME)
        .map(there -> there ? Absent.there() : NO_DAEMON.capability())
        .otherwise(fault -> Absent.NO_BUS.capability());
  }
}
