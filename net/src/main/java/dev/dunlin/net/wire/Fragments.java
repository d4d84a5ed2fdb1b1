package dev.dunlin.net.wire;

import dev.dunlin.net.crypto.Hashes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Long messages as a head and fragments, and back. Thread: any. */
public final class Fragments {
  private Fragments() {}

  /**
   * What a message is sent as: one packet when it fits, else a head and its fragments, all with the
   * template's other fields.
   *
   * @param template type, clock, cluster ids, usr fields, sig; its previousId becomes that of the
   *     first packet, its nextId that of the last
   * @throws WireException when it is longer than {@value Head#MAX_SIZE_BYTES} bytes
   */
  public static List<Packet> split(Packet template, byte[] message, long timestampMillis) {
    if (message.length <= Packet.MAX_MESSAGE_BYTES) {
      return List.of(
          part(
              template,
              -1,
              template.previousId(),
              Hashes.sha256(message),
              template.nextId(),
              message));
    }
    if (message.length > Head.MAX_SIZE_BYTES) {
      throw new WireException(
          "ETOOBIG",
          "a message has at most "
              + Head.MAX_SIZE_BYTES
              + " bytes, this has "
              + message.length
              + "; send it in parts, or send where to fetch it");
    }
    int count = (message.length + Packet.MAX_MESSAGE_BYTES - 1) / Packet.MAX_MESSAGE_BYTES;
    byte[][] messages = new byte[count + 1][];
    byte[][] ids = new byte[count + 1][];
    messages[0] = new Head(timestampMillis, message.length, count).bytes();
    ids[0] = Hashes.sha256(messages[0]);
    for (int i = 1; i <= count; i++) {
      int from = (i - 1) * Packet.MAX_MESSAGE_BYTES;
      messages[i] =
          Arrays.copyOfRange(
              message, from, Math.min(from + Packet.MAX_MESSAGE_BYTES, message.length));
      ids[i] = fragmentId(ids[i - 1], messages[i]);
    }
    List<Packet> packets = new ArrayList<>(count + 1);
    for (int i = 0; i <= count; i++) {
      byte[] previous = i == 0 ? template.previousId() : ids[0];
      byte[] next = i == count ? template.nextId() : ids[i + 1];
      packets.add(part(template, i, previous, ids[i], next, messages[i]));
    }
    return packets;
  }

  private static Packet part(
      Packet like, int index, byte[] previous, byte[] id, byte[] next, byte[] message) {
    return new Packet(
        like.type(),
        like.version(),
        like.clock(),
        like.hops(),
        index,
        like.ttl(),
        like.clusterId(),
        like.subclusterId(),
        previous,
        id,
        next,
        like.usr1(),
        like.usr2(),
        like.usr3(),
        like.usr4(),
        message,
        like.sig());
  }

  private static byte[] fragmentId(byte[] previousPart, byte[] message) {
    return Hashes.sha256(Hashes.sha256(previousPart), Hashes.sha256(message));
  }

  /** True when a whole packet's, or a head's, id is that of its message. */
  public static boolean hasItsOwnId(Packet packet) {
    return packet.index() <= 0 && Arrays.equals(packet.packetId(), Hashes.sha256(packet.message()));
  }

  /**
   * True when this fragment is the next one after that part: the only way to know a fragment's id.
   */
  public static boolean follows(Packet part, Packet fragment) {
    return fragment.index() == part.index() + 1
        && Arrays.equals(fragment.packetId(), fragmentId(part.packetId(), fragment.message()));
  }

  /**
   * The message, when all of its fragments are there; their ids are verified along the chain.
   *
   * @param byIndex fragments 1 to n of this head
   */
  public static Optional<byte[]> compose(Packet head, Map<Integer, Packet> byIndex) {
    Optional<Head> parsed = Head.parse(head.message());
    if (parsed.isEmpty() || byIndex.size() < parsed.get().fragments()) {
      return Optional.empty();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(parsed.get().sizeBytes());
    Packet before = head;
    for (int i = 1; i <= parsed.get().fragments(); i++) {
      Packet fragment = byIndex.get(i);
      if (fragment == null || !follows(before, fragment)) {
        return Optional.empty();
      }
      out.writeBytes(fragment.message());
      before = fragment;
    }
    byte[] message = out.toByteArray();
    return message.length < parsed.get().sizeBytes()
        ? Optional.empty()
        : Optional.of(Arrays.copyOf(message, parsed.get().sizeBytes()));
  }
}
