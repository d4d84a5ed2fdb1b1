package dev.dunlin.net.peer;

import dev.dunlin.net.limits.TokenBucket;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.nat.Strategy;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/** Makes links to those we were introduced to, through both NATs if need be. Lane: the peer's. */
final class Connector {
  private static final long[] PING_AT = {0, 200, 500, 1000, 2000};
  private static final long PROXY_AFTER_MILLIS = 2048;
  private static final int FIRST_OPENED_PORT = 1024;
  private static final byte[] OPENER = {1};

  /** What the addresses end in that all of a usual network hear. */
  private static final int BROADCAST = 255;

  private final class Attempt {
    final Id peer;
    final Endpoint endpoint;
    final NatType nat;
    final Remote introducer;
    final Strategy strategy;
    final List<Scheduler.Timer> timers = new ArrayList<>();
    final List<Datagrams.Socket> sockets = new ArrayList<>();
    int done;
    boolean over;

    Attempt(Id peer, Endpoint endpoint, NatType nat, Remote introducer, Strategy strategy) {
      this.peer = peer;
      this.endpoint = endpoint;
      this.nat = nat;
      this.introducer = introducer;
      this.strategy = strategy;
    }

    void after(long millis, Runnable task) {
      timers.add(
          core.scheduler.schedule(
              Duration.ofMillis(millis),
              () -> {
                if (!over) {
                  task.run();
                }
              }));
    }

    /** Keeps the one socket that got through, if it is one of these. */
    void end(Optional<Datagrams.Socket> kept) {
      over = true;
      timers.forEach(Scheduler.Timer::cancel);
      for (Datagrams.Socket socket : sockets) {
        if (!kept.equals(Optional.of(socket))) {
          socket.close();
        }
      }
      attempts.remove(peer, this);
      if (birthday == this) {
        birthday = null;
      }
    }
  }

  private final Core core;
  private final Pings pings;
  private final Datagrams.Receiver receiver;
  private final BiConsumer<Attempt, Remote> viaProxy;
  private final Map<Id, Attempt> attempts = new HashMap<>();

  private final TokenBucket lanProbes;

  /** Null while there is none: one at a time. */
  private Attempt birthday;

  private long birthdayAt = Remote.NEVER;

  /**
   * @param receiver hears what comes to the sockets of a birthday
   * @param proxied told of a peer that no way leads to, and by whom it can be reached
   */
  Connector(Core core, Pings pings, Datagrams.Receiver receiver, Proxied proxied) {
    this.core = core;
    this.pings = pings;
    this.receiver = receiver;
    this.lanProbes =
        new TokenBucket(Limits.LAN_PROBES_PER_SECOND, Limits.LAN_PROBES, core.scheduler.now());
    this.viaProxy =
        (attempt, introducer) ->
            proxied.reached(attempt.peer, attempt.endpoint, attempt.nat, introducer);
  }

  /** Told of a peer that can be reached by another only. */
  interface Proxied {
    void reached(Id peer, Endpoint endpoint, NatType nat, Remote proxy);
  }

  int attempts() {
    return attempts.size();
  }

  void introduced(Endpoint from, Packet packet, Control intro) {
    Id peer = intro.id(Key.REQUESTER_PEER_ID).orElseThrow();
    Endpoint endpoint = intro.endpoint(Key.ADDRESS, Key.PORT).orElseThrow();
    NatType nat = intro.natType(Key.NAT_TYPE).orElseThrow();
    // Else anybody could make us send a thousand datagrams to anywhere.
    Optional<Remote> introducer = core.peers.at(from).filter(Remote::isDirect);
    if (introducer.isEmpty()
        || !core.isReady()
        || core.config.introducer()
        || core.isMe(peer)
        || introducer.get().id.equals(peer)
        || packet.hops() >= Packet.MAX_HOPS
        || !isFresh(packet.usr1())
        || core.peers.get(peer).filter(Remote::isDirect).isPresent()
        || attempts.containsKey(peer)
        || attempts.size() >= Limits.MAX_ATTEMPTS
        || hasEnough(packet)
        || !core.gates.admits(peer, endpoint, core.now(), 2_000)) {
      return;
    }
    Strategy strategy = Strategy.of(core.nat, nat);
    Attempt attempt = new Attempt(peer, endpoint, nat, introducer.get(), strategy);
    attempts.put(peer, attempt);
    lan(introducer.get(), packet, endpoint).ifPresent(at -> pings.connect(core.main, at));
    boolean punches = strategy == Strategy.TRAVERSAL_OPEN || strategy == Strategy.TRAVERSAL_CONNECT;
    if (punches && birthday == null && core.now() - birthdayAt >= Limits.BIRTHDAY_PAUSE_MILLIS) {
      birthday = attempt;
      birthdayAt = core.now();
      if (strategy == Strategy.TRAVERSAL_OPEN) {
        open(attempt);
      } else {
        probe(attempt);
      }
    } else if (!punches) {
      for (long at : PING_AT) {
        // Who is reached by anybody waits a while for the other one.
        if (strategy != Strategy.DEFER || at >= 1000) {
          attempt.after(at, () -> pings.connect(core.main, endpoint));
        }
      }
    }
    attempt.after(PROXY_AFTER_MILLIS, () -> fallBack(attempt));
  }

  /**
   * Where that peer is in our own network: tried once, beside the way outside, since most NATs let
   * nobody in from behind. Only introducers that we chose may send us there, and only as far as
   * these bounds.
   */
  private Optional<Endpoint> lan(Remote introducer, Packet packet, Endpoint outside) {
    if (!introducer.indexed
        || core.local.isEmpty()
        || outside.address() != core.external.orElseThrow().address()) {
      return Optional.empty();
    }
    return Endpoint.read(packet.usr2())
        .filter(at -> core.isLan(at) && !at.equals(core.local.get()))
        .filter(at -> at.port() >= Limits.MIN_LAN_PORT && (at.address() & 255) != BROADCAST)
        .filter(at -> lanProbes.take(1, core.scheduler.now()));
  }

  private boolean hasEnough(Packet packet) {
    Optional<Id> subcluster = Pings.frameSubcluster(packet);
    return subcluster.isPresent() && core.peers.links(subcluster.get()) >= Limits.LINKS_HIGH;
  }

  /** Upstream writes its calendar time there; a clock too far from ours is told. */
  private boolean isFresh(byte[] usr1) {
    OptionalLong millis = Packet.decimal(usr1);
    if (millis.isEmpty()) {
      return false;
    }
    long skew = Math.abs(core.wall() - millis.getAsLong());
    boolean fresh = skew <= core.keepAlive + Limits.CLOCK_SKEW_MILLIS;
    if (!fresh) {
      core.events.skewed(skew);
    }
    return fresh;
  }

  /** The easy side of a birthday: opens many ports for the other to come in by. */
  private void open(Attempt attempt) {
    for (int i = 0; i < Limits.OPENERS_AT_ONCE && attempt.done < Limits.BIRTHDAY_PORTS; i++) {
      int port = FIRST_OPENED_PORT + core.random.below(65536 - FIRST_OPENED_PORT);
      core.outbox.initiative(core.main, attempt.endpoint.withPort(port), OPENER);
      attempt.done++;
    }
    if (attempt.done < Limits.BIRTHDAY_PORTS) {
      attempt.after(Limits.BIRTHDAY_MILLIS, () -> open(attempt));
    }
  }

  /** The hard side: knocks from many sockets, each of which has another port outside. */
  private void probe(Attempt attempt) {
    if (attempt.done++ >= Limits.BIRTHDAY_PROBES) {
      attempt.end(Optional.empty());
      return;
    }
    if (attempt.sockets.size() < Limits.BIRTHDAY_SOCKETS) {
      core.datagrams
          .open(0, receiver)
          .onSuccess(
              socket -> {
                if (attempt.over) {
                  socket.close();
                } else {
                  attempt.sockets.add(socket);
                  pings.connect(socket, attempt.endpoint);
                }
              });
    } else {
      pings.connect(attempt.sockets.get(attempt.done % Limits.BIRTHDAY_SOCKETS), attempt.endpoint);
    }
    attempt.after(Limits.BIRTHDAY_MILLIS, () -> probe(attempt));
  }

  private void fallBack(Attempt attempt) {
    viaProxy.accept(attempt, attempt.introducer);
    if (attempt.strategy != Strategy.TRAVERSAL_CONNECT || birthday != attempt) {
      // What still may come through needs no attempt of ours.
      attempt.after(PROXY_AFTER_MILLIS, () -> attempt.end(Optional.empty()));
    }
  }

  /** A link to that peer is there, by that socket. */
  void connected(Id peer, Datagrams.Socket socket) {
    Attempt attempt = attempts.get(peer);
    if (attempt != null) {
      attempt.end(Optional.of(socket));
    }
  }

  void close() {
    List.copyOf(attempts.values()).forEach(attempt -> attempt.end(Optional.empty()));
  }
}
