package dev.dunlin.shell.resources;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a {@code Range} header asks for (RFC 9110, 14.2). */
sealed interface ByteRange {
  /** All of it: no range, a malformed one, another unit, or several ranges. */
  record Whole() implements ByteRange {}

  /** One part: {@code length} bytes, at least one, from {@code offset}. */
  record Part(long offset, long length) implements ByteRange {}

  /** A well-formed range that holds none of the bytes: 416. */
  record Unsatisfiable() implements ByteRange {}

  Pattern SINGLE = Pattern.compile("(?i)\\s*bytes\\s*=\\s*(\\d{0,40})\\s*-\\s*(\\d{0,40})\\s*");

  static ByteRange parse(String header, long sizeBytes) {
    Matcher m = SINGLE.matcher(header);
    if (!m.matches() || m.group(1).isEmpty() && m.group(2).isEmpty()) {
      return new Whole();
    }
    if (m.group(1).isEmpty()) {
      long length = Math.min(saturated(m.group(2)), sizeBytes);
      return length == 0 ? new Unsatisfiable() : new Part(sizeBytes - length, length);
    }
    long first = saturated(m.group(1));
    long last = m.group(2).isEmpty() ? Long.MAX_VALUE : saturated(m.group(2));
    if (last < first) {
      return new Whole();
    }
    return first >= sizeBytes
        ? new Unsatisfiable()
        : new Part(first, Math.min(last, sizeBytes - 1) - first + 1);
  }

  private static long saturated(String digits) {
    return new BigInteger(digits).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }
}
