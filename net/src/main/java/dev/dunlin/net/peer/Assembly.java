package dev.dunlin.net.peer;

import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.wire.Fragments;
import dev.dunlin.net.wire.Head;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts fragmented messages together that are not cached, each apart from the others: of streams and
 * of answers. Lane: the peer's.
 */
final class Assembly {
  /** A whole message: its first packet and all its bytes. */
  record Whole(Packet first, byte[] sealed) {}

  private record Key(Id head, Object about) {}

  private static final class Parts {
    final Map<Integer, Packet> byIndex = new HashMap<>();
    Optional<Packet> head = Optional.empty();
    int bytes;
  }

  private final BoundedMap<Key, Parts> composing = new BoundedMap<>(Limits.MAX_COMPOSING);
  private int bytes;

  /**
   * Adds a packet.
   *
   * @param about whose: parts of different senders never mix
   */
  Optional<Whole> add(Packet packet, Object about) {
    if (packet.isWhole()) {
      return Optional.of(new Whole(packet, packet.message()));
    }
    Optional<Id> headId = Id.from(packet.index() == 0 ? packet.packetId() : packet.previousId());
    boolean isHead = packet.index() == 0;
    if (headId.isEmpty()
        || isHead && (!Fragments.hasItsOwnId(packet) || Head.parse(packet.message()).isEmpty())
        || packet.index() > Head.MAX_SIZE_BYTES / Packet.MAX_MESSAGE_BYTES) {
      return Optional.empty();
    }
    Key key = new Key(headId.get(), about);
    Parts parts = composing.computeIfAbsent(key, none -> new Parts());
    if (isHead) {
      parts.head = Optional.of(packet);
    } else if (parts.byIndex.putIfAbsent(packet.index(), packet) == null) {
      parts.bytes += packet.message().length;
      bytes += packet.message().length;
    }
    if (bytes > Limits.MAX_COMPOSING_BYTES) {
      composing.removeOldestWhile(
          old -> {
            boolean tooMuch = bytes > Limits.MAX_COMPOSING_BYTES && old != parts;
            bytes -= tooMuch ? old.bytes : 0;
            return tooMuch;
          });
    }
    Optional<byte[]> message = parts.head.flatMap(head -> Fragments.compose(head, parts.byIndex));
    if (message.isEmpty()) {
      return Optional.empty();
    }
    composing.remove(key);
    bytes -= parts.bytes;
    return Optional.of(new Whole(parts.head.orElseThrow(), message.get()));
  }

  int size() {
    return composing.size();
  }
}
