package dev.dunlin.net.wire;

import dev.dunlin.net.crypto.Hashes;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * One packet: the contents of one datagram. Its arrays are not copied and must not be changed.
 *
 * @param clock -1 does not occur: 0 to 2^32-1, as are hops and ttl (milliseconds)
 * @param index -1 not fragmented, 0 the head of a fragmented message, else the fragment's number
 */
public record Packet(
    PacketType type,
    int version,
    long clock,
    long hops,
    int index,
    long ttl,
    byte[] clusterId,
    byte[] subclusterId,
    byte[] previousId,
    byte[] packetId,
    byte[] nextId,
    byte[] usr1,
    byte[] usr2,
    byte[] usr3,
    byte[] usr4,
    byte[] message,
    byte[] sig) {
  public static final int VERSION = 6;

  /** The most bytes of a message; what is longer is fragmented. */
  public static final int MAX_MESSAGE_BYTES = 1024;

  /** The most bytes of ids and usr fields. */
  public static final int MAX_ID_BYTES = 32;

  public static final int MAX_SIG_BYTES = 64;

  /** A packet that came this far goes no further. */
  public static final int MAX_HOPS = 16;

  /** Six hours: the default, and the longest that a cache honours. */
  public static final long MAX_TTL_MILLIS = 21_600_000;

  /** A time with more digits is none. */
  private static final int MAX_DIGITS = 16;

  private static final byte[] UNSET = {0};

  /** What a field holds that nobody set: one zero byte. */
  static byte[] unset() {
    return UNSET;
  }

  /** True of a field that nobody set. */
  public static boolean isUnset(byte[] field) {
    return field.length == 1 && field[0] == 0;
  }

  /** Of a field that holds a time as decimal digits, as usr1 of an Intro and usr4 of a Sync do. */
  public static OptionalLong decimal(byte[] field) {
    if (field.length == 0 || field.length > MAX_DIGITS) {
      return OptionalLong.empty();
    }
    long value = 0;
    for (byte digit : field) {
      if (digit < '0' || digit > '9') {
        return OptionalLong.empty();
      }
      value = 10 * value + digit - '0';
    }
    return OptionalLong.of(value);
  }

  /** Whether it is no part of a larger message. */
  public boolean isWhole() {
    return index < 0;
  }

  /** The same, but that many hops from its origin. */
  public Packet withHops(long hops) {
    return new Packet(
        type,
        version,
        clock,
        hops,
        index,
        ttl,
        clusterId,
        subclusterId,
        previousId,
        packetId,
        nextId,
        usr1,
        usr2,
        usr3,
        usr4,
        message,
        sig);
  }

  /** SHA-256 over the two linked ids and the message: the id of a packet that got no other. */
  static byte[] defaultId(byte[] previousId, byte[] message, byte[] nextId) {
    return Hashes.sha256(previousId, message, nextId);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Packet that
        && Arrays.equals(PacketCodec.encode(this), PacketCodec.encode(that));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(packetId);
  }

  public static Builder builder(PacketType type) {
    return new Builder(type);
  }

  /** What is not set has its default; an id that is not set is computed. */
  public static final class Builder {
    private final PacketType type;
    private long clock = 1;
    private long hops;
    private int index = -1;
    private long ttl = MAX_TTL_MILLIS;
    private byte[] clusterId = UNSET;
    private byte[] subclusterId = UNSET;
    private byte[] previousId = UNSET;
    private byte[] packetId = UNSET;
    private byte[] nextId = UNSET;
    private byte[] usr1 = UNSET;
    private byte[] usr2 = UNSET;
    private byte[] usr3 = UNSET;
    private byte[] usr4 = UNSET;
    private byte[] message = UNSET;
    private byte[] sig = UNSET;

    private Builder(PacketType type) {
      this.type = type;
    }

    public Builder clock(long clock) {
      this.clock = clock;
      return this;
    }

    public Builder hops(long hops) {
      this.hops = hops;
      return this;
    }

    public Builder index(int index) {
      this.index = index;
      return this;
    }

    public Builder ttl(long ttl) {
      this.ttl = ttl;
      return this;
    }

    public Builder clusterId(byte[] id) {
      this.clusterId = id;
      return this;
    }

    public Builder subclusterId(byte[] id) {
      this.subclusterId = id;
      return this;
    }

    public Builder previousId(byte[] id) {
      this.previousId = id;
      return this;
    }

    public Builder packetId(byte[] id) {
      this.packetId = id;
      return this;
    }

    public Builder nextId(byte[] id) {
      this.nextId = id;
      return this;
    }

    public Builder usr1(byte[] usr) {
      this.usr1 = usr;
      return this;
    }

    public Builder usr2(byte[] usr) {
      this.usr2 = usr;
      return this;
    }

    public Builder usr3(byte[] usr) {
      this.usr3 = usr;
      return this;
    }

    public Builder usr4(byte[] usr) {
      this.usr4 = usr;
      return this;
    }

    public Builder message(byte[] message) {
      this.message = message;
      return this;
    }

    public Builder message(Control message) {
      this.message = message.bytes();
      return this;
    }

    public Builder sig(byte[] sig) {
      this.sig = sig;
      return this;
    }

    /**
     * @throws WireException when a field is too long for the wire
     */
    public Packet build() {
      check("message", message, MAX_MESSAGE_BYTES);
      check("sig", sig, MAX_SIG_BYTES);
      for (byte[] field :
          new byte[][] {
            clusterId, subclusterId, previousId, packetId, nextId, usr1, usr2, usr3, usr4
          }) {
        check("id or usr field", field, MAX_ID_BYTES);
      }
      byte[] id = isUnset(packetId) ? defaultId(previousId, message, nextId) : packetId;
      return new Packet(
          type,
          VERSION,
          clock,
          hops,
          index,
          ttl,
          clusterId,
          subclusterId,
          previousId,
          id,
          nextId,
          usr1,
          usr2,
          usr3,
          usr4,
          message,
          sig);
    }

    private static void check(String name, byte[] field, int max) {
      if (field.length > max) {
        throw new WireException(
            "ETOOBIG",
            "a packet's "
                + name
                + " has at most "
                + max
                + " bytes, this has "
                + field.length
                + "; a long message must be split into fragments, an id must be raw bytes");
      }
    }
  }
}
