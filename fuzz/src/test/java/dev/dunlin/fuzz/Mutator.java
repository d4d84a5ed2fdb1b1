package dev.dunlin.fuzz;

import dev.dunlin.scheduler.RandomSource;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Makes inputs of seeds: the same ones for the same number. Thread: one. */
final class Mutator {
  private static final String[] WORDS = {
    "/",
    "..",
    "%2e",
    "%00",
    "%",
    "%C3%BC",
    "\\",
    ";",
    ",",
    " ",
    "\n",
    "\r\n",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    ":",
    "=",
    "&",
    "?",
    "#",
    "*",
    "-",
    "0",
    "9",
    "99999999999999999999",
    "-1",
    "1e999",
    "\u00e9",
    "\u2028",
    "\ud83d\ude00",
    "null",
    "true"
  };

  private final List<byte[]> seeds;
  private final int maxBytes;
  private final RandomSource source;
  private ByteBuffer pool = ByteBuffer.allocate(0);

  Mutator(List<byte[]> seeds, int maxBytes, long seed) {
    this.seeds = seeds;
    this.maxBytes = maxBytes;
    this.source = RandomSource.seeded(seed);
  }

  private int below(int bound) {
    if (pool.remaining() < Integer.BYTES) {
      pool = ByteBuffer.wrap(source.bytes(4096));
    }
    return (pool.getInt() >>> 1) % Math.max(1, bound);
  }

  private byte[] seed() {
    return seeds.get(below(seeds.size()));
  }

  /** A seed with some changes. */
  byte[] next() {
    byte[] bytes = seed().clone();
    for (int changes = 1 + below(4); changes > 0; changes--) {
      bytes = changed(bytes);
    }
    return bytes.length <= maxBytes ? bytes : Arrays.copyOf(bytes, maxBytes);
  }

  private byte[] changed(byte[] bytes) {
    int at = below(bytes.length + 1);
    int end = at + below(Math.min(bytes.length - at, 32) + 1);
    return switch (below(7)) {
      case 0 -> joined(bytes, at, new byte[] {(byte) below(256)}, Math.min(bytes.length, at + 1));
      case 1 -> joined(bytes, at, WORDS[below(WORDS.length)].getBytes(StandardCharsets.UTF_8), end);
      case 2 -> joined(bytes, at, new byte[0], end);
      case 3 -> joined(bytes, at, slice(seed()), end);
      case 4 -> joined(bytes, end, Arrays.copyOfRange(bytes, at, end), end);
      case 5 ->
          joined(
              bytes,
              at,
              new byte[] {(byte) (at < bytes.length ? bytes[at] ^ 1 << below(8) : 0)},
              Math.min(bytes.length, at + 1));
      default -> Arrays.copyOf(bytes, at);
    };
  }

  private byte[] slice(byte[] bytes) {
    int at = below(bytes.length);
    return Arrays.copyOfRange(bytes, at, at + below(bytes.length - at + 1));
  }

  /** A seed in which some bytes come again and again, up to the longest input. */
  byte[] longest() {
    byte[] bytes = seed();
    int at = below(bytes.length + 1);
    int end = Math.min(bytes.length, at + 1 + below(below(4) == 0 ? bytes.length : 8));
    byte[] part =
        below(3) == 0
            ? WORDS[below(WORDS.length)].getBytes(StandardCharsets.UTF_8)
            : Arrays.copyOfRange(bytes, at, end);
    if (part.length == 0) {
      part = new byte[] {' '};
    }
    byte[] many = new byte[Math.max(0, maxBytes - bytes.length)];
    for (int i = 0; i < many.length; i++) {
      many[i] = part[i % part.length];
    }
    return joined(bytes, end, many, end);
  }

  private static byte[] joined(byte[] bytes, int at, byte[] between, int from) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + between.length);
    out.write(bytes, 0, at);
    out.writeBytes(between);
    out.write(bytes, from, bytes.length - from);
    return out.toByteArray();
  }
}
