package dev.dunlin.net.limits;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** A map that forgets who was used longest ago when it is full. Thread: its owner's. */
public final class BoundedMap<K, V> {
  private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int max;

  /**
   * @param max the most entries; one more pushes out the one used longest ago
   */
  public BoundedMap(int max) {
    this.max = max;
  }

  public Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  public V computeIfAbsent(K key, Function<K, V> make) {
    V value = entries.computeIfAbsent(key, make);
    trim();
    return value;
  }

  public void put(K key, V value) {
    entries.put(key, value);
    trim();
  }

  public boolean contains(K key) {
    return entries.containsKey(key);
  }

  public void remove(K key) {
    entries.remove(key);
  }

  /** Drops all whose value is so. */
  public void removeIf(Predicate<V> predicate) {
    entries.values().removeIf(predicate);
  }

  /** Drops, beginning with those used longest ago, until one is not so. */
  public void removeOldestWhile(Predicate<V> predicate) {
    Iterator<V> values = entries.values().iterator();
    while (values.hasNext() && predicate.test(values.next())) {
      values.remove();
    }
  }

  /** A copy, those used longest ago first. */
  public List<K> keys() {
    return List.copyOf(entries.keySet());
  }

  /** Those used longest ago first; none counts as used by it. */
  public void forEach(BiConsumer<K, V> action) {
    entries.forEach(action);
  }

  public Iterable<V> values() {
    return entries.values();
  }

  public int size() {
    return entries.size();
  }

  private void trim() {
    if (entries.size() > max) {
      Iterator<Map.Entry<K, V>> oldest = entries.entrySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
