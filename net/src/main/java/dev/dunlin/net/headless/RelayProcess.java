package dev.dunlin.net.headless;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.PeerStatistics;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.VertxScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code dunlin relay}: an introducer and relay that runs for months. */
public final class RelayProcess {
  private static final Duration SAVE_EVERY = Duration.ofMinutes(5);
  private static final String LOOPBACK = "127.0.0.1";

  /** A request for metrics has a short line and few headers; a longer one is refused. */
  private static final int MAX_HTTP_BYTES = 2048;

  private final Vertx vertx = EventLoops.create();
  private final Lane lane = Lane.create(vertx, "relay");
  private final Scheduler scheduler = new VertxScheduler(vertx, lane);
  private final RelayOptions options;
  private final RelayState state;
  private final PrintStream out;
  private final Peer peer;
  private final Promise<Void> ended = Promise.promise();
  private final Duration startedAt;
  private final AtomicBoolean ending = new AtomicBoolean();

  /** Lane: the relay's. */
  private Optional<Scheduler.Timer> save = Optional.empty();

  private int metricsPort = -1;

  private RelayProcess(RelayOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.state = new RelayState(options.state());
    Endpoint endpoint = options.endpoint();
    SigningKeys keys = state.identity(RandomSource.secure());
    Id id = Id.of(Hashes.sha256(keys.publicKey()));
    PeerConfig config =
        new PeerConfig(
            id,
            keys,
            id,
            true,
            Optional.of(endpoint),
            options.port(),
            options.probePort(),
            Duration.ofMillis(options.keepAliveMillis()),
            options.introducers());
    this.peer =
        new Peer(
            config,
            scheduler,
            RandomSource.secure(),
            new VertxDatagrams(vertx, options.address()),
            Sealing.REAL,
            new PeerEvents() {});
    state.load().ifPresent(peer::restore);
    this.startedAt = scheduler.now();
  }

  /**
   * Starts it. Blocks until it runs.
   *
   * @throws PeerException when an option makes no sense, or a port is in use
   */
  public static RelayProcess start(RelayOptions options, PrintStream out) {
    RelayProcess relay = open(options, out);
    relay.lane.execute(relay::begin);
    return relay;
  }

  private static RelayProcess open(RelayOptions options, PrintStream out) {
    RelayProcess relay = new RelayProcess(options, out);
    try {
      await(relay.lane.call(() -> relay.peer.start().compose(none -> relay.serveMetrics())));
    } catch (RuntimeException fault) {
      await(relay.vertx.close());
      throw fault;
    }
    return relay;
  }

  /** Runs until the process is told to end, and keeps the state then. Blocks. */
  public static int run(List<String> words, PrintStream out) {
    if (words.contains("--help") || words.contains("-h")) {
      out.print(RelayOptions.USAGE);
      out.flush();
      return 0;
    }
    RelayProcess relay = open(RelayOptions.parse(words), out);
    // First this: who reads that it is ready may tell it to end at once.
    Threads.onExit("relay", relay::stop);
    relay.lane.execute(relay::begin);
    await(relay.ended.future());
    return 0;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PeerException refused) {
        throw refused;
      }
      throw e;
    }
  }

  private void begin() {
    Endpoint at = options.endpoint();
    out.println(
        new ObjectMapper()
            .createObjectNode()
            .put("ev", "ready")
            .put("peerId", peer.id().hex())
            .put("address", at.host())
            .put("port", at.port())
            .put("role", "introducer")
            .put("metricsPort", metricsPort));
    out.flush();
    save = Optional.of(scheduler.schedulePeriodic(SAVE_EVERY, this::saveNow));
  }

  private Future<Void> saveNow() {
    byte[] bytes = peer.state().encode();
    return vertx
        .<Void>executeBlocking(
            () -> {
              state.save(bytes);
              return null;
            })
        .onFailure(
            fault -> System.err.println("dunlin: the relay's state can't be saved: " + fault));
  }

  /**
   * Saves, closes, and returns when nothing is left. May be called again. Thread: any but its lane.
   */
  public void stop() {
    if (!ending.compareAndSet(false, true)) {
      await(ended.future());
      return;
    }
    try {
      // Saved or not (that has been said): it ends.
      await(
          lane.call(
              () -> {
                save.ifPresent(Scheduler.Timer::cancel);
                Future<Void> saved = saveNow();
                peer.close();
                return saved.otherwiseEmpty();
              }));
    } finally {
      await(vertx.close());
      ended.tryComplete();
    }
  }

  public Id id() {
    return peer.id();
  }

  /** Of the loopback's; -1 when there are none. */
  public int metricsPort() {
    return metricsPort;
  }

  // --- metrics

  private Future<Void> serveMetrics() {
    if (options.metricsPort() < 0) {
      return Future.succeededFuture();
    }
    HttpServerOptions http =
        new HttpServerOptions()
            .setHost(LOOPBACK)
            .setPort(options.metricsPort())
            .setMaxInitialLineLength(MAX_HTTP_BYTES)
            .setMaxHeaderSize(MAX_HTTP_BYTES)
            .setIdleTimeout(10);
    return vertx
        .createHttpServer(http)
        .requestHandler(this::answer)
        .listen()
        .map(
            server -> {
              metricsPort = server.actualPort();
              return (Void) null;
            })
        .recover(
            fault -> {
              peer.close();
              return Future.failedFuture(
                  new PeerException(
                      "EADDRINUSE",
                      "the metrics' port "
                          + options.metricsPort()
                          + " of "
                          + LOOPBACK
                          + " can't be used ("
                          + fault.getMessage()
                          + "): choose another with --metrics-port, or -1 for none"));
            });
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String host = request.authority() == null ? "" : request.authority().host();
    // A page in a browser of this machine may have a name that leads here: it is no reader of ours.
    if (!host.equals(LOOPBACK) && !host.equals("localhost")) {
      response.setStatusCode(403).end();
    } else if (!request.path().equals("/metrics") || !request.method().name().equals("GET")) {
      response.setStatusCode(404).end();
    } else {
      response
          .putHeader("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
          .end(metrics());
    }
  }

  private String metrics() {
    PeerStatistics now = peer.statistics();
    Map<String, Number> gauges = new LinkedHashMap<>();
    gauges.put("uptime_seconds", scheduler.now().minus(startedAt).toSeconds());
    gauges.put("peers", now.peers());
    gauges.put("links", now.direct());
    gauges.put("cached_packets", now.cachedPackets());
    gauges.put("cached_bytes", now.cachedBytes());
    gauges.put("paths", now.paths());
    Map<String, Number> counters = new LinkedHashMap<>();
    counters.put("sent_datagrams", now.sentDatagrams());
    counters.put("sent_bytes", now.sentBytes());
    counters.put("received_datagrams", now.receivedDatagrams());
    counters.put("rejected_datagrams", now.rejectedDatagrams());
    counters.put("dropped_datagrams", now.dropped());
    counters.put("duplicate_packets", now.duplicates());
    counters.put("accepted_packets", now.acceptedPackets());
    counters.put("sync_packets", now.syncPackets());
    StringBuilder text = new StringBuilder();
    gauges.forEach(
        (name, value) ->
            text.append("# TYPE dunlin_relay_")
                .append(name)
                .append(" gauge\ndunlin_relay_")
                .append(name)
                .append(' ')
                .append(value)
                .append('\n'));
    counters.forEach(
        (name, value) ->
            text.append("# TYPE dunlin_relay_")
                .append(name)
                .append(" counter\ndunlin_relay_")
                .append(name)
                .append("_total ")
                .append(value)
                .append('\n'));
    return text.append("# EOF\n").toString();
  }
}
