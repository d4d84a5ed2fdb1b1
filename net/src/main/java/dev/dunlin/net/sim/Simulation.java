package dev.dunlin.net.sim;

import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.PeerState;
import dev.dunlin.net.peer.PeerStatistics;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.VirtualScheduler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One run: real peers in virtual time, who come and go. A peer is on line from its start to its
 * end, whether or not it has found the network yet; who leaves says nothing, and who comes back has
 * an empty cache unless the options say otherwise. Thread: the caller's.
 */
public final class Simulation {
  /** Well-known peers, which never leave. */
  public static final int INTRODUCERS = 4;

  private static final int PORT = 9777;
  private static final long WARM_UP_SECONDS = 60;
  private static final double START_SECONDS = 30;
  private static final long BETWEEN_SECONDS = 10;
  private static final long HORIZON_MILLIS = 60_000;
  private static final int MESSAGE_BYTES = 300;

  /** The longest that a peer is away on average; less where it comes and goes in seconds. */
  private static final double AWAY_SECONDS = 5;

  private static final double AWAY_PART = 1.0 / 6;
  private static final Duration SLICE = Duration.ofSeconds(1);
  private static final long DAY_MINUTES = 24 * 60;

  /** In a run of a day and a minute one subscriber in so many is away for that day. */
  private static final int AWAY_ONE_IN = 16;

  // Of those that are not hard: addr 1 : port 5 : open 1.
  private static final double ADDRESS_PART = 1.0 / 7;
  private static final double PORT_PART = 5.0 / 7;

  private final SimOptions options;
  private final long seed;
  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final SimNetwork network;
  private final Sealing sealing = new CheapSealing();
  private final SubclusterKeys subscribed = SubclusterKeys.of(SigningKeys.sharedKey("subscribed"));
  private final SubclusterKeys other = SubclusterKeys.of(SigningKeys.sharedKey("other"));
  private final Id cluster = Id.of(Hashes.sha256("simulation"));
  private final byte[] event = Hashes.sha256("event");
  private final List<PeerConfig.Introducer> introducers = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Id, Publication> publications = new HashMap<>();
  private final List<Publication> inOrder = new ArrayList<>();
  private final RandomSource random;
  private ByteBuffer dice = ByteBuffer.allocate(0);
  private final List<Node> away = new ArrayList<>();
  private OptionalDouble returned24h = OptionalDouble.empty();
  private long duplicates;
  private long delivered;

  private Simulation(SimOptions options, long seed) {
    this.options = options;
    this.seed = seed;
    this.network = new SimNetwork(scheduler, options.latency(), options.loss(), seed);
    this.random = RandomSource.seeded(seed * 31 + 7);
  }

  /** Runs it with one seed; the same seed gives the same result. */
  public static SimResult run(SimOptions options, long seed) {
    return new Simulation(options, seed).run();
  }

  private final class Publication {
    final long at;
    final Id id;

    /** Of those on line at its time: when they had it, or -1. */
    final Map<Node, Long> expected = new HashMap<>();

    double coverage60s = -1;
    OptionalDouble coverage5min = OptionalDouble.empty();
    OptionalDouble coverage24h = OptionalDouble.empty();

    Publication(long at, Id id) {
      this.at = at;
      this.id = id;
    }
  }

  private final class Node implements PeerEvents {
    final int number;
    final boolean subscriber;
    final SimNetwork.Nat nat;
    final PeerConfig config;
    final java.util.Set<Id> has = new java.util.HashSet<>();
    Optional<Peer> peer = Optional.empty();
    Optional<PeerState> state = Optional.empty();
    int starts;

    Node(int number, boolean introducer, boolean subscriber, SimNetwork.Nat nat) {
      this.number = number;
      this.subscriber = subscriber;
      this.nat = nat;
      Endpoint at = new Endpoint(address(), PORT);
      String name = "peer " + number;
      Id id = Id.of(Hashes.sha256(name));
      config =
          new PeerConfig(
              id,
              SigningKeys.ofText(name),
              cluster,
              introducer,
              introducer ? Optional.of(at) : Optional.empty(),
              introducer ? PORT : 0,
              0,
              PeerConfig.DEFAULT_KEEP_ALIVE,
              introducers);
      if (introducer) {
        introducers.add(new PeerConfig.Introducer(id, at));
      }
    }

    /** All in networks of their own. */
    int address() {
      return 100 << 24 | number << 8 | number & 0xff;
    }

    void start() {
      SimNetwork.Host host = network.host(address(), nat);
      long own = Latency.mix(seed ^ (long) number << 20 ^ starts++);
      Peer fresh = new Peer(config, scheduler, RandomSource.seeded(own), host, sealing, this);
      peer = Optional.of(fresh);
      state.ifPresent(fresh::restore);
      fresh.start();
      if (!config.introducer()) {
        fresh.join(subscriber ? subscribed : other);
      }
    }

    void stop() {
      Peer old = peer.orElseThrow();
      count(old);
      state = options.keepState() ? Optional.of(old.state()) : Optional.empty();
      old.close();
      peer = Optional.empty();
      if (!options.keepState()) {
        has.clear();
      }
      // It can't get it any more: nobody waits for it.
      publications.values().forEach(it -> it.expected.remove(this, -1L));
    }

    @Override
    public void packet(Message message) {
      Publication publication = publications.get(message.packetId());
      if (publication != null && has.add(publication.id)) {
        publication.expected.replace(this, -1L, now() - publication.at);
      }
    }
  }

  private void count(Peer peer) {
    PeerStatistics figures = peer.statistics();
    duplicates += figures.duplicates();
    delivered += figures.acceptedPackets();
  }

  private long now() {
    return scheduler.now().toMillis();
  }

  private double fraction() {
    if (dice.remaining() < Long.BYTES) {
      dice = ByteBuffer.wrap(random.bytes(4096));
    }
    return (dice.getLong() >>> 11) * 0x1.0p-53;
  }

  private Duration exponential(double meanSeconds) {
    return Duration.ofNanos((long) (-Math.log(1 - fraction()) * meanSeconds * 1e9));
  }

  private SimResult run() {
    for (int i = 0; i < INTRODUCERS; i++) {
      Node node = new Node(i + 1, true, false, SimNetwork.Nat.OPEN);
      nodes.add(node);
      scheduler.schedule(Duration.ZERO, node::start);
    }
    int hard = (int) Math.round(options.hard() * options.peers());
    int subscribers = Math.max(2, (int) Math.round(options.subscribed() * options.peers()));
    List<Integer> places = places();
    for (int i = 0; i < options.peers(); i++) {
      Node node =
          new Node(
              INTRODUCERS + 1 + i,
              false,
              places.get(i) < subscribers,
              i < hard ? SimNetwork.Nat.HARD : easy());
      nodes.add(node);
      scheduler.schedule(
          Duration.ofNanos((long) (fraction() * START_SECONDS * 1e9)), () -> come(node));
    }
    if (options.minutes() > DAY_MINUTES) {
      takeSomeAway();
    }
    for (int i = 0; i < options.publications(); i++) {
      scheduler.schedule(Duration.ofSeconds(WARM_UP_SECONDS + i * BETWEEN_SECONDS), this::publish);
    }
    double seconds =
        WARM_UP_SECONDS
            + (options.publications() - 1) * BETWEEN_SECONDS
            + options.minutes() * 60
            + 1;
    for (long second = 0; second < seconds; second++) {
      scheduler.advance(SLICE);
    }
    nodes.forEach(node -> node.peer.ifPresent(this::count));
    return result(seconds);
  }

  /** They leave before the first publication, and come back a day after the last one. */
  private void takeSomeAway() {
    List<Node> subscribers = nodes.stream().filter(node -> node.subscriber).toList();
    away.addAll(subscribers.subList(0, 1 + (subscribers.size() - 2) / AWAY_ONE_IN));
    scheduler.schedule(
        Duration.ofSeconds(WARM_UP_SECONDS).minusMillis(1),
        () -> away.stream().filter(node -> node.peer.isPresent()).forEach(Node::stop));
    Duration back =
        Duration.ofSeconds(WARM_UP_SECONDS + (options.publications() - 1) * BETWEEN_SECONDS)
            .plusMinutes(DAY_MINUTES)
            .plusMillis(1);
    scheduler.schedule(back, () -> away.forEach(Node::start));
    scheduler.schedule(
        back.plusMinutes(1),
        () -> {
          long have = away.stream().mapToLong(node -> node.has.size()).sum();
          returned24h = OptionalDouble.of((double) have / away.size() / inOrder.size());
        });
  }

  private List<Integer> places() {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < options.peers(); i++) {
      places.add(i);
    }
    for (int i = places.size() - 1; i > 0; i--) {
      int with = (int) (fraction() * (i + 1));
      places.set(i, places.set(with, places.get(i)));
    }
    return places;
  }

  private SimNetwork.Nat easy() {
    double draw = fraction();
    return draw < ADDRESS_PART
        ? SimNetwork.Nat.ADDRESS
        : draw < ADDRESS_PART + PORT_PART ? SimNetwork.Nat.PORT : SimNetwork.Nat.OPEN;
  }

  private void come(Node node) {
    node.start();
    if (options.churnPerMinute() > 0 && !away.contains(node)) {
      double cycle = 60 / options.churnPerMinute();
      double away = Math.min(AWAY_SECONDS, cycle * AWAY_PART);
      scheduler.schedule(
          exponential(cycle - away),
          () -> {
            node.stop();
            scheduler.schedule(exponential(away), () -> come(node));
          });
    }
  }

  private void publish() {
    List<Node> able =
        nodes.stream()
            .filter(node -> node.subscriber && node.peer.filter(Peer::isReady).isPresent())
            .toList();
    if (able.isEmpty()) {
      // All are away for a moment.
      scheduler.schedule(Duration.ofMillis(50), this::publish);
      return;
    }
    Node publisher = able.get((int) (fraction() * able.size()));
    byte[] message =
        Arrays.copyOf(
            ("publication " + inOrder.size()).getBytes(StandardCharsets.US_ASCII), MESSAGE_BYTES);
    Id subcluster = Id.of(subscribed.subclusterId());
    Peer peer = publisher.peer.orElseThrow();
    Id id = peer.publish(subcluster, event, message, Duration.ofHours(6)).get(0);
    Publication publication = new Publication(now(), id);
    publications.put(id, publication);
    inOrder.add(publication);
    publisher.has.add(id);
    for (Node node : nodes) {
      if (node.subscriber && node != publisher && node.peer.isPresent()) {
        publication.expected.put(node, -1L);
      }
    }
    scheduler.schedule(
        Duration.ofMinutes(1), () -> publication.coverage60s = coverage(publication));
    scheduler.schedule(
        Duration.ofMinutes(5),
        () -> publication.coverage5min = OptionalDouble.of(coverage(publication)));
    scheduler.schedule(
        Duration.ofHours(24),
        () -> publication.coverage24h = OptionalDouble.of(coverage(publication)));
  }

  private double coverage(Publication publication) {
    int online = 0;
    int have = 0;
    for (Node node : nodes) {
      if (node.subscriber && node.peer.isPresent()) {
        online++;
        have += node.has.contains(publication.id) ? 1 : 0;
      }
    }
    return online == 0 ? 1 : (double) have / online;
  }

  private SimResult result(double seconds) {
    List<Double> t50 = new ArrayList<>();
    List<Double> t90 = new ArrayList<>();
    List<Double> t100 = new ArrayList<>();
    double reached = 0;
    double[] curve = new double[SimResult.POINTS];
    for (Publication publication : inOrder) {
      // Who left before it had it is no longer among them: see Node.stop.
      List<Long> times =
          publication.expected.values().stream()
              .map(time -> time < 0 || time > HORIZON_MILLIS ? HORIZON_MILLIS : time)
              .sorted()
              .toList();
      t50.add(quantile(times, 0.5));
      t90.add(quantile(times, 0.9));
      t100.add(quantile(times, 1));
      boolean all = times.stream().allMatch(time -> time < HORIZON_MILLIS);
      reached += all ? 1 : 0;
      for (int i = 0; i < curve.length; i++) {
        long at = (long) i * SimResult.STEP;
        double part =
            times.isEmpty()
                ? 1
                : (double) times.stream().filter(time -> time <= at).count() / times.size();
        curve[i] += part / inOrder.size();
      }
    }
    double peerSeconds = options.peers() * seconds;
    return new SimResult(
        seed,
        median(t50),
        median(t90),
        median(t100),
        t100.stream().mapToDouble(time -> time).max().orElse(0),
        reached / inOrder.size(),
        inOrder.stream().mapToDouble(it -> it.coverage60s).average().orElse(0),
        mean(inOrder.stream().map(it -> it.coverage5min).toList()),
        mean(inOrder.stream().map(it -> it.coverage24h).toList()),
        returned24h,
        network.datagrams() / peerSeconds,
        network.bytes() / peerSeconds,
        delivered == 0 ? 0 : (double) duplicates / delivered,
        Arrays.stream(curve).boxed().toList());
  }

  private static double quantile(List<Long> sorted, double part) {
    if (sorted.isEmpty()) {
      return 0;
    }
    int index = (int) Math.ceil(part * sorted.size()) - 1;
    return sorted.get(Math.max(0, index));
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static OptionalDouble mean(List<OptionalDouble> values) {
    return values.stream()
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }
}
