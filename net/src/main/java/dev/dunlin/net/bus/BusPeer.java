package dev.dunlin.net.bus;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.net.crypto.Opened;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.headless.VertxDatagrams;
import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.PeerState;
import dev.dunlin.net.peer.PeerStatistics;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.peer.Verified;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One running peer, and the pages that use it. A page hears of the subclusters that it has joined
 * itself, and of no others. Thread: the lane of its scheduler, everything.
 */
final class BusPeer {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] NOTHING = {};

  /** What must be the same for two pages to share a peer. */
  record Settings(
      Id peerId,
      Id publicKey,
      Id clusterId,
      String address,
      int port,
      int probePort,
      Duration keepAlive,
      List<PeerConfig.Introducer> introducers) {}

  private record Link(Endpoint endpoint, NatType nat, boolean proxied) {}

  /** A subcluster that some page is in. */
  private static final class Subcluster {
    final SubclusterKeys keys;
    final Set<PageBus> buses = new LinkedHashSet<>();
    final BoundedMap<Id, Id> members = new BoundedMap<>(BusLimits.REMEMBERED);

    Subcluster(SubclusterKeys keys) {
      this.keys = keys;
    }
  }

  /** Keeps a peer's state. Completes when it is kept. */
  interface Keeper {
    Future<Void> keep(Settings settings, byte[] state);
  }

  /** What a state is made of; equal figures, equal state. */
  private record Kept(int packets, long accepted, int direct) {}

  private final Settings settings;
  private final Scheduler scheduler;
  private final Keeper keeper;
  private final List<Scheduler.Timer> timers = new ArrayList<>();
  private Optional<Kept> kept = Optional.empty();
  private Future<Void> saving = Future.succeededFuture();
  private long refused;
  private final Set<String> warned = new HashSet<>();
  private final SigningKeys signing;
  private final Sealing sealing;
  private final Peer peer;
  private final Future<Void> started;
  private final Set<PageBus> buses = new LinkedHashSet<>();
  private final Map<Id, Subcluster> subclusters = new HashMap<>();
  private final BoundedMap<Id, Link> links = new BoundedMap<>(BusLimits.REMEMBERED);
  private final BoundedMap<Id, PageBus> questions = new BoundedMap<>(BusLimits.QUESTIONS);

  BusPeer(
      Settings settings,
      SigningKeys signing,
      Optional<PeerState> state,
      Vertx vertx,
      Scheduler scheduler,
      RandomSource random,
      Keeper keeper) {
    this.settings = settings;
    this.scheduler = scheduler;
    this.keeper = keeper;
    this.signing = signing;
    PeerConfig config =
        new PeerConfig(
            settings.peerId(),
            signing,
            settings.clusterId(),
            false,
            Optional.empty(),
            settings.port(),
            settings.probePort(),
            settings.keepAlive(),
            settings.introducers());
    sealing = Sealing.beside(vertx, scheduler.lane());
    peer =
        new Peer(
            config,
            scheduler,
            random,
            new VertxDatagrams(
                vertx, settings.address(), fault -> warnOnce(fault.code(), fault.getMessage())),
            sealing,
            new Events());
    state.ifPresent(peer::restore);
    started =
        peer.start()
            .onSuccess(
                running -> {
                  every(BusLimits.SAVE_MILLIS, this::save);
                  every(BusLimits.FIREWALL_MILLIS, this::tellRefused);
                });
  }

  Settings settings() {
    return settings;
  }

  /** Completes when its sockets are open. */
  Future<Void> started() {
    return started;
  }

  boolean isUnused() {
    return buses.isEmpty();
  }

  /** Ends it; the state that it leaves has been given to its keeper. */
  Future<Void> end() {
    timers.forEach(Scheduler.Timer::cancel);
    timers.clear();
    Future<Void> last = started.succeeded() ? save() : Future.succeededFuture();
    peer.close();
    return last;
  }

  private void every(long millis, Runnable work) {
    int place = timers.size();
    timers.add(scheduler.schedule(Duration.ofMillis(millis), () -> again(place, millis, work)));
  }

  private void again(int place, long millis, Runnable work) {
    timers.set(
        place, scheduler.schedule(Duration.ofMillis(millis), () -> again(place, millis, work)));
    work.run();
  }

  /** If there is anything new; done when what is known by now is kept. */
  private Future<Void> save() {
    PeerStatistics figures = peer.statistics();
    Kept now = new Kept(figures.cachedPackets(), figures.acceptedPackets(), figures.direct());
    if (kept.filter(now::equals).isPresent()) {
      return saving;
    }
    kept = Optional.of(now);
    byte[] state = state();
    saving =
        saving
            .transform(before -> keeper.keep(settings, state))
            .onSuccess(done -> tellAll(event("state").put("bytes", state.length)))
            .onFailure(
                fault -> {
                  kept = Optional.empty();
                  warn("EIO", "the peer's state could not be saved: " + fault.getMessage());
                });
    return saving;
  }

  /** Says that something is not as it should be, and does not stop anything. */
  void warn(String code, String status) {
    tellAll(event("warning").put("code", code).put("status", status));
  }

  /** Once in a while for each kind: a fault may come with every datagram. */
  private void warnOnce(String code, String status) {
    if (warned.add(code)) {
      warn(code, status);
    }
  }

  private void tellRefused() {
    warned.clear();
    long all = peer.statistics().rejectedDatagrams();
    if (all > refused) {
      tellAll(
          event("firewall")
              .put("refused", all - refused)
              .put("status", "datagrams were refused: malformed, or more than their sender may"));
      refused = all;
    }
  }

  // ---- pages

  /** From now on the page hears what happens, beginning with how things are. */
  void enter(PageBus bus) {
    if (buses.size() >= BusLimits.BUSES) {
      throw new PeerException(
          "ENOSPC", "a peer serves at most " + BusLimits.BUSES + " buses: close one first");
    }
    buses.add(bus);
    if (peer.isReady()) {
      peer.external().ifPresent(external -> bus.tell(ready(external, peer.nat()), NOTHING));
    }
    for (Id other : links.keys()) {
      links.get(other).ifPresent(link -> bus.tell(connection(other, link), NOTHING));
    }
  }

  void exit(PageBus bus) {
    for (Id id : List.copyOf(bus.subclusters())) {
      leave(bus, id);
    }
    questions.removeIf(bus::equals);
    buses.remove(bus);
  }

  /** The page is in that subcluster; it hears who else is known to be. */
  Id join(PageBus bus, byte[] sharedKey) {
    SubclusterKeys keys = SubclusterKeys.of(sharedKey);
    Id id = Id.of(keys.subclusterId());
    if (!bus.subclusters().contains(id)) {
      if (bus.subclusters().size() >= BusLimits.SUBCLUSTERS) {
        throw new PeerException(
            "ENOSPC",
            "a bus has at most " + BusLimits.SUBCLUSTERS + " subclusters: leave one first");
      }
      bus.subclusters().add(id);
      Subcluster joined = subclusters.get(id);
      if (joined == null) {
        joined = new Subcluster(keys);
        joined.buses.add(bus);
        subclusters.put(id, joined);
        try {
          // What is cached comes now, before this returns.
          peer.join(keys);
        } catch (PeerException refused) {
          subclusters.remove(id);
          bus.subclusters().remove(id);
          throw refused;
        }
      } else {
        joined.buses.add(bus);
        for (Id member : joined.members.keys()) {
          bus.tell(membership("join", member, id), NOTHING);
        }
      }
    }
    return id;
  }

  void leave(PageBus bus, Id id) {
    Subcluster joined = joined(bus, id);
    bus.subclusters().remove(id);
    joined.buses.remove(bus);
    if (joined.buses.isEmpty()) {
      subclusters.remove(id);
      peer.leave(id);
    }
  }

  private Subcluster joined(PageBus bus, Id id) {
    if (!bus.subclusters().contains(id)) {
      throw new PeerException(
          "ENOTJOINED", "this bus has not joined subcluster " + id + ": call subcluster() first");
    }
    return subclusters.get(id);
  }

  Future<List<Id>> publish(PageBus bus, Id id, byte[] event, byte[] bytes, Duration ttl) {
    Subcluster joined = joined(bus, id);
    return peer.publishLater(id, event, bytes, ttl)
        .onSuccess(packets -> tellPages(bus, joined, id, event, bytes, packets));
  }

  private void tellPages(
      PageBus bus, Subcluster joined, Id id, byte[] event, byte[] bytes, List<Id> packets) {
    // The app's other pages are the same peer: the network does not bring them its own messages.
    PeerEvents.Message message =
        new PeerEvents.Message(
            packets.get(0), id, event, bytes, signing.publicKey(), Verified.STRONG);
    for (PageBus other : joined.buses) {
      if (other != bus) {
        other.tell(packet(message), bytes);
      }
    }
    ObjectNode sent = event("send").put("subcluster", id.hex());
    ArrayNode ids = sent.putArray("ids");
    packets.forEach(packet -> ids.add(packet.hex()));
    tell(id, sent, NOTHING);
  }

  Future<Void> stream(PageBus bus, Id to, Id id, byte[] event, byte[] bytes) {
    joined(bus, id);
    return peer.streamLater(to, id, event, bytes);
  }

  void addIntroducer(PeerConfig.Introducer introducer) {
    peer.addIntroducer(introducer);
  }

  Id query(PageBus bus, byte[] json) {
    Id id = peer.query(json);
    questions.put(id, bus);
    return id;
  }

  void sync() {
    peer.sync();
  }

  void setOnline(boolean online) {
    peer.setOnline(online);
  }

  byte[] state() {
    return peer.state().encode();
  }

  SubclusterKeys keys(PageBus bus, Id id) {
    return joined(bus, id).keys;
  }

  /** How things are, for {@code getInfo()}. */
  Map<String, Object> info(PageBus bus) {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("peerId", settings.peerId().hex());
    info.put("publicKey", settings.publicKey().hex());
    info.put("clusterId", settings.clusterId().hex());
    info.put("ready", peer.isReady());
    info.put("natType", peer.nat().value());
    info.put("natName", peer.nat().label());
    peer.external()
        .ifPresent(
            at -> {
              info.put("address", at.host());
              info.put("port", at.port());
            });
    PeerStatistics figures = peer.statistics();
    info.put("peers", figures.peers());
    info.put("direct", figures.direct());
    info.put("proxied", figures.proxied());
    info.put("cachedPackets", figures.cachedPackets());
    info.put("cachedBytes", figures.cachedBytes());
    info.put("sentDatagrams", figures.sentDatagrams());
    info.put("sentBytes", figures.sentBytes());
    info.put("receivedDatagrams", figures.receivedDatagrams());
    info.put("rejectedDatagrams", figures.rejectedDatagrams());
    info.put("duplicates", figures.duplicates());
    info.put("droppedEvents", bus.dropped());
    return info;
  }

  /** For a person who watches the app: as {@link #info}, with the peers it is linked to. */
  Future<Map<String, Object>> inspect(PageBus bus) {
    return scheduler
        .lane()
        .call(
            () -> {
              Map<String, Object> facts = info(bus);
              List<Object> told = new ArrayList<>();
              links.forEach(
                  (other, link) -> {
                    if (told.size() < Inspectable.MEMBERS) {
                      told.add(
                          Map.of(
                              "peerId",
                              other.hex(),
                              "address",
                              link.endpoint.host() + ":" + link.endpoint.port(),
                              "natName",
                              link.nat.label(),
                              "proxied",
                              link.proxied));
                    }
                  });
              facts.put("links", told);
              return Future.succeededFuture(facts);
            });
  }

  // ---- what pages are told

  private static ObjectNode event(String name) {
    return JsonNodeFactory.instance.objectNode().put("ev", name);
  }

  private ObjectNode ready(Endpoint external, NatType nat) {
    return event("ready")
        .put("peerId", settings.peerId().hex())
        .put("address", external.host())
        .put("port", external.port())
        .put("natType", nat.value())
        .put("natName", nat.label());
  }

  private static ObjectNode connection(Id other, Link link) {
    return event("connection")
        .put("peerId", other.hex())
        .put("address", link.endpoint.host())
        .put("port", link.endpoint.port())
        .put("natType", link.nat.value())
        .put("proxied", link.proxied);
  }

  private ObjectNode membership(String name, Id other, Id subcluster) {
    ObjectNode head = event(name).put("peerId", other.hex()).put("subcluster", subcluster.hex());
    links
        .get(other)
        .ifPresent(
            link -> head.put("address", link.endpoint.host()).put("port", link.endpoint.port()));
    return head;
  }

  private static ObjectNode packet(PeerEvents.Message message) {
    return message(event("packet"), message);
  }

  private static ObjectNode message(ObjectNode head, PeerEvents.Message message) {
    return head.put("id", message.packetId().hex())
        .put("subcluster", message.subcluster().hex())
        .put("event", HEX.formatHex(message.event()))
        .put("signer", HEX.formatHex(message.signer()))
        .put("verified", message.verified() != Verified.NONE)
        .put("level", message.verified().name());
  }

  private void tellAll(ObjectNode head) {
    buses.forEach(bus -> bus.tell(head, NOTHING));
  }

  private void tell(Id subcluster, ObjectNode head, byte[] bytes) {
    Subcluster joined = subclusters.get(subcluster);
    if (joined != null) {
      joined.buses.forEach(bus -> bus.tell(head, bytes));
    }
  }

  private final class Events implements PeerEvents {
    @Override
    public void ready(Endpoint external, NatType nat) {
      tellAll(BusPeer.this.ready(external, nat));
    }

    @Override
    public void connecting(String code, String reason) {
      tellAll(event("connecting").put("code", code).put("status", reason));
    }

    @Override
    public void connected(Id other, Endpoint endpoint, NatType nat, boolean proxied) {
      Link link = new Link(endpoint, nat, proxied);
      links.put(other, link);
      tellAll(connection(other, link));
    }

    @Override
    public void disconnected(Id other) {
      links.remove(other);
      tellAll(event("disconnection").put("peerId", other.hex()));
      subclusters.forEach(
          (id, joined) -> {
            if (joined.members.contains(other)) {
              joined.members.remove(other);
              tell(id, membership("leave", other, id), NOTHING);
            }
          });
    }

    @Override
    public void joined(Id other, Id id) {
      Subcluster joined = subclusters.get(id);
      if (joined != null && !joined.members.contains(other)) {
        joined.members.put(other, other);
        tell(id, membership("join", other, id), NOTHING);
      }
    }

    @Override
    public void packet(Message message) {
      tell(message.subcluster(), BusPeer.packet(message), message.bytes());
    }

    @Override
    public void stream(Id from, Message message) {
      ObjectNode head = message(event("stream").put("peerId", from.hex()), message);
      tell(message.subcluster(), head, message.bytes());
    }

    @Override
    public void answered(Id query, Id id, byte[] sealed) {
      questions
          .get(query)
          .ifPresent(
              bus -> {
                Consumer<Optional<byte[]>> tell =
                    plain ->
                        bus.tell(
                            event("answer")
                                .put("query", query.hex())
                                .put("subcluster", id.hex())
                                .put("sealed", plain.isEmpty()),
                            plain.orElse(sealed));
                if (!bus.subclusters().contains(id)) {
                  tell.accept(Optional.empty());
                  return;
                }
                SubclusterKeys keys = subclusters.get(id).keys;
                sealing
                    .away(
                        () ->
                            keys.open(sealed) instanceof Opened.Plain opened
                                ? Optional.of(opened.bytes())
                                : Optional.<byte[]>empty())
                    .onSuccess(tell::accept);
              });
    }

    @Override
    public void synced(Id other, int packets) {
      tellAll(event("sync").put("peerId", other.hex()).put("packets", packets));
    }

    @Override
    public void skewed(long millis) {
      warnOnce(
          "ECLOCKSKEW",
          "an introducer's clock is "
              + millis / 1000
              + " s away from ours, so whom it names is not met: set this machine's clock");
    }

    @Override
    public void unopened(Id packet, String reason) {
      tellAll(event("unopened").put("id", packet.hex()).put("code", reason));
    }
  }
}
