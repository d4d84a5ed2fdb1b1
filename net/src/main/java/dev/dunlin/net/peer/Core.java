package dev.dunlin.net.peer;

import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What the parts of a peer share. Lane: the peer's. */
final class Core {
  final PeerConfig config;
  final Scheduler scheduler;
  final Datagrams datagrams;
  final Randomness random;
  final Sealing sealing;
  final PeerEvents events;
  final Directory peers;
  final Outbox outbox;
  final Gates gates = new Gates();
  final Map<Id, SubclusterKeys> joined = new LinkedHashMap<>();
  final long keepAlive;

  NatType nat;
  Optional<Endpoint> external;

  /** Where our main socket is in the network behind our NAT; nothing where there is none. */
  Optional<Endpoint> local = Optional.empty();

  boolean running;
  boolean online = true;
  long startedAt;
  private int away;

  /** Set once both sockets are open, before anything is received. */
  Datagrams.Socket main;

  Datagrams.Socket probe;

  Core(
      PeerConfig config,
      Scheduler scheduler,
      RandomSource random,
      Datagrams datagrams,
      Sealing sealing,
      PeerEvents events) {
    this.config = config;
    this.scheduler = scheduler;
    this.datagrams = datagrams;
    this.random = new Randomness(random);
    this.sealing = sealing;
    this.events = events;
    this.keepAlive = config.keepAlive().toMillis();
    this.nat = config.fixedNat();
    this.external = config.address();
    this.peers = new Directory(this);
    this.outbox = new Outbox(this);
  }

  /**
   * Arithmetic over so many bytes: short ones at once, long ones beside the lane. What it does may
   * not touch the peer; it completes on the lane.
   */
  <T> Future<T> away(int bytes, Supplier<T> work) {
    if (bytes < Limits.LONG_BYTES || away == Limits.MAX_AWAY) {
      return Future.succeededFuture(work.get());
    }
    away++;
    return sealing.away(work).onComplete(done -> away--);
  }

  long now() {
    return scheduler.now().toMillis();
  }

  long wall() {
    return scheduler.wallTime().toEpochMilli();
  }

  long proofMillis() {
    return Limits.PROOF_KEEP_ALIVES * keepAlive;
  }

  boolean isReady() {
    return running && online && nat.isValid() && external.isPresent();
  }

  /** True of a place in the network behind our NAT, which means nothing to others. */
  boolean isLan(Endpoint endpoint) {
    return local.isPresent() && Directory.isLan(endpoint.address());
  }

  /** True of who says to be at our own address outside, and sends from inside. */
  boolean isNeighbour(Endpoint from, Endpoint stated) {
    return isLan(from) && external.filter(mine -> mine.address() == stated.address()).isPresent();
  }

  boolean isMe(Id id) {
    return id.equals(config.peerId());
  }

  /** The subcluster that a frame of ours names: each of ours in turn. */
  Optional<Id> someSubcluster() {
    if (joined.isEmpty()) {
      return Optional.empty();
    }
    List<Id> all = new ArrayList<>(joined.keySet());
    return Optional.of(all.get(random.below(all.size())));
  }
}
