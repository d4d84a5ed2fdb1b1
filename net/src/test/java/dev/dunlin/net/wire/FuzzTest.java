package dev.dunlin.net.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.net.Vectors;
import dev.dunlin.net.cache.Summary;
import dev.dunlin.scheduler.RandomSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/**
 * No bytes get past the decoder as an exception, and what it accepts is what was sent. The number
 * of mutated datagrams is the property {@code dunlin.fuzz.cases}; the profile {@code nightly} has
 * ten million.
 */
class FuzzTest {
  private static final int CASES = Integer.getInteger("dunlin.fuzz.cases", 200_000);
  private static final long SEED =
      Long.getLong("dunlin.fuzz.seed", ByteBuffer.wrap(RandomSource.secure().bytes(8)).getLong());

  private static void check(byte[] datagram) {
    Decoded strict = PacketCodec.decode(datagram, Rules.STRICT);
    Decoded upstream = PacketCodec.decode(datagram, Rules.UPSTREAM);
    if (strict instanceof Decoded.Accepted accepted) {
      assertTrue(upstream instanceof Decoded.Accepted, "strict is stricter");
      Packet packet = accepted.packet();
      byte[] again = PacketCodec.encode(packet);
      byte[] came = Arrays.copyOf(datagram, again.length);
      if (packet.clock() != 2_000_000_000) {
        assertArrayEquals(came, again);
      }
      if (packet.type().isControl()) {
        for (Rules rules : Rules.values()) {
          assertEquals(
              Control.parseAnyJson(packet.type(), packet.message(), rules).map(Control::toString),
              Control.parse(packet.type(), packet.message(), rules).map(Control::toString),
              "both parsers read the same");
        }
      }
      Head.parse(packet.message());
      Summary.decode(packet.message())
          .ifPresent(
              summary -> {
                byte[] encoded = summary.encode();
                // The unused half of an odd prefix's first byte may hold anything.
                int from = (summary.prefix().length & 1) == 1 ? 2 : 1;
                assertArrayEquals(
                    Arrays.copyOfRange(packet.message(), from, packet.message().length),
                    Arrays.copyOfRange(encoded, from, encoded.length));
              });
    }
  }

  @Test
  void survivesMutatedPackets() {
    System.out.println("FuzzTest: -Ddunlin.fuzz.seed=" + SEED + " -Ddunlin.fuzz.cases=" + CASES);
    List<byte[]> corpus = new ArrayList<>();
    for (String list : List.of("packets", "decodeEdgeCases")) {
      for (JsonNode vector : Vectors.get(list)) {
        corpus.add(Vectors.hex(vector.get("hex")));
      }
    }
    for (JsonNode message : Vectors.get("fragmentation")) {
      for (JsonNode vector : message.get("packets")) {
        corpus.add(Vectors.hex(vector.get("hex")));
      }
    }
    Dice dice = new Dice(RandomSource.seeded(SEED));
    int accepted = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] datagram = mutate(corpus, dice);
      try {
        check(datagram);
      } catch (RuntimeException | Error fault) {
        throw new AssertionError(
            "case " + i + " of seed " + SEED + ": " + Vectors.hex(datagram), fault);
      }
      accepted += PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted ? 1 : 0;
    }
    // Else the mutations would only ever try the first check.
    assertTrue(accepted > CASES / 20, accepted + " of " + CASES + " were packets");
  }

  private static byte[] mutate(List<byte[]> corpus, Dice dice) {
    byte[] bytes = corpus.get(dice.below(corpus.size())).clone();
    int changes = 1 + dice.below(4);
    for (int i = 0; i < changes; i++) {
      int at = bytes.length == 0 ? 0 : dice.below(bytes.length);
      switch (dice.below(7)) {
        case 0 -> flip(bytes, at, dice);
        case 1 -> {
          if (bytes.length > 0) {
            bytes[at] = (byte) dice.below(256);
          }
        }
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + dice.below(64));
        case 4 -> {
          byte[] other = corpus.get(dice.below(corpus.size()));
          int length = Math.min(other.length, bytes.length);
          int from = length == 0 ? 0 : dice.below(length);
          System.arraycopy(other, from, bytes, from, length - from);
        }
        case 5 -> {
          byte[] longer = new byte[bytes.length + 1];
          System.arraycopy(bytes, 0, longer, 0, at);
          longer[at] = (byte) dice.below(256);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          bytes = longer;
        }
        default -> {
          // A number or a length at its edge.
          byte[] edges = {0, 1, 31, 32, 33, 64, 65, 127, -128, -1};
          if (bytes.length > 0) {
            bytes[at] = edges[dice.below(edges.length)];
          }
        }
      }
    }
    return bytes;
  }

  private static void flip(byte[] bytes, int at, Dice dice) {
    if (bytes.length > 0) {
      bytes[at] ^= (byte) (1 << dice.below(8));
    }
  }

  /** Cheap numbers: one draw of the source serves many. */
  private static final class Dice {
    private final RandomSource source;
    private ByteBuffer pool = ByteBuffer.allocate(0);

    Dice(RandomSource source) {
      this.source = source;
    }

    int below(int bound) {
      if (pool.remaining() < 4) {
        pool = ByteBuffer.wrap(source.bytes(4096));
      }
      return (pool.getInt() >>> 1) % bound;
    }
  }

  @Property(tries = 2000)
  void survivesAnyBytes(@ForAll @Size(max = 1500) byte[] datagram) {
    check(datagram);
  }

  @Property(tries = 2000)
  void survivesAnyBytesBehindAValidStart(@ForAll @Size(max = 300) byte[] rest) {
    byte[] start = Vectors.hex(Vectors.get("packets").get(0).get("hex"));
    byte[] datagram = Arrays.copyOf(start, 23 + rest.length);
    System.arraycopy(rest, 0, datagram, 23, rest.length);
    check(datagram);
  }

  @Property(tries = 1000)
  void decodesWhatItEncodes(@ForAll("packets") Packet packet) {
    byte[] datagram = PacketCodec.encode(packet);
    assertTrue(
        PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted accepted
            && accepted.packet().equals(packet)
            && accepted.packet().hops() == packet.hops());
  }

  @Provide
  Arbitrary<Packet> packets() {
    Arbitrary<byte[]> field = Arbitraries.bytes().array(byte[].class).ofMaxSize(32);
    Arbitrary<byte[]> message = Arbitraries.bytes().array(byte[].class).ofMaxSize(1024);
    Arbitrary<Tuple2<Long, Long>> numbers = Arbitraries.longs().between(0, 0xffff_ffffL).tuple2();
    Arbitrary<PacketType> type =
        Arbitraries.of(PacketType.PUBLISH, PacketType.STREAM, PacketType.SYNC, PacketType.QUERY);
    return Combinators.combine(type, field, field, message, numbers, Arbitraries.integers())
        .as(
            (kind, one, two, body, pair, index) ->
                Packet.builder(kind)
                    .clusterId(one)
                    .usr1(two)
                    .message(body)
                    .hops(pair.get1())
                    .ttl(pair.get2())
                    .index(index)
                    .build());
  }
}
