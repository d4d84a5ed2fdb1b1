package dev.dunlin.net.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.Answer;
import dev.dunlin.bridge.Bridge;
import dev.dunlin.bridge.BridgeConfig;
import dev.dunlin.bridge.FileLane;
import dev.dunlin.bridge.Frame;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.StreamRequest;
import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands, behind a bridge, as a page without a browser sees them. */
class UdpModuleTest {
  private static final String ORIGIN = "https://app.localhost";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 20;
  private static final String ANY = "ipc://udp/bind/127.0.0.1:0";

  private final Vertx vertx = Vertx.vertx();
  private final UdpModule module = new UdpModule();
  private final Bridge bridge =
      new Bridge(
          vertx,
          new BridgeConfig(
              ORIGIN,
              PolicySet.of(List.of("connect-src ipc:")),
              List.of(),
              RandomSource.secure(),
              FileLane.NONE),
          List.of(module));
  private int window;

  @AfterEach
  void close() {
    await(bridge.shutDown());
    module.close();
    await(vertx.close());
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

  private static void until(BooleanSupplier condition) {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; !condition.getAsBoolean(); i++) {
      assertTrue(i < PATIENCE_SECONDS * 1000, "not in time");
      try {
        assertFalse(never.await(1, TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A top frame. */
  private final class Page {
    final int index = ++window;
    final String id;
    private long sequence;
    private ByteSource pushes;
    private final BlockingQueue<String> late = new LinkedBlockingQueue<>();

    Page(String sources) {
      id = bridge.registerDocument(index, PolicySet.of(List.of("connect-src " + sources)));
      park();
    }

    private void park() {
      send(
          "{\"d\":\"" + id + "\",\"o\":1}",
          new Answer() {
            @Override
            public void success(String json) {
              late.add(json);
              park();
            }

            @Override
            public void failure(int code, String message) {}
          });
    }

    private void send(String message, Answer answer) {
      bridge
          .callLane()
          .receive(new Frame(index, "frame-" + index, true, ORIGIN + "/"), message, answer);
    }

    /** {@code [seq, 0, data]} or {@code [seq, 1, error]}. */
    JsonNode call(String url, Map<String, Object> params) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      try {
        send(
            JSON.writeValueAsString(
                Map.of("d", id, "c", List.of(List.of(++sequence, url, params)))),
            new Answer() {
              @Override
              public void success(String json) {
                reply.complete(json);
              }

              @Override
              public void failure(int code, String message) {
                reply.completeExceptionally(new AssertionError(code + " " + message));
              }
            });
        return JSON.readTree(reply.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).path("r").path(0);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    JsonNode data(String url, Map<String, Object> params) {
      JsonNode reply = call(url, params);
      assertEquals(0, reply.path(1).asInt(), reply::toString);
      return reply.path(2);
    }

    String code(String url, Map<String, Object> params) {
      JsonNode reply = call(url, params);
      assertEquals(1, reply.path(1).asInt(), reply::toString);
      return reply.path(2).path("code").asText();
    }

    JsonNode bind(String url) {
      return data(url, Map.of("type", "udp4"));
    }

    JsonNode stats(JsonNode socket) {
      return data("ipc://handle/udp/stats/" + socket.path("id").asText(), Map.of());
    }

    /** The next push frame's payload: of one socket, so its channel is not looked at. */
    byte[] pushed() {
      try {
        if (pushes == null) {
          StreamResponse response =
              await(
                  bridge
                      .streamLane()
                      .open(
                          new StreamRequest(
                              index,
                              "frame-" + index,
                              true,
                              ORIGIN,
                              "GET",
                              "ipc://push/?_d=" + id,
                              new byte[0]))
                      .response());
          pushes = response.body();
        }
        ByteBuffer head = ByteBuffer.wrap(read(8)).order(ByteOrder.LITTLE_ENDIAN);
        return read(head.getInt());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private byte[] read(int length) throws IOException {
      byte[] bytes = new byte[length];
      for (int at = 0; at < length; ) {
        byte[] some = new byte[length - at];
        int n = pushes.read(some, some.length);
        if (n == ByteSource.NOT_YET) {
          CountDownLatch readable = new CountDownLatch(1);
          pushes.whenReadable(readable::countDown);
          try {
            assertTrue(readable.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing was pushed");
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        } else {
          System.arraycopy(some, 0, bytes, at, n);
          at += n;
        }
      }
      return bytes;
    }

    void credit(int channel, int bytes) {
      data("ipc://push/credit", Map.of("channel", channel, "bytes", bytes));
    }
  }

  private static byte[] wire(byte[]... datagrams) {
    int total = 4;
    for (byte[] one : datagrams) {
      total += 2 + one.length;
    }
    ByteBuffer out = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(datagrams.length);
    for (byte[] one : datagrams) {
      out.putShort((short) one.length);
    }
    for (byte[] one : datagrams) {
      out.put(one);
    }
    return out.array();
  }

  private static Map<String, Object> sending(JsonNode socket, String... texts) {
    byte[][] datagrams = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      datagrams[i] = texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return Map.of(
        "socket",
        socket.path("id").asText(),
        "data",
        Base64.getEncoder().encodeToString(wire(datagrams)));
  }

  private static DatagramSocket plain() {
    try {
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      return socket;
    } catch (SocketException e) {
      throw new AssertionError(e);
    }
  }

  private static String receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  private static void send(DatagramSocket socket, JsonNode to, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    socket.send(
        new DatagramPacket(
            bytes,
            bytes.length,
            new InetSocketAddress("127.0.0.1", to.path("local").path("port").asInt())));
  }

  private static boolean isFree(JsonNode socket) {
    try (DatagramSocket same =
        new DatagramSocket(
            new InetSocketAddress("127.0.0.1", socket.path("local").path("port").asInt()))) {
      return same.isBound();
    } catch (SocketException inUse) {
      return false;
    }
  }

  private static String to(DatagramSocket socket) {
    return "ipc://udp/send/127.0.0.1:" + socket.getLocalPort();
  }

  @Test
  void sendsAndReceivesWithinThePolicy() throws IOException {
    try (DatagramSocket peer = plain()) {
      Page page = new Page(ANY + " ipc://handle/ ipc://push/ " + to(peer));
      JsonNode socket = page.bind(ANY);
      assertTrue(page.data(to(peer), sending(socket, "one", "", "three")).isNull());
      assertEquals("one", receive(peer));
      assertEquals("", receive(peer));
      assertEquals("three", receive(peer));
      send(peer, socket, "answer");
      byte[] record = page.pushed();
      byte[] address = "127.0.0.1".getBytes(StandardCharsets.US_ASCII);
      ByteBuffer expected =
          ByteBuffer.allocate(4 + address.length + 2 + 6).order(ByteOrder.LITTLE_ENDIAN);
      expected
          .put((byte) 1)
          .putShort((short) peer.getLocalPort())
          .put((byte) address.length)
          .put(address)
          .putShort((short) 6)
          .put("answer".getBytes(StandardCharsets.US_ASCII));
      assertArrayEquals(expected.array(), record);
      assertEquals(3, page.stats(socket).path("sent").asInt());
      assertEquals(1, page.stats(socket).path("received").asInt());
    }
  }

  @Test
  void deniesWhatThePolicyDoesNotName() throws IOException {
    try (DatagramSocket peer = plain();
        DatagramSocket other = plain()) {
      Page page = new Page(ANY + " ipc://handle/ " + to(peer));
      JsonNode socket = page.bind(ANY);
      assertEquals("ERR_ACCESS_DENIED", page.code(to(other), sending(socket, "no")));
      assertEquals(
          "ERR_ACCESS_DENIED", page.code("ipc://udp/bind/0.0.0.0:0", Map.of("type", "udp4")));
      assertEquals(
          "ERR_ACCESS_DENIED",
          page.code(to(other), Map.of("socket", socket.path("id").asText(), "connect", true)));
      page.data(to(peer), sending(socket, "yes"));
      assertEquals("yes", receive(peer));
      Page none = new Page("ipc://fs/");
      assertEquals("ERR_ACCESS_DENIED", none.code(ANY, Map.of("type", "udp4")));
    }
  }

  @Test
  void openedBySendingItHearsOnlyAnswersUnlessItMayListen() throws IOException {
    try (DatagramSocket peer = plain();
        DatagramSocket stranger = plain()) {
      Map<String, Object> open = Map.of("open", Map.of("type", "udp4"));
      Page page = new Page("ipc://handle/ ipc://push/ " + to(peer));
      JsonNode socket = page.data(to(peer), open);
      send(stranger, socket, "unasked");
      send(peer, socket, "too early");
      until(() -> page.stats(socket).path("ignored").asInt() == 2);
      page.data(to(peer), sending(socket, "ask"));
      assertEquals("ask", receive(peer));
      send(stranger, socket, "unasked");
      send(peer, socket, "answer");
      assertTrue(new String(page.pushed(), StandardCharsets.US_ASCII).endsWith("answer"));
      assertEquals(3, page.stats(socket).path("ignored").asInt());
      Page listener = new Page("ipc://handle/ ipc://push/ ipc://udp/bind/0.0.0.0:0 " + to(peer));
      JsonNode open4all = listener.data(to(peer), open);
      send(stranger, open4all, "welcome");
      assertTrue(new String(listener.pushed(), StandardCharsets.US_ASCII).endsWith("welcome"));
    }
  }

  @Test
  void connectsToWhatMayBeSentTo() throws IOException {
    try (DatagramSocket peer = plain()) {
      Page page = new Page(ANY + " ipc://handle/ ipc://push/ " + to(peer));
      JsonNode socket = page.bind(ANY);
      String id = socket.path("id").asText();
      JsonNode connected = page.data(to(peer), Map.of("socket", id, "connect", true));
      assertEquals(peer.getLocalPort(), connected.path("remote").path("port").asInt());
      Map<String, Object> hello = new HashMap<>(sending(socket, "hello"));
      page.data("ipc://handle/udp/send/" + id, hello);
      assertEquals("hello", receive(peer));
      assertFalse(page.data("ipc://handle/udp/disconnect/" + id, Map.of()).has("remote"));
      assertEquals("EDESTADDRREQ", page.code("ipc://handle/udp/send/" + id, hello));
    }
  }

  @Test
  void closesItsSocketsWithThePageAndOnDemand() {
    Page page = new Page("ipc:");
    List<JsonNode> sockets = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sockets.add(page.bind(ANY));
    }
    sockets.forEach(socket -> assertFalse(isFree(socket)));
    page.data("ipc://handle/udp/close/" + sockets.get(0).path("id").asText(), Map.of());
    assertTrue(isFree(sockets.get(0)));
    assertFalse(isFree(sockets.get(1)));
    bridge.documentGone(page.id);
    until(() -> sockets.stream().allMatch(UdpModuleTest::isFree));
  }

  @Test
  void anotherWindowCantUseASocket() {
    Page page = new Page("ipc:");
    JsonNode socket = page.bind(ANY);
    Page other = new Page("ipc:");
    assertEquals(
        "ERR_UNKNOWN_HANDLE", other.code("ipc://udp/send/127.0.0.1:9", sending(socket, "no")));
    assertEquals(
        "ERR_UNKNOWN_HANDLE",
        other.code("ipc://handle/udp/close/" + socket.path("id").asText(), Map.of()));
  }

  @Test
  void dropsAndCountsWhatASlowPageDoesNotTake() throws IOException {
    Page page = new Page("ipc:");
    JsonNode socket = page.bind(ANY);
    int port = socket.path("local").path("port").asInt();
    int channel = socket.path("channel").asInt();
    JsonNode from = page.bind(ANY);
    byte[] datagram = new byte[1000];
    byte[][] many = new byte[500][];
    java.util.Arrays.fill(many, datagram);
    Map<String, Object> batch =
        Map.of(
            "socket",
            from.path("id").asText(),
            "data",
            Base64.getEncoder().encodeToString(wire(many)));
    for (int i = 0; i < 20; i++) {
      page.data("ipc://udp/send/127.0.0.1:" + port, batch);
    }
    until(
        () -> {
          JsonNode stats = page.stats(socket);
          return stats.path("received").asInt() == 10_000;
        });
    JsonNode stats = page.stats(socket);
    assertTrue(stats.path("dropped").asInt() > 2000, stats::toString);
    assertTrue(stats.path("waitingBytes").asInt() <= UdpLimits.WAITING_BYTES, stats::toString);
    // Honest: who takes what there is gets the rest, in order and whole.
    int kept = stats.path("received").asInt() - stats.path("dropped").asInt();
    int got = 0;
    while (got < kept) {
      byte[] message = page.pushed();
      page.credit(channel, message.length);
      for (int at = 0; at < message.length; got++) {
        int head = message[at] == 1 ? 4 + message[at + 3] : 1;
        at += head + 2 + 1000;
      }
    }
    assertEquals(kept, got);
    until(() -> page.stats(socket).path("waitingBytes").asInt() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "AQAAAA==", "AQAAAAUA", "AQAAAAEAYWI=", "////fw==", "*"})
  void refusesABatchThatIsNotOne(String data) {
    Page page = new Page("ipc:");
    String id = page.bind(ANY).path("id").asText();
    assertEquals(
        "ERR_INVALID_CALL",
        page.code("ipc://udp/send/127.0.0.1:9", Map.of("socket", id, "data", data)));
    assertEquals("ERR_INVALID_CALL", page.code("ipc://udp/send/127.0.0.1:9", Map.of("socket", id)));
    assertEquals("ERR_INVALID_CALL", page.code(ANY, Map.of("type", "udp5")));
    assertEquals("EINVAL", page.code("ipc://udp/bind/[::1]:0", Map.of("type", "udp4")));
    assertEquals(
        "ERR_INVALID_CALL", page.code("ipc://handle/udp/setTTL/" + id, Map.of("value", "many")));
    assertEquals("EINVAL", page.code("ipc://handle/udp/setTTL/" + id, Map.of("value", 256)));
    assertEquals(
        "EINVAL", page.code("ipc://handle/udp/addMembership/" + id, Map.of("group", "a.example")));
  }

  @Test
  void tellsWhatTheSystemRefuses() throws IOException {
    try (DatagramSocket taken = plain()) {
      Page page = new Page("ipc:");
      assertEquals(
          "EADDRINUSE",
          page.code("ipc://udp/bind/127.0.0.1:" + taken.getLocalPort(), Map.of("type", "udp4")));
      JsonNode socket = page.bind(ANY);
      byte[] long1 = new byte[65_535];
      JsonNode failed =
          page.data(
              "ipc://udp/send/127.0.0.1:9",
              Map.of(
                  "socket",
                  socket.path("id").asText(),
                  "data",
                  Base64.getEncoder().encodeToString(wire(new byte[1], long1, new byte[1]))));
      assertEquals("[[1,\"EMSGSIZE\"]]", failed.path("failed").toString());
      assertEquals(1, page.stats(socket).path("unsent").asInt());
      assertEquals(InetAddress.getByName("127.0.0.1"), taken.getLocalAddress());
    }
  }
}
