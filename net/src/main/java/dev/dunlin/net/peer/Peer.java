package dev.dunlin.net.peer;

import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Decoded;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import dev.dunlin.net.wire.Rules;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One peer of the network. Thread: the lane of its scheduler, everything; {@link PeerEvents} are
 * called there.
 */
public final class Peer {
  private static final int TICKS_PER_KEEP_ALIVE = 6;
  private static final long YOUNG_TICK_MILLIS = 500;
  private static final long YOUNG_MILLIS = 15_000;

  /** A peer behind a proxy is forgotten after that many silent keep-alives. */
  private static final int PROXIED_KEEP_ALIVES = 20;

  private final Core core;
  private final Pings pings;
  private final Gossip gossip;
  private final Joins joins;
  private final Connector connector;
  private final Streams streams;
  private final Queries queries;
  private final Messages messages;
  private final Reflection reflection;
  private Optional<Scheduler.Timer> tick = Optional.empty();
  private List<PeerConfig.Introducer> restoredPeers = List.of();
  private long heardAt = Remote.NEVER;
  private long received;
  private long rejected;

  public Peer(
      PeerConfig config,
      Scheduler scheduler,
      RandomSource random,
      Datagrams datagrams,
      Sealing sealing,
      PeerEvents events) {
    core = new Core(config, scheduler, random, datagrams, sealing, events);
    pings = new Pings(core, this::summaryHash, this::cacheSize);
    messages = new Messages(core);
    gossip = new Gossip(core, pings, messages);
    joins = new Joins(core, pings);
    connector = new Connector(core, pings, this::receive, this::proxied);
    streams = new Streams(core, pings, messages);
    queries = new Queries(core, pings, gossip);
    reflection = new Reflection(core, pings, this::reflected);
  }

  private String summaryHash() {
    return gossip.summaryHash();
  }

  private int cacheSize() {
    return gossip.cache().size();
  }

  // --- life

  /**
   * Opens the sockets and begins. Readiness is told by {@link PeerEvents#ready}.
   *
   * @return fails with a {@link PeerException} when a port is in use
   */
  public Future<Void> start() {
    core.scheduler.lane().check();
    return core.datagrams
        .open(core.config.port(), this::receive)
        .compose(
            main ->
                core.datagrams
                    .open(core.config.probePort(), this::receive)
                    .onFailure(fault -> main.close())
                    .map(
                        probe -> {
                          begin(main, probe);
                          return null;
                        }));
  }

  private void begin(Datagrams.Socket main, Datagrams.Socket probe) {
    core.main = main;
    core.probe = probe;
    core.running = true;
    core.startedAt = core.now();
    for (PeerConfig.Introducer introducer : core.config.introducers()) {
      if (!core.isMe(introducer.peerId())) {
        core.peers
            .add(introducer.peerId(), introducer.endpoint(), true, main)
            .ifPresent(remote -> remote.nat = NatType.UNRESTRICTED);
      }
    }
    for (PeerConfig.Introducer peer : restoredPeers) {
      // They were open; they may help when no introducer is there any more.
      if (!core.isMe(peer.peerId())) {
        core.peers
            .add(peer.peerId(), peer.endpoint(), false, main)
            .ifPresent(remote -> pings.connect(main, remote.endpoint));
      }
    }
    if (core.config.introducer()) {
      core.external = Optional.of(core.config.address().orElse(main.local()));
      pings.bootstrap();
      core.events.ready(core.external.get(), core.nat);
    } else {
      pings.bootstrap();
      reflection.start();
    }
    tick();
  }

  /** Ends it; nothing is left, no timer and no socket. */
  public void close() {
    core.scheduler.lane().check();
    if (!core.running) {
      return;
    }
    core.running = false;
    tick.ifPresent(Scheduler.Timer::cancel);
    reflection.stop();
    connector.close();
    core.outbox.close();
    for (Remote remote : core.peers.all()) {
      if (remote.socket != core.main) {
        remote.socket.close();
      }
    }
    core.main.close();
    core.probe.close();
  }

  /** The machine lost its network, or has it again. */
  public void setOnline(boolean online) {
    core.scheduler.lane().check();
    if (online == core.online || !core.running) {
      return;
    }
    core.online = online;
    if (!online) {
      tick.ifPresent(Scheduler.Timer::cancel);
      reflection.stop();
      connector.close();
      core.events.connecting("ENETDOWN", "this machine is off line");
      return;
    }
    core.startedAt = core.now();
    for (Remote remote : core.peers.all()) {
      remote.missed = 0;
      remote.pingedAt = Remote.NEVER;
    }
    detectAgain();
    tick();
  }

  /** Everything about the network may be different now. */
  private void detectAgain() {
    if (core.config.introducer()) {
      pings.bootstrap();
      return;
    }
    core.nat = NatType.UNKNOWN;
    core.external = Optional.empty();
    reflection.stop();
    pings.bootstrap();
    reflection.start();
  }

  private void reflected() {
    core.local = behindNat();
    for (Remote remote : core.peers.all()) {
      if (remote.isDirect() || remote.indexed) {
        remote.pingedAt = core.now();
        pings.connect(remote.socket, remote.endpoint);
      }
    }
    core.events.ready(core.external.orElseThrow(), core.nat);
    joins.restart();
    gossip.flush();
  }

  /** Where neighbours find us, which is of use only where that is not what others see. */
  private Optional<Endpoint> behindNat() {
    return core.peers.all().stream()
        .filter(remote -> remote.indexed)
        .findFirst()
        .map(remote -> core.main.local(remote.endpoint))
        .filter(at -> Directory.isLan(at.address()))
        .filter(at -> at.address() != core.external.orElseThrow().address());
  }

  private void tick() {
    long now = core.now();
    if (!core.config.introducer()) {
      if (!core.nat.isValid()) {
        reflection.start();
      } else if (now - heardAt > 2 * core.keepAlive && now - core.startedAt > 2 * core.keepAlive) {
        heardAt = now;
        core.events.connecting(
            "EHOSTUNREACH", "nobody has been heard for a while; looking at the network anew");
        detectAgain();
      }
    }
    keepAlive(now);
    joins.tick();
    gossip.tick();
    gossip.flush();
    long pause = core.keepAlive / TICKS_PER_KEEP_ALIVE;
    boolean young = now - core.startedAt < YOUNG_MILLIS && !core.config.introducer();
    long active = gossip.isActive() ? Math.min(pause, Gossip.ACTIVE_PAUSE_MILLIS) : pause;
    long millis = young ? Math.min(pause, YOUNG_TICK_MILLIS) : active;
    tick = Optional.of(core.scheduler.schedule(Duration.ofMillis(millis), this::tick));
  }

  /** One ping a keep-alive and link, by whichever side thinks of it first. */
  private void keepAlive(long now) {
    List<Remote> gone = new ArrayList<>();
    long period = core.keepAlive * 4 / 5;
    double kept = keptJitter();
    for (Remote remote : core.peers.all()) {
      boolean wanted = remote.indexed ? remote.jitter <= kept : remote.isDirect();
      if (remote.indexed && !wanted && now - remote.provenAt > 2 * core.keepAlive) {
        remote.connected = false;
      }
      long patience = (remote.proxy == remote ? 4 : PROXIED_KEEP_ALIVES) * core.keepAlive;
      if (!remote.indexed
          && (remote.missed >= Limits.MAX_MISSED
              || !wanted && now - remote.heardAt > patience && now - remote.pingedAt > patience)) {
        gone.add(remote);
      } else if (wanted) {
        if (remote.missed >= Limits.MAX_MISSED) {
          // A well-known one is never forgotten, but nothing is sent to it but pings.
          remote.connected = false;
        }
        long due = (long) (period * remote.jitter);
        boolean silent =
            remote.missed > 0 && now - remote.pingedAt >= core.keepAlive / TICKS_PER_KEEP_ALIVE;
        boolean stale =
            now - remote.pingedAt >= due
                && (now - remote.answeredAt >= due || now - remote.provenAt >= 2 * due);
        if (silent || stale) {
          if (remote.missed < Integer.MAX_VALUE) {
            remote.missed++;
          }
          pings.heartbeat(remote);
        }
      }
    }
    gone.forEach(this::forget);
  }

  /**
   * Two introducers that answer stay pinged, the others serve the start. All where no two answer.
   */
  private double keptJitter() {
    double least = Double.MAX_VALUE;
    double second = Double.MAX_VALUE;
    for (Remote remote : core.peers.all()) {
      if (remote.indexed && remote.missed < Limits.MAX_MISSED) {
        if (remote.jitter < least) {
          second = least;
          least = remote.jitter;
        } else if (remote.jitter < second) {
          second = remote.jitter;
        }
      }
    }
    return core.config.introducer() ? Double.MAX_VALUE : second;
  }

  private void forget(Remote remote) {
    core.peers.remove(remote);
    gossip.linksChanged();
    if (remote.socket != core.main) {
      remote.socket.close();
    }
    for (Remote other : core.peers.all()) {
      if (other.proxy == remote) {
        other.proxy = other;
        other.connected = false;
      }
    }
    if (remote.announced) {
      core.events.disconnected(remote.id);
    }
  }

  // --- use

  /**
   * Joins a subcluster.
   *
   * @param sharedKey 32 bytes that all its members have
   * @return its id
   */
  public Id join(byte[] sharedKey) {
    return join(SubclusterKeys.of(sharedKey));
  }

  /** As {@link #join(byte[])}, with the keys made before. */
  public Id join(SubclusterKeys keys) {
    core.scheduler.lane().check();
    Id id = Id.of(keys.subclusterId());
    if (!core.joined.containsKey(id)) {
      if (core.joined.size() >= Limits.MAX_SUBCLUSTERS) {
        throw new PeerException(
            "ENOSPC",
            "a peer is in at most " + Limits.MAX_SUBCLUSTERS + " subclusters: leave one first");
      }
      core.joined.put(id, keys);
      gossip.redeliver(id);
      joins.begin(id);
    }
    return id;
  }

  public void leave(Id subcluster) {
    core.scheduler.lane().check();
    core.joined.remove(subcluster);
    joins.leave(subcluster);
  }

  /**
   * Publishes to all of a subcluster, those that come later included, for as long as the ttl.
   *
   * @param event SHA-256 of its name
   * @throws PeerException when the subcluster is not joined
   * @throws dev.dunlin.net.wire.WireException when the message is too long
   */
  public List<Id> publish(Id subcluster, byte[] event, byte[] bytes, Duration ttl) {
    return send(publication(subcluster, event, bytes, ttl).get());
  }

  /** As {@link #publish}; a long message is sealed while the lane goes on. */
  public Future<List<Id>> publishLater(Id subcluster, byte[] event, byte[] bytes, Duration ttl) {
    return core.away(bytes.length, publication(subcluster, event, bytes, ttl))
        .map(
            packets -> {
              checkJoined(subcluster);
              return send(packets);
            });
  }

  private Supplier<List<Packet>> publication(
      Id subcluster, byte[] event, byte[] bytes, Duration ttl) {
    core.scheduler.lane().check();
    checkJoined(subcluster);
    long millis = Math.max(1, Math.min(ttl.toMillis(), Packet.MAX_TTL_MILLIS));
    return messages.publish(subcluster, event, bytes, millis);
  }

  private List<Id> send(List<Packet> packets) {
    List<Id> ids = gossip.publish(packets);
    core.events.published(ids);
    return ids;
  }

  /**
   * Sends to one peer, which must be on line.
   *
   * @throws PeerException when the subcluster is not joined, or no way leads to the peer
   */
  public void stream(Id to, Id subcluster, byte[] event, byte[] bytes) {
    core.scheduler.lane().check();
    checkJoined(subcluster);
    streams.send(to, streams.seal(to, subcluster, event, bytes).get());
  }

  /** As {@link #stream}; a long message is sealed while the lane goes on. */
  public Future<Void> streamLater(Id to, Id subcluster, byte[] event, byte[] bytes) {
    core.scheduler.lane().check();
    checkJoined(subcluster);
    return core.away(bytes.length, streams.seal(to, subcluster, event, bytes))
        .map(
            packets -> {
              checkJoined(subcluster);
              streams.send(to, packets);
              return null;
            });
  }

  private void checkJoined(Id subcluster) {
    if (!core.joined.containsKey(subcluster)) {
      throw new PeerException(
          "ENOTJOINED", "subcluster " + subcluster + " is not joined: join it first");
    }
  }

  /**
   * Asks the network; answers come as {@link PeerEvents#answered} for two seconds.
   *
   * @param json such as {@code {"packetId":"…"}}
   */
  public Id query(byte[] json) {
    core.scheduler.lane().check();
    return queries.ask(json);
  }

  /** Compares the cache with that of all links. */
  public void sync() {
    core.scheduler.lane().check();
    core.peers.direct(remote -> true).forEach(gossip::sync);
  }

  /**
   * One more well-known peer, as if it had been configured.
   *
   * @throws PeerException when there are too many, or it is this peer
   */
  public void addIntroducer(PeerConfig.Introducer introducer) {
    core.scheduler.lane().check();
    if (core.isMe(introducer.peerId())) {
      throw new PeerException("EINVAL", "a peer is not its own introducer: give another peerId");
    }
    Optional<Remote> known = core.peers.get(introducer.peerId());
    long indexed = core.peers.all().stream().filter(remote -> remote.indexed).count();
    if (known.filter(remote -> remote.indexed).isEmpty() && indexed >= Limits.MAX_INTRODUCERS) {
      throw new PeerException(
          "ENOSPC", "a peer has at most " + Limits.MAX_INTRODUCERS + " introducers");
    }
    Remote remote =
        core.peers.add(introducer.peerId(), introducer.endpoint(), true, core.main).orElseThrow();
    remote.indexed = true;
    if (!remote.isDirect()) {
      core.peers.move(remote, introducer.endpoint());
      remote.nat = NatType.UNRESTRICTED;
      pings.connect(remote.socket, remote.endpoint);
    }
    if (!core.config.introducer() && !core.nat.isValid()) {
      reflection.start();
    }
  }

  /** What is to be kept for the next run. */
  public PeerState state() {
    core.scheduler.lane().check();
    List<byte[]> datagrams =
        gossip.cache().entries().stream().map(entry -> entry.datagramAt(core.now())).toList();
    List<PeerConfig.Introducer> peers =
        core.peers.direct(remote -> remote.nat.isOpen() && !core.isLan(remote.endpoint)).stream()
            .limit(Limits.MAX_INTRODUCERS)
            .map(remote -> new PeerConfig.Introducer(remote.id, remote.endpoint))
            .toList();
    return new PeerState(
        core.config.peerId(),
        core.config.clusterId(),
        datagrams,
        List.copyOf(gossip.unpublished()),
        peers);
  }

  /** Takes up what was kept. Before {@link #start}. */
  public void restore(PeerState state) {
    gossip.restore(state.datagrams());
    restoredPeers = state.peers();
    state.unpublished().stream()
        .filter(id -> gossip.cache().get(id).isPresent())
        .limit(Limits.MAX_UNPUBLISHED)
        .forEach(gossip.unpublished()::add);
  }

  /** Figures of the moment. */
  public PeerStatistics statistics() {
    int direct = 0;
    int proxied = 0;
    for (Remote remote : core.peers.all()) {
      direct += remote.isDirect() ? 1 : 0;
      proxied += remote.connected && !remote.isDirect() ? 1 : 0;
    }
    return new PeerStatistics(
        core.peers.size(),
        direct,
        proxied,
        gossip.cache().size(),
        gossip.cache().bytes(),
        core.outbox.datagrams(),
        core.outbox.bytes(),
        received,
        rejected,
        gossip.duplicates(),
        gossip.accepted(),
        core.outbox.droppedUnproven() + core.outbox.droppedFull(),
        core.outbox.paths(),
        core.gates.size(),
        gossip.quarantined(),
        gossip.syncPacketsSent(),
        connector.attempts());
  }

  public Id id() {
    return core.config.peerId();
  }

  public NatType nat() {
    return core.nat;
  }

  public Optional<Endpoint> external() {
    return core.external;
  }

  /** True once the NAT is known and until the network is lost. */
  public boolean isReady() {
    return core.isReady();
  }

  /** True when that packet is in the cache. */
  public boolean has(Id packet) {
    return gossip.cache().get(packet).isPresent();
  }

  // --- datagrams

  private void receive(Datagrams.Socket socket, Endpoint from, byte[] datagram) {
    if (!core.running || !core.online) {
      return;
    }
    received++;
    if (datagram.length < 2) {
      return;
    }
    // The type is needed to know what quota it counts for; the decoder looks at it again.
    boolean isRelayed =
        datagram.length > 4
            && (datagram[4] == PacketType.JOIN.code() || datagram[4] == PacketType.PUBLISH.code());
    if (!core.outbox.admits(from, datagram.length, isRelayed)) {
      rejected++;
      return;
    }
    if (!(PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted accepted)
        || accepted.packet().version() != Packet.VERSION
        || accepted.packet().hops() > Packet.MAX_HOPS) {
      rejected++;
      return;
    }
    heardAt = core.now();
    core.peers.at(core.outbox.path(from), from).ifPresent(remote -> remote.heardAt = heardAt);
    Packet packet = accepted.packet();
    Control control = accepted.control().orElse(Control.empty());
    switch (packet.type()) {
      case PING -> ping(socket, from, packet, control);
      case PONG -> pong(socket, from, packet, control);
      case INTRO -> connector.introduced(from, packet, control);
      case JOIN -> {
        if (core.isReady()) {
          joins.received(socket, from, packet, control, datagram);
        }
      }
      case PUBLISH -> gossip.received(socket, from, packet);
      case STREAM -> streams.received(socket, from, packet, datagram);
      case SYNC -> gossip.syncReceived(socket, from, packet);
      case QUERY -> queries.received(socket, from, packet, datagram);
    }
  }

  private void ping(Datagrams.Socket socket, Endpoint from, Packet packet, Control ping) {
    Id id = ping.id(Key.REQUESTER_PEER_ID).orElseThrow();
    if (core.isMe(id)) {
      return;
    }
    boolean proven = pings.proves(from, packet);
    pings.pong(socket, from, ping);
    if (ping.flag(Key.IS_REFLECTION)) {
      return;
    }
    Optional<Remote> known = remote(id, from);
    boolean sameWay = known.filter(remote -> remote.endpoint.equals(from)).isPresent();
    if (sameWay) {
      known.get().answeredAt = core.now();
      if (proven && known.get().isDirect()) {
        known.get().provenAt = core.now();
        known.get().missed = 0;
      }
    }
    Optional<NatType> nat = ping.natType(Key.NAT_TYPE);
    if (nat.isPresent()) {
      // Told by who may not be there: it counts when its endpoint is proven.
      Optional<Remote> remote = known.or(() -> core.peers.add(id, from, false, socket));
      remote.ifPresent(
          it -> {
            if (it.endpoint.equals(from)) {
              it.nat = nat.get();
              if (core.config.introducer() && proven) {
                it.local = Endpoint.read(packet.usr2()).filter(at -> Directory.isLan(at.address()));
              }
              note(it, packet);
              if (core.outbox.isProven(from) && !it.isDirect()) {
                link(it, from, socket);
              }
              gossip.heard(it, ping.text(Key.CACHE_SUMMARY_HASH));
            }
          });
    }
    if (!core.outbox.isProven(from)) {
      pings.challenge(socket, from);
    }
  }

  /** By its endpoint, which has just been looked at, or wherever else it is known to be. */
  private Optional<Remote> remote(Id id, Endpoint from) {
    return core.peers
        .at(core.outbox.path(from), from)
        .filter(it -> it.id.equals(id))
        .or(() -> core.peers.get(id));
  }

  private void note(Remote remote, Packet packet) {
    Optional<Id> subcluster = Pings.frameSubcluster(packet);
    if (subcluster.isPresent()
        && remote.note(subcluster.get())
        && core.joined.containsKey(subcluster.get())) {
      core.events.joined(remote.id, subcluster.get());
    }
  }

  private void pong(Datagrams.Socket socket, Endpoint from, Packet packet, Control pong) {
    Id id = pong.id(Key.RESPONDER_PEER_ID).orElseThrow();
    if (core.isMe(id) || pong.flag(Key.REJECTED)) {
      return;
    }
    if (pong.flag(Key.IS_REFLECTION)) {
      reflection.pong(socket, from, id, pong);
      return;
    }
    if (!pings.proves(from, pong)) {
      return;
    }
    pings.keepToken(from, packet);
    Optional<NatType> nat = pong.natType(Key.NAT_TYPE);
    Optional<Remote> found =
        remote(id, from).or(() -> nat.flatMap(kind -> core.peers.add(id, from, false, socket)));
    if (found.isEmpty()) {
      return;
    }
    Remote remote = found.get();
    nat.ifPresent(kind -> remote.nat = kind);
    if (remote.nat.isValid()) {
      link(remote, from, socket);
      gossip.heard(remote, pong.text(Key.CACHE_SUMMARY_HASH));
    }
    checkAddress(remote, pong);
  }

  /** The way to that peer is proven: from now on it is used. */
  private void link(Remote remote, Endpoint from, Datagrams.Socket socket) {
    long now = core.now();
    boolean isNew = !remote.isDirect();
    if (!isNew
        && core.isLan(remote.endpoint) != core.isLan(from)
        && now - remote.provenAt < Limits.FIRST_WAY_MILLIS) {
      return;
    }
    if (isNew || !remote.endpoint.equals(from)) {
      // The old way stays until a new one is proven, which it is now.
      Datagrams.Socket old = remote.socket;
      core.peers.move(remote, from);
      remote.socket = socket;
      if (old != socket && old != core.main) {
        old.close();
      }
    }
    remote.connected = true;
    remote.proxy = remote;
    remote.provenAt = now;
    remote.heardAt = now;
    remote.missed = 0;
    connector.connected(remote.id, socket);
    if (isNew) {
      gossip.linksChanged();
      announce(remote);
      if (remote.indexed) {
        gossip.met(remote);
      } else {
        gossip.syncAll(remote);
      }
      gossip.flush();
    }
  }

  /** Again when the way is another: a direct one may be found after one by a third. */
  private void announce(Remote remote) {
    boolean proxied = !remote.isDirect();
    if (!remote.announced || remote.announcedProxied != proxied) {
      remote.announced = true;
      remote.announcedProxied = proxied;
      core.events.connected(remote.id, remote.endpoint, remote.nat, proxied);
    }
  }

  /** No way leads there but by the one that introduced us. */
  private void proxied(Id id, Endpoint endpoint, NatType nat, Remote proxy) {
    Optional<Remote> remote = core.peers.add(id, endpoint, false, core.main);
    remote
        .filter(it -> !it.isDirect() && proxy.isDirect())
        .ifPresent(
            it -> {
              it.nat = nat;
              it.connected = true;
              it.proxy = proxy;
              it.heardAt = core.now();
              announce(it);
            });
  }

  /** An introducer tells where it sees us; somewhere else than before is another network. */
  private void checkAddress(Remote remote, Control pong) {
    Optional<Endpoint> view = pong.endpoint(Key.ADDRESS, Key.PORT);
    if (!remote.indexed
        || view.isEmpty()
        || core.external.isEmpty()
        || core.config.introducer()
        || reflection.isRunning()) {
      return;
    }
    boolean sameMapping = (core.nat.value() & 2) != 0;
    boolean moved =
        view.get().address() != core.external.get().address()
            || sameMapping && view.get().port() != core.external.get().port();
    if (moved) {
      core.events.connecting("EAGAIN", "our address has changed; looking at the network anew");
      detectAgain();
    }
  }
}
