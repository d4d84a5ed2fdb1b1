package dev.dunlin.net.peer;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.sim.Latency;
import dev.dunlin.net.sim.SimNetwork;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.VirtualScheduler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A network of a few peers in virtual time. */
final class World {
  static final byte[] EVENT = Hashes.sha256("greet");
  static final byte[] SECRET = SigningKeys.sharedKey("TEST");
  static final Id CLUSTER = Id.of(Hashes.sha256("cluster"));
  static final Duration TTL = Duration.ofHours(6);
  static final int PORT = 9777;

  final VirtualScheduler scheduler = new VirtualScheduler();
  final SimNetwork network;
  final List<Node> nodes = new ArrayList<>();
  private final List<PeerConfig.Introducer> introducers = new ArrayList<>();
  private int hosts;

  /** Of peers that are made from now on. */
  Sealing sealing = Sealing.REAL;

  World() {
    this(Latency.WAN, 0, 1);
  }

  World(Latency latency, double loss, long seed) {
    network = new SimNetwork(scheduler, latency, loss, seed);
  }

  /** A peer, where it is, and all that it told. */
  final class Node implements PeerEvents {
    final String name;
    final SimNetwork.Host host;
    final Peer peer;
    final List<String> log = new ArrayList<>();
    final List<Message> packets = new ArrayList<>();
    final List<Message> streams = new ArrayList<>();
    final List<Id> connections = new ArrayList<>();
    final Map<Id, Endpoint> endpoints = new HashMap<>();
    final List<byte[]> answers = new ArrayList<>();
    final List<Id> joins = new ArrayList<>();

    Node(String name, SimNetwork.Host host, PeerConfig config) {
      this(name, host, config, host);
    }

    Node(String name, SimNetwork.Host host, PeerConfig config, Datagrams datagrams) {
      this.name = name;
      this.host = host;
      this.peer =
          new Peer(
              config, scheduler, RandomSource.seeded(name.hashCode()), datagrams, sealing, this);
    }

    Id id() {
      return peer.id();
    }

    boolean isLinkedTo(Node other) {
      return connections.contains(other.id());
    }

    @Override
    public void ready(Endpoint external, NatType nat) {
      log.add("ready " + nat.label());
    }

    @Override
    public void connecting(String code, String reason) {
      log.add("connecting " + code);
    }

    @Override
    public void skewed(long millis) {
      log.add("skewed");
    }

    @Override
    public void connected(Id other, Endpoint endpoint, NatType nat, boolean proxied) {
      connections.remove(other);
      connections.add(other);
      endpoints.put(other, endpoint);
      log.add((proxied ? "proxied " : "connected ") + name(other));
    }

    @Override
    public void disconnected(Id other) {
      connections.remove(other);
      log.add("disconnected " + name(other));
    }

    @Override
    public void joined(Id other, Id subcluster) {
      joins.add(other);
    }

    @Override
    public void packet(Message message) {
      packets.add(message);
    }

    @Override
    public void stream(Id from, Message message) {
      streams.add(message);
    }

    @Override
    public void answered(Id query, Id subcluster, byte[] message) {
      answers.add(message);
    }

    @Override
    public void unopened(Id packet, String reason) {
      log.add("unopened " + reason);
    }
  }

  String name(Id id) {
    return nodes.stream()
        .filter(node -> node.id().equals(id))
        .map(node -> node.name)
        .findFirst()
        .orElse("?");
  }

  static Id id(String name) {
    return Id.of(Hashes.sha256(name));
  }

  static int address(int number) {
    return 198 << 24 | 51 << 16 | number;
  }

  private PeerConfig config(String name, boolean introducer, Optional<Endpoint> address, int port) {
    return new PeerConfig(
        id(name),
        SigningKeys.ofText(name),
        CLUSTER,
        introducer,
        address,
        port,
        0,
        PeerConfig.DEFAULT_KEEP_ALIVE,
        List.copyOf(introducers));
  }

  Node introducer(String name) {
    return introducer(name, datagram -> datagram);
  }

  /**
   * @param changed what it sends goes through this
   */
  Node introducer(String name, UnaryOperator<byte[]> changed) {
    SimNetwork.Host host = network.host(address(++hosts), SimNetwork.Nat.OPEN);
    Endpoint at = new Endpoint(host.address(), PORT);
    introducers.add(new PeerConfig.Introducer(id(name), at));
    Datagrams datagrams =
        (port, receiver) -> {
          Datagrams.Socket[] outer = new Datagrams.Socket[1];
          return host.open(port, (inner, from, bytes) -> receiver.received(outer[0], from, bytes))
              .map(inner -> outer[0] = changing(inner, changed));
        };
    Node node = new Node(name, host, config(name, true, Optional.of(at), PORT), datagrams);
    nodes.add(node);
    run(() -> node.peer.start());
    return node;
  }

  private static Datagrams.Socket changing(Datagrams.Socket inner, UnaryOperator<byte[]> changed) {
    return new Datagrams.Socket() {
      @Override
      public void send(Endpoint to, byte[] datagram) {
        inner.send(to, changed.apply(datagram));
      }

      @Override
      public Endpoint local() {
        return inner.local();
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }

  /** A NAT that several hosts are to stand behind. */
  SimNetwork.Router router(SimNetwork.Nat nat) {
    return network.router(address(++hosts), nat);
  }

  /** An address inside such a network. */
  static int inside(int number) {
    return 192 << 24 | 168 << 16 | 1 << 8 | number;
  }

  /** Clients that come later have somebody written by hand among their introducers. */
  void trust(Id id, Endpoint at) {
    introducers.add(new PeerConfig.Introducer(id, at));
  }

  Node client(String name, SimNetwork.Nat nat) {
    return client(name, network.host(address(++hosts), nat), Optional.empty());
  }

  Node client(String name, SimNetwork.Host host, Optional<PeerState> state) {
    Node node = new Node(name, host, config(name, false, Optional.empty(), 0));
    nodes.add(node);
    run(
        () -> {
          state.ifPresent(node.peer::restore);
          node.peer.start();
        });
    return node;
  }

  /** Runs it as a peer's lane does. */
  void run(Runnable task) {
    scheduler.lane().execute(task);
    scheduler.advance(Duration.ZERO);
  }

  void advance(long millis) {
    scheduler.advance(Duration.ofMillis(millis));
  }

  /** Lets time pass until it is so; false when it never was. */
  boolean within(long millis, BooleanSupplier condition) {
    for (long passed = 0; passed < millis && !condition.getAsBoolean(); passed += 10) {
      advance(10);
    }
    return condition.getAsBoolean();
  }

  Id join(Node node) {
    Id[] id = new Id[1];
    run(() -> id[0] = node.peer.join(SECRET));
    return id[0];
  }

  List<Id> publish(Node node, Id subcluster, byte[] bytes) {
    List<Id> ids = new ArrayList<>();
    run(() -> ids.addAll(node.peer.publish(subcluster, EVENT, bytes, TTL)));
    return ids;
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
