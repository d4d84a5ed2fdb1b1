package dev.dunlin.net.peer;

import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/** Pings and pongs: who is there, and what does it see. Lane: the peer's. */
final class Pings {
  /** Pings of one bootstrap. */
  private static final int MAX_BOOTSTRAP = 32;

  private static final int TOKEN_BYTES = 6;

  /** Least time between two challenges of one endpoint. */
  private static final long CHALLENGE_MILLIS = 500;

  private final Core core;
  private final Supplier<String> summaryHash;
  private final Supplier<Integer> cacheSize;
  private final byte[] idPrefix;
  private long ids;

  Pings(Core core, Supplier<String> summaryHash, Supplier<Integer> cacheSize) {
    this.core = core;
    this.summaryHash = summaryHash;
    this.cacheSize = cacheSize;
    this.idPrefix = core.random.bytes(Id.BYTES);
  }

  private Control.Builder common(Control.Builder ping) {
    return ping.put(Key.REQUESTER_PEER_ID, core.config.peerId())
        .put(Key.UPTIME, core.now() - core.startedAt)
        .put(Key.TIMESTAMP, core.wall());
  }

  private byte[] datagram(Control message, Endpoint to, boolean withCluster, byte[] token) {
    Packet.Builder packet = Packet.builder(PacketType.PING).packetId(newId()).message(message);
    if (token.length > 0) {
      packet.usr3(token);
    }
    if (withCluster) {
      packet.clusterId(core.config.clusterId().bytes());
      core.someSubcluster().ifPresent(id -> packet.subclusterId(id.bytes()));
      // For the introducers that we chose, who tell our neighbours: nobody else learns of it.
      core.local
          .filter(
              at ->
                  core.peers
                      .at(core.outbox.path(to), to)
                      .filter(remote -> remote.indexed)
                      .isPresent())
          .ifPresent(at -> packet.usr2(at.bytes()));
    }
    return PacketCodec.encode(packet.build());
  }

  private String cookie(Endpoint to) {
    return core.outbox.path(to).cookie(core.now(), core.random);
  }

  /** Asks to be connected; the answer proves the endpoint. */
  private byte[] connection(Endpoint to) {
    Control.Builder ping = Control.builder();
    if (core.nat.isValid()) {
      ping.put(Key.NAT_TYPE, core.nat);
    }
    ping.put(Key.IS_CONNECTION, true).put(Key.CACHE_SUMMARY_HASH, summaryHash.get());
    return datagram(
        common(ping).put(Key.PING_ID, cookie(to)).build(), to, true, core.outbox.path(to).token);
  }

  /** To who we were told of. */
  void connect(Datagrams.Socket socket, Endpoint to) {
    core.outbox.initiative(socket, to, connection(to));
  }

  /** To who came by itself: only as much as it sent. */
  void challenge(Datagrams.Socket socket, Endpoint to) {
    Path path = core.outbox.path(to);
    if (core.now() - path.challengedAt >= CHALLENGE_MILLIS) {
      path.challengedAt = core.now();
      core.outbox.send(socket, to, connection(to), Outbox.Priority.CONTROL);
    }
  }

  /** Are you still there? Introducers also tell where they see us. */
  void heartbeat(Remote remote) {
    remote.pingedAt = core.now();
    if (!remote.indexed) {
      core.outbox.initiative(remote.socket, remote.endpoint, connection(remote.endpoint));
      return;
    }
    Control.Builder ping = Control.builder().put(Key.CACHE_SUMMARY_HASH, summaryHash.get());
    if (core.nat.isValid()) {
      ping.put(Key.NAT_TYPE, core.nat);
    }
    Control message = common(ping).put(Key.PING_ID, cookie(remote.endpoint)).build();
    core.outbox.initiative(
        remote.socket,
        remote.endpoint,
        datagram(message, remote.endpoint, true, core.outbox.path(remote.endpoint).token));
  }

  /** Knocks at well-known peers, until one answers. */
  void bootstrap() {
    int left = MAX_BOOTSTRAP;
    for (Remote remote : core.peers.all()) {
      if (remote.indexed && left-- > 0) {
        remote.pingedAt = core.now();
        connect(remote.socket, remote.endpoint);
      }
    }
  }

  /** Asks what is seen of this socket; with a port, also to come in by it. */
  void reflect(
      Datagrams.Socket socket, Endpoint to, String reflectionId, Optional<Integer> probePort) {
    Control.Builder ping =
        Control.builder()
            .put(Key.REQUESTER_PEER_ID, core.config.peerId())
            .put(Key.IS_REFLECTION, true)
            .put(Key.REFLECTION_ID, reflectionId);
    probePort.ifPresentOrElse(
        port -> ping.put(Key.PROBE_EXTERNAL_PORT, port), () -> ping.put(Key.IS_PROBE, true));
    ping.put(Key.UPTIME, core.now() - core.startedAt).put(Key.TIMESTAMP, core.wall());
    core.outbox.initiative(socket, to, datagram(ping.build(), to, false, new byte[0]));
  }

  /** Answers a ping; a reflection may also be answered by the probe socket. */
  void pong(Datagrams.Socket socket, Endpoint from, Control ping) {
    boolean connection = ping.flag(Key.IS_CONNECTION);
    boolean reflection = ping.flag(Key.IS_REFLECTION);
    Control.Builder pong =
        Control.builder()
            .put(Key.CACHE_SIZE, cacheSize.get())
            .put(Key.UPTIME, core.now() - core.startedAt)
            .put(Key.RESPONDER_PEER_ID, core.config.peerId());
    ping.id(Key.REQUESTER_PEER_ID).ifPresent(id -> pong.put(Key.REQUESTER_PEER_ID, id));
    ping.text(Key.PING_ID).ifPresent(id -> pong.put(Key.PING_ID, id));
    NatType nat = core.nat;
    if (!reflection && nat.isValid()) {
      pong.put(Key.NAT_TYPE, nat);
    }
    if (reflection) {
      pong.put(Key.IS_REFLECTION, true);
    }
    ping.text(Key.REFLECTION_ID).ifPresent(id -> pong.put(Key.REFLECTION_ID, id));
    if (connection) {
      pong.put(Key.IS_CONNECTION, true);
    } else {
      pong.put(Key.ADDRESS, Key.PORT, from);
      if (ping.has(Key.IS_PROBE)) {
        pong.put(Key.IS_PROBE, ping.flag(Key.IS_PROBE));
      }
    }
    pong.put(Key.CACHE_SUMMARY_HASH, summaryHash.get());
    // The next ping from there shows it, so that one ping proves both ends to each other.
    byte[] cookie = core.outbox.path(from).cookieBytes(core.now(), core.random);
    core.outbox.send(socket, from, encode(pong.build(), cookie), Outbox.Priority.CONTROL);

    long probePort = ping.number(Key.PROBE_EXTERNAL_PORT).orElse(0);
    if (reflection && !connection && Endpoint.isPort(probePort)) {
      // Counted against the endpoint that asked: one answer here is one less there.
      Path path = core.outbox.path(from);
      byte[] second = encode(pong.put(Key.PORT, probePort).build(), cookie);
      if (path.maySend(second.length, core.now(), core.proofMillis())
          && path.pace.take(1, core.scheduler.now())) {
        core.outbox.initiative(core.probe, from.withPort((int) probePort), second);
      }
    }
  }

  private byte[] encode(Control pong, byte[] cookie) {
    return PacketCodec.encode(
        Packet.builder(PacketType.PONG).packetId(newId()).usr2(cookie).message(pong).build());
  }

  /**
   * Unique; nobody checks it, and a hash over each of these packets would be their largest cost.
   */
  private byte[] newId() {
    byte[] id = idPrefix.clone();
    java.nio.ByteBuffer.wrap(id).putLong(Id.BYTES - Long.BYTES, ++ids);
    return id;
  }

  /** True when the ping shows what only somebody at its source can know. */
  boolean proves(Endpoint from, Packet ping) {
    return ping.usr3().length == TOKEN_BYTES
        && core.outbox.path(from).prove(HexFormat.of().formatHex(ping.usr3()), core.now());
  }

  /** Keeps what a proven pong gave us. */
  void keepToken(Endpoint from, Packet pong) {
    if (pong.usr2().length == TOKEN_BYTES) {
      core.outbox.path(from).token = pong.usr2();
    }
  }

  /** True when the pong echoes what only somebody at its source can know. */
  boolean proves(Endpoint from, Control pong) {
    Optional<String> echo = pong.text(Key.PING_ID);
    return echo.isPresent() && core.outbox.path(from).prove(echo.get(), core.now());
  }

  static Optional<Id> frameSubcluster(Packet packet) {
    return packet.clusterId().length == Id.BYTES
        ? Id.from(packet.subclusterId())
        : Optional.empty();
  }
}
