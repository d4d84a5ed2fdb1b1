package dev.dunlin.net.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.net.Vectors;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.peer.World.Node;
import dev.dunlin.net.sim.Latency;
import dev.dunlin.net.sim.SimNetwork;
import dev.dunlin.net.sim.SimNetwork.Nat;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Decoded;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import dev.dunlin.net.wire.Rules;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sections 4 to 7 of the protocol, in virtual time. */
class PeerTest {
  private static final Optional<PeerState> NO_STATE = Optional.empty();

  private final World world = new World();

  private void twoIntroducers() {
    world.introducer("introducer one");
    world.introducer("introducer two");
  }

  private Node ready(String name, Nat nat) {
    Node node = world.client(name, nat);
    assertTrue(world.within(6_000, () -> node.peer.isReady()), name + ": " + node.log);
    return node;
  }

  private Id join(Node... nodes) {
    Id id = null;
    for (Node node : nodes) {
      id = world.join(node);
    }
    return id;
  }

  @ParameterizedTest
  @EnumSource(Nat.class)
  void findsOutWhatNatItIsBehind(Nat nat) {
    twoIntroducers();
    Node node = ready("client", nat);
    NatType expected =
        switch (nat) {
          case OPEN -> NatType.UNRESTRICTED;
          case ADDRESS -> NatType.ADDR_RESTRICTED;
          case PORT -> NatType.PORT_RESTRICTED;
          case HARD -> NatType.ENDPOINT_RESTRICTED;
        };
    assertEquals(expected, node.peer.nat());
    assertEquals(node.host.address(), node.peer.external().orElseThrow().address());
  }

  @Test
  void findsOutTheSameWhenAnIntroducerFailsInTheMidstOfIt() {
    for (int i = 0; i < 24; i++) {
      World other = new World(Latency.WAN, 0, i);
      Node one = other.introducer("introducer one");
      Node two = other.introducer("introducer two");
      Node node = other.client("client " + i, Nat.ADDRESS);
      // Somewhere between its first datagram and its last.
      other.advance(100 + 25 * (i / 2));
      Node failing = i % 2 == 0 ? one : two;
      failing.host.setUp(false);
      other.advance(2_500);
      failing.host.setUp(true);
      assertTrue(other.within(10_000, node.peer::isReady), i + ": " + node.log);
      // Had it been sent to by the probe socket before, it could enter: that shows nothing.
      boolean harder = node.peer.nat().equals(NatType.PORT_RESTRICTED);
      assertTrue(harder || node.peer.nat().equals(NatType.ADDR_RESTRICTED), i + ": " + node.log);
    }
  }

  @Test
  void believesTheMajorityOfFourWhereItIs() {
    // It sees everybody elsewhere, as one behind a NAT of its own, or a malicious one, would.
    world.introducer("introducer one", PeerTest::sayElsewhere);
    for (String name : List.of("two", "three", "four")) {
      world.introducer("introducer " + name);
    }
    for (int i = 0; i < 8; i++) {
      Node node = ready("client " + i, i % 2 == 0 ? Nat.PORT : Nat.OPEN);
      assertEquals(
          i % 2 == 0 ? NatType.PORT_RESTRICTED : NatType.UNRESTRICTED,
          node.peer.nat(),
          node.log.toString());
      assertEquals(node.host.address(), node.peer.external().orElseThrow().address());
    }
  }

  private static byte[] sayElsewhere(byte[] datagram) {
    if (!(PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted accepted)
        || accepted.packet().type() != PacketType.PONG
        || !accepted.control().orElseThrow().flag(Key.IS_REFLECTION)) {
      return datagram;
    }
    Control elsewhere =
        Control.builder()
            .all(accepted.control().get())
            .put(Key.ADDRESS, new Endpoint(World.address(77), 1).host())
            .build();
    return PacketCodec.encode(
        Packet.builder(PacketType.PONG)
            .packetId(accepted.packet().packetId())
            .usr2(accepted.packet().usr2())
            .message(elsewhere)
            .build());
  }

  @Test
  void makesDoWithOneIntroducer() {
    world.introducer("introducer");
    Node node = ready("client", Nat.PORT);
    assertTrue(node.peer.nat().isValid());
    assertTrue(node.log.contains("ready " + node.peer.nat().label()));
  }

  @Test
  void tellsWhyItIsNotReadyAndGetsReadyWhenAnIntroducerComes() {
    Node one = world.introducer("introducer one");
    Node two = world.introducer("introducer two");
    one.host.setUp(false);
    two.host.setUp(false);
    Node node = world.client("client", Nat.PORT);
    world.advance(10_000);
    assertTrue(node.log.contains("connecting EHOSTUNREACH"), node.log.toString());
    assertFalse(node.peer.isReady());
    one.host.setUp(true);
    two.host.setUp(true);
    assertTrue(world.within(10_000, node.peer::isReady));
  }

  @ParameterizedTest
  @CsvSource({
    "OPEN,OPEN,connected",
    "OPEN,ADDRESS,connected",
    "OPEN,PORT,connected",
    "OPEN,HARD,connected",
    "ADDRESS,ADDRESS,connected",
    "ADDRESS,PORT,connected",
    "ADDRESS,HARD,connected",
    "PORT,PORT,connected",
    "PORT,HARD,connected",
    "HARD,HARD,proxied"
  })
  void connectsEveryPairOfNatsAsTheTableSays(Nat left, Nat right, String how) {
    twoIntroducers();
    Node one = ready("one", left);
    Node two = ready("two", right);
    Id subcluster = join(one, two);
    assertTrue(
        world.within(12_000, () -> one.isLinkedTo(two) && two.isLinkedTo(one)),
        one.log + " " + two.log);
    world.advance(3_000);
    int direct = how.equals("connected") ? 1 : 0;
    assertEquals(direct, one.peer.statistics().direct() - 2, one.log.toString());
    assertEquals(1 - direct, one.peer.statistics().proxied(), one.log.toString());

    // What it is for: a message to that peer alone arrives, however long both were silent.
    world.advance(90_000);
    world.run(() -> one.peer.stream(two.id(), subcluster, World.EVENT, World.text("psst")));
    assertTrue(world.within(2_000, () -> two.streams.size() == 1), one.log + " " + two.log);
    assertArrayEquals(World.text("psst"), two.streams.get(0).bytes());
  }

  private Node inside(SimNetwork.Router router, int number) {
    Node node = world.client("neighbour " + number, router.host(World.inside(number)), NO_STATE);
    assertTrue(world.within(6_000, node.peer::isReady), node.log::toString);
    return node;
  }

  @ParameterizedTest
  @EnumSource(
      value = Nat.class,
      names = {"ADDRESS", "PORT", "HARD"})
  void reachesANeighbourBehindTheSameNatByItsAddressInside(Nat nat) {
    twoIntroducers();
    SimNetwork.Router router = world.router(nat);
    Node one = inside(router, 2);
    Node two = inside(router, 3);
    Id subcluster = join(one, two);
    assertTrue(
        world.within(8_000, () -> one.isLinkedTo(two) && two.isLinkedTo(one)),
        one.log + " " + two.log);
    world.advance(3_000);
    assertEquals(3, one.peer.statistics().direct(), one.log::toString);
    assertEquals(3, two.peer.statistics().direct(), two.log::toString);
    assertFalse(one.log.contains("proxied neighbour 3"), one.log::toString);
    assertEquals(World.inside(3), one.endpoints.get(two.id()).address());
    assertEquals(World.inside(2), two.endpoints.get(one.id()).address());

    // It needs nobody else any more, and stays.
    world.nodes.subList(0, 2).forEach(introducer -> introducer.host.setUp(false));
    world.advance(90_000);
    world.run(() -> one.peer.stream(two.id(), subcluster, World.EVENT, World.text("psst")));
    assertTrue(world.within(100, () -> two.streams.size() == 1), one.log + " " + two.log);
  }

  @ParameterizedTest
  @EnumSource(
      value = Nat.class,
      names = {"ADDRESS", "PORT", "HARD"})
  void neighboursWhoseIntroducersKnowNothingOfThatReachEachOtherByAThird(Nat nat) {
    world.introducer("introducer one", PeerTest::asOlderPeers);
    world.introducer("introducer two", PeerTest::asOlderPeers);
    SimNetwork.Router router = world.router(nat);
    Node one = inside(router, 2);
    Node two = inside(router, 3);
    Id subcluster = join(one, two);
    assertTrue(
        world.within(20_000, () -> one.isLinkedTo(two) && two.isLinkedTo(one)),
        one.log + " " + two.log);
    world.advance(20_000);
    assertEquals(2, one.peer.statistics().direct(), "there is no way through the NAT and back");
    assertTrue(one.log.contains("proxied neighbour 3"), one.log::toString);
    world.run(() -> one.peer.stream(two.id(), subcluster, World.EVENT, World.text("psst")));
    assertTrue(world.within(2_000, () -> two.streams.size() == 1), one.log + " " + two.log);
  }

  /** Introductions as peers of other kinds make them: usr2 is not set. */
  private static byte[] asOlderPeers(byte[] datagram) {
    return PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted accepted
            && accepted.packet().type() == PacketType.INTRO
        ? PacketCodec.encode(
            Packet.builder(PacketType.INTRO)
                .clock(accepted.packet().clock())
                .hops(accepted.packet().hops())
                .clusterId(accepted.packet().clusterId())
                .subclusterId(accepted.packet().subclusterId())
                .usr1(accepted.packet().usr1())
                .message(accepted.control().orElseThrow())
                .build())
        : datagram;
  }

  @Test
  void onlyIntroducersAndNeighboursLearnWhereAPeerIsInside() {
    List<byte[]> told = new ArrayList<>();
    world.introducer("introducer one", datagram -> note(told, datagram));
    world.introducer("introducer two", datagram -> note(told, datagram));
    SimNetwork.Router router = world.router(Nat.PORT);
    Node one = inside(router, 2);
    Node stranger = ready("stranger", Nat.PORT);
    join(one, stranger);
    assertTrue(world.within(8_000, () -> one.isLinkedTo(stranger) && stranger.isLinkedTo(one)));
    world.advance(60_000);
    assertEquals(0, told.stream().filter(PeerTest::tellsAPlaceInside).count());
    // The twin: a neighbour is told. A way inside is never told on.
    Node two = inside(router, 3);
    join(two);
    assertTrue(world.within(8_000, () -> one.isLinkedTo(two)), one.log::toString);
    assertTrue(told.stream().anyMatch(PeerTest::tellsAPlaceInside));
    world.advance(60_000);
    Node late = ready("late", Nat.PORT);
    join(late);
    assertTrue(world.within(60_000, () -> late.isLinkedTo(one) && late.isLinkedTo(two)));
    assertEquals(router.address(), late.endpoints.get(one.id()).address());
    assertEquals(router.address(), late.endpoints.get(two.id()).address());
  }

  private static byte[] note(List<byte[]> all, byte[] datagram) {
    all.add(datagram);
    return datagram;
  }

  private static boolean tellsAPlaceInside(byte[] datagram) {
    return PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted accepted
        && accepted.packet().type() == PacketType.INTRO
        && Endpoint.read(accepted.packet().usr2()).isPresent();
  }

  @Test
  void tellsOfADirectWayThatIsFoundAfterOneByAThird() {
    twoIntroducers();
    Node easy = ready("easy", Nat.PORT);
    Node one = ready("one", Nat.HARD);
    Node two = ready("two", Nat.HARD);
    join(easy, one, two);
    // One birthday at a time: whose turn it is not is reached by a third first.
    assertTrue(
        world.within(
            90_000,
            () -> isReachedDirectlyAfterAll(easy, one) || isReachedDirectlyAfterAll(easy, two)),
        easy.log.toString());
  }

  private static boolean isReachedDirectlyAfterAll(Node node, Node other) {
    int proxied = node.log.indexOf("proxied " + other.name);
    return proxied >= 0 && node.log.lastIndexOf("connected " + other.name) > proxied;
  }

  @Test
  void publishesToAllMembersAndNobodyElseOpensIt() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.PORT);
    Node three = ready("three", Nat.HARD);
    Node stranger = ready("stranger", Nat.OPEN);
    Id subcluster = join(one, two, three);
    world.run(() -> stranger.peer.join(dev.dunlin.net.crypto.SigningKeys.sharedKey("other")));
    world.advance(5_000);
    List<Id> ids = world.publish(one, subcluster, World.text("hello"));
    assertEquals(1, ids.size());
    assertTrue(world.within(2_500, () -> two.packets.size() == 1 && three.packets.size() == 1));
    PeerEvents.Message message = two.packets.get(0);
    assertArrayEquals(World.text("hello"), message.bytes());
    assertArrayEquals(World.EVENT, message.event());
    assertEquals(Verified.STRONG, message.verified());
    world.advance(10_000);
    assertEquals(1, two.packets.size(), "once only");
    assertEquals(0, one.packets.size(), "not to itself");
    assertEquals(0, stranger.packets.size());
    assertTrue(stranger.peer.has(ids.get(0)), "strangers carry it");
  }

  @Test
  void keepsWhatItPublishesBeforeThereIsANetwork() {
    twoIntroducers();
    Node two = ready("two", Nat.PORT);
    join(two);
    Node one = world.client("one", Nat.PORT);
    Id subcluster = world.join(one);
    world.publish(one, subcluster, World.text("early"));
    assertTrue(world.within(8_000, () -> two.packets.size() == 1), one.log.toString());
  }

  @Test
  void givesWhoComesLateWhatItMissed() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Id subcluster = join(one);
    for (int i = 0; i < 200; i++) {
      world.publish(one, subcluster, World.text("message " + i));
    }
    world.advance(5_000);
    Node late = world.client("late", Nat.HARD);
    world.join(late);
    assertTrue(
        world.within(20_000, () -> late.packets.size() == 200),
        late.packets.size() + " " + late.log);
  }

  @Test
  void carriesMegabytes() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.PORT);
    Id subcluster = join(one, two);
    world.advance(3_000);
    byte[] big = Vectors.pattern(2_000_000);
    world.publish(one, subcluster, big);
    assertTrue(
        world.within(60_000, () -> two.packets.size() == 1), two.peer.statistics().toString());
    assertArrayEquals(big, two.packets.get(0).bytes());
    world.run(() -> one.peer.stream(two.id(), subcluster, World.EVENT, big));
    assertTrue(world.within(20_000, () -> two.streams.size() == 1));
    assertArrayEquals(big, two.streams.get(0).bytes());
  }

  /** Work that others do, when the test says so. */
  private final class Beside extends RealSealing {
    final List<Runnable> waiting = new ArrayList<>();

    @Override
    public <T> Future<T> away(Supplier<T> work) {
      Promise<T> done = Promise.promise();
      waiting.add(() -> done.complete(work.get()));
      return done.future();
    }

    void work() {
      List<Runnable> now = List.copyOf(waiting);
      waiting.clear();
      world.run(() -> now.forEach(Runnable::run));
    }
  }

  private Future<List<Id>> publishLater(Node from, Id subcluster, byte[] bytes) {
    List<Future<List<Id>>> ids = new ArrayList<>();
    world.run(() -> ids.add(from.peer.publishLater(subcluster, World.EVENT, bytes, World.TTL)));
    return ids.get(0);
  }

  @Test
  void whileALongMessageIsSealedAndOpenedShortOnesPass() {
    twoIntroducers();
    Beside beside = new Beside();
    world.sealing = beside;
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.PORT);
    Id subcluster = join(one, two);
    world.advance(3_000);
    byte[] big = Vectors.pattern(2_000_000);

    Future<List<Id>> ids = publishLater(one, subcluster, big);
    publishLater(one, subcluster, World.text("first"));
    assertTrue(world.within(2_000, () -> two.packets.size() == 1));
    assertFalse(ids.isComplete());
    beside.work();
    assertTrue(ids.succeeded());

    assertTrue(world.within(60_000, () -> beside.waiting.size() == 1));
    publishLater(one, subcluster, World.text("second"));
    assertTrue(world.within(2_000, () -> two.packets.size() == 2));
    beside.work();
    assertEquals(3, two.packets.size());
    assertArrayEquals(big, two.packets.get(2).bytes());
    assertEquals(Verified.STRONG, two.packets.get(2).verified());

    world.run(() -> one.peer.streamLater(two.id(), subcluster, World.EVENT, big));
    beside.work();
    assertTrue(world.within(60_000, () -> beside.waiting.size() == 1));
    beside.work();
    assertArrayEquals(big, two.streams.get(0).bytes());
  }

  @Test
  void whoLeavesMeanwhileNeitherPublishesNorHears() {
    twoIntroducers();
    Beside beside = new Beside();
    world.sealing = beside;
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.PORT);
    Id subcluster = join(one, two);
    world.advance(3_000);
    byte[] big = Vectors.pattern(200_000);
    publishLater(one, subcluster, big);
    beside.work();
    assertTrue(world.within(60_000, () -> beside.waiting.size() == 1));
    world.run(() -> two.peer.leave(subcluster));
    beside.work();
    assertEquals(List.of(), two.packets);

    Future<List<Id>> ids = publishLater(one, subcluster, big);
    world.run(() -> one.peer.leave(subcluster));
    beside.work();
    assertEquals("ENOTJOINED", ((PeerException) ids.cause()).code());
  }

  @Test
  void noMoreLongMessagesThanTheBoundAreSealedBesideTheLane() {
    twoIntroducers();
    Beside beside = new Beside();
    world.sealing = beside;
    Node one = ready("one", Nat.PORT);
    Id subcluster = join(one);
    byte[] big = Vectors.pattern(Limits.LONG_BYTES);
    for (int i = 0; i < Limits.MAX_AWAY; i++) {
      assertFalse(publishLater(one, subcluster, big).isComplete());
    }
    assertTrue(publishLater(one, subcluster, big).isComplete(), "the lane does it");
    beside.work();
    assertFalse(publishLater(one, subcluster, big).isComplete());
  }

  @Test
  void anIntroducerMayBeNamedLater() {
    Node one = world.client("one", Nat.PORT);
    twoIntroducers();
    world.advance(10_000);
    assertFalse(one.peer.isReady());
    for (Node introducer : List.copyOf(world.nodes)) {
      if (introducer != one) {
        world.run(() -> one.peer.addIntroducer(asIntroducer(introducer)));
      }
    }
    assertTrue(world.within(10_000, one.peer::isReady), one.log.toString());
  }

  private static PeerConfig.Introducer asIntroducer(Node node) {
    return new PeerConfig.Introducer(node.id(), new Endpoint(node.host.address(), World.PORT));
  }

  @Test
  void introducersNamedLaterAreBounded() {
    Node one = world.client("one", Nat.PORT);
    Endpoint at = new Endpoint(World.address(200), World.PORT);
    world.run(
        () -> {
          for (int i = 0; i < Limits.MAX_INTRODUCERS; i++) {
            one.peer.addIntroducer(new PeerConfig.Introducer(World.id("introducer " + i), at));
          }
          one.peer.addIntroducer(new PeerConfig.Introducer(World.id("introducer 0"), at));
          PeerException full =
              assertThrows(
                  PeerException.class,
                  () ->
                      one.peer.addIntroducer(new PeerConfig.Introducer(World.id("one more"), at)));
          assertEquals("ENOSPC", full.code());
          PeerException itself =
              assertThrows(
                  PeerException.class,
                  () -> one.peer.addIntroducer(new PeerConfig.Introducer(one.id(), at)));
          assertEquals("EINVAL", itself.code());
        });
  }

  @Test
  void repairsWhatTheNetworkLoses() {
    World lossy = new World(Latency.WAN, 0.2, 5);
    lossy.introducer("introducer one");
    lossy.introducer("introducer two");
    Node one = lossy.client("one", Nat.PORT);
    Node two = lossy.client("two", Nat.PORT);
    Id subcluster = lossy.join(one);
    lossy.join(two);
    assertTrue(lossy.within(20_000, () -> one.isLinkedTo(two)), one.log.toString());
    for (int i = 0; i < 20; i++) {
      lossy.publish(one, subcluster, Vectors.pattern(5_000 + i));
    }
    assertTrue(lossy.within(120_000, () -> two.packets.size() == 20), two.packets.size() + "");
  }

  @Test
  void answersAQuestionOutOfSomebodysCache() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Id subcluster = join(one);
    List<Id> ids = world.publish(one, subcluster, World.text("kept"));
    List<Id> long_ = world.publish(one, subcluster, Vectors.pattern(4_000));
    world.advance(3_000);
    Node asker = ready("asker", Nat.HARD);
    world.run(() -> asker.peer.query(World.text("{\"packetId\":\"" + ids.get(0).hex() + "\"}")));
    assertTrue(world.within(2_000, () -> asker.answers.size() == 1));
    assertEquals(World.text("kept").length + 160, asker.answers.get(0).length, "sealed");
    world.run(() -> asker.peer.query(World.text("{\"packetId\":\"" + long_.get(0).hex() + "\"}")));
    assertTrue(world.within(2_000, () -> asker.answers.size() == 2));
    assertEquals(4_000 + 160, asker.answers.get(1).length);
    world.run(
        () -> asker.peer.query(World.text("{\"packetId\":\"" + World.id("none").hex() + "\"}")));
    world.run(() -> asker.peer.query(World.text("no json")));
    world.advance(3_000);
    assertEquals(2, asker.answers.size());
  }

  @Test
  void noticesThatALinkIsGoneAndForgetsIt() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.PORT);
    join(one, two);
    assertTrue(world.within(5_000, () -> one.isLinkedTo(two)));
    two.host.setUp(false);
    assertTrue(world.within(120_000, () -> !one.isLinkedTo(two)), one.log.toString());
    assertEquals(2, one.peer.statistics().peers());
  }

  @Test
  void keepsALinkThroughHoursOfSilence() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.HARD);
    Id subcluster = join(one, two);
    assertTrue(world.within(12_000, () -> one.isLinkedTo(two) && two.isLinkedTo(one)));
    world.advance(3 * 3_600_000);
    assertFalse(one.log.contains("disconnected two"), one.log.toString());
    world.run(() -> two.peer.stream(one.id(), subcluster, World.EVENT, World.text("still there?")));
    assertTrue(world.within(1_000, () -> one.streams.size() == 1));
  }

  @Test
  void looksAnewAtANetworkThatChanged() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    one.host.moveBehind(Nat.HARD);
    assertTrue(
        world.within(120_000, () -> one.peer.nat().equals(NatType.ENDPOINT_RESTRICTED)),
        one.log.toString());
  }

  @Test
  void goesOffLineAndComesBack() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.PORT);
    Id subcluster = join(one, two);
    world.advance(4_000);
    world.run(() -> two.peer.setOnline(false));
    two.host.setUp(false);
    world.publish(one, subcluster, World.text("while you were away"));
    world.advance(60_000);
    two.host.setUp(true);
    world.run(() -> two.peer.setOnline(true));
    assertTrue(world.within(6_000, () -> two.packets.size() == 1), two.log.toString());
    assertTrue(two.log.contains("connecting ENETDOWN"));
  }

  @Test
  void takesUpItsStateAfterARestart() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Id subcluster = join(one);
    List<Id> ids = world.publish(one, subcluster, Vectors.pattern(3_000));
    byte[][] saved = new byte[1][];
    world.run(() -> saved[0] = one.peer.state().encode());
    world.run(one.peer::close);
    Node again = world.client("one", one.host, Optional.of(PeerState.decode(saved[0])));
    ids.forEach(id -> assertTrue(again.peer.has(id)));
    world.join(again);
    assertEquals(1, again.packets.size(), "what is cached is delivered to who joins");
    PeerException fault =
        assertThrows(PeerException.class, () -> PeerState.decode(World.text("{\"peerId\":7}")));
    assertEquals("EMALFORMED", fault.code());
  }

  @Test
  void forgetsPacketsWhenTheirTimeIsOver() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Id subcluster = join(one);
    Id[] id = new Id[1];
    world.run(
        () ->
            id[0] =
                one.peer
                    .publish(
                        subcluster,
                        World.EVENT,
                        World.text("short"),
                        java.time.Duration.ofMinutes(1))
                    .get(0));
    world.advance(30_000);
    assertTrue(one.peer.has(id[0]));
    world.advance(60_000);
    assertFalse(one.peer.has(id[0]));
    world.nodes.forEach(node -> assertFalse(node.peer.has(id[0]), node.name));
  }

  @Test
  void leavesNothingWhenItIsClosed() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Node two = ready("two", Nat.HARD);
    join(one, two);
    world.advance(500);
    world.nodes.forEach(node -> world.run(node.peer::close));
    world.advance(60_000);
    assertEquals(0, world.scheduler.pending());
    world.nodes.forEach(node -> assertEquals(0, node.host.sockets(), node.name));
  }

  @Test
  void saysWhatToDoWhenAskedForTheImpossible() {
    twoIntroducers();
    Node one = ready("one", Nat.PORT);
    Id nowhere = World.id("nowhere");
    world.run(
        () -> {
          PeerException fault =
              assertThrows(
                  PeerException.class,
                  () -> one.peer.publish(nowhere, World.EVENT, new byte[1], World.TTL));
          assertEquals("ENOTJOINED", fault.code());
          assertThrows(IllegalArgumentException.class, () -> one.peer.join(new byte[31]));
        });
  }
}
