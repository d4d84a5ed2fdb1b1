package dev.dunlin.net.peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.net.cache.PacketCache;
import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.wire.Decoded;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import dev.dunlin.net.wire.Rules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Questions to the whole network, and the ways back of their answers. Lane: the peer's. */
final class Queries {
  private static final byte[] QUESTION = {'1'};
  private static final byte[] ANSWER = {'2'};
  private static final int TARGETS = 4;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).build())
              .build());

  private record Route(Datagrams.Socket socket, Endpoint to, long until) {}

  private final Core core;
  private final Pings pings;
  private final Gossip gossip;
  private final BoundedMap<Id, Route> routes = new BoundedMap<>(Limits.MAX_ROUTES);
  private final BoundedMap<Id, Long> asked = new BoundedMap<>(Limits.MAX_ROUTES);
  private final Assembly assembly = new Assembly();

  Queries(Core core, Pings pings, Gossip gossip) {
    this.core = core;
    this.pings = pings;
    this.gossip = gossip;
  }

  /**
   * @return the question's id, which its answers carry
   */
  Id ask(byte[] json) {
    Id query = Id.of(core.random.bytes(Id.BYTES));
    asked.put(query, core.now() + Limits.QUERY_MILLIS);
    Packet packet =
        Packet.builder(PacketType.QUERY)
            .hops(1)
            .packetId(core.random.bytes(Id.BYTES))
            .clusterId(core.config.clusterId().bytes())
            .usr1(now())
            .usr3(query.bytes())
            .usr4(QUESTION)
            .message(json)
            .build();
    core.gates.admits(Id.of(packet.packetId()), packet.type(), core.now(), core.keepAlive);
    spread(PacketCodec.encode(packet), Optional.empty());
    return query;
  }

  private byte[] now() {
    return Long.toString(core.wall()).getBytes(StandardCharsets.US_ASCII);
  }

  private void spread(byte[] datagram, Optional<Endpoint> except) {
    List<Remote> targets =
        core.peers.direct(remote -> !except.equals(Optional.of(remote.endpoint)));
    for (Remote remote : targets.subList(0, Math.min(TARGETS, targets.size()))) {
      core.outbox.send(remote.socket, remote.endpoint, datagram, Outbox.Priority.RELAY);
    }
  }

  void received(Datagrams.Socket socket, Endpoint from, Packet packet, byte[] datagram) {
    if (!core.outbox.isProven(from)) {
      pings.challenge(socket, from);
      return;
    }
    Optional<Id> query = Id.from(packet.usr3());
    Optional<Id> id = Id.from(packet.packetId());
    if (query.isEmpty() || id.isEmpty()) {
      return;
    }
    if (Arrays.equals(packet.usr4(), ANSWER)) {
      answered(query.get(), packet, datagram);
    } else if (core.gates.admits(id.get(), packet.type(), core.now(), core.keepAlive)
        && !asked.contains(query.get())) {
      routes.put(query.get(), new Route(socket, from, core.now() + Limits.QUERY_MILLIS));
      List<PacketCache.Entry> found = find(packet.message());
      for (PacketCache.Entry entry :
          found.subList(0, Math.min(found.size(), Limits.MAX_SYNC_PACKETS))) {
        answer(socket, from, query.get(), entry);
      }
      if (found.isEmpty() && packet.hops() < Packet.MAX_HOPS) {
        spread(PacketCodec.withHops(datagram, packet.hops() + 1), Optional.of(from));
      }
    }
  }

  /** The packet asked for, with all its fragments if it is a head. */
  private List<PacketCache.Entry> find(byte[] message) {
    Optional<Id> wanted;
    try {
      JsonNode json = JSON.readTree(message);
      JsonNode text = json == null ? null : json.get("packetId");
      wanted =
          text != null && text.isTextual() && text.asText().matches("[0-9a-f]{64}")
              ? Optional.of(Id.parse(text.asText()))
              : Optional.empty();
    } catch (IOException e) {
      // A question that is no JSON asks for nothing that we have.
      wanted = Optional.empty();
    }
    Optional<PacketCache.Entry> entry = wanted.flatMap(gossip.cache()::get);
    return entry.isEmpty()
        ? List.of()
        : entry.get().index() == 0 ? gossip.cache().parts(entry.get().id()) : List.of(entry.get());
  }

  private void answer(Datagrams.Socket socket, Endpoint to, Id query, PacketCache.Entry entry) {
    if (!(PacketCodec.decode(entry.datagram(), Rules.STRICT)
        instanceof Decoded.Accepted accepted)) {
      return;
    }
    Packet cached = accepted.packet();
    // Peers there are read usr1 as a time; the cached packet has its event there.
    Packet answer =
        Packet.builder(PacketType.QUERY)
            .clock(cached.clock())
            .index(cached.index())
            .hops(1)
            .ttl(cached.ttl())
            .clusterId(cached.clusterId())
            .subclusterId(cached.subclusterId())
            .previousId(cached.previousId())
            .packetId(cached.packetId())
            .nextId(cached.nextId())
            .usr1(now())
            .usr2(cached.usr2())
            .usr3(query.bytes())
            .usr4(ANSWER)
            .message(cached.message())
            .sig(cached.sig())
            .build();
    core.outbox.send(socket, to, PacketCodec.encode(answer), Outbox.Priority.RELAY);
  }

  private void answered(Id query, Packet packet, byte[] datagram) {
    boolean inTime = asked.get(query).filter(until -> core.now() <= until).isPresent();
    if (inTime) {
      Object about = query;
      if (core.gates.admits(Id.of(packet.packetId()), about, core.now(), core.keepAlive)) {
        Id subcluster = Id.from(packet.subclusterId()).orElseGet(() -> Id.of(new byte[Id.BYTES]));
        assembly
            .add(packet, query)
            .ifPresent(whole -> core.events.answered(query, subcluster, whole.sealed()));
      }
      return;
    }
    Optional<Route> route = routes.get(query).filter(it -> core.now() <= it.until);
    if (route.isPresent()
        && packet.hops() < Packet.MAX_HOPS
        && Id.from(packet.packetId())
            .filter(id -> core.gates.admits(id, query, core.now(), core.keepAlive))
            .isPresent()) {
      core.outbox.send(
          route.get().socket,
          route.get().to,
          PacketCodec.withHops(datagram, packet.hops() + 1),
          Outbox.Priority.RELAY);
    }
  }
}
