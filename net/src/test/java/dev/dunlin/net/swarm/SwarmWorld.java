package dev.dunlin.net.swarm;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.sim.Latency;
import dev.dunlin.net.sim.SimNetwork;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A few members of a swarm and two introducers, in virtual time. */
final class SwarmWorld {
  static final Id CLUSTER = Id.of(Hashes.sha256("cluster"));
  static final byte[] KEY = Swarm.sharedKey("app");
  static final int PORT = 9777;

  final VirtualScheduler scheduler = new VirtualScheduler();
  final SimNetwork network;
  final List<PeerConfig.Introducer> introducers = new ArrayList<>();
  private final long seed;
  private int hosts;

  SwarmWorld(double loss, long seed) {
    this.seed = seed;
    network = new SimNetwork(scheduler, Latency.WAN, loss, seed);
    for (int i = 0; i < 2; i++) {
      SimNetwork.Host host = host(SimNetwork.Nat.OPEN);
      Endpoint at = new Endpoint(host.address(), PORT);
      String name = "introducer " + i;
      PeerConfig config =
          new PeerConfig(
              Id.of(Hashes.sha256(name)),
              SigningKeys.ofText(name),
              CLUSTER,
              true,
              Optional.of(at),
              PORT,
              0,
              PeerConfig.DEFAULT_KEEP_ALIVE,
              List.copyOf(introducers));
      Peer peer =
          new Peer(
              config,
              scheduler,
              RandomSource.seeded(seed + hosts),
              host,
              Sealing.REAL,
              new PeerEvents() {});
      run(peer::start);
      introducers.add(new PeerConfig.Introducer(config.peerId(), at));
    }
  }

  SimNetwork.Host host(SimNetwork.Nat nat) {
    return network.host(198 << 24 | 51 << 16 | ++hosts, nat);
  }

  /** What a member has. */
  static class Goods implements Shelf {
    final Map<Id, byte[]> contents = new HashMap<>();
    Optional<Offer> offer = Optional.empty();
    int reads;

    /** Puts it there, and says by what it is asked for. */
    Id put(byte[] content) {
      Id id = Id.of(Hashes.sha256(content));
      contents.put(id, content);
      return id;
    }

    Goods offering(byte[] manifest, int major, int minor) {
      offer = Optional.of(new Offer(put(manifest), manifest.length, major, minor, 0));
      return this;
    }

    @Override
    public Optional<Offer> offer() {
      return offer;
    }

    @Override
    public Future<Optional<byte[]>> read(Id content, long offset, int sizeBytes) {
      reads++;
      return Future.succeededFuture(
          Optional.ofNullable(contents.get(content))
              .filter(all -> offset + sizeBytes <= all.length)
              .map(all -> Arrays.copyOfRange(all, (int) offset, (int) offset + sizeBytes)));
    }
  }

  Swarm member(Shelf shelf, SimNetwork.Nat nat) {
    return member(shelf, nat, Quota.OF_PUBLISHER, KEY);
  }

  Swarm member(Shelf shelf, SimNetwork.Nat nat, Quota quota, byte[]... keys) {
    Swarm swarm =
        new Swarm(
            CLUSTER,
            List.of(keys),
            introducers,
            quota,
            shelf,
            scheduler,
            RandomSource.seeded(seed * 1000 + hosts),
            host(nat));
    run(swarm::start);
    return swarm;
  }

  /** A member written by hand. */
  Peer stranger(PeerEvents events) {
    String name = "stranger " + hosts;
    PeerConfig config =
        new PeerConfig(
            Id.of(Hashes.sha256(name)),
            SigningKeys.ofText(name),
            CLUSTER,
            false,
            Optional.empty(),
            0,
            0,
            PeerConfig.DEFAULT_KEEP_ALIVE,
            introducers);
    Peer peer =
        new Peer(
            config,
            scheduler,
            RandomSource.seeded(seed * 999 + hosts),
            host(SimNetwork.Nat.OPEN),
            Sealing.REAL,
            events);
    run(() -> peer.start().onSuccess(none -> peer.join(KEY)));
    return peer;
  }

  void run(Runnable task) {
    scheduler.lane().execute(task);
    scheduler.advance(Duration.ZERO);
  }

  boolean within(long millis, BooleanSupplier condition) {
    for (long passed = 0; passed < millis && !condition.getAsBoolean(); passed += 10) {
      scheduler.advance(Duration.ofMillis(10));
    }
    return condition.getAsBoolean();
  }

  long millis() {
    return scheduler.now().toMillis();
  }

  /** Random bytes, the same for the same number. */
  static byte[] content(int number, int size) {
    return RandomSource.seeded(number).bytes(size);
  }

  /** In pieces of 64 KiB. */
  static List<Blob> blobs(byte[] content) {
    Id id = Id.of(Hashes.sha256(content));
    List<Blob> blobs = new ArrayList<>();
    for (int at = 0; at < content.length; at += 1 << 16) {
      byte[] part = Arrays.copyOfRange(content, at, Math.min(content.length, at + (1 << 16)));
      blobs.add(new Blob(id, at, part.length, Id.of(Hashes.sha256(part))));
    }
    return blobs;
  }

  /** What a download has brought, and how it ended. */
  static final class Fetched {
    final byte[] bytes;
    final Download download;
    int at;
    Optional<Throwable> fault = Optional.empty();

    private Fetched(Download download, int size) {
      this.download = download;
      this.bytes = new byte[size];
    }

    boolean isDone() {
      return at == bytes.length || fault.isPresent();
    }

    private void next() {
      download
          .next()
          .onSuccess(
              part -> {
                System.arraycopy(part, 0, bytes, at, part.length);
                at += part.length;
                if (at < bytes.length) {
                  next();
                }
              })
          .onFailure(why -> fault = Optional.of(why));
    }
  }

  Fetched fetch(Swarm swarm, List<Blob> blobs) {
    Fetched[] fetched = new Fetched[1];
    int size = blobs.stream().mapToInt(Blob::sizeBytes).sum();
    run(
        () -> {
          fetched[0] = new Fetched(swarm.download(blobs), size);
          fetched[0].next();
        });
    return fetched[0];
  }

  /** What a survey says; fails the test if it fails. */
  List<Offer> survey(Swarm swarm) {
    List<Future<List<Offer>>> futures = new ArrayList<>();
    run(() -> futures.add(swarm.survey()));
    if (!within(SwarmLimits.SURVEY_MILLIS + 1_000, futures.get(0)::isComplete)) {
      throw new AssertionError("the survey does not end");
    }
    if (futures.get(0).failed()) {
      throw new AssertionError(futures.get(0).cause());
    }
    return futures.get(0).result();
  }
}
