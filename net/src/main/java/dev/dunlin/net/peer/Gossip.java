package dev.dunlin.net.peer;

import dev.dunlin.net.cache.PacketCache;
import dev.dunlin.net.cache.Summary;
import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.wire.Decoded;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Fragments;
import dev.dunlin.net.wire.Head;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.PacketCodec;
import dev.dunlin.net.wire.PacketType;
import dev.dunlin.net.wire.Rules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Published packets: taken in, kept, passed on, and compared with what others have. Lane: the
 * peer's.
 */
final class Gossip {
  /** A fragment that waits for the one before it, and who sent it. */
  private record Held(Packet packet, Endpoint from) {}

  /** Fragments whose predecessor has not come; the oldest are forgotten. */
  private static final int MAX_QUARANTINE = 2048;

  /** Who is new asks introducers this often for what it missed, for so long. */
  private static final long YOUNG_PAUSE_MILLIS = 1_000;

  private static final long YOUNG_MILLIS = 10_000;

  /**
   * Where links come and go, an introducer is asked this often: links may be dead, and nobody knows
   * yet.
   */
  static final long ACTIVE_PAUSE_MILLIS = 2_000;

  private static final long ACTIVE_MILLIS = 60_000;

  /** When an introducer just met is asked. */
  private static final int[] MET_MILLIS = {30, 300};

  /** After news comes a look at what a friend has: it repairs what got lost. */
  private static final int RUMOR_MILLIS = 500;

  /** So many rounds of it. */
  private static final int RUMOR_ROUNDS = 2;

  /** How long after packets of a peer it is asked for more. */
  private static final int CONTINUE_MILLIS = 300;

  /** So often that is put off while packets come; then it is asked all the same. */
  private static final int MAX_WAITS = 10;

  /**
   * So many packets of a long message are sent or taken in at once; then others have their turn.
   */
  private static final int AT_ONCE = 64;

  /** After that many packets of one peer it is asked for more. */
  private static final int MANY = Limits.MAX_SYNC_PACKETS / 2;

  private final Core core;
  private final Pings pings;
  private final Messages messages;
  private final PacketCache cache = new PacketCache();
  private final BoundedMap<Id, Long> seen = new BoundedMap<>(Limits.MAX_SEEN);
  private final BoundedMap<Id, Held> quarantine = new BoundedMap<>(MAX_QUARANTINE);
  private final Set<Id> unpublished = new LinkedHashSet<>();
  private int rumors;
  private boolean rumorDue;
  private long youngAt = Remote.NEVER;
  private long activeAt = Remote.NEVER;
  private boolean continues;
  private long arrived;
  private long arrivedAtLook;
  private int looksPutOff;
  private long duplicates;
  private long syncPacketsSent;

  Gossip(Core core, Pings pings, Messages messages) {
    this.core = core;
    this.pings = pings;
    this.messages = messages;
  }

  PacketCache cache() {
    return cache;
  }

  String summaryHash() {
    return cache.recentHash(core.now());
  }

  long duplicates() {
    return duplicates;
  }

  long accepted() {
    return arrived;
  }

  long syncPacketsSent() {
    return syncPacketsSent;
  }

  Set<Id> unpublished() {
    return unpublished;
  }

  int quarantined() {
    return quarantine.size();
  }

  // --- out

  /** Sends to the whole subcluster, now or as soon as there is somebody to send to. */
  List<Id> publish(List<Packet> packets) {
    List<Id> ids = new ArrayList<>();
    for (Packet packet : packets) {
      Packet first = packet.withHops(1);
      Id id = Id.of(first.packetId());
      seen.put(id, core.now());
      cache.put(first, PacketCodec.encode(first), core.now(), true, 0);
      ids.add(id);
      unpublished.add(id);
    }
    while (unpublished.size() > Limits.MAX_UNPUBLISHED) {
      unpublished.remove(unpublished.iterator().next());
    }
    flush();
    return ids;
  }

  /** Sends what waits for somebody to be sent to. */
  void flush() {
    if (unpublished.isEmpty() || !core.isReady()) {
      return;
    }
    int before = unpublished.size();
    for (Id id : unpublished.stream().limit(AT_ONCE).toList()) {
      Optional<PacketCache.Entry> entry = cache.get(id);
      if (entry.isEmpty()) {
        unpublished.remove(id);
      } else if (flood(entry.get())) {
        unpublished.remove(id);
      }
    }
    startRumors();
    if (!unpublished.isEmpty() && unpublished.size() < before) {
      later(this::flush);
    }
  }

  private boolean flood(PacketCache.Entry entry) {
    Optional<Packet> packet = packet(entry.datagram());
    if (packet.isEmpty()) {
      return true;
    }
    Optional<Id> subcluster = Id.from(packet.get().subclusterId());
    List<Remote> targets = targets(subcluster, Limits.FLOOD, remote -> true);
    byte[] datagram = entry.datagramAt(core.now());
    targets.forEach(
        remote -> core.outbox.send(remote.socket, remote.endpoint, datagram, Outbox.Priority.OWN));
    return !targets.isEmpty();
  }

  /**
   * Friends, some others, and a well-known one: as the peers there are choose, but more friends.
   */
  private List<Remote> targets(
      Optional<Id> subcluster, int friends, java.util.function.Predicate<Remote> predicate) {
    List<Remote> all = core.peers.direct(predicate);
    List<Remote> targets = new ArrayList<>();
    int friendsLeft = friends;
    int othersLeft = Limits.FAN_OUT_OTHERS;
    boolean indexed = false;
    for (Remote remote : all) {
      boolean friend = subcluster.isPresent() && remote.isIn(subcluster.get());
      if (remote.indexed && !indexed) {
        indexed = true;
        targets.add(remote);
      } else if (friend && friendsLeft-- > 0 || !friend && !remote.indexed && othersLeft-- > 0) {
        targets.add(remote);
      }
    }
    return targets;
  }

  private static Optional<Packet> packet(byte[] datagram) {
    return PacketCodec.decode(datagram, Rules.STRICT) instanceof Decoded.Accepted accepted
        ? Optional.of(accepted.packet())
        : Optional.empty();
  }

  // --- in

  void received(Datagrams.Socket socket, Endpoint from, Packet packet) {
    if (!core.outbox.isProven(from)) {
      pings.challenge(socket, from);
      return;
    }
    Optional<Id> id = Id.from(packet.packetId());
    if (id.isEmpty() || seen.contains(id.get())) {
      duplicates++;
      return;
    }
    if (packet.isWhole()) {
      if (Fragments.hasItsOwnId(packet)) {
        accept(from, packet, id.get());
      }
    } else if (packet.index() == 0) {
      if (Fragments.hasItsOwnId(packet) && Head.parse(packet.message()).isPresent()) {
        accept(from, packet, id.get());
        release(from, packet);
      }
    } else {
      fragment(from, packet, id.get());
    }
  }

  /** A fragment's id can be verified only when the one before it is there. */
  private void fragment(Endpoint from, Packet packet, Id id) {
    Optional<Packet> before =
        Id.from(packet.previousId())
            .flatMap(head -> cache.part(head, packet.index() - 1))
            .flatMap(entry -> packet(entry.datagram()));
    if (before.isEmpty()) {
      quarantine.put(id, new Held(packet, from));
    } else if (Fragments.follows(before.get(), packet)) {
      accept(from, packet, id);
      release(from, packet);
    }
  }

  private void release(Endpoint from, Packet accepted) {
    Packet before = accepted;
    for (int i = 0; i < AT_ONCE; i++) {
      Optional<Id> nextId = Id.from(before.nextId());
      Optional<Packet> next = nextId.flatMap(quarantine::get).map(Held::packet);
      if (next.isEmpty() || !Fragments.follows(before, next.get())) {
        return;
      }
      quarantine.remove(nextId.get());
      if (!seen.contains(nextId.get())) {
        accept(from, next.get(), nextId.get());
      }
      before = next.get();
    }
    Packet last = before;
    later(() -> release(from, last));
  }

  /** After what else waits for the lane. */
  private void later(Runnable task) {
    core.scheduler.schedule(
        Duration.ZERO,
        () -> {
          if (core.running) {
            task.run();
          }
        });
  }

  private void accept(Endpoint from, Packet packet, Id id) {
    long now = core.now();
    seen.put(id, now);
    activeAt = now;
    boolean own =
        Arrays.equals(packet.clusterId(), core.config.clusterId().bytes())
            && !core.config.introducer();
    boolean ours = Id.from(packet.subclusterId()).filter(core.joined::containsKey).isPresent();
    // It counts hops as the peers there are do: each sender adds one.
    byte[] onward =
        PacketCodec.encode(packet.withHops(Math.min(packet.hops() + 1, Packet.MAX_HOPS)));
    cache.put(packet, onward, now, own, from.address());
    if (ours) {
      deliver(packet, id);
    }
    if (packet.hops() < Packet.MAX_HOPS) {
      for (Remote remote :
          targets(
              Id.from(packet.subclusterId()),
              Limits.FAN_OUT_FRIENDS,
              remote -> !remote.endpoint.equals(from))) {
        core.outbox.send(remote.socket, remote.endpoint, onward, Outbox.Priority.RELAY);
      }
    }
    startRumors();
    if (++arrived % MANY == 0) {
      continueSync(from);
    }
  }

  private void deliver(Packet packet, Id id) {
    if (packet.isWhole()) {
      messages.open(packet, packet.message(), core.events::packet);
      return;
    }
    Id head = packet.index() == 0 ? id : Id.of(packet.previousId());
    whole(head)
        .ifPresent(whole -> messages.open(whole.first(), whole.sealed(), core.events::packet));
  }

  /** A fragmented message out of the cache, when all of it is there. */
  private Optional<Assembly.Whole> whole(Id headId) {
    Optional<Packet> first = cache.part(headId, 0).flatMap(entry -> packet(entry.datagram()));
    int fragments =
        first
            .flatMap(packet -> Head.parse(packet.message()))
            .map(Head::fragments)
            .orElse(Integer.MAX_VALUE);
    // Counted before anything is looked at: this runs for each of thousands of fragments.
    if (cache.partCount(headId) <= fragments) {
      return Optional.empty();
    }
    Packet head = first.orElseThrow();
    List<PacketCache.Entry> entries = cache.parts(headId);
    Map<Integer, Packet> byIndex = new HashMap<>();
    for (PacketCache.Entry entry : entries.subList(1, entries.size())) {
      byIndex.put(entry.index(), packet(entry.datagram()).orElseThrow());
    }
    return Fragments.compose(head, byIndex).map(message -> new Assembly.Whole(head, message));
  }

  /** A subcluster was joined: what is cached of it already is news now. */
  void redeliver(Id subcluster) {
    for (PacketCache.Entry entry : List.copyOf(cache.entries())) {
      Optional<Packet> packet = entry.index() <= 0 ? packet(entry.datagram()) : Optional.empty();
      if (packet.filter(it -> subcluster.is(it.subclusterId())).isPresent()) {
        deliver(packet.get(), entry.id());
      }
    }
  }

  // --- comparing

  /** Asks somebody what we lack, and shows what we have. */
  void sync(Remote remote) {
    sync(remote, PacketCache.Window.RECENT);
  }

  /** As {@link #sync}, of all there is: who was away for a day lacks what is a day old. */
  void syncAll(Remote remote) {
    sync(remote, PacketCache.Window.ALL);
  }

  private void sync(Remote remote, PacketCache.Window window) {
    remote.syncedAt = core.now();
    Summary summary = summary(remote.endpoint, new byte[0], window);
    sendSummary(remote.socket, remote.endpoint, summary, window);
  }

  /**
   * What we have, to who asks: with what it sent us that waits for a part that is missing, or it
   * would send all of that again and again, and never the part. Others are not told of it: it may
   * be forged.
   */
  private Summary summary(Endpoint to, byte[] prefix, PacketCache.Window window) {
    TreeSet<Id> held = new TreeSet<>();
    for (Id id : quarantine.keys()) {
      if (Summary.startsWith(id, prefix)
          && quarantine.get(id).filter(it -> it.from.equals(to)).isPresent()) {
        held.add(id);
      }
    }
    if (held.isEmpty()) {
      return cache.summary(prefix, core.now(), window);
    }
    cache.under(prefix, core.now(), window).forEach(entry -> held.add(entry.id()));
    return Summary.of(prefix, held);
  }

  /** As {@link #sync}, unless it has been asked lately. */
  private void syncSeldom(Remote remote) {
    if (core.now() - remote.syncedAt >= Math.min(Limits.SYNC_MILLIS, core.keepAlive)) {
      sync(remote);
    }
  }

  private void sendSummary(
      Datagrams.Socket socket, Endpoint to, Summary summary, PacketCache.Window window) {
    long age = window == PacketCache.Window.ALL ? PacketCache.OWN_MILLIS : Packet.MAX_TTL_MILLIS;
    long since = core.wall() - age;
    Packet packet =
        Packet.builder(PacketType.SYNC)
            // Unique: two peers with the same cache would else send the same packet, and one get no
            // answer.
            .packetId(core.random.bytes(Id.BYTES))
            .clusterId(core.config.clusterId().bytes())
            .usr4(Long.toString(since).getBytes(StandardCharsets.US_ASCII))
            .message(summary.encode())
            .build();
    core.outbox.send(socket, to, PacketCodec.encode(packet), Outbox.Priority.SYNC);
  }

  /** A ping or pong tells what hash somebody's cache has. */
  void heard(Remote remote, Optional<String> hash) {
    if (hash.isPresent() && remote.isDirect() && !hash.get().equals(summaryHash())) {
      syncSeldom(remote);
    }
  }

  void syncReceived(Datagrams.Socket socket, Endpoint from, Packet packet) {
    Path path = core.outbox.path(from);
    Optional<Summary> decoded = Summary.decode(packet.message());
    Optional<Id> id = Id.from(packet.packetId());
    if (decoded.isEmpty() || id.isEmpty()) {
      return;
    }
    if (!path.isProven(core.now(), core.proofMillis())) {
      pings.challenge(socket, from);
      return;
    }
    if (!core.gates.admits(id.get(), from, core.now(), core.keepAlive)) {
      return;
    }
    Summary theirs = decoded.get();
    PacketCache.Window window = window(packet.usr4());
    Summary ours = summary(from, theirs.prefix(), window);
    if (Arrays.equals(theirs.hash(), ours.hash()) || theirs.prefix().length >= Summary.MAX_PREFIX) {
      return;
    }
    List<PacketCache.Entry> missing = new ArrayList<>();
    for (int bucket = 0; bucket < 16; bucket++) {
      byte[] child = theirs.childPrefix(bucket);
      if (Arrays.equals(theirs.buckets().get(bucket), ours.buckets().get(bucket))) {
        continue;
      }
      if (theirs.has(bucket)) {
        if (path.syncs.take(1, core.scheduler.now())) {
          sendSummary(socket, from, summary(from, child, window), window);
        }
        continue;
      }
      missing.addAll(cache.under(child, core.now(), window));
    }
    // Fragments in their order, whatever their buckets: the other verifies each by the one before.
    missing.sort(Comparator.comparingInt(PacketCache.Entry::index));
    int most = Math.min(missing.size(), Limits.MAX_SYNC_PACKETS);
    int count = 0;
    while (count < most && path.syncs.take(1, core.scheduler.now())) {
      byte[] datagram = missing.get(count++).datagramAt(core.now());
      core.outbox.send(socket, from, datagram, Outbox.Priority.SYNC);
    }
    syncPacketsSent += count;
    int sent = count;
    core.peers.at(from).ifPresent(remote -> core.events.synced(remote.id, sent));
  }

  /** Since when the other wants to know; who says nothing of use means what is recent. */
  private PacketCache.Window window(byte[] since) {
    OptionalLong millis = Packet.decimal(since);
    long recent = Packet.MAX_TTL_MILLIS + Limits.CLOCK_SKEW_MILLIS;
    return millis.isPresent() && millis.getAsLong() < core.wall() - recent
        ? PacketCache.Window.ALL
        : PacketCache.Window.RECENT;
  }

  /** Who sent that much at once has more. */
  private void continueSync(Endpoint from) {
    Optional<Remote> remote = core.peers.at(from).filter(Remote::isDirect);
    if (remote.isEmpty() || continues) {
      return;
    }
    continues = true;
    continueLater(remote.get(), arrived, MAX_WAITS);
  }

  private void continueLater(Remote remote, long before, int waits) {
    core.scheduler.schedule(
        Duration.ofMillis(CONTINUE_MILLIS),
        () -> {
          if (arrived - before >= MANY && waits > 0 && core.running) {
            // It is still sending: what we lack now is mostly on its way.
            continueLater(remote, arrived, waits - 1);
            return;
          }
          continues = false;
          if (core.running && remote.isDirect()) {
            syncAll(remote);
          }
        });
  }

  private void startRumors() {
    rumors = RUMOR_ROUNDS;
    if (!rumorDue) {
      rumorDue = true;
      rumorLater();
    }
  }

  private void rumorLater() {
    core.scheduler.schedule(
        Duration.ofMillis(RUMOR_MILLIS / 2 + core.random.below(RUMOR_MILLIS)), this::rumor);
  }

  private void rumor() {
    if (core.running && isFlowing()) {
      rumorLater();
      return;
    }
    looksPutOff = 0;
    if (!core.running || rumors-- <= 0) {
      rumorDue = false;
      return;
    }
    Optional<Id> subcluster = core.someSubcluster();
    List<Remote> all = core.peers.direct(remote -> true);
    all.stream()
        .filter(remote -> subcluster.isEmpty() || remote.isIn(subcluster.get()))
        .findFirst()
        .or(() -> all.stream().findFirst())
        .ifPresent(this::sync);
    rumorLater();
  }

  /** With that many packets since the last look, or waiting to leave, there is no use in one. */
  private boolean isFlowing() {
    boolean flows = arrived - arrivedAtLook >= MANY || core.outbox.queued() >= MANY;
    arrivedAtLook = arrived;
    return flows && looksPutOff++ < MAX_WAITS;
  }

  // --- time

  /** An introducer answered for the first time: it may have what we missed, before we are ready. */
  void met(Remote remote) {
    youngAt = core.now();
    // It answers once we have proved to be here, which takes it a ping of its own.
    for (int millis : MET_MILLIS) {
      core.scheduler.schedule(
          Duration.ofMillis(millis),
          () -> {
            if (core.running && remote.isDirect()) {
              sync(remote);
            }
          });
    }
  }

  void tick() {
    long now = core.now();
    seen.removeOldestWhile(at -> now - at > Limits.SEEN_MILLIS);
    for (PacketCache.Entry entry : cache.expire(now)) {
      unpublished.remove(entry.id());
      lastCall(entry);
    }
    boolean young = now - core.startedAt < YOUNG_MILLIS;
    boolean lonely = isLonely();
    long pause = young || lonely ? YOUNG_PAUSE_MILLIS : ACTIVE_PAUSE_MILLIS;
    boolean asks = young || isActive() || lonely;
    if (asks && !core.config.introducer() && now - youngAt >= pause) {
      List<Remote> known = core.peers.direct(remote -> remote.indexed);
      if (!known.isEmpty()) {
        youngAt = now;
        sync(known.get(0));
      }
    }
  }

  /** Something has happened lately, to packets or to links: more of it may have been missed. */
  boolean isActive() {
    return core.now() - activeAt < ACTIVE_MILLIS;
  }

  /** A link came or went. */
  void linksChanged() {
    activeAt = core.now();
  }

  /** Nobody would send us anything, but the introducers. */
  private boolean isLonely() {
    for (Id subcluster : core.joined.keySet()) {
      if (!core.peers.hasLink(subcluster)) {
        return true;
      }
    }
    return false;
  }

  /** Before a packet goes, three others get it once more. */
  private void lastCall(PacketCache.Entry entry) {
    Optional<Packet> packet = packet(entry.datagram());
    if (packet.isPresent() && packet.get().hops() < Packet.MAX_HOPS && core.isReady()) {
      List<Remote> targets = targets(Id.from(packet.get().subclusterId()), 1, remote -> true);
      byte[] datagram = entry.datagramAt(core.now());
      for (Remote remote : targets) {
        core.outbox.send(remote.socket, remote.endpoint, datagram, Outbox.Priority.RELAY);
      }
    }
  }

  /** Of a saved state: each packet is checked as if it came in. */
  void restore(List<byte[]> datagrams) {
    ArrayDeque<Packet> packets = new ArrayDeque<>();
    for (byte[] datagram : datagrams) {
      packet(datagram).filter(it -> it.type() == PacketType.PUBLISH).ifPresent(packets::add);
    }
    List<Packet> ordered = new ArrayList<>(packets);
    ordered.sort(Comparator.comparingInt(Packet::index));
    for (Packet packet : ordered) {
      Optional<Id> id = Id.from(packet.packetId());
      boolean verified =
          packet.index() <= 0
              ? Fragments.hasItsOwnId(packet)
              : Id.from(packet.previousId())
                  .flatMap(head -> cache.part(head, packet.index() - 1))
                  .flatMap(entry -> packet(entry.datagram()))
                  .filter(before -> Fragments.follows(before, packet))
                  .isPresent();
      if (id.isPresent() && verified) {
        boolean own = Arrays.equals(packet.clusterId(), core.config.clusterId().bytes());
        seen.put(id.get(), core.now());
        cache.put(packet, PacketCodec.encode(packet), core.now(), own, 0);
      }
    }
  }
}
