package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.scheduler.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The open things of one window. Another window's ids, and another module's, are not found.
 *
 * <p><i>Thread:</i> any.
 */
final class HandleTable {
  private final RandomSource random;

  // Guarded by this.
  private final Map<String, Entry> open = new HashMap<>();

  private record Entry(Document owner, String module, AutoCloseable thing) {}

  HandleTable(RandomSource random) {
    this.random = random;
  }

  /**
   * @throws BridgeError {@code EMFILE} at {@link Limits#HANDLES_PER_WINDOW}; {@code ERR_CANCELLED}
   *     if the owner is gone. The thing is then still the caller's to close
   */
  synchronized HandleId add(Document owner, String module, AutoCloseable thing) {
    if (owner.isGone()) {
      throw new BridgeError("AbortError", "ERR_CANCELLED", "the document that asked is gone");
    }
    if (open.size() >= Limits.HANDLES_PER_WINDOW) {
      throw new BridgeError(
          "Error",
          "EMFILE",
          "EMFILE: too many open files: a window may have "
              + Limits.HANDLES_PER_WINDOW
              + " open; close some first");
    }
    HandleId id = new HandleId(random.hex128());
    open.put(id.value(), new Entry(owner, module, thing));
    return id;
  }

  synchronized Optional<AutoCloseable> find(String module, String id) {
    Entry entry = open.get(id);
    return entry != null && entry.module.equals(module)
        ? Optional.of(entry.thing)
        : Optional.empty();
  }

  synchronized Optional<AutoCloseable> remove(HandleId id) {
    return Optional.ofNullable(open.remove(id.value())).map(Entry::thing);
  }

  /** Takes out all that a document opened; the caller closes it. */
  synchronized List<AutoCloseable> sweep(Document owner) {
    List<AutoCloseable> things = new ArrayList<>();
    for (Iterator<Entry> entries = open.values().iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.owner == owner) {
        things.add(entry.thing);
        entries.remove();
      }
    }
    return things;
  }

  /** What is open: module and thing. */
  record Open(String module, AutoCloseable thing) {}

  synchronized List<Open> open() {
    return open.values().stream().map(entry -> new Open(entry.module, entry.thing)).toList();
  }

  synchronized int size() {
    return open.size();
  }
}
