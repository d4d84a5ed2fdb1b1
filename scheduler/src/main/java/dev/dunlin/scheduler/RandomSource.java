package dev.dunlin.scheduler;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Random;

/** The only source of randomness, so that tests can repeat a run. Thread: any. */
@FunctionalInterface
public interface RandomSource {
  /** Bytes of one 128-bit id. */
  int ID_BYTES = 16;

  /** Fresh random bytes. */
  byte[] bytes(int count);

  /** A fresh 128-bit id: 32 lower-case hex digits. */
  default String hex128() {
    return HexFormat.of().formatHex(bytes(ID_BYTES));
  }

  /** The operating system's cryptographic generator: what production uses. */
  static RandomSource secure() {
    SecureRandom random = new SecureRandom();
    return count -> fill(random, count);
  }

  /** The same bytes for the same seed. For tests and simulations only: predictable. */
  static RandomSource seeded(long seed) {
    Random random = new Random(seed);
    return count -> fill(random, count);
  }

  private static byte[] fill(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
