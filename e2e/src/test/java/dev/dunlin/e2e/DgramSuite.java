package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Node's dgram from a page in Chromium: the same scripts in Node and here, and what only shows
 * here.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
record DgramSuite(Account account) {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final String READY = "document.documentElement.dataset.ready === 'true'";
  private static final int PATIENCE_MS = 20_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What narrow.html may send to. */
  private static final int ALLOWED_PORT = 45_454;

  /** Cases that differ, by the beginning of their names, and why they may. */
  private static final Map<String, String> DEVIATIONS =
      Map.of(
          "udp[46] connected",
          "keeps its port when it is disconnected, where Linux takes one away that it has chosen");

  @RegisterExtension static final Apps APPS = new Apps();

  private static RunningApp app;
  private static Page page;

  private static RunningApp.Start start(Account account) {
    return RunningApp.Start.of(Apps.named("dgram")).as(account).driven();
  }

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void open(Account account) {
    app = APPS.startForSuite(start(account));
    page = app.page();
    page.await(READY);
  }

  private static void show(String file) {
    page.evaluate("document.documentElement.dataset.ready = 'false'");
    page.navigate(page.evaluate("location.origin").asText() + "/" + file);
    page.await(READY + " && location.pathname === '/" + file + "'");
  }

  @Test
  void doesWhatNodeDoes() throws IOException {
    show("index.html");
    Path folder = Files.createTempDirectory("dgram");
    Path corpus = folder.resolve("corpus.mjs");
    Files.copy(Apps.named("dgram").resolve("src/corpus.js"), corpus);
    Path script = folder.resolve("dgram-node.mjs");
    try (var in = DgramSuite.class.getResourceAsStream("dgram-node.mjs")) {
      Files.write(script, in.readAllBytes());
    }
    account.own(folder);
    List<String> node = new ArrayList<>(account.prefix());
    node.addAll(List.of("node", "--no-warnings", script.toString(), corpus.toString()));
    JsonNode theirs = JSON.readTree(Account.run(node.toArray(String[]::new)));
    JsonNode ours = page.evaluate("differential()", LONG);
    Layout.deleteTree(folder);
    assertEquals(theirs.size(), ours.size(), "the same cases");
    assertTrue(theirs.size() > 90, "some ninety cases, not " + theirs.size());
    List<String> differ = new ArrayList<>();
    int excused = 0;
    for (int i = 0; i < theirs.size(); i++) {
      String name = theirs.path(i).path(0).asText();
      assertEquals(name, ours.path(i).path(0).asText());
      assertFalse(
          theirs.path(i).path(1).asText().startsWith("nothing came"), "Node waits too: " + name);
      if (!theirs.path(i).path(1).equals(ours.path(i).path(1))) {
        if (DEVIATIONS.keySet().stream().anyMatch(name::matches)) {
          excused++;
        } else {
          differ.add(
              name + "\n  Node: " + theirs.path(i).path(1) + "\n  here: " + ours.path(i).path(1));
        }
      }
    }
    System.out.println(
        "dgram: " + theirs.size() + " cases, " + differ.size() + " differ, " + excused + " may");
    assertTrue(differ.isEmpty(), () -> String.join("\n", differ));
  }

  private static DatagramSocket plain(int port) throws SocketException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private static boolean isFree(int port) {
    try (DatagramSocket socket = plain(port)) {
      return socket.isBound();
    } catch (SocketException inUse) {
      return false;
    }
  }

  private static String receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  @Test
  void sendsAndListensWithinThePolicyOnly() throws IOException {
    show("narrow.html");
    try (DatagramSocket allowed = plain(ALLOWED_PORT);
        DatagramSocket other = plain(0)) {
      JsonNode said =
          page.run(
              """
              const refused = []
              addEventListener('securitypolicyviolation', event => refused.push(event.blockedURI))
              const code = work => new Promise(resolve => work(error => resolve(error ? error.code : 'done')))
              const bind = (port, address) => code(done => dgram.createSocket('udp4').on('error', done).bind(port, address, done))
              const socket = await listening()
              const codes = [
                await code(done => socket.send('allowed', %d, '127.0.0.1', done)),
                await code(done => socket.send('allowed too', %d, 'localhost', done)),
                await code(done => socket.send('denied', %d, '127.0.0.1', done)),
                await code(done => socket.send(new Uint8Array(60_000), %d, '127.0.0.1', done)),
                await code(done => socket.send('denied', %d, '127.0.0.2', done)),
                await code(done => socket.send('denied', %d, 'elsewhere.example', done)),
                await code(done => socket.connect(%d, '127.0.0.1', done)),
                await bind(0, '0.0.0.0'), await bind(45_460, '127.0.0.1'),
                await code(done => dgram.createSocket('udp4').send('denied', 9, '127.0.0.1', done))
              ]
              await new Promise(resolve => setTimeout(resolve))
              return { codes, refused: refused.length > 0 }
              """
                  .formatted(
                      ALLOWED_PORT,
                      ALLOWED_PORT,
                      other.getLocalPort(),
                      other.getLocalPort(),
                      ALLOWED_PORT,
                      ALLOWED_PORT,
                      other.getLocalPort()),
              LONG);
      String denied = "\"ERR_ACCESS_DENIED\"";
      assertEquals(
          "[\"done\",\"done\"" + ("," + denied).repeat(8) + "]", said.path("codes").toString());
      assertTrue(said.path("refused").asBoolean(), "the page hears of it");
      assertEquals("allowed", receive(allowed));
      assertEquals("allowed too", receive(allowed));
      // Nothing of what was denied left: what the host sends next comes first.
      page.run("(await listening()).send('end', %d, '127.0.0.1')".formatted(ALLOWED_PORT));
      assertEquals("end", receive(allowed));
      other.setSoTimeout(1);
      org.junit.jupiter.api.Assertions.assertThrows(
          java.net.SocketTimeoutException.class, () -> receive(other));
    } finally {
      show("index.html");
    }
  }

  @Test
  void anUnboundSocketOfANarrowPageHearsOnlyAnswers() throws IOException {
    show("narrow.html");
    try (DatagramSocket allowed = plain(ALLOWED_PORT);
        DatagramSocket stranger = plain(0)) {
      int port =
          page.run(
                  """
                  globalThis.heard = []
                  globalThis.asking = dgram.createSocket('udp4', message => heard.push(message.toString()))
                  await new Promise(resolve => asking.send('question', %d, '127.0.0.1', resolve))
                  return asking.address().port
                  """
                      .formatted(ALLOWED_PORT))
              .asInt();
      InetSocketAddress to = new InetSocketAddress("127.0.0.1", port);
      assertEquals("question", receive(allowed));
      byte[] unasked = "unasked".getBytes(StandardCharsets.UTF_8);
      byte[] answer = "answer".getBytes(StandardCharsets.UTF_8);
      stranger.send(new DatagramPacket(unasked, unasked.length, to));
      allowed.send(new DatagramPacket(answer, answer.length, to));
      page.await("heard.length === 1 && heard[0] === 'answer'");
      assertEquals(1, page.evaluate("asking.stats().ignored").asInt());
    } finally {
      show("index.html");
    }
  }

  @Test
  void countsWhatASlowPageLoses() throws IOException {
    int port =
        page.run(
                """
                globalThis.slow = await listening({ type: 'udp4', recvBufferSize: 4 << 20 })
                globalThis.heard = 0
                slow.on('message', message => { heard += message.length === 1024 ? 1 : NaN })
                return slow.address().port
                """)
            .asInt();
    try (DatagramSocket fast = plain(0)) {
      DatagramPacket packet =
          new DatagramPacket(new byte[1024], 1024, new InetSocketAddress("127.0.0.1", port));
      AtomicBoolean flooding = new AtomicBoolean(true);
      Threads.start(
          "flood",
          () -> {
            try {
              while (flooding.get()) {
                fast.send(packet);
              }
            } catch (IOException e) {
              flooding.set(false);
            }
          });
      // It asks and waits, and so takes nothing: until it is told of a loss.
      page.run("while (slow.stats().dropped === 0);", LONG);
      assertTrue(flooding.getAndSet(false), "the flood broke off");
    }
    // What was not dropped comes, once the page looks again.
    page.await(
        "(s => s.waitingBytes === 0 && heard > 1000 && heard === s.received - s.dropped)(slow.stats())");
    JsonNode stats = page.evaluate("slow.stats()");
    assertTrue(stats.path("dropped").asInt() > 0, stats::toString);
    assertEquals(1024 * stats.path("dropped").asLong(), stats.path("droppedBytes").asLong());
    page.evaluate("slow.close()");
  }

  private static int worker(String name) {
    page.run(
        """
        const said = globalThis.%1$sSaid = []
        const worker = globalThis.%1$s = new Worker('/worker.js', { type: 'module' })
        worker.onmessage = event => said.push(event.data)
        worker.onerror = event => said.push({ error: event.message || 'it did not load' })
        worker.postMessage('bind')
        """
            .formatted(name));
    page.await(name + "Said.length > 0");
    JsonNode first = page.evaluate(name + "Said[0]");
    assertTrue(first.path("port").asInt() > 0, first::toString);
    return first.path("port").asInt();
  }

  @Test
  void aDedicatedWorkerHasSocketsThatGoWithIt() throws IOException {
    show("index.html");
    int one = worker("one");
    int two = worker("two");
    try (DatagramSocket outside = plain(0)) {
      for (int port : List.of(one, two, one)) {
        byte[] text = ("to " + port).getBytes(StandardCharsets.UTF_8);
        outside.send(
            new DatagramPacket(text, text.length, new InetSocketAddress("127.0.0.1", port)));
        assertEquals("TO " + port, receive(outside));
      }
    }
    page.await("oneSaid.length === 3 && twoSaid.length === 2");
    JsonNode last = page.evaluate("oneSaid[2]");
    assertEquals("to " + one, last.path("text").asText(), last::toString);
    assertEquals(2, last.path("stats").path("received").asInt(), last::toString);
    assertFalse(isFree(one));
    // One is told to close its socket, the other is ended in the middle of its work.
    page.evaluate("one.postMessage('close')");
    page.await("oneSaid.some(said => said.closed)");
    page.evaluate("two.terminate()");
    awaitFree(List.of(one, two));
    int third = worker("third");
    show("narrow.html");
    awaitFree(List.of(third));
    show("index.html");
  }

  @Test
  void countsWhatTheSystemDropsForWantOfRoom() throws IOException {
    show("index.html");
    int port =
        page.run(
                """
                globalThis.tight = await listening({ type: 'udp4', recvBufferSize: 2048 })
                return tight.address().port
                """)
            .asInt();
    int count = 0;
    try (DatagramSocket fast = plain(0)) {
      DatagramPacket packet =
          new DatagramPacket(new byte[1024], 1024, new InetSocketAddress("127.0.0.1", port));
      while (count < 200_000 && (count % 2_000 != 0 || count == 0 || dropped() == 0)) {
        fast.send(packet);
        count++;
      }
    }
    assertTrue(dropped() > 0, "nothing was dropped of " + count);
    // Each came, or was counted.
    page.await(
        "(s => s.received + s.systemDropped === "
            + count
            + " && s.waitingBytes === 0)(tight.stats())");
    page.evaluate("tight.close()");
  }

  private static long dropped() {
    return page.evaluate("tight.stats().systemDropped").asLong();
  }

  @Test
  void leavesNoSocketOpenWhenThePageIsLoadedAgainOrGoesOrItsProcessIsKilled() {
    String three =
        "const three = [await listening(), await listening({ type: 'udp4', reuseAddr: false }),"
            + " await listening()]; globalThis.kept = three;"
            + " return three.map(socket => socket.address().port)";
    List<Integer> ports = ports(page.run(three));
    assertTrue(ports.stream().noneMatch(DgramSuite::isFree), "they listen");
    page.evaluate("document.documentElement.dataset.ready = 'again'");
    page.call("Page.reload", JSON.createObjectNode());
    page.await(READY);
    awaitFree(ports);
    ports = ports(page.run(three));
    show("narrow.html");
    awaitFree(ports);
    show("index.html");
    ports = ports(page.run(three));
    assertTrue(ports.stream().noneMatch(DgramSuite::isFree), "they listen");
    long renderer =
        app.processes().entrySet().stream()
            .filter(process -> process.getValue().contains("--type=renderer"))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no renderer: " + app.processes()));
    app.signal("KILL", renderer);
    awaitFree(ports);
    page.await(READY);
  }

  private List<Integer> keptOpen(RunningApp other) {
    other.page().await(READY);
    List<Integer> ports =
        ports(
            other.page().run("globalThis.kept = await listening(); return [kept.address().port]"));
    assertFalse(isFree(ports.get(0)));
    return ports;
  }

  @Test
  void leavesNoSocketOpenWhenTheWindowIsClosed() {
    RunningApp other = APPS.start(start(account));
    List<Integer> ports = keptOpen(other);
    other.page().tell("ipc.call('ipc://window/close')");
    other.awaitExit();
    awaitFree(ports);
  }

  @Test
  void leavesNoSocketOpenWhenTheAppIsKilled() {
    RunningApp other = APPS.start(start(account));
    List<Integer> ports = keptOpen(other);
    other.signal("KILL", other.pid());
    other.awaitExit();
    awaitFree(ports);
    // A killed app leaves its temporary files: see StartSuite.
    other.destroy();
  }

  private static List<Integer> ports(JsonNode array) {
    List<Integer> ports = new ArrayList<>();
    array.forEach(port -> ports.add(port.asInt()));
    return ports;
  }

  private static void awaitFree(List<Integer> ports) {
    app.await(() -> ports.stream().allMatch(DgramSuite::isFree), "free ports", RunningApp.SOON);
  }
}
