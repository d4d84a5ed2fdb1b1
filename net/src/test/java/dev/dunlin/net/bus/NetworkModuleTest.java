package dev.dunlin.net.bus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.Bridge;
import dev.dunlin.bridge.BridgeConfig;
import dev.dunlin.bridge.FileLane;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.StreamRequest;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.net.Vectors;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.headless.PeerOptions;
import dev.dunlin.net.headless.PeerProcess;
import dev.dunlin.net.wire.Id;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.VirtualScheduler;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands behind a bridge, as pages without a browser use them, over real UDP. */
@Timeout(90)
class NetworkModuleTest {
  private static final String ORIGIN = "https://app.localhost";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 30;
  private static final int PORT = 39_877;
  private static final String CLUSTER = base64url(Hashes.sha256("TEST"));
  private static final String JOIN = "ipc://network/join/" + CLUSTER;
  private static final String HELLO = "hello ✓";

  @TempDir Path data;

  private final Vertx vertx = Vertx.vertx();
  private final List<NetworkModule> modules = new ArrayList<>();
  private final List<Bridge> bridges = new ArrayList<>();
  private final List<Outsider> outsiders = new ArrayList<>();
  private int window;

  @AfterEach
  void close() throws Exception {
    for (Bridge bridge : bridges) {
      await(bridge.shutDown());
    }
    for (NetworkModule module : modules) {
      await(module.shutDown());
    }
    for (Outsider outsider : outsiders) {
      outsider.stdin.close();
    }
    for (Outsider outsider : outsiders) {
      outsider.exit.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    await(vertx.close());
  }

  private static String base64url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A running app, without its window. */
  private final class App {
    final Bridge bridge;
    final NetworkModule network;

    App(Path folder) {
      NetworkModule module = new NetworkModule(folder, RandomSource.secure(), new SystemClock());
      modules.add(module);
      network = module;
      bridge =
          new Bridge(
              vertx,
              new BridgeConfig(
                  ORIGIN,
                  PolicySet.of(List.of("connect-src ipc:")),
                  List.of(),
                  RandomSource.secure(),
                  FileLane.NONE),
              List.of(module));
      bridges.add(bridge);
    }

    Page page(String sources) {
      return new Page(this, sources);
    }
  }

  /** What a bus was told. */
  private record Told(JsonNode head, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    boolean is(String event) {
      return head.path("ev").asText().equals(event);
    }
  }

  /** A top frame, on the stream lane. */
  private final class Page {
    final App app;
    final int index = ++window;
    final String id;
    final List<Told> told = new ArrayList<>();
    private ByteSource pushes;

    Page(App app, String sources) {
      this.app = app;
      id = app.bridge.registerDocument(index, PolicySet.of(List.of("connect-src " + sources)));
    }

    private StreamResponse open(String method, String url, byte[] body) {
      return await(
          app.bridge
              .streamLane()
              .open(
                  new StreamRequest(
                      index, "frame-" + app.hashCode() + index, true, ORIGIN, method, url, body))
              .response());
    }

    byte[] ask(String url, Map<String, ?> params, byte[] body) {
      try {
        String json = URLEncoder.encode(JSON.writeValueAsString(params), StandardCharsets.UTF_8);
        StreamResponse response = open("POST", url + "?_=" + json + "&_d=" + id, body);
        return read(response.body(), (int) response.lengthBytes());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    JsonNode call(String url, Map<String, ?> params) {
      try {
        return JSON.readTree(ask(url, params, new byte[0]));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    JsonNode data(String url, Map<String, ?> params) {
      JsonNode reply = call(url, params);
      assertFalse(reply.has("err"), reply::toString);
      return reply.path("data");
    }

    String code(String url, Map<String, ?> params) {
      JsonNode reply = call(url, params);
      assertTrue(reply.path("err").path("message").asText().length() > 10, reply::toString);
      return reply.path("err").path("code").asText();
    }

    Bus join(Map<String, ?> params) {
      return new Bus(this, data(JOIN, params));
    }

    /** Waits for an event among those of all buses of this page. */
    Told awaits(Predicate<Told> wanted) {
      for (Told known : told) {
        if (wanted.test(known)) {
          return known;
        }
      }
      while (true) {
        Told next = next();
        told.add(next);
        if (wanted.test(next)) {
          return next;
        }
      }
    }

    private Told next() {
      try {
        if (pushes == null) {
          pushes = open("GET", "ipc://push/?_d=" + id, new byte[0]).body();
        }
        ByteBuffer frame = little(read(pushes, 8));
        byte[] payload = read(pushes, frame.getInt());
        int channel = frame.getInt();
        if (payload.length == 0) {
          return new Told(
              JSON.createObjectNode().put("ev", "end").put("channel", channel), payload);
        }
        data("ipc://push/credit", Map.of("channel", channel, "bytes", payload.length));
        ByteBuffer message = little(payload);
        byte[] head = new byte[message.getInt()];
        message.get(head);
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return new Told(JSON.readTree(head), bytes);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    Told awaits(String event) {
      return awaits(one -> one.is(event));
    }
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] read(ByteSource source, int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      byte[] some = new byte[length - at];
      int n = source.read(some, some.length);
      if (n == ByteSource.NOT_YET) {
        CountDownLatch readable = new CountDownLatch(1);
        source.whenReadable(readable::countDown);
        try {
          assertTrue(readable.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing was pushed");
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      } else {
        assertTrue(n > 0, "it ended early");
        System.arraycopy(some, 0, bytes, at, n);
        at += n;
      }
    }
    return bytes;
  }

  /** What join has answered. */
  private record Bus(Page page, JsonNode opened) {
    String url(String function) {
      return "ipc://handle/network/" + function + "/" + opened.path("id").asText();
    }

    String peerId() {
      return opened.path("peerId").asText();
    }

    JsonNode data(String function, Map<String, ?> params) {
      return page.data(url(function), params);
    }

    String code(String function, Map<String, ?> params) {
      return page.code(url(function), params);
    }

    /** Joins the subcluster of a text; its id. */
    String room(String secret) {
      String key = Vectors.hex(SigningKeys.sharedKey(secret));
      return data("subcluster", Map.of("sharedKey", key)).path("subcluster").asText();
    }
  }

  private static Map<String, Object> message(String room, String event, String text) {
    return new HashMap<>(
        Map.of(
            "subcluster",
            room,
            "event",
            event,
            "data",
            Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
  }

  /** {@code dunlin peer}, in a thread. */
  private final class Outsider {
    final PipedOutputStream stdin = new PipedOutputStream();
    final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> exit;
    final String id;

    Outsider(boolean introducer, String name, int host, List<String> introducers) {
      id = Vectors.hex(Hashes.sha256(name));
      PeerOptions options =
          new PeerOptions(
              introducer,
              name,
              "127.0.0." + host,
              introducer ? PORT : 0,
              0,
              30_000,
              "TEST",
              introducer ? List.of() : List.of("room"),
              introducers);
      try {
        PipedInputStream in = new PipedInputStream(stdin, 1 << 16);
        PipedInputStream read = new PipedInputStream(1 << 16);
        PrintStream out =
            new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8);
        Threads.start("test-reader", () -> pump(read));
        exit = Threads.async("test-peer", () -> PeerProcess.run(options, in, out));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      outsiders.add(this);
    }

    private void pump(PipedInputStream read) {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          events.add(JSON.readTree(line));
        }
      } catch (IOException e) {
        // The pipe's writer has gone: its peer has ended.
      }
    }

    void say(String line) throws IOException {
      stdin.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      stdin.flush();
    }

    JsonNode await(String event) throws InterruptedException {
      while (true) {
        JsonNode next = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(next, "no " + event);
        if (next.get("ev").asText().equals(event)) {
          return next;
        }
      }
    }
  }

  /** Two introducers, as pages and as the command line name them. */
  private List<Outsider> introducers() throws InterruptedException {
    List<Outsider> two =
        List.of(
            new Outsider(true, "introducer one", 111, List.of()),
            new Outsider(true, "introducer two", 112, List.of()));
    for (Outsider one : two) {
      one.await("ready");
    }
    return two;
  }

  private static Map<String, Object> options(List<Outsider> introducers, int host) {
    List<Object> peers = new ArrayList<>();
    for (int i = 0; i < introducers.size(); i++) {
      peers.add(
          Map.of("peerId", introducers.get(i).id, "address", "127.0.0." + (111 + i), "port", PORT));
    }
    return new HashMap<>(Map.of("address", "127.0.0." + host, "peers", peers));
  }

  @Test
  void aPageAndAPeerOutsideTalk() throws Exception {
    List<Outsider> introducers = introducers();
    Page page = new App(data).page(JOIN + " ipc://handle/ ipc://push/");
    Bus bus = page.join(options(introducers, 113));
    String room = bus.room("room");
    Told ready = page.awaits("ready");
    assertEquals(bus.peerId(), ready.head().path("peerId").asText());
    assertEquals("127.0.0.113", ready.head().path("address").asText());
    assertEquals("UNRESTRICTED", ready.head().path("natName").asText());
    Outsider bob =
        new Outsider(
            false,
            "bob",
            114,
            List.of(
                introducers.get(0).id + "@127.0.0.111:" + PORT,
                introducers.get(1).id + "@127.0.0.112:" + PORT));
    Told link =
        page.awaits(
            one -> one.is("connection") && one.head().path("peerId").asText().equals(bob.id));
    assertEquals("127.0.0.114", link.head().path("address").asText());
    Told join = page.awaits("join");
    assertEquals(bob.id, join.head().path("peerId").asText());
    assertEquals(room, join.head().path("subcluster").asText());

    JsonNode ids = bus.data("publish", message(room, "greet", HELLO)).path("ids");
    JsonNode heard = bob.await("packet");
    assertEquals(HELLO, heard.path("text").asText());
    assertEquals(Vectors.hex(Hashes.sha256("greet")), heard.path("event").asText());
    assertTrue(heard.path("verified").asBoolean());
    assertEquals("STRONG", heard.path("level").asText());
    assertEquals(heard.path("id").asText(), ids.path(0).asText());

    bob.say("{\"cmd\":\"publish\",\"secret\":\"room\",\"event\":\"answer\",\"text\":\"aye\"}");
    Told packet = page.awaits("packet");
    assertEquals("aye", packet.text());
    assertEquals(room, packet.head().path("subcluster").asText());
    assertEquals(Vectors.hex(Hashes.sha256("answer")), packet.head().path("event").asText());
    assertTrue(packet.head().path("verified").asBoolean());
    assertEquals(
        Vectors.hex(SigningKeys.ofText("bob").publicKey()), packet.head().path("signer").asText());

    bob.say(
        "{\"cmd\":\"stream\",\"peerId\":\""
            + bus.peerId()
            + "\",\"secret\":\"room\",\"event\":\"file\",\"size\":300000}");
    Told stream = page.awaits("stream");
    assertEquals(bob.id, stream.head().path("peerId").asText());
    assertArrayEquals(Vectors.pattern(300_000), stream.bytes());

    Map<String, Object> back = message(room, "back", "");
    back.remove("data");
    back.put("peerId", bob.id);
    page.ask(bus.url("stream"), back, Vectors.pattern(200_000));
    assertEquals(
        Vectors.hex(Hashes.sha256(Vectors.pattern(200_000))),
        bob.await("stream").path("sha256").asText());

    bus.data("query", Map.of("query", Map.of("packetId", packet.head().path("id").asText())));
    Told answer = page.awaits("answer");
    assertFalse(answer.head().path("sealed").asBoolean());
    assertEquals("aye", answer.text());

    JsonNode info = bus.data("info", Map.of());
    assertTrue(info.path("ready").asBoolean());
    assertEquals(0, info.path("droppedEvents").asInt());
    assertTrue(info.path("cachedPackets").asInt() >= 2, info::toString);
    JsonNode state = JSON.readTree(page.ask(bus.url("state"), Map.of(), new byte[0]));
    assertEquals(info.path("cachedPackets").asInt(), state.path("data").size());

    // A page that comes later finds things as they are; what is cached comes as well.
    Page later = new Page(page.app, "ipc:");
    Bus second = later.join(options(introducers, 113));
    later.awaits("ready");
    later.awaits("connection");
    assertEquals(room, second.room("room"));
    assertEquals(bob.id, later.awaits("join").head().path("peerId").asText());

    bus.data("leave", Map.of("subcluster", room));
    assertEquals("ENOTJOINED", bus.code("publish", message(room, "greet", "gone")));
    bob.stdin.close();
  }

  @Test
  void aSavedStateIsTakenUpByThePeerThatTheCallStarts() throws Exception {
    Bus first = new App(data).page("ipc:").join(Map.of("address", "127.0.0.1"));
    String room = first.room("room");
    first.data("publish", message(room, "kept", HELLO));
    byte[] state = first.page().ask(first.url("state"), Map.of(), new byte[0]);
    Page page = new App(data).page("ipc:");
    JsonNode opened =
        JSON.readTree(page.ask(JOIN, Map.of("address", "127.0.0.1"), state)).path("data");
    Bus second = new Bus(page, opened);
    assertEquals(first.peerId(), second.peerId(), "the app keeps its keys");
    assertEquals(1, second.data("info", Map.of()).path("cachedPackets").asInt());
    // It is in no subcluster unasked; when it is, it hears what it has.
    assertEquals("ENOTJOINED", second.code("publish", message(room, "kept", "x")));
    second.room("room");
    assertEquals(HELLO, page.awaits("packet").text());
  }

  private Path stateFile() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve(Identity.PRIVATE))) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all::toString);
      return all.get(0);
    }
  }

  @Test
  void whatAPeerKnowsIsKeptOverTheEndOfTheApp() throws IOException {
    App app = new App(data);
    Bus first = app.page("ipc:").join(Map.of("address", "127.0.0.1"));
    String room = first.room("room");
    JsonNode ids = first.data("publish", message(room, "kept", HELLO)).path("ids");
    assertEquals(ids, first.page().awaits("send").head().path("ids"));
    await(app.network.shutDown());
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(stateFile())));
    assertEquals(
        List.of(data.resolve(Identity.FILE), data.resolve(Identity.PRIVATE)),
        app.network.secretFiles());

    App restarted = new App(data);
    Bus second = restarted.page("ipc:").join(Map.of("address", "127.0.0.1"));
    assertEquals(first.peerId(), second.peerId());
    assertEquals(1, second.data("info", Map.of()).path("cachedPackets").asInt());
    second.room("room");
    assertEquals(HELLO, second.page().awaits("packet").text());
    await(restarted.network.shutDown());

    // In another cluster, or with another id, there is nothing of it.
    App other = new App(data);
    Bus third = other.page("ipc:").join(Map.of("address", "127.0.0.1", "peerId", "0".repeat(64)));
    assertEquals(0, third.data("info", Map.of()).path("cachedPackets").asInt());
  }

  @Test
  void anIntroducerMayBeNamedLater() throws Exception {
    List<Outsider> introducers = introducers();
    Bus bus = new App(data).page("ipc:").join(Map.of("address", "127.0.0.113"));
    assertEquals("EHOSTUNREACH", bus.page().awaits("connecting").head().path("code").asText());
    for (int i = 0; i < introducers.size(); i++) {
      bus.data(
          "addIndexedPeer",
          Map.of("peerId", introducers.get(i).id, "address", "127.0.0." + (111 + i), "port", PORT));
    }
    assertEquals("UNRESTRICTED", bus.page().awaits("ready").head().path("natName").asText());
    assertEquals(
        "EINVAL",
        bus.code(
            "addIndexedPeer", Map.of("peerId", bus.peerId(), "address", "127.0.0.1", "port", 1)));
  }

  @Test
  void twoMegabytesArriveBetweenTwoAppsThatAreLinked() throws Exception {
    List<Outsider> introducers = introducers();
    Page sender = new App(data.resolve("one")).page("ipc:");
    Bus from = sender.join(options(introducers, 113));
    Page receiver = new App(data.resolve("two")).page("ipc:");
    Bus to = receiver.join(options(introducers, 116));
    String room = from.room("room");
    to.room("room");
    sender.awaits("join");
    receiver.awaits("join");
    byte[] big = Vectors.pattern(2_000_000);
    Map<String, Object> asked = message(room, "big", "");
    asked.remove("data");
    sender.ask(from.url("publish"), asked, big);
    assertArrayEquals(big, receiver.awaits("packet").bytes());
  }

  @Test
  void aKeptStateThatCanNotBeReadIsToldAndLeftBehind() throws IOException {
    App app = new App(data);
    app.page("ipc:").join(Map.of("address", "127.0.0.1")).data("info", Map.of());
    await(app.network.shutDown());
    Path file = stateFile();
    Files.writeString(file, "{broken");
    App restarted = new App(data);
    Bus bus = restarted.page("ipc:").join(Map.of("address", "127.0.0.1"));
    Told warning = bus.page().awaits("warning");
    assertEquals("EMALFORMED", warning.head().path("code").asText());
    bus.data("publish", message(bus.room("room"), "x", "y"));
    await(restarted.network.shutDown());
    assertEquals(file, stateFile());
    assertTrue(Files.readString(file).startsWith("{\"version\":1"));
  }

  @Test
  void keptStatesAreBounded() throws IOException {
    StateFiles states =
        new StateFiles(new Identity(data, RandomSource.secure(), new SystemClock()));
    Id cluster = Id.of(Hashes.sha256("TEST"));
    for (int i = 0; i < BusLimits.STATES + 3; i++) {
      states.write(cluster, Id.of(Hashes.sha256("peer " + i)), new byte[] {'{', '}'});
    }
    try (Stream<Path> files = Files.list(data.resolve(Identity.PRIVATE))) {
      assertEquals(BusLimits.STATES, files.count());
    }
  }

  @Test
  void draftsThatAKilledProcessLeftAreRemovedAfterAnHour() throws IOException {
    VirtualScheduler time = new VirtualScheduler();
    Identity identity = new Identity(data, RandomSource.secure(), time);
    Path folder = identity.privateFolder();
    List<Path> left = new ArrayList<>();
    for (String name : List.of("ab.state", Identity.FILE)) {
      Path draft = identity.draft(name, new byte[] {'h'});
      Files.setLastModifiedTime(draft, FileTime.from(time.wallTime()));
      left.add(draft);
    }
    Path other = Files.writeString(folder.resolve("other.file"), "");
    Files.setLastModifiedTime(other, FileTime.from(time.wallTime()));
    time.advance(BusLimits.DRAFT_AGE);
    StateFiles states = new StateFiles(identity);
    Id id = Id.of(Hashes.sha256("TEST"));
    states.write(id, id, new byte[] {'{', '}'});
    assertTrue(left.stream().allMatch(Files::exists), "it may still be written");
    time.advance(Duration.ofSeconds(1));
    // Whichever file is made next.
    identity.keys();
    assertFalse(left.stream().anyMatch(Files::exists));
    assertTrue(Files.exists(other));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "the state and what is no draft");
    }
  }

  @Test
  void pagesShareAPeerButHearOnlyTheSubclustersTheyAreIn() {
    App app = new App(data);
    Bus one = app.page("ipc:").join(Map.of("address", "127.0.0.1"));
    Bus two = app.page("ipc:").join(Map.of("address", "127.0.0.1"));
    Bus three = app.page("ipc:").join(Map.of("address", "127.0.0.1"));
    assertEquals(one.peerId(), two.peerId());
    String room = one.room("room");
    assertEquals(room, two.room("room"));
    String other = three.room("another");
    two.room("another");
    one.data("publish", message(room, "greet", HELLO));
    assertEquals(HELLO, two.page().awaits("packet").text());
    assertEquals("ENOTJOINED", three.code("publish", message(room, "greet", "no")));
    assertEquals(
        "ENOTJOINED",
        three.code("seal", Map.of("subcluster", room, "data", "AAAA")),
        "nor has it the key");
    two.data("publish", message(other, "greet", "for three"));
    assertEquals("for three", three.page().awaits("packet").text());
    assertEquals(1, three.page().told.stream().filter(told -> told.is("packet")).count());
    assertTrue(one.page().told.stream().noneMatch(told -> told.is("packet")));
  }

  @Test
  void sealsForItsSubclusterAndOpensWhatWasSealed() {
    Bus bus = new App(data).page("ipc:").join(Map.of("address", "127.0.0.1"));
    String room = bus.room("room");
    String other = bus.room("another");
    for (String kind : List.of("seal", "sealUnsigned")) {
      String open = kind.replace("seal", "open");
      String sealed = bus.data(kind, Map.of("subcluster", room, "data", "aGVsbG8=")).asText();
      assertNotEquals("aGVsbG8=", sealed);
      String opened = bus.data(open, Map.of("subcluster", room, "data", sealed)).asText();
      if (kind.equals("sealUnsigned")) {
        // One of its two boxes, as with the peers there are.
        opened = bus.data(open, Map.of("subcluster", room, "data", opened)).asText();
      }
      assertEquals("aGVsbG8=", opened);
      assertEquals("WRONG_KEY", bus.code(open, Map.of("subcluster", other, "data", sealed)));
    }
  }

  @Test
  void onlyThePolicysClustersAreJoined() {
    App app = new App(data);
    String other = "ipc://network/join/" + base64url(Hashes.sha256("OTHER"));
    Page narrow = app.page(JOIN);
    JsonNode denied = narrow.call(other, Map.of()).path("err");
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText());
    assertEquals(other, denied.path("source").asText(), "the source to add");
    assertEquals(
        "ERR_ACCESS_DENIED", app.page("ipc://udp ipc://fs").code(JOIN, Map.of()), "no source");
    assertEquals("ERR_ACCESS_DENIED", narrow.code("ipc://network/exportKeys", Map.of()));
    assertFalse(Files.exists(data.resolve(Identity.FILE)), "what is denied makes no keys");
    // The twin: the same page joins what its policy names, and another page all.
    narrow.join(Map.of("address", "127.0.0.1"));
    app.page("ipc://network/join/").data(other, Map.of("address", "127.0.0.1"));
  }

  @Test
  void aHandleIsOfItsPageAlone() {
    App app = new App(data);
    Bus mine = app.page("ipc:").join(Map.of("address", "127.0.0.1"));
    Page other = app.page("ipc:");
    for (String function : List.of("info", "subcluster", "publish", "state", "close")) {
      assertEquals("ERR_UNKNOWN_HANDLE", other.code(mine.url(function), Map.of()), function);
    }
    mine.data("info", Map.of());
    mine.data("close", Map.of());
    assertEquals("ERR_UNKNOWN_HANDLE", mine.code("info", Map.of()));
  }

  @Test
  void keysStayInAFileThatOnlyItsUserReadsUnlessTheAppAsks() throws IOException {
    App app = new App(data);
    Page page = app.page("ipc:");
    Bus bus = page.join(Map.of("address", "127.0.0.1"));
    Path file = data.resolve(Identity.FILE);
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    String seed = Files.readString(file).strip();
    String said = bus.opened().toString() + bus.data("info", Map.of());
    assertFalse(said.contains(seed), "no answer holds the key");
    byte[] state = page.ask(bus.url("state"), Map.of(), new byte[0]);
    assertFalse(new String(state, StandardCharsets.UTF_8).contains(seed));
    JsonNode keys = page.data("ipc://network/exportKeys", Map.of());
    assertEquals(bus.peerId(), keys.path("peerId").asText());
    assertEquals(seed + keys.path("publicKey").asText(), keys.path("privateKey").asText());

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals("EACCES", page.code(JOIN, Map.of("address", "127.0.0.1")));
    assertEquals("EACCES", page.code("ipc://network/exportKeys", Map.of()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    page.join(Map.of("address", "127.0.0.1"));
    Files.writeString(file, "no keys");
    assertEquals("EMALFORMED", page.code(JOIN, Map.of("address", "127.0.0.1")));
    Path elsewhere = data.resolve("elsewhere");
    Files.writeString(elsewhere, seed);
    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);
    assertEquals("EMALFORMED", page.code(JOIN, Map.of("address", "127.0.0.1")), "no links");
  }

  @Test
  void anAppMayBringKeysOfItsOwn() {
    SigningKeys keys = SigningKeys.ofText("mine");
    Map<String, String> pair =
        Map.of(
            "publicKey",
            Vectors.hex(keys.publicKey()),
            "privateKey",
            Vectors.hex(keys.privateKey()));
    Page page = new App(data).page("ipc:");
    Bus bus = page.join(Map.of("address", "127.0.0.1", "signingKeys", pair));
    assertEquals(pair.get("publicKey"), bus.opened().path("publicKey").asText());
    assertFalse(Files.exists(data.resolve(Identity.FILE)));
    Map<String, String> mixed =
        Map.of(
            "publicKey",
            Vectors.hex(SigningKeys.ofText("theirs").publicKey()),
            "privateKey",
            pair.get("privateKey"));
    assertEquals("ERR_INVALID_CALL", page.code(JOIN, Map.of("signingKeys", mixed)));
    assertEquals(
        "ERR_INVALID_CALL",
        page.code(JOIN, Map.of("signingKeys", Map.of("publicKey", "00", "privateKey", "00"))));
  }

  @Test
  void refusesAClusterThatIsSpelledAnotherWay() {
    Page page = new App(data).page("ipc:");
    // The last character has two bits that no byte needs.
    String alias = CLUSTER.substring(0, 42) + (char) (CLUSTER.charAt(42) + 1);
    assertArrayEquals(Base64.getUrlDecoder().decode(CLUSTER), Base64.getUrlDecoder().decode(alias));
    for (String spelling : List.of(alias, CLUSTER + "=", CLUSTER.substring(4), "TEST", "!")) {
      assertEquals(
          "ERR_INVALID_CALL",
          page.code("ipc://network/join/" + spelling.replace("=", "%3D"), Map.of()),
          spelling);
    }
    page.join(Map.of("address", "127.0.0.1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          join|{"address":"here"}|ERR_INVALID_CALL
          join|{"port":70000}|ERR_INVALID_CALL
          join|{"port":-1}|ERR_INVALID_CALL
          join|{"keepalive":5}|EINVAL
          join|{"peers":[{"peerId":"ab","address":"127.0.0.1","port":1}]}|ERR_INVALID_CALL
          join|{"peers":["127.0.0.1:1"]}|ERR_INVALID_CALL
          join|{"peerId":"ab"}|ERR_INVALID_CALL
          join|{"address":"192.0.2.1","peerId":"R"}|EADDRNOTAVAIL
          subcluster|{}|ERR_INVALID_CALL
          subcluster|{"sharedKey":"00"}|ERR_INVALID_CALL
          subcluster|{"sharedKey":"no hex"}|ERR_INVALID_CALL
          leave|{"subcluster":"R"}|ENOTJOINED
          publish|{"subcluster":"R","data":""}|ERR_INVALID_CALL
          publish|{"subcluster":"R","event":"x","data":"~"}|ERR_INVALID_CALL
          publish|{"subcluster":"R","event":"x","data":"AAAA","ttl":"long"}|ERR_INVALID_CALL
          publish|{"subcluster":"R","event":"x","data":"AAAA"}|ENOTJOINED
          publish|{"subcluster":"room","event":"x","data":"AAAA"}|ERR_INVALID_CALL
          stream|{"subcluster":"J","peerId":"R","event":"x","data":"AAAA"}|EHOSTUNREACH
          query|{"query":"x"}|ERR_INVALID_CALL
          addIndexedPeer|{"peerId":"R","address":"there","port":1}|ERR_INVALID_CALL
          addIndexedPeer|{"peerId":"ab","address":"127.0.0.1","port":1}|ERR_INVALID_CALL
          addIndexedPeer|{"peerId":"R","address":"127.0.0.1","port":0}|ERR_INVALID_CALL
          open|{"subcluster":"J","data":"AAAA"}|WRONG_KEY
          """)
  void refusesWhatMakesNoSense(String function, String params, String code) throws IOException {
    Page page = new App(data).page("ipc:");
    Bus bus = page.join(Map.of("address", "127.0.0.1"));
    String json =
        params
            .replace("\"R\"", '"' + "0".repeat(64) + '"')
            .replace("\"J\"", '"' + bus.room("j") + '"');
    @SuppressWarnings("unchecked")
    Map<String, Object> asked = JSON.readValue(json, Map.class);
    assertEquals(
        code, function.equals("join") ? page.code(JOIN, asked) : bus.code(function, asked));
    // It still serves.
    bus.data("info", Map.of());
  }

  @Test
  void aMessageThatIsTooLongIsRefused() throws IOException {
    Bus bus = new App(data).page("ipc:").join(Map.of("address", "127.0.0.1"));
    Map<String, Object> asked = message(bus.room("room"), "x", "");
    asked.remove("data");
    byte[] reply = bus.page().ask(bus.url("publish"), asked, new byte[BusLimits.MESSAGE_BYTES + 1]);
    assertEquals("ETOOBIG", JSON.readTree(reply).path("err").path("code").asText());
    reply = bus.page().ask(bus.url("publish"), asked, new byte[2 << 20]);
    assertFalse(JSON.readTree(reply).has("err"), "2 MB fit");
  }

  @Test
  void aPortInUseIsToldAndFreeAgainWhenItIs() throws Exception {
    Page page = new App(data).page("ipc:");
    Map<String, Object> asked = Map.of("address", "127.0.0.115", "port", PORT + 1);
    try (DatagramSocket taken =
        new DatagramSocket(PORT + 1, InetAddress.getByName("127.0.0.115"))) {
      assertTrue(taken.isBound());
      assertEquals("EADDRINUSE", page.code(JOIN, asked));
    }
    page.join(asked).data("info", Map.of());
  }

  private static Map<String, Object> by(String address, String introducer) {
    return Map.of(
        "address",
        address,
        "keepalive",
        200,
        "peers",
        List.of(Map.of("peerId", "1".repeat(64), "address", introducer, "port", 9)));
  }

  @Test
  void whereNoRouteLeadsIsToldWithTheCause() {
    Bus bus = new App(data).page("ipc:").join(by("127.0.0.1", "192.0.2.1"));
    JsonNode warning = bus.page().awaits("warning").head();
    assertTrue(
        List.of("EINVAL", "ENETUNREACH", "EHOSTUNREACH").contains(warning.path("code").asText()),
        warning::toString);
    assertTrue(warning.path("status").asText().contains("192.0.2.1:9"), warning::toString);
    assertTrue(warning.path("status").asText().contains("'address'"), warning::toString);
    assertEquals("EHOSTUNREACH", bus.page().awaits("connecting").head().path("code").asText());
  }

  private static boolean ip(String... words) {
    List<String> argv = new ArrayList<>(List.of("ip"));
    argv.addAll(List.of(words));
    return await(
            ProcessStarter.get()
                .start(
                    ProcessSpec.of(argv.toArray(String[]::new))
                        .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL))
                .compose(ChildProcess::exit))
        == 0;
  }

  @Test
  void anInterfaceThatVanishesIsTold() {
    assumeTrue(
        System.getProperty("user.name").equals("root") && ProcessStarter.find("ip").isPresent(),
        "only root makes an interface, with ip");
    String name = "dunlin-bus";
    assumeTrue(
        ip("link", "add", name, "type", "veth", "peer", "name", name + "-2"),
        "this system makes no interface");
    try {
      assertTrue(ip("addr", "add", "198.18.77.1/24", "dev", name));
      assertTrue(ip("link", "set", name, "up") && ip("link", "set", name + "-2", "up"));
      Bus bus = new App(data).page("ipc:").join(by("198.18.77.1", "198.18.77.2"));
      bus.page().awaits("connecting");
      assertTrue(bus.page().told.stream().noneMatch(told -> told.is("warning")), "it can send");
      assertTrue(ip("link", "del", name));
      JsonNode warning = bus.page().awaits("warning").head();
      assertTrue(
          warning.path("status").asText().contains("see whether its interface is up"),
          warning::toString);
      bus.data("info", Map.of());
    } finally {
      ip("link", "del", name);
    }
  }

  @Test
  void onePeerHasOneConfigurationWhileItIsUsed() {
    Page page = new App(data).page("ipc:");
    Bus bus = page.join(Map.of("address", "127.0.0.1"));
    assertEquals("EALREADY", page.code(JOIN, Map.of("address", "127.0.0.2")));
    bus.data("close", Map.of());
    page.awaits("end");
    Bus again = page.join(Map.of("address", "127.0.0.2"));
    assertEquals(bus.peerId(), again.peerId());
  }

  @Test
  void anAppHasNoMorePeersThanItsBound() {
    Page page = new App(data).page("ipc:");
    for (int i = 0; i < BusLimits.PEERS; i++) {
      page.join(Map.of("address", "127.0.0.1", "peerId", String.format("%064x", i)));
    }
    assertEquals(
        "ENOSPC", page.code(JOIN, Map.of("address", "127.0.0.1", "peerId", "f".repeat(64))));
    page.join(Map.of("address", "127.0.0.1", "peerId", "0".repeat(64)));
  }

  @Test
  void aPageIsToldThatTheNetworkIsAway() {
    Bus bus = new App(data).page("ipc:").join(Map.of("address", "127.0.0.1"));
    bus.data("setOnline", Map.of("online", false));
    assertEquals("ENETDOWN", bus.page().awaits("connecting").head().path("code").asText());
    assertFalse(bus.data("info", Map.of()).path("ready").asBoolean());
  }
}
