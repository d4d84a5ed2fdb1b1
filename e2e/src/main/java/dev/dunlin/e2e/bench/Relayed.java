package dev.dunlin.e2e.bench;

import dev.dunlin.net.cache.PacketCache;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.peer.Datagrams;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.sim.Latency;
import dev.dunlin.net.sim.SimNetwork;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a relay can do: published packets of the largest size come from many linked peers, each new;
 * their ids are verified, they are cached and passed on. All of the protocol, but no kernel: the
 * datagrams are handed over in memory. Its cache is full most of the time. Thread: the caller's.
 */
final class Relayed {
  static final int RUNS = 7;

  private static final int CLIENTS = 64;
  private static final int PACKETS = 10_000;
  private static final int PORT = 9777;

  /** So many come within a millisecond of its time: more than that are over its quotas. */
  private static final int AT_ONCE = 5;

  private static final Id CLUSTER = Id.of(Hashes.sha256("bench"));
  private static final byte[] SECRET = SigningKeys.sharedKey("bench");

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final SimNetwork network = new SimNetwork(scheduler, Latency.NETSIM, 0, 1);
  private final RandomSource random = RandomSource.seeded(1);
  private final Tap tap = new Tap(network.host(address(1), SimNetwork.Nat.OPEN));
  private final Endpoint here = new Endpoint(address(1), PORT);
  private final Peer relay = peer("relay", tap, List.of());
  private final List<Endpoint> linked = new ArrayList<>();
  private Id subcluster = CLUSTER;

  /** What the relay sends goes on, or is counted only. */
  private static final class Tap implements Datagrams {
    final Datagrams real;
    Optional<Receiver> receiver = Optional.empty();
    Optional<Socket> socket = Optional.empty();
    boolean forwards = true;
    long sent;

    Tap(Datagrams real) {
      this.real = real;
    }

    @Override
    public Future<Socket> open(int port, Receiver to) {
      boolean main = port == PORT;
      return real.open(
              port, (own, from, datagram) -> to.received(main ? socket.get() : own, from, datagram))
          .map(opened -> main ? tapped(opened, to) : opened);
    }

    private Socket tapped(Socket opened, Receiver to) {
      receiver = Optional.of(to);
      socket =
          Optional.of(
              new Socket() {
                @Override
                public void send(Endpoint endpoint, byte[] datagram) {
                  sent++;
                  if (forwards) {
                    opened.send(endpoint, datagram);
                  }
                }

                @Override
                public Endpoint local() {
                  return opened.local();
                }

                @Override
                public void close() {
                  opened.close();
                }
              });
      return socket.get();
    }
  }

  Relayed() {
    lane(relay::start);
    PeerConfig.Introducer known = new PeerConfig.Introducer(relay.id(), here);
    List<Peer> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      SimNetwork.Host host = network.host(address(2 + i), SimNetwork.Nat.OPEN);
      Peer client = peer("client " + i, host, List.of(known));
      clients.add(client);
      lane(client::start);
      lane(() -> subcluster = client.join(SECRET));
    }
    scheduler.advance(Duration.ofSeconds(30));
    tap.forwards = false;
    for (Peer client : clients) {
      linked.add(client.external().orElseThrow());
      lane(client::close);
    }
    if (relay.statistics().direct() != CLIENTS) {
      throw new IllegalStateException("not all are linked: " + relay.statistics());
    }
  }

  private static int address(int number) {
    return 100 << 24 | number << 8 | 1;
  }

  private void lane(Runnable task) {
    scheduler.lane().execute(task);
    scheduler.advance(Duration.ZERO);
  }

  private Peer peer(String name, Datagrams datagrams, List<PeerConfig.Introducer> introducers) {
    boolean introducer = introducers.isEmpty();
    PeerConfig config =
        new PeerConfig(
            Id.of(Hashes.sha256(name)),
            SigningKeys.ofText(name),
            CLUSTER,
            introducer,
            introducer ? Optional.of(here) : Optional.empty(),
            introducer ? PORT : 0,
            0,
            PeerConfig.DEFAULT_KEEP_ALIVE,
            introducers);
    RandomSource own = RandomSource.seeded(name.hashCode());
    return new Peer(config, scheduler, own, datagrams, Sealing.REAL, new PeerEvents() {});
  }

  private List<byte[]> packets(int count) {
    List<byte[]> packets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] message = random.bytes(Packet.MAX_MESSAGE_BYTES);
      Packet packet =
          Packet.builder(PacketType.PUBLISH)
              .hops(1)
              .clusterId(CLUSTER.bytes())
              .subclusterId(subcluster.bytes())
              .packetId(Hashes.sha256(message))
              .usr1(random.bytes(Id.BYTES))
              .usr2(random.bytes(Id.BYTES))
              .usr3(random.bytes(Id.BYTES))
              .usr4(random.bytes(Id.BYTES))
              .message(message)
              .sig(random.bytes(SigningKeys.SIGNATURE_BYTES))
              .build();
      packets.add(PacketCodec.encode(packet));
    }
    return packets;
  }

  /** Packets taken in and passed on, for a second of one processor. */
  double run() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<byte[]> packets = packets(PACKETS);
    long accepted = relay.statistics().acceptedPackets();
    long sent = tap.sent;
    long start = threads.getCurrentThreadCpuTime();
    give(packets);
    long nanos = threads.getCurrentThreadCpuTime() - start;
    long relayed = relay.statistics().acceptedPackets() - accepted;
    if (relayed != PACKETS || tap.sent - sent < 3L * PACKETS) {
      throw new IllegalStateException(
          relayed + " of " + PACKETS + " relayed, in " + (tap.sent - sent) + " datagrams");
    }
    return PACKETS * 1e9 / nanos;
  }

  private void give(List<byte[]> packets) {
    for (int i = 0; i < packets.size(); i++) {
      Endpoint from = linked.get(i % CLIENTS);
      tap.receiver.get().received(tap.socket.get(), from, packets.get(i));
      if (i % AT_ONCE == 0) {
        scheduler.advance(Duration.ofMillis(1));
      }
    }
  }

  /** MiB of this process's heap that are in use, with such a peer in it whose cache is full. */
  static double heapMib() {
    Relayed peer = new Relayed();
    peer.give(peer.packets(PacketCache.MAX_PACKETS + 500));
    peer.scheduler.advance(Duration.ofMinutes(1));
    if (peer.relay.statistics().cachedPackets() != PacketCache.MAX_PACKETS) {
      throw new IllegalStateException("the cache is not full: " + peer.relay.statistics());
    }
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    // Alive until here.
    return peer.relay.isReady() ? least / 1048576.0 : 0;
  }
}
