package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.XKeyGrabs;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * {@code ipc://hotkey/…}: shortcuts that work whatever program has the focus. A policy names the
 * very keys: {@code ipc://hotkey/bind/control+shift+k}.
 *
 * <p><i>Thread:</i> any.
 */
final class HotkeyModule implements CommandModule {
  /** Shortcuts of an app. Over: {@code ERR_TOO_MANY_HOTKEYS}. */
  static final int MAX_HOTKEYS = 64;

  static final Absent NO_HOTKEYS =
      new Absent(
          "no-hotkeys",
          "Nobody can take a key for an app here: there is no X server with libxcb, and no portal"
              + " for global shortcuts",
          "Use an X11 session, or a desktop with org.freedesktop.portal.GlobalShortcuts: GNOME 48"
              + " and KDE Plasma have it");

  private final boolean allowed;
  private final boolean wayland;
  private final String display;
  private final String app;
  private final Supplier<Bus> session;
  private final Pages pages;

  // Guarded by this.
  private final Map<Integer, Bound> bound = new LinkedHashMap<>();
  private int last;

  /** Those that the portal is asked for. */
  private int asked;

  private XKeyGrabs grabs;
  private HotkeyPortal portal;

  /** One shortcut of one page. */
  private final class Bound implements AutoCloseable {
    private final int id;
    private final int window;
    private final Hotkey hotkey;

    /** Of the portal; empty for a grab. */
    private final String session;

    Bound(int id, int window, Hotkey hotkey, String session) {
      this.id = id;
      this.window = window;
      this.hotkey = hotkey;
      this.session = session;
    }

    Map<String, Object> told() {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("id", id);
      told.put("hash", hotkey.hash());
      told.put("expression", hotkey.expression());
      told.put("sequence", hotkey.sequence());
      return told;
    }

    @Override
    public void close() {
      synchronized (HotkeyModule.this) {
        if (bound.remove(id) == null) {
          return;
        }
        if (!session.isEmpty()) {
          portal.close(session);
        } else if (bound.values().stream().noneMatch(one -> one.hotkey.equals(hotkey))) {
          grabs.give(hotkey.chord());
        }
      }
    }
  }

  /**
   * @param allowed by {@code [permissions] allow_hotkeys}
   * @param environment tells whether the session is Wayland's: there, a grab would hold for X
   *     programs only
   */
  HotkeyModule(
      boolean allowed,
      String app,
      Supplier<Bus> session,
      Map<String, String> environment,
      Pages pages) {
    this.allowed = allowed;
    this.app = app;
    this.session = session;
    this.wayland =
        environment.getOrDefault("XDG_SESSION_TYPE", "").equals("wayland")
            || environment.containsKey("WAYLAND_DISPLAY")
            || !environment.containsKey("DISPLAY");
    this.display = environment.getOrDefault("DISPLAY", "");
    this.pages = pages;
  }

  @Override
  public String name() {
    return "hotkey";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("bind", new Command.Resource.Text(), this::bind),
        command("unbind", new Command.Resource.Handle(), HotkeyModule::unbind),
        command("bindings", new Command.Resource.None(), this::bindings),
        command("mappings", new Command.Resource.None(), HotkeyModule::mappings));
  }

  private Command command(
      String function, Command.Resource resource, Function<Call, Future<?>> work) {
    return new Command(
        function,
        resource,
        Command.Permission.POLICY,
        Command.RunsOn.WORKER,
        call -> {
          if (!allowed) {
            throw new BridgeError(
                "SecurityError",
                "ERR_HOTKEYS_NOT_ALLOWED",
                "socket.ini has [permissions] allow_hotkeys = false");
          }
          return work.apply(call)
              .<Reply>map(Reply.Data::new)
              .recover(fault -> Future.failedFuture(BusError.toPage(fault, NO_HOTKEYS)));
        });
  }

  private Future<?> bind(Call call) {
    int window = call.caller().window();
    if (window < 0) {
      throw new BridgeError(
          "NotFoundError",
          "ERR_NO_WINDOW",
          "this page has no window of its own: bind from a window's page");
    }
    Hotkey hotkey = Hotkey.of(call.resource());
    if (!hotkey.expression().equals(call.resource())) {
      // Else a policy would name some ways to write it, and others not.
      throw new BridgeError(
          "SyntaxError",
          "ERR_INVALID_HOTKEY",
          "'" + call.resource() + "' is written " + hotkey.expression());
    }
    return (wayland ? bindByPortal(window, hotkey) : bindByGrab(window, hotkey))
        .map(
            made -> {
              Map<String, Object> told = made.told();
              try {
                told.put("handle", call.register(made).toString());
              } catch (RuntimeException e) {
                made.close();
                throw e;
              }
              return told;
            });
  }

  private synchronized Bound add(int window, Hotkey hotkey, String session) {
    Bound made = new Bound(++last, window, hotkey, session);
    bound.put(made.id, made);
    return made;
  }

  private void requireRoom() {
    if (bound.size() + asked >= MAX_HOTKEYS) {
      throw new BridgeError(
          "QuotaExceededError",
          "ERR_TOO_MANY_HOTKEYS",
          "an app has at most " + MAX_HOTKEYS + " shortcuts: unbind some");
    }
  }

  private synchronized Future<Bound> bindByGrab(int window, Hotkey hotkey) {
    requireRoom();
    try {
      if (grabs == null) {
        grabs = new XKeyGrabs(display, this::pressed);
      }
      grabs.take(hotkey.chord());
      return Future.succeededFuture(add(window, hotkey, ""));
    } catch (XKeyGrabs.RefusedException e) {
      return Future.failedFuture(
          switch (e.refusal()) {
            case TAKEN ->
                new BridgeError(
                    "InvalidStateError",
                    "ERR_HOTKEY_TAKEN",
                    hotkey.expression() + " is taken by another program: choose other keys");
            case NO_SUCH_KEY ->
                new BridgeError(
                    "NotSupportedError",
                    "ERR_HOTKEY_NO_KEY",
                    "this keyboard has no key " + hotkey.key());
          });
    } catch (HostException e) {
      return Future.failedFuture(new BusError(BusError.Kind.NO_SERVICE, e.getMessage()));
    }
  }

  private synchronized Future<Bound> bindByPortal(int window, Hotkey hotkey) {
    requireRoom();
    if (portal == null) {
      portal = new HotkeyPortal(session.get(), this::activated);
    }
    asked++;
    return Future.<Void>succeededFuture()
        .compose(room -> portal.bind(hotkey, app + ": " + hotkey.expression()))
        .transform(
            done -> {
              synchronized (this) {
                asked--;
                return done.succeeded()
                    ? Future.succeededFuture(add(window, hotkey, done.result()))
                    : Future.failedFuture(done.cause());
              }
            });
  }

  private void pressed(XKeyGrabs.Chord chord) {
    tell(one -> one.session.isEmpty() && one.hotkey.chord().equals(chord));
  }

  private void activated(String by) {
    tell(one -> one.session.equals(by));
  }

  private void tell(Predicate<Bound> which) {
    List<Bound> told;
    synchronized (this) {
      told = bound.values().stream().filter(which).toList();
    }
    told.forEach(one -> pages.emit(one.window, "hotkey", one.told()));
  }

  private static Future<?> unbind(Call call) {
    Bound one = call.handle(Bound.class);
    call.release();
    one.close();
    return Future.succeededFuture(Map.of("id", one.id));
  }

  private synchronized Future<?> bindings(Call call) {
    return Future.succeededFuture(
        bound.values().stream()
            .filter(one -> one.window == call.caller().window())
            .map(Bound::told)
            .toList());
  }

  private static Future<?> mappings(Call call) {
    Map<String, String> modifiers = new LinkedHashMap<>();
    Hotkey.modifiers()
        .forEach((name, held) -> modifiers.put(name, held.name().toLowerCase(Locale.ROOT)));
    return Future.succeededFuture(Map.of("keys", Hotkey.keys(), "modifiers", modifiers));
  }

  /** The line of {@code application.capabilities()}. May block for an X server. */
  Future<Map<String, Object>> capability() {
    if (!wayland) {
      try {
        XKeyGrabs.requireThere(display);
        return Future.succeededFuture(Absent.there());
      } catch (HostException e) {
        return Future.succeededFuture(NO_HOTKEYS.capability());
      }
    }
    return new HotkeyPortal(session.get(), none -> {})
        .there()
        .map(there -> Absent.there())
        .otherwise(fault -> NO_HOTKEYS.capability());
  }
}
