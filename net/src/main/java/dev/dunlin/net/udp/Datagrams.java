package dev.dunlin.net.udp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Datagrams on their way out, one after the other in one array.
 *
 * @param bytes not changed once given
 * @param offset where the first begins
 * @param lengths of each
 */
public record Datagrams(byte[] bytes, int offset, int[] lengths) {
  /** The longest there can be, in a jumbogram-less IPv6 packet; the system knows the true bound. */
  public static final int MAX_BYTES = 65_535;

  /** One datagram. */
  public static Datagrams of(byte[] bytes) {
    return new Datagrams(bytes, 0, new int[] {bytes.length});
  }

  int count() {
    return lengths.length;
  }

  int totalBytes() {
    int total = 0;
    for (int length : lengths) {
      total += length;
    }
    return total;
  }

  /**
   * Reads what a page sends: a count (u32), that many lengths (u16), and the datagrams; all
   * little-endian.
   *
   * @param most how many there may be
   * @return nothing if it is not exactly that
   */
  static Optional<Datagrams> parse(byte[] wire, int most) {
    ByteBuffer in = ByteBuffer.wrap(wire).order(ByteOrder.LITTLE_ENDIAN);
    if (wire.length < Integer.BYTES) {
      return Optional.empty();
    }
    int count = in.getInt();
    if (count < 1 || count > most || in.remaining() < count * Short.BYTES) {
      return Optional.empty();
    }
    int[] lengths = new int[count];
    long total = 0;
    for (int i = 0; i < count; i++) {
      lengths[i] = Short.toUnsignedInt(in.getShort());
      total += lengths[i];
    }
    return total == in.remaining()
        ? Optional.of(new Datagrams(wire, in.position(), lengths))
        : Optional.empty();
  }
}
