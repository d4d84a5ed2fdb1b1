package dev.dunlin.net.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.net.Vectors;
import dev.dunlin.net.cache.Summary;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.peer.World.Node;
import dev.dunlin.net.sim.SimNetwork;
import dev.dunlin.net.sim.SimNetwork.Nat;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Decoded;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Fragments;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import dev.dunlin.net.wire.Rules;
import dev.dunlin.scheduler.RandomSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Section 9.3 of the protocol: what somebody can do to a peer, or with it to others, has a bound;
 * and who does the same honestly is served.
 */
class HostileTest {
  private final World world = new World();
  private Node introducer;
  private Node victim;
  private Id subcluster;

  /** Somebody who writes datagrams by hand, under his own address. */
  private final class Raw {
    final SimNetwork.Host host;
    final List<byte[]> received = new ArrayList<>();
    final Id id;
    private Datagrams.Socket socket;

    /** Whether it answers pings, as somebody does who really is there. */
    boolean honest;

    Raw(int number, String name) {
      this(world.network.host(World.address(number), Nat.OPEN), name);
    }

    Raw(SimNetwork.Host host, String name) {
      this.host = host;
      id = World.id(name);
      host.open(World.PORT, this::receive).onSuccess(open -> socket = open);
    }

    private void receive(Datagrams.Socket at, Endpoint from, byte[] datagram) {
      received.add(datagram);
      if (honest
          && PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted accepted
          && accepted.packet().type() == PacketType.PING) {
        Control ping = accepted.control().orElseThrow();
        Control.Builder pong =
            Control.builder()
                .put(Key.RESPONDER_PEER_ID, id)
                .put(Key.REQUESTER_PEER_ID, ping.id(Key.REQUESTER_PEER_ID).orElseThrow())
                .put(Key.NAT_TYPE, NatType.UNRESTRICTED)
                .put(Key.IS_CONNECTION, true);
        ping.text(Key.PING_ID).ifPresent(cookie -> pong.put(Key.PING_ID, cookie));
        send(from, Packet.builder(PacketType.PONG).message(pong.build()).build());
      }
    }

    Endpoint endpoint() {
      return new Endpoint(host.address(), World.PORT);
    }

    void send(Endpoint to, Packet packet) {
      socket.send(to, PacketCodec.encode(packet));
    }

    void send(Endpoint to, byte[] datagram) {
      socket.send(to, datagram);
    }

    /** Pings as a peer does that wants a link, and lets both sides finish. */
    Raw connect(Node to) {
      honest = true;
      send(at(to), ping(true).build());
      world.advance(2_000);
      return this;
    }

    Packet.Builder ping(boolean connection) {
      Control.Builder ping =
          Control.builder()
              .put(Key.REQUESTER_PEER_ID, id)
              .put(Key.NAT_TYPE, NatType.UNRESTRICTED)
              .put(Key.IS_CONNECTION, connection);
      return Packet.builder(PacketType.PING)
          .clusterId(World.CLUSTER.bytes())
          .subclusterId(subcluster.bytes())
          .message(ping.build());
    }

    long bytes() {
      return received.stream().mapToLong(datagram -> datagram.length).sum();
    }

    List<Packet> packets(PacketType type) {
      return received.stream()
          .map(datagram -> PacketCodec.decode(datagram, Rules.STRICT))
          .filter(Decoded.Accepted.class::isInstance)
          .map(decoded -> ((Decoded.Accepted) decoded).packet())
          .filter(packet -> packet.type() == type)
          .toList();
    }
  }

  private static Endpoint at(Node node) {
    return node.peer.external().orElseThrow();
  }

  @BeforeEach
  void start() {
    introducer = world.introducer("introducer one");
    world.introducer("introducer two");
    victim = world.client("victim", Nat.OPEN);
    assertTrue(world.within(6_000, victim.peer::isReady));
    subcluster = world.join(victim);
    world.advance(3_000);
  }

  private Packet publish(String text) {
    byte[] sealed =
        SubclusterKeys.of(World.SECRET)
            .seal(text.getBytes(StandardCharsets.UTF_8), RandomSource.seeded(text.hashCode()));
    return publishBuilder(sealed).packetId(Hashes.sha256(sealed)).build();
  }

  private Packet.Builder publishBuilder(byte[] message) {
    SigningKeys signer = SigningKeys.ofText("mallory");
    return Packet.builder(PacketType.PUBLISH)
        .hops(1)
        .clusterId(World.CLUSTER.bytes())
        .subclusterId(subcluster.bytes())
        .usr1(World.EVENT)
        .usr2(signer.publicKey())
        .sig(signer.signLegacy(message))
        .message(message);
  }

  private Packet sync() {
    return Packet.builder(PacketType.SYNC)
        .packetId(RandomSource.secure().bytes(32))
        .usr4("0".getBytes(StandardCharsets.US_ASCII))
        .message(Summary.of(new byte[0], List.of()).encode())
        .build();
  }

  @Test
  void noDatagramCrashesAPeer() {
    Raw mallory = new Raw(200, "mallory").connect(victim);
    for (String list : List.of("packets", "decodeEdgeCases")) {
      for (JsonNode vector : Vectors.get(list)) {
        mallory.send(at(victim), Vectors.hex(vector.get("hex")));
      }
    }
    // Each was fatal to a peer there is.
    for (String json :
        List.of("{}", "null", "[]", "{\"requesterPeerId\":null}", "{\"meta\":{},\"size\":-1}")) {
      for (PacketType type : PacketType.values()) {
        byte[] message = json.getBytes(StandardCharsets.UTF_8);
        mallory.send(at(victim), Packet.builder(type).message(message).build());
        mallory.send(
            at(victim),
            Packet.builder(type)
                .index(0)
                .packetId(Hashes.sha256(message))
                .message(message)
                .build());
        mallory.send(at(victim), Packet.builder(type).index(3).message(new byte[0]).build());
      }
    }
    world.advance(5_000);
    Packet honest = publish("still alive");
    mallory.send(at(victim), honest);
    assertTrue(world.within(1_000, () -> victim.packets.size() == 1));
  }

  @Test
  void aForgedSyncGetsThreeTimesItsBytesAtMostAndAnHonestOneItsPackets() {
    for (int i = 0; i < 300; i++) {
      world.publish(victim, subcluster, Vectors.pattern(700 + i));
    }
    world.advance(2_000);
    Raw forged = new Raw(200, "forged");
    long sent = 0;
    for (int i = 0; i < 50; i++) {
      Packet packet = sync();
      sent += PacketCodec.encode(packet).length;
      forged.send(at(victim), packet);
      world.advance(200);
    }
    assertTrue(forged.bytes() <= Limits.AMPLIFICATION * sent, forged.bytes() + " for " + sent);
    assertEquals(0, forged.packets(PacketType.PUBLISH).size());

    Raw honest = new Raw(201, "honest").connect(victim);
    honest.received.clear();
    honest.send(at(victim), sync());
    world.advance(2_000);
    int once = honest.packets(PacketType.PUBLISH).size();
    assertEquals(Limits.MAX_SYNC_PACKETS, once, "and no more at once");
  }

  @Test
  void aForgedJoinSendsNothingToItsVictimAndAnHonestOneIsIntroduced() {
    for (int i = 0; i < 5; i++) {
      world.join(world.client("member " + i, Nat.OPEN));
    }
    world.advance(8_000);
    Raw target = new Raw(200, "target");
    Raw mallory = new Raw(201, "mallory").connect(introducer);
    mallory.connect(victim);
    for (int hops = 0; hops < 4; hops++) {
      for (Node node : world.nodes) {
        mallory.send(
            at(node), join(World.id("nobody " + hops), target.endpoint(), hops, target.endpoint()));
      }
      world.advance(1_000);
    }
    world.advance(5_000);
    // One small packet from each peer there is, at most: a reply to a rendezvous that may be
    // honest.
    assertTrue(target.received.size() <= 2 * world.nodes.size(), target.received.size() + "");
    assertEquals(0, target.packets(PacketType.INTRO).size());

    mallory.received.clear();
    mallory.send(at(introducer), join(mallory.id, mallory.endpoint(), 1, null));
    world.advance(2_000);
    assertTrue(
        !mallory.packets(PacketType.INTRO).isEmpty(),
        "who is where it says it is gets to know others");
    assertTrue(mallory.packets(PacketType.INTRO).size() <= Limits.INTROS_BY_INTRODUCER);
  }

  private Packet join(Id joiner, Endpoint where, int hops, Endpoint rendezvous) {
    Control.Builder join =
        Control.builder()
            .put(Key.REQUESTER_PEER_ID, joiner)
            .put(Key.NAT_TYPE, NatType.PORT_RESTRICTED)
            .put(Key.ADDRESS, Key.PORT, where);
    if (rendezvous != null) {
      join.put(Key.RENDEZVOUS_ADDRESS, Key.RENDEZVOUS_PORT, rendezvous)
          .put(Key.RENDEZVOUS_TYPE, NatType.UNRESTRICTED)
          .put(Key.RENDEZVOUS_PEER_ID, World.id("rendezvous"))
          .put(Key.RENDEZVOUS_DEADLINE, world.scheduler.wallTime().toEpochMilli() + 30_000);
    }
    return Packet.builder(PacketType.JOIN)
        .hops(hops)
        .clusterId(World.CLUSTER.bytes())
        .subclusterId(subcluster.bytes())
        .message(join.build())
        .build();
  }

  private Packet intro(Id about, NatType nat, Endpoint where, Id by) {
    Control intro =
        Control.builder()
            .put(Key.REQUESTER_PEER_ID, about)
            .put(Key.RESPONDER_PEER_ID, by)
            .put(Key.NAT_TYPE, nat)
            .put(Key.ADDRESS, Key.PORT, where)
            .build();
    long now = world.scheduler.wallTime().toEpochMilli();
    return Packet.builder(PacketType.INTRO)
        .hops(1)
        .clusterId(World.CLUSTER.bytes())
        .subclusterId(subcluster.bytes())
        .usr1(Long.toString(now).getBytes(StandardCharsets.US_ASCII))
        .message(intro)
        .build();
  }

  @Test
  void anIntroductionByAStrangerSendsNothingAndOneByAFriendAFewPings() {
    Raw target = new Raw(200, "target");
    Raw stranger = new Raw(201, "stranger");
    for (NatType nat : List.of(NatType.PORT_RESTRICTED, NatType.ENDPOINT_RESTRICTED)) {
      stranger.send(at(victim), intro(target.id, nat, target.endpoint(), stranger.id));
    }
    world.advance(5_000);
    assertEquals(0, target.received.size());

    Raw friend = new Raw(202, "friend").connect(victim);
    assertTrue(victim.connections.contains(friend.id));
    for (int i = 0; i < 100; i++) {
      friend.send(
          at(victim),
          intro(World.id("many " + i), NatType.UNRESTRICTED, target.endpoint(), friend.id));
    }
    world.advance(10_000);
    assertTrue(
        !target.received.isEmpty() && target.received.size() <= 5 * Limits.MAX_ATTEMPTS,
        target.received.size() + "");
  }

  private Packet intro(Raw by, int number, Endpoint outside, Endpoint inside) {
    Packet plain = intro(World.id("many " + number), NatType.PORT_RESTRICTED, outside, by.id);
    return Packet.builder(PacketType.INTRO)
        .hops(1)
        .clusterId(plain.clusterId())
        .subclusterId(plain.subclusterId())
        .usr1(plain.usr1())
        .usr2(inside.bytes())
        .message(plain.message())
        .build();
  }

  @Test
  void nobodyMakesAPeerSendToAPlaceInItsNetworkButAnIntroducerAFewKnocks() {
    Raw evil = new Raw(200, "evil introducer");
    evil.honest = true;
    world.trust(evil.id, evil.endpoint());
    SimNetwork.Router router = world.router(Nat.PORT);
    Node inner = world.client("inner", router.host(World.inside(2)), Optional.empty());
    assertTrue(world.within(6_000, inner.peer::isReady), inner.log::toString);
    world.join(inner);
    assertTrue(world.within(3_000, () -> inner.connections.contains(evil.id)));
    Raw friend = new Raw(201, "friend");
    friend.honest = true;
    evil.send(at(inner), intro(friend.id, NatType.UNRESTRICTED, friend.endpoint(), evil.id));
    assertTrue(world.within(3_000, () -> inner.connections.contains(friend.id)));
    Raw outside = new Raw(202, "target outside");
    Raw printer = new Raw(router.host(World.inside(50)), "printer");
    Endpoint there = new Endpoint(World.inside(50), World.PORT);
    Endpoint ours = at(inner);
    int number = 0;
    // Not one that it did not choose itself.
    for (int i = 0; i < 20; i++) {
      friend.send(ours, intro(friend, number++, ours.withPort(7_000 + i), there));
    }
    world.advance(10_000);
    assertEquals(0, printer.received.size());
    // Of a chosen one: not where others are, nor to others by that way, nor to services.
    int before = outside.received.size();
    for (Endpoint inside :
        List.of(
            outside.endpoint(),
            new Endpoint(127 << 24 | 1, World.PORT),
            new Endpoint(World.inside(255), World.PORT),
            there.withPort(53))) {
      evil.send(ours, intro(evil, number++, ours.withPort(7_100), inside));
    }
    evil.send(ours, intro(evil, number++, new Endpoint(World.address(77), 7_100), there));
    world.advance(10_000);
    assertEquals(0, printer.received.size());
    assertEquals(before, outside.received.size());
    // As many introductions as it likes: so many knocks, each of one small datagram.
    for (int i = 0; i < 300; i++) {
      evil.send(ours, intro(evil, number++, ours.withPort(7_200 + i), there));
      world.advance(100);
    }
    double most = Limits.LAN_PROBES + 30 * Limits.LAN_PROBES_PER_SECOND + 1;
    assertTrue(!printer.received.isEmpty(), "an introducer is believed");
    assertTrue(printer.received.size() <= most, printer.received.size() + "");
    assertTrue(printer.bytes() <= most * 500, printer.bytes() + " bytes");
    assertFalse(inner.log.contains("connected printer"));

    // The twin: who is there and answers is a neighbour.
    world.advance(10_000);
    printer.honest = true;
    evil.send(ours, intro(evil, number++, ours.withPort(7_999), there));
    assertTrue(world.within(2_000, () -> inner.connections.contains(printer.id)));
    assertEquals(there, inner.endpoints.get(printer.id));
  }

  @Test
  void aReflectionNeverAnswersWithMoreThanThreeTimesWhatItGot() {
    Raw mallory = new Raw(200, "mallory");
    long sent = 0;
    for (int i = 0; i < 200; i++) {
      Control ping =
          Control.builder()
              .put(Key.REQUESTER_PEER_ID, mallory.id)
              .put(Key.IS_REFLECTION, true)
              .put(Key.REFLECTION_ID, "0a1b2c3d4e5f")
              .put(Key.PROBE_EXTERNAL_PORT, World.PORT)
              .build();
      byte[] datagram = PacketCodec.encode(Packet.builder(PacketType.PING).message(ping).build());
      sent += datagram.length;
      mallory.send(at(victim), datagram);
    }
    world.advance(5_000);
    assertTrue(
        mallory.bytes() > 0 && mallory.bytes() <= Limits.AMPLIFICATION * sent,
        mallory.bytes() + " for " + sent);
  }

  @Test
  void aPacketWithAnIdThatIsNotItsOwnDoesNotKeepTheRealOneOut() {
    Raw mallory = new Raw(200, "mallory").connect(victim);
    Packet real = publish("the real one");
    Packet fake = publishBuilder(new byte[200]).packetId(real.packetId()).build();
    mallory.send(at(victim), fake);
    world.advance(500);
    assertFalse(victim.peer.has(Id.of(real.packetId())));
    mallory.send(at(victim), real);
    assertTrue(world.within(1_000, () -> victim.packets.size() == 1));
    assertEquals(Verified.NONE, victim.packets.get(0).verified());
  }

  @Test
  void fragmentsThatFitNowhereAreHeldInASmallPlaceAndOthersStillCompose() {
    Raw mallory = new Raw(200, "mallory").connect(victim);
    for (int i = 0; i < 5_000; i++) {
      byte[] number = Hashes.sha256("stray " + i);
      mallory.send(
          at(victim),
          publishBuilder(number)
              .index(1 + i % 7)
              .previousId(Hashes.sha256("head " + i))
              .packetId(number)
              .build());
      if (i % 500 == 0) {
        world.advance(500);
      }
    }
    world.advance(10_000);
    assertTrue(victim.peer.statistics().quarantined() <= 2048);
    assertEquals(0, victim.peer.statistics().cachedPackets());

    byte[] sealed =
        SubclusterKeys.of(World.SECRET).seal(Vectors.pattern(5_000), RandomSource.seeded(1));
    List<Packet> parts =
        new ArrayList<>(Fragments.split(publishBuilder(new byte[1]).build(), sealed, 5));
    java.util.Collections.reverse(parts);
    parts.forEach(part -> mallory.send(at(victim), part));
    assertTrue(world.within(2_000, () -> victim.packets.size() == 1));
  }

  @Test
  void fragmentsThatWaitCountAsHadTowardTheirSenderAlone() {
    Raw mallory = new Raw(200, "mallory").connect(victim);
    Raw other = new Raw(201, "other").connect(victim);
    byte[] sealed =
        SubclusterKeys.of(World.SECRET).seal(Vectors.pattern(5_000), RandomSource.seeded(1));
    List<Packet> parts = Fragments.split(publishBuilder(new byte[1]).build(), sealed, 5);
    parts.subList(2, parts.size()).forEach(part -> mallory.send(at(victim), part));
    world.advance(500);
    assertEquals(parts.size() - 2, victim.peer.statistics().quarantined());
    world.run(victim.peer::sync);
    world.advance(500);
    // Forged ones would else keep the real ones of others out.
    String nothing = Summary.of(new byte[0], List.of()).hashHex();
    assertEquals(nothing, lastSummary(other));
    assertNotEquals(nothing, lastSummary(mallory));
  }

  private static String lastSummary(Raw raw) {
    List<Packet> syncs = raw.packets(PacketType.SYNC);
    return Summary.decode(syncs.get(syncs.size() - 1).message()).orElseThrow().hashHex();
  }

  @Test
  void aThousandInventedPeersDoNotPushOutTheLinksThereAre() {
    Node friend = world.client("friend", Nat.OPEN);
    world.join(friend);
    assertTrue(world.within(8_000, () -> victim.isLinkedTo(friend)));
    Raw mallory = new Raw(200, "mallory").connect(victim);
    for (int i = 0; i < 3_000; i++) {
      Control ping =
          Control.builder()
              .put(Key.REQUESTER_PEER_ID, World.id("sybil " + i))
              .put(Key.NAT_TYPE, NatType.PORT_RESTRICTED)
              .put(Key.IS_CONNECTION, true)
              .build();
      mallory.send(at(victim), Packet.builder(PacketType.PING).message(ping).build());
      if (i % 100 == 0) {
        world.advance(100);
      }
    }
    world.advance(2_000);
    PeerStatistics figures = victim.peer.statistics();
    assertTrue(figures.peers() <= Limits.MAX_PEERS, figures.toString());
    assertTrue(figures.paths() <= Limits.MAX_PATHS, figures.toString());
    assertTrue(victim.isLinkedTo(friend));
    world.publish(victim, subcluster, World.text("to my friend"));
    assertTrue(world.within(2_000, () -> friend.packets.size() == 1));
  }

  @Test
  void whoHopsFromPortToPortPassesNoQuotaAndFillsNoMap() {
    Node friend = world.client("friend", Nat.OPEN);
    world.join(friend);
    assertTrue(world.within(8_000, () -> victim.isLinkedTo(friend)));
    SimNetwork.Host mallory = world.network.host(World.address(200), Nat.OPEN);
    byte[] forged = PacketCodec.encode(publish("forged"));
    int quota = Limits.QUOTAS_PER_HOST * Limits.RELAYED_PER_MINUTE;
    long before = victim.peer.statistics().rejectedDatagrams();
    for (int i = 0; i < (quota + 1_000) / 2; i++) {
      // Each port by itself is far from its quota.
      mallory
          .open(2_000 + i, (socket, from, bytes) -> {})
          .onSuccess(
              socket -> {
                socket.send(at(victim), forged);
                socket.send(at(victim), forged);
                socket.close();
              });
    }
    // All of it leaves within the minute, as fast as the line is.
    world.advance(35_000);
    PeerStatistics figures = victim.peer.statistics();
    assertTrue(figures.rejectedDatagrams() - before >= 1_000, figures.toString());
    assertTrue(figures.paths() <= Limits.MAX_PATHS, figures.toString());
    assertTrue(figures.gates() <= Limits.MAX_GATES, figures.toString());
    assertEquals(0, victim.packets.size());
    assertTrue(victim.isLinkedTo(friend));
    world.publish(friend, subcluster, World.text("from another address"));
    assertTrue(world.within(2_000, () -> victim.packets.size() == 1));
  }

  @Test
  void whoForgesTheAddressOfAFriendThatIsGoneDoesNotKeepItAlive() {
    Node friend = world.client("friend", Nat.OPEN);
    Node stays = world.client("stays", Nat.OPEN);
    world.join(friend);
    world.join(stays);
    assertTrue(world.within(8_000, () -> victim.isLinkedTo(friend) && victim.isLinkedTo(stays)));
    Endpoint gone = at(friend);
    world.run(() -> friend.peer.close());
    // Its address, but nothing of what is sent there is heard.
    SimNetwork.Host forger = world.network.host(gone.address(), Nat.OPEN);
    List<Datagrams.Socket> sockets = new ArrayList<>();
    forger.open(gone.port(), (socket, from, bytes) -> {}).onSuccess(sockets::add);
    Raw named = new Raw(200, "friend");
    for (int i = 0; i < 300; i++) {
      sockets.get(0).send(at(victim), PacketCodec.encode(named.ping(true).build()));
      sockets.get(0).send(at(victim), PacketCodec.encode(publish("forged " + i)));
      world.advance(1_000);
    }
    assertFalse(victim.isLinkedTo(friend));
    assertTrue(victim.isLinkedTo(stays));
  }

  @Test
  void aSignatureOfAnotherMessageProvesNothingAndAReplayIsNotHeard() {
    Raw mallory = new Raw(200, "mallory").connect(victim);
    Node friend = world.client("friend", Nat.OPEN);
    world.join(friend);
    assertTrue(world.within(8_000, () -> victim.isLinkedTo(friend)));
    world.publish(friend, subcluster, World.text("pay ten"));
    assertTrue(world.within(2_000, () -> victim.packets.size() == 1));
    assertEquals(Verified.STRONG, victim.packets.get(0).verified());
    assertTrue(world.within(2_000, () -> mallory.packets(PacketType.PUBLISH).size() == 1));
    Packet honest = mallory.packets(PacketType.PUBLISH).get(0);

    byte[] sealed =
        SubclusterKeys.of(World.SECRET).seal(World.text("pay a thousand"), RandomSource.seeded(1));
    Packet forged =
        publishBuilder(sealed)
            .packetId(Hashes.sha256(sealed))
            .usr2(honest.usr2())
            .usr3(honest.usr3())
            .usr4(honest.usr4())
            .build();
    mallory.send(at(victim), forged);
    assertTrue(world.within(2_000, () -> victim.packets.size() == 2));
    assertEquals(Verified.NONE, victim.packets.get(1).verified());

    // Heard once, whoever says it again, and when.
    mallory.send(at(victim), honest);
    world.advance(7 * 3_600_000);
    mallory.send(at(victim), honest);
    world.advance(2_000);
    assertEquals(2, victim.packets.size());
  }

  @Test
  void aPingUnderAnotherPeersNameDoesNotTakeItsPlace() {
    Node friend = world.client("friend", Nat.OPEN);
    world.join(friend);
    assertTrue(world.within(8_000, () -> victim.isLinkedTo(friend)));
    Raw mallory = new Raw(200, "friend");
    mallory.honest = false;
    for (int i = 0; i < 20; i++) {
      mallory.send(at(victim), mallory.ping(true).build());
      world.advance(500);
    }
    world.run(
        () ->
            victim.peer.stream(friend.id(), subcluster, World.EVENT, World.text("for you alone")));
    assertTrue(world.within(2_000, () -> friend.streams.size() == 1));
    assertEquals(0, mallory.packets(PacketType.STREAM).size());
  }

  @Test
  void streamsDoNotGoInCirclesAndGoNoFurtherThanSixteenHops() {
    Raw mallory = new Raw(200, "mallory").connect(introducer);
    mallory.connect(victim);
    long before = introducer.host.sentDatagrams();
    Packet far =
        Packet.builder(PacketType.STREAM)
            .hops(16)
            .packetId(Hashes.sha256("far"))
            .usr3(victim.id().bytes())
            .usr4(mallory.id.bytes())
            .message(new byte[100])
            .build();
    mallory.send(at(introducer), far);
    world.advance(500);
    Packet near =
        Packet.builder(PacketType.STREAM)
            .packetId(Hashes.sha256("near"))
            .usr3(victim.id().bytes())
            .usr4(mallory.id.bytes())
            .message(new byte[100])
            .build();
    for (int i = 0; i < 50; i++) {
      mallory.send(at(introducer), near);
    }
    world.advance(1_000);
    // Fifty times the same goes on once; the rest is its keep-alive.
    assertTrue(
        introducer.host.sentDatagrams() - before < 10,
        introducer.host.sentDatagrams() - before + "");
  }

  @Test
  void aLifeBeyondItsTtlIsNotGivenToAPacketByThoseWhoSendItAgain() {
    Raw mallory = new Raw(200, "mallory").connect(victim);
    Packet packet = publish("again and again");
    mallory.send(at(victim), packet);
    assertTrue(world.within(1_000, () -> victim.packets.size() == 1));
    for (int hour = 0; hour < 26; hour++) {
      world.advance(3_600_000);
      mallory.send(at(victim), mallory.ping(true).build());
      world.advance(1_000);
      mallory.send(at(victim), packet);
      world.advance(1_000);
    }
    assertFalse(victim.peer.has(Id.of(packet.packetId())));
    assertEquals(1, victim.packets.size());
  }

  @Test
  void toldADifferentTimePeersStillIntroduce() {
    Raw friend = new Raw(202, "friend").connect(victim);
    Raw target = new Raw(200, "target");
    Packet late = intro(target.id, NatType.UNRESTRICTED, target.endpoint(), friend.id);
    long skewed = world.scheduler.wallTime().toEpochMilli() - 45_000;
    friend.send(
        at(victim),
        Packet.builder(PacketType.INTRO)
            .hops(1)
            .usr1(Long.toString(skewed).getBytes(StandardCharsets.US_ASCII))
            .message(late.message())
            .build());
    world.advance(3_000);
    assertFalse(target.received.isEmpty());
    assertFalse(victim.log.contains("skewed"), victim.log::toString);
    target.received.clear();
    friend.send(
        at(victim),
        Packet.builder(PacketType.INTRO)
            .hops(1)
            .usr1("12".getBytes(StandardCharsets.US_ASCII))
            .message(late.message())
            .build());
    world.advance(3_000);
    assertEquals(0, target.received.size(), "but an old one replayed does nothing");
    assertTrue(victim.log.contains("skewed"), "and is told, as a clock may be wrong");
  }
}
