package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.engine.WindowNumber;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which windows are open, by id and by index.
 *
 * <p><i>Thread:</i> any.
 *
 * @param <W> a window
 */
final class WindowTable<W> {
  /**
   * Most windows that an app may have open. One more fails with {@code ERR_TOO_MANY_WINDOWS}.
   * Indexes are below it.
   */
  static final int MAX_WINDOWS = 64;

  // Guarded by this.
  private final Map<Integer, Entry<W>> byId = new HashMap<>();
  private int nextId;

  /**
   * @param policies what it may do at most, beside the app's policy
   * @param window empty until it is open
   */
  private record Entry<W>(WindowNumber number, List<String> policies, Optional<W> window) {}

  /**
   * Keeps a place for a window that is about to open.
   *
   * @param wanted its index; empty for the lowest free one
   * @param policies what it may do at most, beside the app's policy
   * @throws BridgeError {@code ERR_TOO_MANY_WINDOWS}, {@code ERR_WINDOW_EXISTS} or {@code
   *     ERR_INVALID_CALL}
   */
  synchronized WindowNumber reserve(Optional<Integer> wanted, List<String> policies) {
    if (wanted.filter(index -> index < 0 || index >= MAX_WINDOWS).isPresent()) {
      throw new BridgeError(
          "RangeError",
          "ERR_INVALID_CALL",
          "the index of a window is 0 to " + (MAX_WINDOWS - 1) + ", this is " + wanted.get());
    }
    if (byId.size() >= MAX_WINDOWS) {
      throw new BridgeError(
          "RangeError",
          "ERR_TOO_MANY_WINDOWS",
          "an app has at most " + MAX_WINDOWS + " windows: close one first");
    }
    int index = wanted.orElseGet(this::lowestFree);
    if (isTaken(index)) {
      throw new BridgeError(
          "InvalidStateError",
          "ERR_WINDOW_EXISTS",
          "there is a window " + index + " already: leave the index out to get a free one");
    }
    WindowNumber number = new WindowNumber(nextId++, index);
    byId.put(number.id(), new Entry<>(number, List.copyOf(policies), Optional.empty()));
    return number;
  }

  private int lowestFree() {
    int index = 0;
    while (isTaken(index)) {
      index++;
    }
    return index;
  }

  private boolean isTaken(int index) {
    return byId.values().stream().anyMatch(entry -> entry.number().index() == index);
  }

  /** The window of a place that was {@link #reserve}d is open. */
  synchronized void put(WindowNumber number, W window) {
    byId.computeIfPresent(
        number.id(), (id, entry) -> new Entry<>(number, entry.policies(), Optional.of(window)));
  }

  /** The window has closed, or did not open. Whether it was the last. */
  synchronized boolean remove(int id) {
    return byId.remove(id) != null && byId.isEmpty();
  }

  /** The index of a window that is open or about to; -1 if there is none of this id. */
  synchronized int indexOf(int id) {
    Entry<W> entry = byId.get(id);
    return entry == null ? -1 : entry.number().index();
  }

  /** What a window may do at most that is open or about to; empty if there is none of this id. */
  synchronized Optional<List<String>> policiesOf(int id) {
    return Optional.ofNullable(byId.get(id)).map(Entry::policies);
  }

  /** The open window of this id. */
  synchronized Optional<W> find(int id) {
    return Optional.ofNullable(byId.get(id)).flatMap(Entry::window);
  }

  /** The open window of this index. */
  synchronized Optional<W> at(int index) {
    return byId.values().stream()
        .filter(entry -> entry.number().index() == index)
        .findFirst()
        .flatMap(Entry::window);
  }

  /** The open windows, by index. */
  synchronized List<W> all() {
    return byId.values().stream()
        .sorted(Comparator.comparing(entry -> entry.number().index()))
        .flatMap(entry -> entry.window().stream())
        .toList();
  }
}
