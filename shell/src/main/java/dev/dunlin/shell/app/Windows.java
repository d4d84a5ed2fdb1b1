package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.WindowNumber;
import dev.dunlin.shell.engine.WindowSettings;
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
  private final Opener opener;
  private final Events events;
  private final WindowTable<BrowserWindow> table = new WindowTable<>();
  private final Map<Integer, List<String>> policies = new ConcurrentHashMap<>();

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

    /** It and its page are gone. */
    void closed(WindowNumber window, boolean last);
  }

  /**
   * What is asked of a window that opens.
   *
   * @param index empty for the lowest that is free
   * @param policies what it may do at most, beside the app's policy, each as it is sent
   */
  record Place(Optional<Integer> index, List<String> policies) {
    static final Place FIRST = new Place(Optional.empty(), List.of());

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
    WindowNumber number = table.reserve(place.index());
    policies.put(number.id(), place.policies());
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
    window.closed().onComplete(done -> events.closed(number, forget(number)));
    events.opened(window);
    return window;
  }

  private boolean forget(WindowNumber number) {
    policies.remove(number.id());
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

  /** What pages call the window of this id; -1 for none, and for workers that are of no window. */
  int indexOf(int id) {
    return table.indexOf(id);
  }

  /** What the window of this id may do at most, beside the app's policy. */
  List<String> policiesOf(int id) {
    return policies.getOrDefault(id, List.of());
  }
}
