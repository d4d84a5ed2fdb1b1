package dev.dunlin.net.peer;

import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Messages to one peer, straight or by another. Lane: the peer's. */
final class Streams {
  private static final long ONCE_MILLIS = 60_000;

  private final Core core;
  private final Pings pings;
  private final Messages messages;
  private final Assembly assembly = new Assembly();

  Streams(Core core, Pings pings, Messages messages) {
    this.core = core;
    this.pings = pings;
    this.messages = messages;
  }

  /** What {@link #send} sends, made by what is returned. */
  Supplier<List<Packet>> seal(Id to, Id subcluster, byte[] event, byte[] bytes) {
    way(to);
    return messages.stream(subcluster, event, bytes, to);
  }

  private Remote way(Id to) {
    return core.peers
        .get(to)
        .filter(remote -> remote.connected)
        .map(remote -> remote.proxy)
        .or(() -> core.peers.direct(remote -> remote.indexed).stream().findFirst())
        .orElseThrow(
            () ->
                new PeerException(
                    "EHOSTUNREACH",
                    "there is no way to peer " + to + " yet: wait for its connection, or publish"));
  }

  void send(Id to, List<Packet> packets) {
    Remote way = way(to);
    for (Packet packet : packets) {
      core.outbox.send(
          way.socket, way.endpoint, PacketCodec.encode(packet.withHops(1)), Outbox.Priority.OWN);
    }
  }

  void received(Datagrams.Socket socket, Endpoint from, Packet packet, byte[] datagram) {
    if (!core.outbox.isProven(from)) {
      pings.challenge(socket, from);
      return;
    }
    Optional<Id> to = Id.from(packet.usr3());
    Optional<Id> source = Id.from(packet.usr4());
    Optional<Id> id = Id.from(packet.packetId());
    if (to.isEmpty()
        || source.isEmpty()
        || id.isEmpty()
        || !core.gates.admits(id.get(), packet.type(), core.now(), ONCE_MILLIS)) {
      return;
    }
    if (core.isMe(to.get())) {
      core.peers
          .get(source.get())
          .filter(remote -> remote.proxy.endpoint.equals(from))
          .ifPresent(remote -> remote.heardAt = core.now());
      assembly
          .add(packet, source.get())
          .ifPresent(
              whole ->
                  messages.open(
                      whole.first(),
                      whole.sealed(),
                      message -> core.events.stream(source.get(), message)));
    } else if (packet.hops() < Packet.MAX_HOPS) {
      forward(from, to.get(), packet, datagram);
    }
  }

  private void forward(Endpoint from, Id to, Packet packet, byte[] datagram) {
    List<Remote> way =
        core.peers
            .get(to)
            .filter(remote -> remote.connected && !remote.proxy.endpoint.equals(from))
            .map(remote -> List.of(remote.proxy))
            .orElse(List.of());
    for (Remote remote : way) {
      core.outbox.send(
          remote.socket,
          remote.endpoint,
          PacketCodec.withHops(datagram, packet.hops() + 1),
          Outbox.Priority.RELAY);
    }
  }
}
