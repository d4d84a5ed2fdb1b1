package dev.dunlin.net.bus;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.Opened;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.crypto.SubclusterKeys;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.PeerState;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.WireException;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.VertxScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The peer-to-peer network of pages: {@code ipc://network/join/<cluster id, base64url>}, and what
 * is done with what was joined. One peer for each cluster and peer id, shared by all pages of the
 * app. See docs/network.md.
 */
public final class NetworkModule implements CommandModule, AutoCloseable {
  private static final Logger LOG = System.getLogger(NetworkModule.class.getName());
  private static final HexFormat HEX = HexFormat.of();
  private static final String ANY_ADDRESS = "0.0.0.0";

  private final RandomSource random;
  private final Identity identity;
  private final StateFiles states;

  // Guarded by this.
  private Optional<Vertx> vertx = Optional.empty();
  private Optional<Scheduler> scheduler = Optional.empty();
  private Optional<Future<Void>> end = Optional.empty();

  /** Lane: the scheduler's. */
  private final Map<Who, BusPeer> peers = new HashMap<>();

  private record Who(Id cluster, Id peer) {}

  /**
   * @param data the app's folder, in which its keys are kept; nothing is touched before a page
   *     joins
   */
  public NetworkModule(Path data, RandomSource random, Clock clock) {
    this.random = random;
    this.identity = new Identity(data, random, clock);
    this.states = new StateFiles(identity);
  }

  @Override
  public String name() {
    return "network";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command("join", new Resource.Text(), Permission.POLICY, RunsOn.WORKER, this::join),
        Command.answering("exportKeys", call -> exportKeys()),
        onLane(
            "subcluster",
            call -> {
              byte[] key = sharedKey(call);
              return bus -> Map.of("subcluster", bus.peer().join(bus, key).hex());
            }),
        onLane(
            "leave",
            call -> {
              Id id = id(call, "subcluster");
              return bus -> {
                bus.peer().leave(bus, id);
                return Map.of();
              };
            }),
        onLaneLater(
            "publish",
            call -> {
              Id id = id(call, "subcluster");
              byte[] event = event(call);
              byte[] bytes = bytes(call);
              Duration ttl = ttl(call);
              return bus ->
                  bus.peer()
                      .publish(bus, id, event, bytes, ttl)
                      .map(ids -> Map.of("ids", ids.stream().map(Id::hex).toList()));
            }),
        onLaneLater(
            "stream",
            call -> {
              Id id = id(call, "subcluster");
              Id to = id(call, "peerId");
              byte[] event = event(call);
              byte[] bytes = bytes(call);
              return bus -> bus.peer().stream(bus, to, id, event, bytes).map(Map.of());
            }),
        onLane(
            "addIndexedPeer",
            call -> {
              PeerConfig.Introducer introducer = introducer(call.params());
              return bus -> {
                bus.peer().addIntroducer(introducer);
                return Map.of();
              };
            }),
        onLane(
            "query",
            call -> {
              byte[] json = query(call);
              return bus -> Map.of("query", bus.peer().query(bus, json).hex());
            }),
        onLane(
            "sync",
            call ->
                bus -> {
                  bus.peer().sync();
                  return Map.of();
                }),
        onLane(
            "setOnline",
            call -> {
              boolean online = call.params().path("online").asBoolean();
              return bus -> {
                bus.peer().setOnline(online);
                return Map.of();
              };
            }),
        onLane("info", call -> bus -> bus.peer().info(bus)),
        handle("state", RunsOn.EVENT_LOOP, this::state),
        handle("seal", RunsOn.WORKER, call -> crypt(call, this::seal)),
        handle("sealUnsigned", RunsOn.WORKER, call -> crypt(call, this::sealUnsigned)),
        handle("open", RunsOn.WORKER, call -> crypt(call, (k, b) -> plain(k.open(b)))),
        handle(
            "openUnsigned", RunsOn.WORKER, call -> crypt(call, (k, b) -> plain(k.openUnsigned(b)))),
        handle("close", RunsOn.EVENT_LOOP, NetworkModule::closeBus));
  }

  @Override
  public List<Path> secretFiles() {
    return identity.secretFiles();
  }

  // ---- joining

  private synchronized Scheduler scheduler() {
    if (scheduler.isEmpty()) {
      if (end.isPresent()) {
        throw new RejectedExecutionException("the app is closing");
      }
      // Off the bridge's worker, for Vert.x minds being made on a thread of another one.
      Vertx made = EventLoops.createAside("network-start").join();
      vertx = Optional.of(made);
      scheduler = Optional.of(new VertxScheduler(made, Lane.create(made, "network")));
    }
    return scheduler.get();
  }

  private synchronized Vertx vertx() {
    return vertx.orElseThrow();
  }

  private Future<Reply> join(Call call) {
    BusPeer.Settings settings;
    SigningKeys keys;
    Optional<PeerState> state;
    List<String> lost = new ArrayList<>();
    try {
      // Read before the keys: what is refused makes no file.
      Id cluster = cluster(call.resource());
      List<PeerConfig.Introducer> introducers = introducers(call.params().path("peers"));
      Duration keepAlive =
          Duration.ofMillis(
              number(
                  call,
                  "keepalive",
                  (int) PeerConfig.DEFAULT_KEEP_ALIVE.toMillis(),
                  Integer.MAX_VALUE));
      int port = number(call, "port", 0, 65_535);
      int probePort = number(call, "probePort", 0, 65_535);
      String address = call.param("address").map(JsonNode::asText).orElse(ANY_ADDRESS);
      if (Endpoint.parseAddress(address).isEmpty()) {
        throw invalid("'address' is an IPv4 address of this machine, such as 192.0.2.1");
      }
      Optional<PeerState> given = savedState(call);
      keys = keys(call);
      Id publicKey = Id.of(keys.publicKey());
      Id peerId =
          call.param("peerId").isPresent()
              ? id(call, "peerId")
              : Id.of(Hashes.sha256(keys.publicKey()));
      settings =
          new BusPeer.Settings(
              peerId, publicKey, cluster, address, port, probePort, keepAlive, introducers);
      // Its bounds are checked here, before a channel is opened.
      new PeerConfig(
          peerId, keys, cluster, false, Optional.empty(), port, probePort, keepAlive, introducers);
      state = given.isPresent() ? given : kept(cluster, peerId, lost);
    } catch (PeerException refused) {
      return fail(refused);
    }
    Scheduler on = scheduler();
    PushChannel channel = call.openPush(PushChannel.Overflow.DROP_OLDEST, BusLimits.WAITING_BYTES);
    return on.lane()
        .call(() -> enter(settings, keys, state, channel))
        .map(
            bus -> {
              lost.forEach(why -> bus.peer().warn("EMALFORMED", why));
              HandleId id;
              try {
                id = call.register(bus);
              } catch (BridgeError refused) {
                bus.close();
                throw refused;
              }
              Map<String, Object> opened = new LinkedHashMap<>();
              opened.put("id", id.value());
              opened.put("channel", channel.id());
              opened.put("peerId", settings.peerId().hex());
              opened.put("publicKey", settings.publicKey().hex());
              opened.put("clusterId", settings.clusterId().hex());
              return (Reply) new Reply.Data(opened);
            })
        .onFailure(refused -> channel.close())
        .recover(NetworkModule::fail);
  }

  /** What the last run kept. A peer starts without it rather than not at all. */
  private Optional<PeerState> kept(Id cluster, Id peerId, List<String> lost) {
    try {
      return states.read(cluster, peerId);
    } catch (PeerException unreadable) {
      lost.add(unreadable.getMessage());
      return Optional.empty();
    }
  }

  /** On the lane. */
  private Future<PageBus> enter(
      BusPeer.Settings settings, SigningKeys keys, Optional<PeerState> state, PushChannel channel) {
    Who who = new Who(settings.clusterId(), settings.peerId());
    BusPeer found = peers.get(who);
    if (found != null && !found.settings().equals(settings)) {
      if (!found.isUnused()) {
        throw new PeerException(
            "EALREADY",
            "this app runs peer "
                + settings.peerId()
                + " in this cluster already, with other keys, address, ports, keepalive or peers:"
                + " give the same, or another peerId");
      }
      end(who, found);
      found = null;
    }
    BusPeer peer;
    if (found == null) {
      if (peers.size() >= BusLimits.PEERS) {
        throw new PeerException(
            "ENOSPC", "an app has at most " + BusLimits.PEERS + " peers: close one first");
      }
      peer = new BusPeer(settings, keys, state, vertx(), scheduler(), random, this::keep);
      peers.put(who, peer);
      peer.started().onFailure(refused -> peers.remove(who, peer));
    } else {
      peer = found;
    }
    return peer.started()
        .map(
            ready -> {
              PageBus bus = new PageBus(channel, peer, closed -> exit(who, closed));
              peer.enter(bus);
              return bus;
            });
  }

  private void exit(Who who, PageBus bus) {
    try {
      scheduler()
          .lane()
          .execute(
              () -> {
                bus.peer().exit(bus);
                if (bus.peer().isUnused()) {
                  scheduler()
                      .schedule(
                          Duration.ofMillis(BusLimits.LINGER_MILLIS),
                          () -> {
                            if (bus.peer().isUnused() && peers.get(who) == bus.peer()) {
                              end(who, bus.peer());
                            }
                          });
                }
              });
    } catch (RejectedExecutionException e) {
      // The module has been closed, and all peers with it: nothing is left to leave.
      return;
    }
  }

  private void end(Who who, BusPeer peer) {
    peers.remove(who, peer);
    peer.end();
  }

  private Future<Void> keep(BusPeer.Settings settings, byte[] state) {
    return vertx()
        .<Void>executeBlocking(
            () -> {
              states.write(settings.clusterId(), settings.peerId(), state);
              return null;
            })
        .onFailure(fault -> LOG.log(Level.WARNING, "a peer's state could not be saved", fault));
  }

  /** One spelling only, so that what the policy was asked is what is joined. */
  private static Id cluster(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
        return Id.of(bytes);
      }
    } catch (IllegalArgumentException e) {
      throw badCluster();
    }
    throw badCluster();
  }

  private static BridgeError badCluster() {
    return invalid(
        "join names a cluster by the base64url text of its 32 bytes, 43 characters without '='");
  }

  private static List<PeerConfig.Introducer> introducers(JsonNode list) {
    List<PeerConfig.Introducer> introducers = new ArrayList<>();
    list.forEach(one -> introducers.add(introducer(one)));
    return introducers;
  }

  private static PeerConfig.Introducer introducer(JsonNode one) {
    try {
      return new PeerConfig.Introducer(
          Id.parse(one.path("peerId").asText()),
          Endpoint.parse(one.path("address").asText() + ":" + one.path("port").asText()));
    } catch (IllegalArgumentException e) {
      throw invalid(
          "an introducer is {peerId, address, port}: 64 hex digits, an IPv4 address, a port; "
              + e.getMessage());
    }
  }

  private SigningKeys keys(Call call) {
    Optional<JsonNode> given = call.param("signingKeys");
    if (given.isEmpty()) {
      return identity.keys();
    }
    byte[] secret = hex(given.get(), "privateKey");
    if (secret.length != SigningKeys.SEED_BYTES + SigningKeys.PUBLIC_BYTES) {
      throw invalid(
          "'signingKeys.privateKey' is 64 bytes in hex, as Encryption.createKeyPair makes it");
    }
    SigningKeys keys = SigningKeys.ofSeed(Arrays.copyOf(secret, SigningKeys.SEED_BYTES));
    if (!Arrays.equals(keys.privateKey(), secret)
        || !Arrays.equals(keys.publicKey(), hex(given.get(), "publicKey"))) {
      throw invalid("'signingKeys' are no pair: the public key is not that of the private one");
    }
    return keys;
  }

  private static byte[] hex(JsonNode of, String name) {
    try {
      return HEX.parseHex(of.path(name).asText());
    } catch (IllegalArgumentException e) {
      throw invalid("'" + name + "' is bytes in hex");
    }
  }

  private Map<String, Object> exportKeys() {
    SigningKeys keys;
    try {
      keys = identity.keys();
    } catch (PeerException refused) {
      throw new BridgeError("Error", refused.code(), refused.getMessage());
    }
    return Map.of(
        "peerId",
        HEX.formatHex(Hashes.sha256(keys.publicKey())),
        "publicKey",
        HEX.formatHex(keys.publicKey()),
        "privateKey",
        HEX.formatHex(keys.privateKey()));
  }

  private static Optional<PeerState> savedState(Call call) {
    if (call.body().isEmpty()) {
      return Optional.empty();
    }
    Body body = call.body().get();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (byte[] piece = body.next(); piece.length > 0; piece = body.next()) {
        if (all.size() + piece.length > BusLimits.STATE_BYTES) {
          throw invalid("a saved state has at most " + BusLimits.STATE_BYTES + " bytes");
        }
        all.writeBytes(piece);
      }
    } catch (IOException e) {
      throw invalid("the saved state broke off");
    }
    return all.size() == 0 ? Optional.empty() : Optional.of(PeerState.decode(all.toByteArray()));
  }

  // ---- using

  /** Reads the call where it arrives; what it makes of it runs on the lane. */
  private interface Reader {
    Function<PageBus, Map<String, Object>> read(Call call);
  }

  /** As {@link Reader}, of what takes its time. */
  private interface LaterReader {
    Function<PageBus, Future<Map<String, Object>>> read(Call call);
  }

  private Command onLane(String function, Reader reader) {
    return onLaneLater(
        function,
        call -> {
          Function<PageBus, Map<String, Object>> work = reader.read(call);
          return bus -> Future.succeededFuture(work.apply(bus));
        });
  }

  private Command onLaneLater(String function, LaterReader reader) {
    return handle(
        function,
        RunsOn.EVENT_LOOP,
        call -> {
          PageBus bus = call.handle(PageBus.class);
          Function<PageBus, Future<Map<String, Object>>> work = reader.read(call);
          return scheduler()
              .lane()
              .call(() -> work.apply(bus))
              .map(value -> (Reply) new Reply.Data(value))
              .recover(NetworkModule::fail);
        });
  }

  private Future<Reply> state(Call call) {
    PageBus bus = call.handle(PageBus.class);
    return scheduler()
        .lane()
        .call(() -> Future.succeededFuture(bus.peer().state()))
        .map(
            bytes ->
                (Reply)
                    new Reply.Bytes(
                        ByteSource.of(bytes), bytes.length, "application/json", Map.of()))
        .recover(NetworkModule::fail);
  }

  private interface Crypt {
    byte[] apply(SubclusterKeys keys, byte[] bytes);
  }

  private Future<Reply> crypt(Call call, Crypt crypt) {
    PageBus bus = call.handle(PageBus.class);
    Id id = id(call, "subcluster");
    byte[] bytes = bytes(call);
    return scheduler()
        .lane()
        .call(() -> Future.succeededFuture(bus.peer().keys(bus, id)))
        // Not on the lane, where that call ends: four megabytes would hold up all peers.
        .compose(keys -> vertx().executeBlocking(() -> crypt.apply(keys, bytes), false))
        .map(done -> (Reply) new Reply.Data(Base64.getEncoder().encodeToString(done)))
        .recover(NetworkModule::fail);
  }

  private byte[] seal(SubclusterKeys keys, byte[] bytes) {
    return keys.seal(bytes, random);
  }

  private byte[] sealUnsigned(SubclusterKeys keys, byte[] bytes) {
    return keys.sealUnsigned(bytes, random);
  }

  private static byte[] plain(Opened opened) {
    if (opened instanceof Opened.Plain plain) {
      return plain.bytes();
    }
    throw new PeerException(
        ((Opened.Failed) opened).fault().name(),
        "this was not sealed with the key of this subcluster, or it was changed on its way");
  }

  private static Future<Reply> closeBus(Call call) {
    PageBus bus = call.handle(PageBus.class);
    call.release();
    bus.close();
    return Future.succeededFuture(Reply.NOTHING);
  }

  // ---- parameters

  private static Command handle(String function, RunsOn runsOn, Command.Handler handler) {
    return new Command(function, new Resource.Handle(), Permission.POLICY, runsOn, handler);
  }

  private static Id id(Call call, String name) {
    try {
      return Id.parse(call.params().path(name).asText());
    } catch (IllegalArgumentException e) {
      throw invalid("'" + name + "' is 64 hex digits");
    }
  }

  private static byte[] sharedKey(Call call) {
    byte[] key = hex(call.params(), "sharedKey");
    if (key.length != SigningKeys.SEED_BYTES) {
      throw invalid(
          "'sharedKey' is 32 bytes, these are "
              + key.length
              + ": make it of a text with Encryption.createSharedKey");
    }
    return key;
  }

  private static byte[] event(Call call) {
    JsonNode name = call.params().path("event");
    if (!name.isTextual() || name.asText().length() > BusLimits.EVENT_CHARS) {
      throw invalid(
          "'event' is the name of an event, of at most " + BusLimits.EVENT_CHARS + " characters");
    }
    return Hashes.sha256(name.asText());
  }

  private static byte[] query(Call call) {
    JsonNode query = call.params().path("query");
    String text = query.toString();
    if (!query.isObject() || text.length() > BusLimits.QUERY_CHARS) {
      throw invalid(
          "'query' is an object such as {\"packetId\":\"…\"}, of at most "
              + BusLimits.QUERY_CHARS
              + " characters");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Duration ttl(Call call) {
    return Duration.ofMillis(
        number(call, "ttl", (int) Packet.MAX_TTL_MILLIS, (int) Packet.MAX_TTL_MILLIS));
  }

  private static int number(Call call, String name, int absent, int max) {
    Optional<JsonNode> value = call.param(name);
    if (value.isEmpty()) {
      return absent;
    }
    String text = value.get().asText();
    if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > max) {
      throw invalid("'" + name + "' is a whole number of 0 to " + max + ", not " + text);
    }
    return (int) Long.parseLong(text);
  }

  private static byte[] bytes(Call call) {
    byte[] bytes;
    try {
      Optional<Body> body = call.body();
      if (call.param("data").isPresent()) {
        bytes = Base64.getDecoder().decode(call.param("data").get().asText());
      } else if (body.isPresent() && body.get().lengthBytes() >= 0) {
        bytes = body.get().next();
      } else {
        throw invalid("a message comes as a body in one piece, or as 'data' in base64");
      }
    } catch (IOException | IllegalArgumentException e) {
      throw invalid("'data' is not base64, or the body broke off");
    }
    if (bytes.length > BusLimits.MESSAGE_BYTES) {
      throw new BridgeError(
          "RangeError",
          "ETOOBIG",
          "a message has at most "
              + BusLimits.MESSAGE_BYTES
              + " bytes, this has "
              + bytes.length
              + ": send it in pieces");
    }
    return bytes;
  }

  /** What the network refuses, as the page sees it. */
  private static <T> Future<T> fail(Throwable refused) {
    if (refused instanceof PeerException fault) {
      return Future.failedFuture(new BridgeError("Error", fault.code(), fault.getMessage()));
    }
    if (refused instanceof WireException fault) {
      return Future.failedFuture(new BridgeError("RangeError", fault.code(), fault.getMessage()));
    }
    return Future.failedFuture(refused);
  }

  private static BridgeError invalid(String why) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", "ipc://network: " + why);
  }

  /** Ends every peer; done when what they know is kept, however often it is asked. */
  @Override
  public synchronized Future<Void> shutDown() {
    if (end.isEmpty()) {
      end = Optional.of(scheduler.map(this::endAll).orElseGet(Future::succeededFuture));
    }
    return end.get();
  }

  private Future<Void> endAll(Scheduler on) {
    Vertx loops = vertx();
    // Of no loop: those it would be told on end with it.
    Promise<Void> done = Promise.promise();
    on.lane()
        .call(
            () -> {
              List<Future<Void>> kept = peers.values().stream().map(BusPeer::end).toList();
              peers.clear();
              return Future.join(kept);
            })
        .<Void>mapEmpty()
        .onComplete(
            kept -> {
              loops.close();
              done.handle(kept);
            });
    return done.future();
  }

  /** {@link #shutDown} without waiting for it. */
  @Override
  public void close() {
    shutDown();
  }
}
