package dev.dunlin.net.wire;

import java.nio.charset.StandardCharsets;

/**
 * Reads control messages as peers write them: no spaces, no escapes, whole numbers. That is nearly
 * all of what comes, and a parser of all JSON costs three times as much. What it does not know is
 * left to that one. Thread: one.
 */
final class MinimalJson {
  /** Longer numbers may not be exact in a double: left to the other parser. */
  private static final int MAX_DIGITS = 15;

  private final byte[] in;
  private int at;

  MinimalJson(byte[] in) {
    this.in = in;
  }

  /** Reads all of it; false when it is something else than minimal JSON of the schema's keys. */
  boolean read(Key.Schema schema, Control.Builder out) {
    if (!next('{')) {
      return false;
    }
    do {
      if (!next('"')) {
        return false;
      }
      int from = at;
      int end = endOfText();
      if (end < 0 || !next(':')) {
        return false;
      }
      Key key = Key.named(in, from, end);
      if (key == null || !schema.has(key)) {
        return false;
      }
      Object value = value();
      if (value == null) {
        return false;
      }
      out.set(key, value);
    } while (next(','));
    return next('}') && at == in.length;
  }

  private boolean next(char c) {
    boolean is = at < in.length && in[at] == c;
    at += is ? 1 : 0;
    return is;
  }

  /** Where the text ends that begins here, whose closing quote is skipped; -1 when it is odd. */
  private int endOfText() {
    for (; at < in.length; at++) {
      byte c = in[at];
      if (c == '"') {
        return at++;
      }
      if (c < 0x20 || c == '\\') {
        return -1;
      }
    }
    return -1;
  }

  /** Null when it is odd. */
  private Object value() {
    if (next('"')) {
      int from = at;
      int end = endOfText();
      return end < 0 ? null : new String(in, from, end - from, StandardCharsets.ISO_8859_1);
    }
    if (next('t')) {
      return next('r') && next('u') && next('e') ? Boolean.TRUE : null;
    }
    if (next('f')) {
      return next('a') && next('l') && next('s') && next('e') ? Boolean.FALSE : null;
    }
    return number();
  }

  private Object number() {
    int from = at;
    long value = 0;
    for (; at < in.length && in[at] >= '0' && in[at] <= '9'; at++) {
      if (at - from == MAX_DIGITS) {
        return null;
      }
      value = value * 10 + in[at] - '0';
    }
    int digits = at - from;
    return digits == 0 || digits > 1 && in[from] == '0' ? null : (Object) value;
  }
}
