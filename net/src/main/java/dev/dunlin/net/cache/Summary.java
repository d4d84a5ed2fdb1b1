package dev.dunlin.net.cache;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.wire.Id;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What somebody has, in few bytes: a hash for each of the sixteen sets of packet ids that begin
 * with a prefix and one more hex digit. The arrays are not copied.
 *
 * @param prefix hex digits, 0 to 15 each; at most {@value #MAX_PREFIX}
 * @param hash over all buckets
 * @param buckets sixteen; an empty array where there is nothing
 */
public record Summary(byte[] prefix, byte[] hash, List<byte[]> buckets) {
  public static final int MAX_PREFIX = 64;
  private static final int HASH_BYTES = 20;
  private static final int WAYS = 16;
  private static final byte[] NOTHING = {};
  private static final HexFormat HEX = HexFormat.of();

  /**
   * @param ids in ascending order
   */
  public static Summary of(byte[] prefix, Collection<Id> ids) {
    ByteArrayOutputStream[] members = new ByteArrayOutputStream[WAYS];
    for (Id id : ids) {
      if (prefix.length < MAX_PREFIX && startsWith(id, prefix)) {
        int way = id.nibble(prefix.length);
        if (members[way] == null) {
          members[way] = new ByteArrayOutputStream(64);
        }
        members[way].writeBytes(id.hex().getBytes(StandardCharsets.US_ASCII));
      }
    }
    byte[][] buckets = new byte[WAYS][];
    StringBuilder all = new StringBuilder();
    for (int way = 0; way < WAYS; way++) {
      buckets[way] = members[way] == null ? NOTHING : Hashes.sha1(members[way].toByteArray());
      all.append(HEX.formatHex(buckets[way]));
    }
    byte[] hash = Hashes.sha1(all.toString().getBytes(StandardCharsets.US_ASCII));
    return new Summary(prefix, hash, List.of(buckets));
  }

  /** True when these hex digits are the id's first. */
  public static boolean startsWith(Id id, byte[] prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (id.nibble(i) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  public boolean has(int bucket) {
    return buckets.get(bucket).length > 0;
  }

  /** 40 hex digits, as pings carry it. */
  public String hashHex() {
    return HEX.formatHex(hash);
  }

  /** The prefix with one more digit. */
  public byte[] childPrefix(int digit) {
    byte[] child = Arrays.copyOf(prefix, prefix.length + 1);
    child[prefix.length] = (byte) digit;
    return child;
  }

  /** The message of a Sync packet. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(1 + MAX_PREFIX / 2 + HASH_BYTES + WAYS * (1 + HASH_BYTES));
    out.put((byte) prefix.length);
    int odd = prefix.length & 1;
    if (odd == 1) {
      out.put(prefix[0]);
    }
    for (int i = odd; i < prefix.length; i += 2) {
      out.put((byte) (prefix[i] << 4 | prefix[i + 1]));
    }
    out.put(hash);
    for (int way = 0; way < WAYS; way++) {
      if (has(way)) {
        out.put((byte) way).put(buckets.get(way));
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Nothing when the bytes are no summary. */
  public static Optional<Summary> decode(byte[] message) {
    if (message.length < 1) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(message);
    int length = Byte.toUnsignedInt(in.get());
    int packed = (length + 1) / 2;
    if (length > MAX_PREFIX
        || in.remaining() < packed + HASH_BYTES
        || (in.remaining() - packed - HASH_BYTES) % (1 + HASH_BYTES) != 0) {
      return Optional.empty();
    }
    byte[] digits = new byte[2 * packed];
    for (int i = 0; i < packed; i++) {
      byte two = in.get();
      digits[2 * i] = (byte) (two >> 4 & 15);
      digits[2 * i + 1] = (byte) (two & 15);
    }
    byte[] prefix = Arrays.copyOfRange(digits, length & 1, digits.length);
    byte[] hash = new byte[HASH_BYTES];
    in.get(hash);
    byte[][] buckets = new byte[WAYS][];
    Arrays.fill(buckets, NOTHING);
    int before = -1;
    while (in.hasRemaining()) {
      int way = in.get();
      if (way <= before || way >= WAYS) {
        return Optional.empty();
      }
      buckets[way] = new byte[HASH_BYTES];
      in.get(buckets[way]);
      before = way;
    }
    return Optional.of(new Summary(prefix, hash, List.of(buckets)));
  }
}
