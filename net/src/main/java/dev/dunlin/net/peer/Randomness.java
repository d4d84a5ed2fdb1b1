package dev.dunlin.net.peer;

import dev.dunlin.scheduler.RandomSource;
import java.nio.ByteBuffer;
import java.util.List;

/** Small random numbers out of a source of bytes, drawn in blocks. Lane: the peer's. */
final class Randomness {
  private static final int BLOCK_BYTES = 256;

  private final RandomSource source;
  private ByteBuffer block = ByteBuffer.allocate(0);

  Randomness(RandomSource source) {
    this.source = source;
  }

  RandomSource source() {
    return source;
  }

  byte[] bytes(int count) {
    return source.bytes(count);
  }

  long bits48() {
    return next() >>> 16;
  }

  /** 0 to bound - 1. */
  int below(int bound) {
    return (int) Long.remainderUnsigned(next(), bound);
  }

  /** 0 to just below 1. */
  double fraction() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  <T> void shuffle(List<T> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      list.set(i, list.set(below(i + 1), list.get(i)));
    }
  }

  private long next() {
    if (block.remaining() < Long.BYTES) {
      block = ByteBuffer.wrap(source.bytes(BLOCK_BYTES));
    }
    return block.getLong();
  }
}
