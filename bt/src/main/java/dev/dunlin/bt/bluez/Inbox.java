package dev.dunlin.bt.bluez;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Signals between D-Bus' thread and the lane. A flood of values has a bound, beyond which values
 * are dropped and counted by characteristic; other signals beyond theirs mean that all must be read
 * anew.
 *
 * <p><i>Thread:</i> any.
 */
final class Inbox {
  /** Values of characteristics that wait; more are dropped and counted. */
  static final int MAX_VALUES = 8192;

  /** Other signals that wait; more, and everything is read anew. */
  static final int MAX_OTHERS = 8192;

  private final ArrayDeque<Signal> waiting = new ArrayDeque<>();
  private final Map<String, Long> dropped = new HashMap<>();
  private int values;
  private boolean overflowed;

  /**
   * @param serial the sender's number of the message
   * @param isValue of a characteristic
   */
  record Signal(
      String source, long serial, String path, String member, Object[] body, boolean isValue) {}

  /** True when it was empty: someone must be sent for it. */
  synchronized boolean add(Signal signal) {
    boolean first = waiting.isEmpty();
    if (signal.isValue()) {
      if (values == MAX_VALUES) {
        dropped.merge(signal.path(), 1L, Long::sum);
        return false;
      }
      values++;
    } else if (waiting.size() - values >= MAX_OTHERS) {
      overflowed = true;
      return false;
    }
    waiting.add(signal);
    return first;
  }

  /** The next one; null when there is none. */
  synchronized Signal next() {
    Signal signal = waiting.poll();
    if (signal != null && signal.isValue()) {
      values--;
    }
    return signal;
  }

  /** How many values of this characteristic were dropped since this was asked last. */
  synchronized long dropped(String path) {
    Long count = dropped.isEmpty() ? null : dropped.remove(path);
    return count == null ? 0 : count;
  }

  /** Whether signals were lost since this was asked last. */
  synchronized boolean overflowed() {
    boolean was = overflowed;
    overflowed = false;
    return was;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }
}
