package dev.dunlin.net.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.net.Vectors;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.nat.NatType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PacketCodecTest {
  /** What others accept and we do not; see p2p-protocol.md, "Decoding rules". */
  private static final Set<String> TOO_LIBERAL =
      Set.of(
          "cut inside the last field (sig): accepted short",
          "ping without cacheSummaryHash, invalid natType 999 (accepted: validation stops at the first absent optional key)",
          "join without rendezvousAddress and without any required key (accepted)");

  static Stream<JsonNode> packets() {
    return Vectors.stream(Vectors.get("packets"));
  }

  static Stream<JsonNode> edgeCases() {
    return Vectors.stream(Vectors.get("decodeEdgeCases"));
  }

  static Stream<JsonNode> fragmented() {
    return Vectors.stream(Vectors.get("fragmentation"));
  }

  private static Packet accepted(byte[] datagram) {
    return assertInstanceOf(Decoded.Accepted.class, PacketCodec.decode(datagram, Rules.STRICT))
        .packet();
  }

  private static void assertFields(JsonNode fields, Packet packet) {
    assertEquals(fields.get("type").asInt(), packet.type().code());
    assertEquals(fields.get("version").asInt(), packet.version());
    assertEquals(fields.get("clock").asLong(), packet.clock());
    assertEquals(fields.get("hops").asLong(), packet.hops());
    assertEquals(fields.get("index").asInt(), packet.index());
    assertEquals(fields.get("ttl").asLong(), packet.ttl());
    Map<String, byte[]> variable =
        Map.of(
            "clusterId", packet.clusterId(),
            "subclusterId", packet.subclusterId(),
            "previousId", packet.previousId(),
            "packetId", packet.packetId(),
            "nextId", packet.nextId(),
            "usr1", packet.usr1(),
            "usr2", packet.usr2(),
            "usr3", packet.usr3(),
            "usr4", packet.usr4(),
            "sig", packet.sig());
    variable.forEach(
        (name, value) -> assertEquals(fields.get(name).asText(), Vectors.hex(value), name));
    if (fields.has("message")) {
      assertEquals(fields.get("message").asText(), Vectors.hex(packet.message()));
    }
  }

  /** Builds the packet of a vector from nothing but its fields. */
  private static Packet build(JsonNode vector) {
    JsonNode fields = vector.get("fields");
    Packet.Builder builder =
        Packet.builder(PacketType.of(fields.get("type").asInt()).orElseThrow())
            .clock(fields.get("clock").asLong())
            .hops(fields.get("hops").asLong())
            .index(fields.get("index").asInt())
            .ttl(fields.get("ttl").asLong())
            .clusterId(Vectors.hex(fields.get("clusterId")))
            .subclusterId(Vectors.hex(fields.get("subclusterId")))
            .previousId(Vectors.hex(fields.get("previousId")))
            .nextId(Vectors.hex(fields.get("nextId")))
            .usr1(Vectors.hex(fields.get("usr1")))
            .usr2(Vectors.hex(fields.get("usr2")))
            .usr3(Vectors.hex(fields.get("usr3")))
            .usr4(Vectors.hex(fields.get("usr4")))
            .sig(Vectors.hex(fields.get("sig")));
    if (fields.has("message")) {
      builder.message(Vectors.hex(fields.get("message")));
    } else if (fields.get("type").asInt() == PacketType.QUERY.code()) {
      builder.message(vector.get("message_wire_utf8").asText().getBytes(StandardCharsets.UTF_8));
    } else {
      builder.message(control(fields.get("message_json")));
    }
    Packet packet = builder.build();
    String id = fields.get("packetId").asText();
    // Ids that are no hash of their message: of Publish and Stream, of a relayed join, and of the
    // largest packet.
    return id.equals(Vectors.hex(packet.packetId()))
        ? packet
        : builder.packetId(Vectors.hex(fields.get("packetId"))).build();
  }

  private static Control control(JsonNode json) {
    Control.Builder builder = Control.builder();
    json.properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              builder.put(
                  Key.named(entry.getKey()),
                  value.isBoolean()
                      ? (Object) value.asBoolean()
                      : value.isNumber() ? (Object) value.asLong() : value.asText());
            });
    return builder.build();
  }

  @ParameterizedTest
  @MethodSource("packets")
  void encodesByteForByte(JsonNode vector) {
    assertEquals(vector.get("hex").asText(), Vectors.hex(PacketCodec.encode(build(vector))));
  }

  @ParameterizedTest
  @MethodSource("packets")
  void decodesWhatOthersEncoded(JsonNode vector) {
    byte[] datagram = Vectors.hex(vector.get("hex"));
    Packet packet = accepted(datagram);
    assertFields(vector.get("fields"), packet);
    assertEquals(vector.get("hex").asText(), Vectors.hex(PacketCodec.encode(packet)));
  }

  @Test
  void computesTheIdsOfTheVectors() {
    int computed = 0;
    for (JsonNode vector : Vectors.get("packets")) {
      Packet packet = accepted(Vectors.hex(vector.get("hex")));
      byte[] id = Packet.defaultId(packet.previousId(), packet.message(), packet.nextId());
      computed += Vectors.hex(id).equals(Vectors.hex(packet.packetId())) ? 1 : 0;
      if (packet.type() == PacketType.PUBLISH
          && vector.get("name").asText().equals("publish-single")) {
        assertTrue(Fragments.hasItsOwnId(packet));
      }
    }
    assertTrue(computed >= 12, "only " + computed + " ids of 20 are the default ones");
  }

  @ParameterizedTest
  @MethodSource("edgeCases")
  void isAsLiberalAsTheRulesSay(JsonNode vector) {
    byte[] datagram = Vectors.hex(vector.get("hex"));
    Decoded upstream = PacketCodec.decode(datagram, Rules.UPSTREAM);
    boolean accepted = vector.get("accepted").asBoolean();
    assertEquals(accepted, upstream instanceof Decoded.Accepted, upstream.toString());
    if (upstream instanceof Decoded.Accepted it) {
      assertFields(vector.get("fields"), it.packet());
    }
    boolean strict = accepted && !TOO_LIBERAL.contains(vector.get("name").asText());
    assertEquals(strict, PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted);
  }

  @Test
  void takesTheOpenerForNoPacket() {
    assertInstanceOf(Decoded.Opener.class, PacketCodec.decode(new byte[] {1}, Rules.STRICT));
  }

  @ParameterizedTest
  @MethodSource("fragmented")
  void splitsAndComposes(JsonNode vector) {
    byte[] input = Vectors.pattern(vector.get("inputLength").asInt());
    assertEquals(vector.get("inputSha256").asText(), Vectors.hex(Hashes.sha256(input)));
    JsonNode expected = vector.get("packets");
    Packet first = accepted(Vectors.hex(expected.get(0).get("hex")));
    Packet last = accepted(Vectors.hex(expected.get(expected.size() - 1).get("hex")));
    Packet template =
        Packet.builder(first.type())
            .clock(first.clock())
            .ttl(first.ttl())
            .clusterId(first.clusterId())
            .subclusterId(first.subclusterId())
            .previousId(first.previousId())
            .nextId(last.nextId())
            .usr1(first.usr1())
            .usr2(first.usr2())
            .usr3(first.usr3())
            .usr4(first.usr4())
            .sig(first.sig())
            .build();
    List<Packet> packets = Fragments.split(template, input, vector.get("frozenClockMs").asLong());
    assertEquals(expected.size(), packets.size());
    for (int i = 0; i < packets.size(); i++) {
      assertEquals(
          expected.get(i).get("hex").asText(), Vectors.hex(PacketCodec.encode(packets.get(i))));
    }
    if (packets.size() == 1) {
      assertTrue(Fragments.hasItsOwnId(packets.get(0)));
      return;
    }
    Map<Integer, Packet> parts = new HashMap<>();
    for (Packet packet : packets.subList(1, packets.size())) {
      assertEquals(Optional.empty(), Fragments.compose(packets.get(0), parts));
      parts.put(packet.index(), packet);
    }
    assertArrayEquals(input, Fragments.compose(packets.get(0), parts).orElseThrow());
  }

  @Test
  void composesNothingOfAFragmentThatSomebodyChanged() {
    Packet template = Packet.builder(PacketType.PUBLISH).build();
    List<Packet> packets = Fragments.split(template, Vectors.pattern(3000), 5);
    Map<Integer, Packet> parts = new HashMap<>();
    packets.subList(1, 4).forEach(packet -> parts.put(packet.index(), packet));
    byte[] changed = parts.get(2).message().clone();
    changed[500] ^= 1;
    Packet fake =
        Packet.builder(PacketType.PUBLISH)
            .index(2)
            .packetId(parts.get(2).packetId())
            .previousId(parts.get(2).previousId())
            .message(changed)
            .build();
    assertTrue(Fragments.compose(packets.get(0), parts).isPresent());
    parts.put(2, fake);
    assertEquals(Optional.empty(), Fragments.compose(packets.get(0), parts));
  }

  @Test
  void refusesToSplitWhatIsTooLongForEverybodysMemory() {
    Packet template = Packet.builder(PacketType.PUBLISH).build();
    WireException fault =
        assertThrows(
            WireException.class,
            () -> Fragments.split(template, new byte[Head.MAX_SIZE_BYTES + 1], 0));
    assertEquals("ETOOBIG", fault.code());
    assertThrows(
        WireException.class,
        () -> Packet.builder(PacketType.PUBLISH).message(new byte[1025]).build());
    assertThrows(
        WireException.class,
        () -> Packet.builder(PacketType.PUBLISH).clusterId(new byte[64]).build());
  }

  @Test
  void writesAllTextAsAscii() {
    Control control = Control.builder().put(Key.KEY, "ü\u2713\"\\\n").build();
    assertEquals("{\"key\":\"\\u00fc\\u2713\\\"\\\\\\u000a\"}", control.toString());
  }

  @Test
  void changesNothingButTheHopsOfWhatItForwards() {
    for (JsonNode vector : Vectors.get("packets")) {
      byte[] datagram = Vectors.hex(vector.get("hex"));
      byte[] forwarded = PacketCodec.withHops(datagram, 11);
      assertEquals(accepted(datagram).withHops(11), accepted(forwarded));
    }
  }

  @Test
  void admitsToAControlMessageOnlyWhatItsKeysAllow() {
    assertThrows(IllegalArgumentException.class, () -> Control.builder().put(Key.PORT, 65536));
    assertThrows(IllegalArgumentException.class, () -> Control.builder().put(Key.ADDRESS, "1.2.3"));
    assertThrows(
        IllegalArgumentException.class, () -> Control.builder().put(Key.NAT_TYPE, NatType.UNKNOWN));
    assertEquals(Optional.empty(), Endpoint.parseAddress("1.2.3.256"));
    assertEquals(Optional.empty(), Endpoint.parseAddress("01.2.3.4"));
    assertEquals(Optional.empty(), Endpoint.parseAddress(""));
    assertEquals(Optional.empty(), Endpoint.parseAddress("1..3.4"));
    assertEquals("203.0.113.7:9777", Endpoint.parse("203.0.113.7:9777").toString());
  }
}
