package dev.dunlin.net.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.wire.Decoded;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import dev.dunlin.net.wire.Rules;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketCacheTest {
  private static final long HOUR = 3_600_000;

  private final PacketCache cache = new PacketCache(32, 1 << 20);
  private int made;

  private static Packet packet(String name, long ttl) {
    byte[] message = Hashes.sha256(name);
    return Packet.builder(PacketType.PUBLISH)
        .ttl(ttl)
        .packetId(Hashes.sha256(message))
        .message(message)
        .build();
  }

  private Id put(long now, boolean own, int source) {
    Packet packet = packet("packet " + made++, Packet.MAX_TTL_MILLIS);
    cache.put(packet, PacketCodec.encode(packet), now, own, source);
    return Id.of(packet.packetId());
  }

  private boolean has(Id id) {
    return cache.get(id).isPresent();
  }

  @Test
  void whoFilledItLosesFirstAndTheOldestOfThoseAndOwnOnesLast() {
    Id own = put(0, true, 0);
    Id other = put(1, false, 7);
    Id greedy = put(2, false, 8);
    Id greedyToo = put(3, false, 8);
    put(4, false, 8);
    for (int i = 0; i < 27; i++) {
      put(5 + i, false, 100 + i);
    }
    assertEquals(32, cache.size());
    Id fresh = put(50, false, 9);
    assertFalse(has(greedy), "more than two of thirty-two are more than a sixteenth");
    assertTrue(has(greedyToo) && has(other) && has(own) && has(fresh));
    put(51, false, 10);
    assertFalse(has(other), "nobody is greedy now: the oldest goes");
    for (int i = 0; i < 100; i++) {
      put(60 + i, false, 1_000 + i);
    }
    assertTrue(has(own));
    assertEquals(32, cache.size());
    for (int i = 0; i < 32; i++) {
      put(200 + i, true, 0);
    }
    assertFalse(has(own), "of own ones the oldest goes too");
    assertEquals(32, cache.size());
  }

  @Test
  void whoGetsAPacketLateForgetsItWhenTheOthersDo() {
    Packet packet = packet("news", Packet.MAX_TTL_MILLIS);
    Id id = Id.of(packet.packetId());
    cache.put(packet, PacketCodec.encode(packet), 0, true, 0);
    PacketCache late = handOver(cache, id, 20 * HOUR, true);
    PacketCache later = handOver(late, id, 24 * HOUR, true);
    for (PacketCache each : List.of(cache, late, later)) {
      assertEquals(0, each.expire(25 * HOUR - 1).size());
      assertArrayEquals(
          cache.summary(new byte[0], 24 * HOUR, PacketCache.Window.RECENT).hash(),
          each.summary(new byte[0], 24 * HOUR, PacketCache.Window.RECENT).hash());
      assertEquals(1, each.expire(25 * HOUR).size());
    }
  }

  @Test
  void aShortLifeIsNotMadeLongerByPassingItOn() {
    Packet packet = packet("short", 2 * HOUR);
    Id id = Id.of(packet.packetId());
    cache.put(packet, PacketCodec.encode(packet), 0, true, 0);
    PacketCache late = handOver(cache, id, HOUR, true);
    assertEquals(0, late.expire(2 * HOUR - 1).size());
    assertEquals(1, late.expire(2 * HOUR).size());
  }

  @Test
  void ofForeignClustersNothingIsOlderThanSixHours() {
    Packet packet = packet("foreign", Packet.MAX_TTL_MILLIS);
    Id id = Id.of(packet.packetId());
    cache.put(packet, PacketCodec.encode(packet), 0, true, 0);
    PacketCache foreign = handOver(cache, id, HOUR, false);
    assertEquals(0, foreign.expire(6 * HOUR - 1).size());
    assertEquals(1, foreign.expire(6 * HOUR).size());
  }

  private static PacketCache handOver(PacketCache from, Id id, long now, boolean own) {
    byte[] datagram = from.get(id).orElseThrow().datagramAt(now);
    Decoded decoded = PacketCodec.decode(datagram, Rules.STRICT);
    Packet packet = ((Decoded.Accepted) decoded).packet();
    PacketCache to = new PacketCache(32, 1 << 20);
    to.put(packet, datagram, now, own, 1);
    return to;
  }
}
