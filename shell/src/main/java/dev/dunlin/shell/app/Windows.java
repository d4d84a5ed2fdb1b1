package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.WindowNumber;
import dev.dunlin.shell.engine.WindowPlace;
import dev.dunlin.shell.engine.WindowSettings;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The app's windows: opens them, finds them, and tells what becomes of them.
 *
 * <p><i>Thread:</i> any.
 */
final class Windows {
  /** Of a window that is not there, or no longer. */
  private static final List<String> NOTHING = List.of("default-src 'none'; sandbox");

  private final Opener opener;
  private final Events events;
  private final WindowTable<BrowserWindow> table = new WindowTable<>();
  private final Map<Integer, String> names = new ConcurrentHashMap<>();
  private final Map<Integer, Boolean> frames = new ConcurrentHashMap<>();

  /** Where windows come from. */
  interface Opener {
    BrowserWindow open(WindowNumber number, WindowSettings settings);
  }

  /** What becomes of them. */
  interface Events {
    /** Before its page is asked for. */
    void opening(WindowNumber window, List<String> policies);

    /** It is there. */
    void opened(BrowserWindow window);

    /** It is hidden or minimised (false), or there again. */
    void seen(BrowserWindow window, boolean now);

    /** It and its page are gone, or it did not open: before anything of it is forgotten. */
    void gone(WindowNumber window);

    /** It is gone, and forgotten. */
    void closed(BrowserWindow window, Optional<String> name, boolean last);
  }

  /**
   * What is asked of a window that opens.
   *
   * @param index empty for the lowest that is free
   * @param policies what it may do at most, beside the app's policy, each as it is sent
   * @param name under which is noted where it was when it closed; empty if it is not
   */
  record Place(Optional<Integer> index, List<String> policies, Optional<String> name) {

    Place {
      policies = List.copyOf(policies);
    }
  }

  Windows(Opener opener, Events events) {
    this.opener = opener;
    this.events = events;
  }

  /**
   * Opens one.
   *
   * @throws BridgeError {@code ERR_TOO_MANY_WINDOWS}, {@code ERR_WINDOW_EXISTS}, {@code
   *     ERR_INVALID_CALL}, or {@code ERR_NO_WINDOW} while the app ends
   */
  BrowserWindow open(WindowSettings settings, Place place) {
    WindowNumber number = table.reserve(place.index(), place.policies());
    frames.put(number.id(), !settings.traits().contains(Trait.FRAMELESS));
    BrowserWindow window;
    try {
      events.opening(number, place.policies());
      window = opener.open(number, settings);
    } catch (EngineException e) {
      forget(number);
      throw new BridgeError("InvalidStateError", "ERR_NO_WINDOW", e.getMessage());
    } catch (RuntimeException e) {
      forget(number);
      throw e;
    }
    table.put(number, window);
    window.onSeen(now -> events.seen(window, now));
    place.name().ifPresent(name -> names.put(number.id(), name));
    window
        .closed()
        .onComplete(
            done -> {
              Optional<String> name = Optional.ofNullable(names.get(number.id()));
              events.closed(window, name, forget(number));
            });
    events.opened(window);
    return window;
  }

  /** What is open under a name, with where it is. */
  Map<String, WindowPlace> places() {
    Map<String, WindowPlace> places = new HashMap<>();
    names.forEach((id, name) -> find(id).ifPresent(open -> places.put(name, open.place())));
    return places;
  }

  /** Whether it was the last. */
  private boolean forget(WindowNumber number) {
    events.gone(number);
    names.remove(number.id());
    frames.remove(number.id());
    return table.remove(number.id());
  }

  /** The open window of this id: that of a call's {@code caller().window()}. */
  Optional<BrowserWindow> find(int id) {
    return table.find(id);
  }

  /** The open window of this index, by which pages know it. */
  Optional<BrowserWindow> at(int index) {
    return table.at(index);
  }

  /** The open windows, by index. */
  List<BrowserWindow> all() {
    return table.all();
  }

  /** The open window of the lowest index: the first, while it is there. */
  Optional<BrowserWindow> first() {
    return table.all().stream().findFirst();
  }

  /** What the pages of this window are told without asking. */
  Map<String, Object> facts(int id) {
    return Map.of(
        "index",
        table.indexOf(id),
        "frameless",
        Optional.ofNullable(frames.get(id)).filter(has -> !has).isPresent());
  }

  /**
   * What the window of this id may do at most, beside the app's policy. Who has no window (id below
   * 0) is under that alone; of a window that is gone, nothing is allowed.
   */
  List<String> policiesOf(int id) {
    return id < 0 ? List.of() : table.policiesOf(id).orElse(NOTHING);
  }

  /**
   * As {@link #policiesOf}, for the window that opens another.
   *
   * @throws BridgeError {@code ERR_NO_WINDOW} if it is gone
   */
  List<String> policiesOfOpener(int id) {
    return id < 0
        ? List.of()
        : table
            .policiesOf(id)
            .orElseThrow(() -> WindowModule.noWindow("the window of the page that asks is gone"));
  }
}
