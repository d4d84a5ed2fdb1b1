package dev.dunlin.net.headless;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.peer.Peer;
import dev.dunlin.net.peer.PeerConfig;
import dev.dunlin.net.peer.PeerEvents;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.peer.PeerStatistics;
import dev.dunlin.net.peer.Sealing;
import dev.dunlin.net.peer.Verified;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Head;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Packet;
import dev.dunlin.net.wire.WireException;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.VertxScheduler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * {@code dunlin peer}: a peer that is told what to do on standard input, one JSON object a line,
 * and tells what happens on standard output in the same way.
 */
public final class PeerProcess {
  /** The longest line that is read: a message of 4 MB as hex; a longer one ends the process. */
  static final int MAX_LINE_CHARS = 2 * Head.MAX_SIZE_BYTES + 4096;

  /** Longer plain texts are told by their hash only. */
  static final int MAX_TEXT_BYTES = 200;

  /** Lines that wait for a slow reader; further ones are dropped, and counted in {@code state}. */
  static final int MAX_LINES = 20_000;

  private static final HexFormat HEX = HexFormat.of();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration STDOUT_GRACE = Duration.ofSeconds(5);

  private final Vertx vertx = EventLoops.create();
  private final Lane lane = Lane.create(vertx, "peer");
  private final ExecutorService writer = Threads.pool("stdout", 1, MAX_LINES);
  private final PrintStream out;
  private final PeerConfig config;
  private final PeerOptions options;
  private final Peer peer;
  private final Promise<Integer> end = Promise.promise();

  /** Lane: the peer's. */
  private final Map<String, Id> subclusters = new LinkedHashMap<>();

  private final Map<Id, PeerState> others = new HashMap<>();
  private long dropped;
  private boolean isReady;

  private record PeerState(Endpoint endpoint, NatType nat, boolean proxied) {}

  private PeerProcess(PeerOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.config = options.config();
    this.peer =
        new Peer(
            config,
            new VertxScheduler(vertx, lane),
            RandomSource.secure(),
            new VertxDatagrams(vertx, options.address()),
            Sealing.beside(vertx, lane),
            new Events());
  }

  /**
   * Runs until standard input ends or says quit. Blocks.
   *
   * @return the exit code
   * @throws PeerException when the options make no sense, or a port is in use
   */
  public static int run(PeerOptions options, InputStream in, PrintStream out) {
    return new PeerProcess(options, out).run(in);
  }

  private int run(InputStream in) {
    try {
      lane.call(() -> peer.start().onSuccess(none -> options.subclusters().forEach(this::join)))
          .toCompletionStage()
          .toCompletableFuture()
          .join();
      Threads.start("stdin", () -> read(in));
      return end.future().toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PeerException refused) {
        throw refused;
      }
      throw e;
    } finally {
      close();
    }
  }

  private void close() {
    lane.call(
            () -> {
              peer.close();
              return io.vertx.core.Future.succeededFuture();
            })
        .toCompletionStage()
        .toCompletableFuture()
        .join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    writer.shutdown();
    try {
      if (!writer.awaitTermination(STDOUT_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        // Nobody reads: what is left is lost.
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- in

  private void read(InputStream in) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c == '\n') {
          String command = line.toString();
          line.setLength(0);
          later(() -> obey(command));
        } else if (line.length() == MAX_LINE_CHARS) {
          later(() -> error("ETOOBIG", "a line has at most " + MAX_LINE_CHARS + " characters"));
          break;
        } else {
          line.append((char) c);
        }
      }
    } catch (IOException e) {
      later(() -> error("EIO", "standard input can't be read: " + e.getMessage()));
    }
    later(() -> end.tryComplete(0));
  }

  private void later(Runnable task) {
    try {
      lane.execute(task);
    } catch (RejectedExecutionException e) {
      // A quit was obeyed meanwhile: nobody is left to tell.
      end.tryComplete(0);
    }
  }

  private void obey(String line) {
    if (line.isBlank()) {
      return;
    }
    try {
      JsonNode command = JSON.readTree(line);
      switch (command.path("cmd").asText()) {
        case "publish" -> publish(command);
        case "stream" ->
            peer.streamLater(
                    Id.parse(word(command, "peerId")),
                    subcluster(command),
                    event(command),
                    payload(command))
                .onFailure(this::refused);
        case "query" -> {
          if (!command.path("query").isObject()) {
            throw new PeerException("EINVAL", "a query is an object such as {\"packetId\":\"…\"}");
          }
          peer.query(JSON.writeValueAsBytes(command.get("query")));
        }
        case "join" -> join(word(command, "secret"));
        case "state" -> state();
        case "quit" -> end.tryComplete(0);
        default ->
            throw new PeerException(
                "EINVAL",
                "there is no command '"
                    + command.path("cmd").asText()
                    + "'; there are publish, stream, query, join, state and quit");
      }
    } catch (PeerException | IllegalArgumentException e) {
      refused(e);
    } catch (JsonProcessingException e) {
      error("EINVAL", "a command is one JSON object a line: " + e.getOriginalMessage());
    }
  }

  private void refused(Throwable fault) {
    if (fault instanceof PeerException refused) {
      error(refused.code(), refused.getMessage());
    } else if (fault instanceof WireException refused) {
      error(refused.code(), refused.getMessage());
    } else {
      error("EINVAL", fault.getMessage());
    }
  }

  private void publish(JsonNode command) {
    Duration ttl = Duration.ofMillis(command.path("ttl").asLong(Packet.MAX_TTL_MILLIS));
    peer.publishLater(subcluster(command), event(command), payload(command), ttl)
        .onFailure(this::refused);
  }

  private static String word(JsonNode command, String name) {
    JsonNode value = command.path(name);
    if (!value.isTextual()) {
      throw new PeerException("EINVAL", "the command needs \"" + name + "\", a text");
    }
    return value.asText();
  }

  private static byte[] event(JsonNode command) {
    return Hashes.sha256(word(command, "event"));
  }

  private Id subcluster(JsonNode command) {
    String secret = word(command, "secret");
    Id id = subclusters.get(secret);
    if (id == null) {
      throw new PeerException(
          "ENOTJOINED",
          "'" + secret + "' is not joined: send {\"cmd\":\"join\",\"secret\":…} first");
    }
    return id;
  }

  private static byte[] payload(JsonNode command) {
    if (command.has("text")) {
      return word(command, "text").getBytes(StandardCharsets.UTF_8);
    }
    if (command.has("hex")) {
      return HEX.parseHex(word(command, "hex"));
    }
    int size = command.path("size").asInt(-1);
    if (size < 0 || size > Head.MAX_SIZE_BYTES) {
      throw new PeerException(
          size < 0 ? "EINVAL" : "ETOOBIG",
          "the command needs \"text\", \"hex\" or \"size\", of at most "
              + Head.MAX_SIZE_BYTES
              + " bytes");
    }
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (31 * i + 7);
    }
    return bytes;
  }

  private void join(String secret) {
    if (!subclusters.containsKey(secret)) {
      subclusters.put(secret, peer.join(SigningKeys.sharedKey(secret)));
    }
    if (isReady) {
      say(event("joined").put("secret", secret));
    }
  }

  // --- out

  private static ObjectNode event(String name) {
    return JSON.createObjectNode().put("ev", name);
  }

  private void error(String code, String message) {
    say(event("error").put("code", code).put("message", message));
  }

  private void say(ObjectNode line) {
    String text = line.toString();
    try {
      writer.execute(
          () -> {
            out.println(text);
            out.flush();
          });
    } catch (RejectedExecutionException e) {
      // The reader is slow, or gone; what it missed it sees in the state.
      dropped++;
    }
  }

  private ObjectNode plain(ObjectNode line, byte[] bytes) {
    line.put("sha256", HEX.formatHex(Hashes.sha256(bytes)));
    if (bytes.length <= MAX_TEXT_BYTES) {
      try {
        line.put(
            "text", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException e) {
        // Bytes that are no text are told by their hash, as long ones are.
        line.put("size", bytes.length);
      }
    }
    return line;
  }

  private void state() {
    PeerStatistics figures = peer.statistics();
    ObjectNode line = event("state");
    line.put("peerId", config.peerId().hex()).put("ready", peer.isReady());
    line.put("natType", peer.nat().value());
    peer.external().ifPresent(at -> line.put("address", at.host()).put("port", at.port()));
    line.put("direct", figures.direct()).put("proxied", figures.proxied());
    line.put("cachedPackets", figures.cachedPackets()).put("cachedBytes", figures.cachedBytes());
    line.put("sentDatagrams", figures.sentDatagrams()).put("sentBytes", figures.sentBytes());
    line.put("receivedDatagrams", figures.receivedDatagrams());
    line.put("rejectedDatagrams", figures.rejectedDatagrams());
    line.put("duplicates", figures.duplicates()).put("droppedLines", dropped);
    ArrayNode secrets = line.putArray("subclusters");
    subclusters.keySet().forEach(secrets::add);
    ArrayNode peers = line.putArray("peers");
    others.forEach(
        (id, other) ->
            peers
                .addObject()
                .put("peerId", id.hex())
                .put("address", other.endpoint.host())
                .put("port", other.endpoint.port())
                .put("natType", other.nat.value())
                .put("proxied", other.proxied));
    say(line);
  }

  private final class Events implements PeerEvents {
    @Override
    public void ready(Endpoint external, NatType nat) {
      ObjectNode line = event("ready").put("peerId", config.peerId().hex());
      line.put("address", external.host()).put("port", external.port()).put("natType", nat.value());
      if (config.introducer()) {
        line.put("role", "introducer");
      }
      say(line);
      if (!isReady) {
        isReady = true;
        subclusters.keySet().forEach(secret -> say(event("joined").put("secret", secret)));
      }
    }

    @Override
    public void connecting(String code, String reason) {
      say(event("connecting").put("code", code).put("message", reason));
    }

    @Override
    public void connected(Id other, Endpoint endpoint, NatType nat, boolean proxied) {
      others.put(other, new PeerState(endpoint, nat, proxied));
      say(event("connection").put("peerId", other.hex()).put("proxied", proxied));
    }

    @Override
    public void disconnected(Id other) {
      others.remove(other);
      say(event("disconnection").put("peerId", other.hex()));
    }

    @Override
    public void packet(Message message) {
      ObjectNode line = event("packet").put("event", HEX.formatHex(message.event()));
      plain(line, message.bytes());
      line.put("verified", message.verified() != Verified.NONE);
      line.put("level", message.verified().name());
      say(line.put("id", message.packetId().hex()));
    }

    @Override
    public void stream(Id from, Message message) {
      ObjectNode line = event("stream").put("from", from.hex());
      say(plain(line, message.bytes()).put("event", HEX.formatHex(message.event())));
    }

    @Override
    public void published(List<Id> ids) {
      ObjectNode line = event("published");
      ArrayNode array = line.putArray("ids");
      ids.forEach(id -> array.add(id.hex()));
      say(line);
    }

    @Override
    public void answered(Id query, Id subcluster, byte[] message) {
      say(event("answer").put("hex", HEX.formatHex(message)));
    }

    @Override
    public void unopened(Id packet, String reason) {
      say(event("unopened").put("id", packet.hex()).put("code", reason));
    }
  }
}
