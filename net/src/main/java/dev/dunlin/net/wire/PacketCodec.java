package dev.dunlin.net.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Packets to datagrams and back. Thread: any. */
public final class PacketCodec {
  /** The largest datagram that is a packet. */
  public static final int MAX_DATAGRAM_BYTES = 1421;

  /** Longer datagrams are refused unread: what follows a packet is ignored, but not without end. */
  static final int MAX_READ_BYTES = 4096;

  private static final int MAGIC = 0x03050b11;
  private static final int PREFIX_BYTES = 27 - 4;
  private static final int HOPS_OFFSET = 11;
  private static final int TTL_OFFSET = 19;
  private static final int VARIABLE_FIELDS = 11;
  private static final long MASK = 0xffff_ffffL;

  /** A clock of this value is written as 0. */
  private static final long CLOCK_END = 2_000_000_000;

  private static final Decoded OPENER = new Decoded.Opener();

  private PacketCodec() {}

  /** The packet's datagram. */
  public static byte[] encode(Packet packet) {
    byte[][] fields = {
      packet.clusterId(),
      packet.subclusterId(),
      packet.previousId(),
      packet.packetId(),
      packet.nextId(),
      packet.usr1(),
      packet.usr2(),
      packet.usr3(),
      packet.usr4(),
      packet.message(),
      packet.sig()
    };
    int size = PREFIX_BYTES + 2 * VARIABLE_FIELDS;
    for (byte[] field : fields) {
      size += field.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putInt(MAGIC).put((byte) packet.type().code()).putShort((short) packet.version());
    out.putInt((int) (packet.clock() == CLOCK_END ? 0 : packet.clock()));
    out.putInt((int) packet.hops()).putInt(packet.index()).putInt((int) packet.ttl());
    for (byte[] field : fields) {
      out.putShort((short) field.length).put(field);
    }
    return out.array();
  }

  /** The same datagram with another hop count; the rest stays byte for byte as it came. */
  public static byte[] withHops(byte[] datagram, long hops) {
    byte[] copy = datagram.clone();
    ByteBuffer.wrap(copy).putInt(HOPS_OFFSET, (int) hops);
    return copy;
  }

  /** As {@link #withHops}, with another ttl in milliseconds. */
  public static byte[] withTtl(byte[] datagram, long ttl) {
    byte[] copy = datagram.clone();
    ByteBuffer.wrap(copy).putInt(TTL_OFFSET, (int) ttl);
    return copy;
  }

  /** What this datagram is. No bytes make it throw. */
  public static Decoded decode(byte[] datagram, Rules rules) {
    if (datagram.length == 1 && datagram[0] == 1) {
      return OPENER;
    }
    if (datagram.length < PREFIX_BYTES) {
      return rejected(Decoded.Reason.TOO_SHORT);
    }
    if (datagram.length > MAX_READ_BYTES) {
      return rejected(Decoded.Reason.TOO_LONG);
    }
    ByteBuffer in = ByteBuffer.wrap(datagram);
    if (in.getInt() != MAGIC) {
      return rejected(Decoded.Reason.MAGIC);
    }
    Optional<PacketType> type = PacketType.of(in.get());
    if (type.isEmpty()) {
      return rejected(Decoded.Reason.TYPE);
    }
    int version = Short.toUnsignedInt(in.getShort());
    long clock = in.getInt() & MASK;
    long hops = in.getInt() & MASK;
    int index = in.getInt();
    long ttl = in.getInt() & MASK;
    byte[][] fields = new byte[VARIABLE_FIELDS][];
    for (int i = 0; i < VARIABLE_FIELDS; i++) {
      if (in.remaining() < 2) {
        return rejected(Decoded.Reason.TOO_SHORT);
      }
      int length = Short.toUnsignedInt(in.getShort());
      int max =
          i == VARIABLE_FIELDS - 1
              ? Packet.MAX_SIG_BYTES
              : i == VARIABLE_FIELDS - 2 ? Packet.MAX_MESSAGE_BYTES : Packet.MAX_ID_BYTES;
      if (length > max) {
        return rejected(Decoded.Reason.FIELD_TOO_LONG);
      }
      if (length > in.remaining()) {
        if (rules == Rules.STRICT) {
          return rejected(Decoded.Reason.TRUNCATED);
        }
        length = in.remaining();
      }
      int at = in.position();
      fields[i] =
          length == 1 && datagram[at] == 0
              ? Packet.unset()
              : Arrays.copyOfRange(datagram, at, at + length);
      in.position(at + length);
    }
    Packet packet =
        new Packet(
            type.get(),
            version,
            clock,
            hops,
            index,
            ttl,
            fields[0],
            fields[1],
            fields[2],
            fields[3],
            fields[4],
            fields[5],
            fields[6],
            fields[7],
            fields[8],
            fields[9],
            fields[10]);
    if (!type.get().isControl()) {
      return new Decoded.Accepted(packet, Optional.empty());
    }
    Optional<Control> control = Control.parse(type.get(), packet.message(), rules);
    return control.isEmpty()
        ? rejected(Decoded.Reason.MESSAGE)
        : new Decoded.Accepted(packet, control);
  }

  private static Decoded rejected(Decoded.Reason reason) {
    return new Decoded.Rejected(reason);
  }
}
