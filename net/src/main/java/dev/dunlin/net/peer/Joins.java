package dev.dunlin.net.peer;

import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.nat.Strategy;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Asking to be introduced, and introducing others. Lane: the peer's. */
final class Joins {
  /** Longest wait between two joins, in keep-alives. */
  private static final int MAX_PAUSE = 10;

  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final int JOIN_TARGETS = 3;
  private static final int COSTS = 6;
  private static final long INTRO_GATE_MILLIS = 4_000;

  private static final class Schedule {
    long nextAt;
    int attempts;
    long pause;
  }

  private final Core core;
  private final Pings pings;
  private final Map<Id, Schedule> schedules = new HashMap<>();
  private long clock;

  Joins(Core core, Pings pings) {
    this.core = core;
    this.pings = pings;
  }

  /** Ask at once, and then as often as it takes. */
  void begin(Id subcluster) {
    schedules.put(subcluster, new Schedule());
    tick();
  }

  void leave(Id subcluster) {
    schedules.remove(subcluster);
  }

  /** The network has changed: all over again. */
  void restart() {
    schedules.replaceAll((id, old) -> new Schedule());
    tick();
  }

  void tick() {
    if (!core.isReady()) {
      return;
    }
    long now = core.now();
    schedules.forEach(
        (subcluster, schedule) -> {
          boolean low = core.peers.links(subcluster) < Limits.LINKS_LOW;
          if (low && schedule.pause > core.keepAlive) {
            schedule.attempts = 0;
            schedule.nextAt = Math.min(schedule.nextAt, now + core.random.below(1000));
            schedule.pause = 0;
          }
          if (now >= schedule.nextAt) {
            // Who has links enough asks for no more: the others' are for those who have none. Once
            // it tells that it is a member.
            if (schedule.attempts == 0 || core.peers.links(subcluster) < Limits.LINKS_WANTED) {
              send(subcluster);
            }
            long first = Math.min(FIRST_PAUSE_MILLIS, core.keepAlive);
            long longest = low ? core.keepAlive : MAX_PAUSE * core.keepAlive;
            long least = low ? first : core.keepAlive;
            schedule.pause = Math.min(longest, least << Math.min(schedule.attempts, 10));
            schedule.nextAt = now + (long) (schedule.pause * (0.75 + 0.5 * core.random.fraction()));
            schedule.attempts++;
          }
        });
  }

  private void send(Id subcluster) {
    Endpoint external = core.external.orElseThrow();
    Base64.Encoder base64 = Base64.getEncoder();
    Id cluster = core.config.clusterId();
    Control join =
        own()
            .put(
                Key.KEY,
                base64.encodeToString(cluster.bytes())
                    + ":"
                    + base64.encodeToString(subcluster.bytes()))
            .build();
    clock++;
    byte[] datagram = encode(join, subcluster, 1);
    List<Remote> targets = core.peers.direct(remote -> !remote.endpoint.equals(external));
    // Introducers know most; members then learn that we are one.
    targets.sort(
        Comparator.comparingInt(remote -> remote.indexed ? 0 : remote.isIn(subcluster) ? 1 : 2));
    int left = JOIN_TARGETS;
    for (Remote remote : targets) {
      if (left-- == 0) {
        break;
      }
      core.outbox.send(remote.socket, remote.endpoint, datagram, Outbox.Priority.CONTROL);
    }
  }

  private Control.Builder own() {
    return Control.builder()
        .put(Key.REQUESTER_PEER_ID, core.config.peerId())
        .put(Key.NAT_TYPE, core.nat)
        .put(Key.ADDRESS, Key.PORT, core.external.orElseThrow());
  }

  private byte[] encode(Control message, Id subcluster, long hops) {
    return PacketCodec.encode(
        Packet.builder(PacketType.JOIN)
            .clock(clock)
            .hops(hops)
            .clusterId(core.config.clusterId().bytes())
            .subclusterId(subcluster.bytes())
            .message(message)
            .build());
  }

  void received(
      Datagrams.Socket socket, Endpoint from, Packet packet, Control join, byte[] datagram) {
    Optional<Id> subcluster = Pings.frameSubcluster(packet);
    Id joiner = join.id(Key.REQUESTER_PEER_ID).orElseThrow();
    Endpoint stated = join.endpoint(Key.ADDRESS, Key.PORT).orElseThrow();
    NatType nat = join.natType(Key.NAT_TYPE).orElseThrow();
    long deadline = join.number(Key.RENDEZVOUS_DEADLINE).orElse(Long.MAX_VALUE);
    if (subcluster.isEmpty()
        || core.isMe(joiner)
        || deadline < core.wall() - Limits.CLOCK_SKEW_MILLIS) {
      return;
    }
    // At most one hop away it is the joiner itself; then it must be where it says it is, and
    // proven.
    boolean itself = packet.hops() <= 1;
    if (itself && from.address() != stated.address() && !core.isNeighbour(from, stated)) {
      return;
    }
    if (!core.outbox.isProven(from)) {
      pings.challenge(socket, from);
      return;
    }
    Object about = subcluster.get();
    if (!core.gates.admits(joiner, about, core.now(), Limits.JOIN_GATE_MILLIS)) {
      return;
    }
    Optional<Remote> known = core.peers.get(joiner);
    boolean isReply = join.has(Key.RENDEZVOUS_REQUESTER_PEER_ID);
    if (itself) {
      known.ifPresent(remote -> remote.note(subcluster.get()));
    }
    boolean ours = core.joined.containsKey(subcluster.get());
    if (ours) {
      core.events.joined(joiner, subcluster.get());
    }
    if (ours && !isReply && !core.config.introducer() && core.isReady()) {
      replyToRendezvous(join, joiner, nat, subcluster.get());
    }
    int friends = introduce(from, packet, join, joiner, stated, nat, subcluster.get(), itself);
    if (friends < Limits.INTROS_PER_JOIN && !isReply) {
      relay(from, packet, join, joiner, datagram, subcluster.get());
    }
  }

  /** Through the third party that the joiner and we both can reach, it learns of us. */
  private void replyToRendezvous(Control join, Id joiner, NatType nat, Id subcluster) {
    Optional<Endpoint> rendezvous = join.endpoint(Key.RENDEZVOUS_ADDRESS, Key.RENDEZVOUS_PORT);
    if (rendezvous.isEmpty()
        || core.peers.links(subcluster) >= Limits.LINKS_HIGH
        || core.peers.get(joiner).filter(Remote::isDirect).isPresent()) {
      return;
    }
    Endpoint to = rendezvous.get();
    if (!core.outbox.isProven(to)) {
      // Somebody may name a victim there: it gets two small packets a minute from us.
      Id target = Id.of(dev.dunlin.net.crypto.Hashes.sha256(to.host()));
      boolean admitted = false;
      for (int i = 0; i < Limits.RENDEZVOUS_PER_MINUTE && !admitted; i++) {
        admitted = core.gates.admits(target, i, core.now(), 60_000);
      }
      if (!admitted) {
        return;
      }
    }
    Control.Builder reply =
        own().put(Key.RENDEZVOUS_TYPE, nat).put(Key.RENDEZVOUS_REQUESTER_PEER_ID, joiner);
    join.id(Key.RENDEZVOUS_PEER_ID).ifPresent(id -> reply.put(Key.RENDEZVOUS_PEER_ID, id));
    core.outbox.initiative(core.main, to, encode(reply.build(), subcluster, 0));
  }

  /**
   * Tells the joiner of some, and them of it.
   *
   * @return how many of them are in the same subcluster
   */
  private int introduce(
      Endpoint from,
      Packet packet,
      Control join,
      Id joiner,
      Endpoint stated,
      NatType nat,
      Id subcluster,
      boolean itself) {
    Optional<Remote> known = core.peers.get(joiner).filter(Remote::isDirect);
    // Only to who is proven to be there: nobody is sent what he did not ask for.
    Optional<Endpoint> way = itself ? Optional.of(from) : known.map(remote -> remote.endpoint);
    if (way.isEmpty() || !core.outbox.isProven(way.get()) || packet.hops() >= Packet.MAX_HOPS) {
      return 0;
    }
    Datagrams.Socket socket = known.map(remote -> remote.socket).orElse(core.main);
    Optional<Id> requester = join.id(Key.RENDEZVOUS_REQUESTER_PEER_ID);
    boolean forUs = join.id(Key.RENDEZVOUS_PEER_ID).filter(core::isMe).isPresent();
    Optional<Remote> asked = forUs ? requester.flatMap(core.peers::get) : Optional.empty();
    List<Remote> candidates =
        asked.isPresent()
            ? List.of(asked.get())
            : cheapestFirst(
                core.peers.direct(
                    remote ->
                        !remote.indexed
                            && !remote.id.equals(joiner)
                            && !requester.equals(Optional.of(remote.id))),
                nat,
                subcluster);
    int most =
        core.config.introducer() && itself ? Limits.INTROS_BY_INTRODUCER : Limits.INTROS_PER_JOIN;
    int friends = 0;
    int introduced = 0;
    for (Remote remote : candidates) {
      if (introduced == most) {
        break;
      }
      if (!remote.isDirect()
          || core.isLan(remote.endpoint)
          || !core.gates.admits(joiner, remote.id, core.now(), INTRO_GATE_MILLIS)) {
        continue;
      }
      // Who has the same address outside may be in the same network inside.
      boolean near = remote.endpoint.address() == way.get().address();
      byte[] ofJoiner =
          intro(packet, joiner, nat, stated, known.flatMap(it -> it.local).filter(at -> near));
      byte[] ofOther =
          intro(packet, remote.id, remote.nat, remote.endpoint, remote.local.filter(at -> near));
      core.outbox.send(remote.socket, remote.endpoint, ofJoiner, Outbox.Priority.CONTROL);
      core.outbox.send(socket, way.get(), ofOther, Outbox.Priority.CONTROL);
      introduced++;
      friends += remote.isIn(subcluster) ? 1 : 0;
    }
    return friends;
  }

  private static List<Remote> cheapestFirst(List<Remote> remotes, NatType joiner, Id subcluster) {
    List<List<Remote>> byCost =
        Stream.generate(ArrayList<Remote>::new)
            .limit(COSTS)
            .<List<Remote>>map(list -> list)
            .toList();
    remotes.forEach(remote -> byCost.get(cost(remote, joiner, subcluster)).add(remote));
    List<Remote> sorted = new ArrayList<>(remotes.size());
    byCost.forEach(sorted::addAll);
    return sorted;
  }

  /** Friends first; among them those that are reached without a thousand datagrams. */
  private static int cost(Remote remote, NatType joiner, Id subcluster) {
    int way =
        switch (Strategy.of(remote.nat, joiner)) {
          case DIRECT_CONNECT, DEFER -> 0;
          case TRAVERSAL_OPEN, TRAVERSAL_CONNECT -> 1;
          case PROXY -> 2;
        };
    return (remote.isIn(subcluster) ? 0 : 3) + way;
  }

  /**
   * @param local in usr2, which the peers there are do not look at
   */
  private byte[] intro(
      Packet join, Id about, NatType nat, Endpoint endpoint, Optional<Endpoint> local) {
    Control intro =
        Control.builder()
            .put(Key.REQUESTER_PEER_ID, about)
            .put(Key.RESPONDER_PEER_ID, core.config.peerId())
            .put(Key.IS_RENDEZVOUS, join.hops() == 0)
            .put(Key.NAT_TYPE, nat)
            .put(Key.ADDRESS, Key.PORT, endpoint)
            .build();
    Packet.Builder packet =
        Packet.builder(PacketType.INTRO)
            .clock(join.clock())
            .hops(join.hops() + 1)
            .clusterId(join.clusterId())
            .subclusterId(join.subclusterId())
            .usr1(Long.toString(core.wall()).getBytes(StandardCharsets.US_ASCII))
            .message(intro);
    local.ifPresent(at -> packet.usr2(at.bytes()));
    return PacketCodec.encode(packet.build());
  }

  /** Who could not be served here is passed on, at most once a minute. */
  private void relay(
      Endpoint from, Packet packet, Control join, Id joiner, byte[] datagram, Id subcluster) {
    if (packet.hops() >= Packet.MAX_HOPS
        || !core.gates.admits(joiner, "relay", core.now(), Limits.JOIN_RELAY_MILLIS)) {
      return;
    }
    byte[] onward = PacketCodec.withHops(datagram, packet.hops() + 1);
    if (packet.hops() == 1
        && core.nat.isOpen()
        && core.external.isPresent()
        && !join.has(Key.RENDEZVOUS_ADDRESS)) {
      Control with =
          Control.builder()
              .all(join)
              .put(Key.RENDEZVOUS_ADDRESS, Key.RENDEZVOUS_PORT, core.external.get())
              .put(Key.RENDEZVOUS_TYPE, core.nat)
              .put(Key.RENDEZVOUS_PEER_ID, core.config.peerId())
              .put(Key.RENDEZVOUS_DEADLINE, core.wall() + core.keepAlive)
              .build();
      // The id stays, though the message is another: so do the peers there are.
      onward =
          PacketCodec.encode(
              Packet.builder(PacketType.JOIN)
                  .clock(packet.clock())
                  .hops(packet.hops() + 1)
                  .ttl(packet.ttl())
                  .clusterId(packet.clusterId())
                  .subclusterId(packet.subclusterId())
                  .previousId(packet.previousId())
                  .packetId(packet.packetId())
                  .nextId(packet.nextId())
                  .usr1(packet.usr1())
                  .usr2(packet.usr2())
                  .usr3(packet.usr3())
                  .usr4(packet.usr4())
                  .sig(packet.sig())
                  .message(with)
                  .build());
    }
    List<Remote> targets =
        core.peers.direct(remote -> !remote.id.equals(joiner) && !remote.endpoint.equals(from));
    targets.sort(Comparator.comparingInt(remote -> remote.isIn(subcluster) ? 0 : 1));
    for (Remote remote : targets.subList(0, Math.min(JOIN_TARGETS, targets.size()))) {
      core.outbox.send(remote.socket, remote.endpoint, onward, Outbox.Priority.RELAY);
    }
  }
}
