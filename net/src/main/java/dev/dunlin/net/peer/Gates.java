package dev.dunlin.net.peer;

import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.wire.Id;

/** Lets each thing through once in a while. Lane: the peer's. */
final class Gates {
  /** What is let through: an id, and for what, or whose. */
  record Key(Id id, Object about) {}

  private final BoundedMap<Key, Long> until = new BoundedMap<>(Limits.MAX_GATES);

  /** True the first time, and again when that long has passed. */
  boolean admits(Id id, Object about, long now, long millis) {
    Key key = new Key(id, about);
    if (until.get(key).filter(end -> now < end).isPresent()) {
      return false;
    }
    until.put(key, now + millis);
    return true;
  }

  int size() {
    return until.size();
  }
}
