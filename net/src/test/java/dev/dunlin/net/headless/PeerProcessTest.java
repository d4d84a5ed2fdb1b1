package dev.dunlin.net.headless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.net.Vectors;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.scheduler.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers as processes are, on real sockets of 127.0.0.0/8; each in a thread instead of a process.
 */
@Timeout(60)
class PeerProcessTest {
  private static final int PORT = 39_777;
  private final List<Running> started = new ArrayList<>();

  private final class Running {
    final PipedOutputStream stdin = new PipedOutputStream();
    final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
    final List<JsonNode> seen = new ArrayList<>();
    final CompletableFuture<Integer> exit;
    final String id;

    Running(PeerOptions options) throws IOException {
      id = Vectors.hex(Hashes.sha256(options.name()));
      PipedInputStream in = new PipedInputStream(stdin, 1 << 16);
      PipedInputStream read = new PipedInputStream(1 << 16);
      PrintStream out = new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8);
      Threads.start("test-reader", () -> pump(read));
      exit = Threads.async("test-peer", () -> PeerProcess.run(options, in, out));
      started.add(this);
    }

    private void pump(PipedInputStream read) {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          events.add(new ObjectMapper().readTree(line));
        }
      } catch (IOException e) {
        // The pipe's writer has gone: its peer has ended.
      }
    }

    void say(String line) throws IOException {
      stdin.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      stdin.flush();
    }

    JsonNode await(String event, Predicate<JsonNode> predicate) throws InterruptedException {
      for (JsonNode known : seen) {
        if (known.get("ev").asText().equals(event) && predicate.test(known)) {
          return known;
        }
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (true) {
        JsonNode next = events.poll(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        assertNotNull(next, "no " + event + " among " + seen);
        seen.add(next);
        if (next.get("ev").asText().equals(event) && predicate.test(next)) {
          return next;
        }
      }
    }

    JsonNode await(String event) throws InterruptedException {
      return await(event, any -> true);
    }
  }

  @AfterEach
  void end() throws Exception {
    for (Running peer : started) {
      peer.stdin.close();
    }
    for (Running peer : started) {
      if (!peer.exit.isCompletedExceptionally()) {
        assertEquals(0, peer.exit.get(20, TimeUnit.SECONDS));
      }
    }
  }

  private static PeerOptions options(
      boolean introducer, String name, int host, int port, List<String> introducers) {
    return new PeerOptions(
        introducer,
        name,
        "127.0.0." + host,
        port,
        0,
        30_000,
        "TEST",
        introducer ? List.of() : List.of("room"),
        introducers);
  }

  @Test
  void peersOfOneMachineFindEachOtherAndTalk() throws Exception {
    Running first = new Running(options(true, "introducer one", 101, PORT, List.of()));
    assertEquals("introducer", first.await("ready").get("role").asText());
    Running second = new Running(options(true, "introducer two", 102, PORT, List.of()));
    assertEquals(PORT, second.await("ready").get("port").asInt());
    List<String> known =
        List.of(first.id + "@127.0.0.101:" + PORT, second.id + "@127.0.0.102:" + PORT);
    Running alice = new Running(options(false, "alice", 103, 0, known));
    Running bob = new Running(options(false, "bob", 104, 0, known));
    Running carol = new Running(options(false, "carol", 105, 0, known));
    for (Running peer : List.of(alice, bob, carol)) {
      JsonNode ready = peer.await("ready");
      assertEquals(peer.id, ready.get("peerId").asText());
      assertEquals(31, ready.get("natType").asInt());
      assertEquals("room", peer.await("joined").get("secret").asText());
    }
    alice.await("connection", event -> event.get("peerId").asText().equals(bob.id));
    bob.await("connection", event -> event.get("peerId").asText().equals(alice.id));
    carol.await("connection", event -> event.get("peerId").asText().equals(alice.id));

    alice.say("{\"cmd\":\"publish\",\"secret\":\"room\",\"event\":\"greet\",\"text\":\"hello ✓\"}");
    String packet = alice.await("published").get("ids").get(0).asText();
    for (Running peer : List.of(bob, carol)) {
      JsonNode event = peer.await("packet");
      assertEquals("hello ✓", event.get("text").asText());
      assertEquals(Vectors.hex(Hashes.sha256("greet")), event.get("event").asText());
      assertEquals(Vectors.hex(Hashes.sha256("hello ✓")), event.get("sha256").asText());
      assertTrue(event.get("verified").asBoolean());
      assertEquals("STRONG", event.get("level").asText());
    }
    bob.say(
        "{\"cmd\":\"stream\",\"peerId\":\""
            + alice.id
            + "\",\"secret\":\"room\",\"event\":\"file\",\"size\":300000}");
    JsonNode stream = alice.await("stream");
    assertEquals(bob.id, stream.get("from").asText());
    assertEquals(
        Vectors.hex(Hashes.sha256(Vectors.pattern(300_000))), stream.get("sha256").asText());
    assertFalse(stream.has("text"));

    carol.say("{\"cmd\":\"query\",\"query\":{\"packetId\":\"" + packet + "\"}}");
    assertEquals(
        2 * (160 + "hello ✓".getBytes(StandardCharsets.UTF_8).length),
        carol.await("answer").get("hex").asText().length());

    bob.say("{\"cmd\":\"state\"}");
    assertEquals(1, bob.await("state").get("cachedPackets").asInt());
    bob.say("{\"cmd\":\"publish\",\"secret\":\"elsewhere\",\"event\":\"x\",\"text\":\"y\"}");
    assertEquals("ENOTJOINED", bob.await("error").get("code").asText());
    bob.say("{\"cmd\":\"join\",\"secret\":\"elsewhere\"}");
    bob.await("joined", event -> event.get("secret").asText().equals("elsewhere"));
    bob.say("no json");
    bob.await("error", event -> event.get("code").asText().equals("EINVAL"));
    bob.say("{\"cmd\":\"quit\"}");
    assertEquals(0, bob.exit.get(10, TimeUnit.SECONDS));
  }

  @Test
  void givesItsPortBackAndSaysSoWhenItIsTaken() throws Exception {
    try (DatagramSocket taken =
        new DatagramSocket(PORT + 1, InetAddress.getByName("127.0.0.106"))) {
      assertTrue(taken.isBound());
      PeerException fault =
          assertThrows(
              PeerException.class,
              () ->
                  PeerProcess.run(
                      options(true, "i", 106, PORT + 1, List.of()), System.in, System.out));
      assertEquals("EADDRINUSE", fault.code());
    }
    Running peer = new Running(options(true, "i", 106, PORT + 1, List.of()));
    peer.await("ready");
    peer.stdin.close();
    assertEquals(0, peer.exit.get(10, TimeUnit.SECONDS));
    new DatagramSocket(PORT + 1, InetAddress.getByName("127.0.0.106")).close();
    List<Thread> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(
                thread ->
                    thread.getName().startsWith("dunlin-stdout")
                        || thread.getName().startsWith("dunlin-peer"))
            .toList();
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    }
    assertEquals(List.of(), threads.stream().filter(Thread::isAlive).toList());
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThrows(PeerException.class, () -> options(true, "i", 107, 0, List.of()).config());
    assertThrows(PeerException.class, () -> options(false, "i", 107, 70_000, List.of()).config());
    assertThrows(
        PeerException.class, () -> options(false, "i", 107, 0, List.of("abc@1.2.3.4:5")).config());
    assertThrows(
        PeerException.class,
        () ->
            new PeerOptions(false, "i", "here", 0, 0, 30_000, "c", List.of(), List.of()).config());
    assertThrows(
        PeerException.class,
        () ->
            new PeerOptions(false, "i", "127.0.0.1", 0, 0, 5, "c", List.of(), List.of()).config());
  }
}
