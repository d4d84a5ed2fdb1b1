package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The peer-to-peer network of pages in Chromium: apps and introducers, each a process. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
record BusSuite(Account account) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String READY = "document.documentElement.dataset.ready === 'true'";
  private static final int PORT = 39_881;

  /** Two: a peer asks two to find out what it is behind. */
  private static final List<String> INTRODUCERS = List.of("127.9.0.1", "127.9.0.2");

  private static final String KEY = "network.key";

  @RegisterExtension static final Apps APPS = new Apps();

  private static final List<ChildProcess> introducers = new ArrayList<>();

  private static String idOf(String name) {
    return HexFormat.of().formatHex(Hashes.sha256(name));
  }

  @BeforeParameterizedClassInvocation
  static void open() throws IOException {
    for (String address : INTRODUCERS) {
      List<String> argv = new ArrayList<>(Layout.of(Account.self()).java(Main.class));
      argv.addAll(
          List.of(
              "peer",
              "--role=introducer",
              "--name=at " + address,
              "--cluster=bus e2e",
              "--address=" + address,
              "--port=" + PORT));
      ChildProcess child =
          ProcessStarter.get()
              .start(
                  ProcessSpec.of(argv.toArray(String[]::new))
                      .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.INHERIT))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      introducers.add(child);
    }
    for (ChildProcess child : introducers) {
      assertTrue(child.stdout().read() >= 0, "an introducer did not start");
    }
  }

  @AfterParameterizedClassInvocation
  static void close() {
    introducers.forEach(ChildProcess::killTree);
    introducers.forEach(child -> child.exit().toCompletionStage().toCompletableFuture().join());
    introducers.clear();
    assertEquals(List.of(), sockets("127.9.0."), "sockets left");
  }

  private RunningApp.Start start() {
    return RunningApp.Start.of(Apps.named("bus")).as(account).driven();
  }

  private RunningApp app() {
    RunningApp app = APPS.start(start());
    app.page().await(READY);
    return app;
  }

  private static void show(Page page, String file) {
    page.evaluate("document.documentElement.dataset.ready = 'false'");
    page.navigate(page.evaluate("location.origin").asText() + "/" + file);
    page.await(READY + " && location.pathname === '/" + file + "'");
  }

  /** Options of a peer at an address of this machine. */
  private static ObjectNode options(int host, List<String> by) {
    ObjectNode options = JSON.createObjectNode().put("address", "127.9.0." + host);
    ArrayNode peers = options.putArray("peers");
    for (String address : by) {
      peers
          .addObject()
          .put("peerId", idOf("at " + address))
          .put("address", address)
          .put("port", PORT);
    }
    return options;
  }

  /** Joins, and has a room whose greetings are kept in {@code heard}. */
  private static void enter(Page page, ObjectNode options) {
    page.run(
        """
        await enter(%s)
        globalThis.room = await bus.subcluster({ sharedKey: await Encryption.createSharedKey('room') })
        globalThis.heard = []
        room.on('greet', (bytes, info) => heard.push([bytes.toString(), info.verified, info.level, info.signer]))
        room.on('file', async bytes => heard.push([await sha256(bytes), bytes.byteLength]))
        """
            .formatted(options));
  }

  private static String told(String event) {
    return "told.some(one => one[0] === '" + event + "')";
  }

  private static List<String> sockets(String prefix) {
    List<String> found = new ArrayList<>();
    try (Stream<String> lines = Files.lines(Path.of("/proc/net/udp"))) {
      lines
          .skip(1)
          .forEach(
              line -> {
                String hex = line.strip().split("\\s+")[1];
                StringBuilder address = new StringBuilder();
                for (int i = 3; i >= 0; i--) {
                  address.append(Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16));
                  address.append(i == 0 ? "" : ".");
                }
                if (address.toString().startsWith(prefix)) {
                  found.add(address + " " + line);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static List<String> socketsAt(int host) {
    return sockets("127.9.0." + host).stream()
        .filter(line -> line.startsWith("127.9.0." + host + " "))
        .toList();
  }

  private static void awaitNoSocket(RunningApp app, int host) {
    app.await(() -> socketsAt(host).isEmpty(), "no socket at 127.9.0." + host, RunningApp.SOON);
  }

  private Path key(RunningApp app) throws IOException {
    try (Stream<Path> files = Files.walk(app.base().resolve("data"))) {
      return files.filter(file -> file.endsWith(KEY)).findFirst().orElseThrow();
    }
  }

  @Test
  void pagesOfTwoAppsTalkAndTheirStateOutlivesTheirEnd() {
    RunningApp one = app();
    RunningApp two = app();
    Page alice = one.page();
    Page bob = two.page();
    enter(alice, options(11, INTRODUCERS));
    enter(bob, options(12, INTRODUCERS));
    for (Page page : List.of(alice, bob)) {
      page.await(told("#ready"));
      page.await(told("#connection") + " && room.peers.size === 1 && " + told("#join"));
    }
    JsonNode ready = alice.evaluate("told.find(one => one[0] === '#ready')[1]");
    assertEquals("127.9.0.11", ready.path("address").asText(), ready::toString);
    assertEquals(31, ready.path("natType").asInt(), ready::toString);
    String aliceId = alice.evaluate("bus.peerId").asText();
    assertEquals(aliceId, bob.evaluate("[...room.peers.keys()][0]").asText());

    // Published: the other app hears it, knows by whose key, and may ask for it again.
    String packet = alice.run("return (await room.publish('greet', 'hello ✓'))[0]").asText();
    bob.await("heard.length === 1");
    JsonNode heard = bob.evaluate("heard[0]");
    assertEquals("hello ✓", heard.path(0).asText());
    assertEquals("STRONG", heard.path(2).asText());
    assertEquals(
        alice.evaluate("[...bus.publicKey].map(b => b.toString(16).padStart(2, '0')).join('')"),
        heard.path(3));
    alice.await(told("#send"));
    bob.run("await bus.query({ packetId: '%s' })".formatted(packet));
    bob.await("told.some(one => one[0] === '#query' && one[1] === 'hello ✓')");

    // Streamed: to that member alone.
    bob.run("await room.peers.get('%s').send('greet', 'psst')".formatted(aliceId));
    alice.await("heard.some(one => one[0] === 'psst') && " + told("#stream"));

    // Long, in some hundreds of packets; and too long.
    String sum =
        alice
            .run(
                """
                const bytes = new Uint8Array(256 << 10).map((_, i) => 31 * i + 7)
                await room.publish('file', bytes)
                return sha256(bytes)
                """)
            .asText();
    bob.await("heard.some(one => one[0] === '" + sum + "' && one[1] === 256 << 10)");
    JsonNode long5 = alice.run("return fault(() => room.publish('file', new Uint8Array(5 << 20)))");
    assertEquals("ETOOBIG", long5.path("code").asText(), long5::toString);
    assertTrue(long5.path("message").asText().contains("pieces"), long5::toString);

    // Left: it neither hears nor speaks.
    bob.run("await room.leave()");
    assertEquals(
        "ENOTJOINED",
        bob.run("return (await fault(() => room.publish('greet', 'x'))).code").asText());

    // Off line and on line again.
    bob.run("await bus.disconnect()");
    bob.await("told.some(one => one[0] === '#connecting' && one[1].code === 'ENETDOWN')");
    bob.await(told("#network-change"));
    bob.run("told.length = 0; await bus.reconnect()");
    bob.await(told("#ready"));

    // The app ends, and leaves no socket; begun anew, alone, it is the same and has what it had.
    two.page().tell("ipc.call('ipc://window/close')");
    assertEquals(0, two.awaitExit());
    awaitNoSocket(two, 12);
    RunningApp again = APPS.start(start().in(two));
    again.page().await(READY);
    String bobId = bob(again);
    assertFalse(bobId.equals(aliceId));
    enter(again.page(), options(13, List.of()));
    assertEquals(bobId, again.page().evaluate("bus.peerId").asText());
    again.page().await("heard.some(one => one[0] === 'hello ✓')");
  }

  private static String bob(RunningApp app) {
    return app.page().run("return (await exportKeys()).peerId").asText();
  }

  @Test
  void aPageJoinsWhatItsPolicyNamesAndIsTaughtTheRest() {
    Page page = app().page();
    ObjectNode options = options(21, List.of());
    String join = "return fault(() => enter(" + options + ", '%s'))";
    show(page, "narrow.html");
    assertEquals("done", page.run(join.formatted("bus e2e")).path("code").asText());
    JsonNode denied = page.run(join.formatted("another"));
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
    assertEquals("NotAllowedError", denied.path("name").asText());
    assertTrue(
        denied
            .path("message")
            .asText()
            .contains("ipc://network/join/rkSKyGxOjk3sZFcpcI70GHOuecbf-E7_czYJiUh_COU"),
        denied::toString);
    assertEquals("ERR_ACCESS_DENIED", page.run("return fault(exportKeys)").path("code").asText());
    show(page, "wild.html");
    for (String cluster : List.of("bus e2e", "another")) {
      assertEquals("done", page.run(join.formatted(cluster)).path("code").asText(), cluster);
    }
  }

  @Test
  void noPageHasThePrivateKeyUnlessItAsksForIt() throws IOException {
    RunningApp app = app();
    Page page = app.page();
    enter(page, options(31, INTRODUCERS));
    page.await(told("#ready"));
    Path file = key(app);
    String seed = Files.readString(file).strip();
    assertEquals(64, seed.length());
    String all =
        page.run(
                """
                await room.publish('greet', 'x')
                const state = new TextDecoder().decode(await bus.getState())
                return JSON.stringify([told, heard, await bus.getInfo(), await bus.getMetrics(), state, { ...bus }], (key, value) => value instanceof Map ? [...value.keys()] : value)
                """)
            .asText();
    assertFalse(all.contains(seed), "the page was told the key");
    // The widest policy there is does not open the file, by whatever name.
    String folder = JSON.writeValueAsString(file.getParent().toString());
    JsonNode codes =
        page.run(
            """
            const folder = %s, key = folder + '/network.key'
            await fs.writeFile(folder + '/note', 'mine')
            await fs.symlink(key, folder + '/soft')
            const tries = {
              read: () => fs.readFile(key), stat: () => fs.stat(key), soft: () => fs.readFile(folder + '/soft'), dots: () => fs.readFile(folder + '/../' + folder.split('/').at(-1) + '/network.key'),
              upper: () => fs.readFile(folder + '/NETWORK.KEY'), copy: () => fs.copyFile(key, folder + '/copy'), link: () => fs.link(key, folder + '/hard'),
              rename: () => fs.rename(key, folder + '/moved'), over: () => fs.copyFile(folder + '/note', key), write: () => fs.writeFile(key, '0'.repeat(64)), unlink: () => fs.unlink(key),
              states: () => fs.readdir(folder + '/.network'), folder: () => fs.rename(folder, folder + '2'), all: () => fs.rm(folder, { recursive: true }),
              watch: async () => { for await (const event of fs.watch(key)) return event },
            }
            const codes = {}
            for (const name in tries) codes[name] = (await fault(tries[name])).code
            codes.honest = [(await fs.readFile(folder + '/note', 'utf8')), (await fs.readdir(folder)).includes('note')].join()
            return codes
            """
                .formatted(folder));
    assertEquals("mine,true", ((ObjectNode) codes).remove("honest").asText());
    assertEquals(15, codes.size());
    codes.forEach(code -> assertEquals("ERR_ACCESS_DENIED", code.asText(), codes::toString));
    assertEquals(seed, Files.readString(file).strip());
    // Asked for, by a page whose policy allows that.
    assertTrue(
        page.run(
                "return [...(await exportKeys()).privateKey].map(b => b.toString(16).padStart(2, '0')).join('')")
            .asText()
            .startsWith(seed));
  }

  @Test
  void whoReachesNoIntroducerIsToldSo() throws IOException {
    Page page = app().page();
    try (DatagramSocket deaf = new DatagramSocket(PORT + 7, InetAddress.getByName("127.9.0.99"))) {
      ObjectNode options = options(41, List.of());
      options
          .withArray("peers")
          .addObject()
          .put("peerId", idOf("deaf"))
          .put("address", "127.9.0.99")
          .put("port", deaf.getLocalPort());
      enter(page, options);
      page.await("told.some(one => one[0] === '#connecting' && one[1].code === 'EHOSTUNREACH')");
    }
    assertTrue(
        page.evaluate("told.find(one => one[0] === '#connecting')[1].status.length > 10")
            .asBoolean());
    assertFalse(page.run("return (await bus.getInfo()).ready").asBoolean());
    // Nobody hears it, and it says so.
    page.run("await room.publish('greet', 'kept for later')");
    JsonNode stream = page.run("return room.stream('greet', 'now')");
    assertEquals("{\"sent\":0,\"unreachable\":0}", stream.toString());
  }

  @Test
  void whatMakesNoSenseIsATypedErrorWithACure() throws IOException {
    Page page = app().page();
    try (DatagramSocket taken = new DatagramSocket(PORT, InetAddress.getByName("127.9.0.51"))) {
      assertTrue(taken.isBound());
      JsonNode faults =
          page.run(
              """
              const at = { peerId: 'cd'.repeat(32), address: '127.9.0.51', peers: [] }, id = { peerId: 'ab'.repeat(32), address: '127.9.0.52' }
              const key = async length => (await enter({ address: '127.9.0.52' })).subcluster({ sharedKey: new Uint8Array(length) })
              return Promise.all([
                fault(() => enter({ ...at, port: %d })), fault(() => enter({ ...id, address: '192.0.2.77' })), fault(() => enter({ ...id, address: 'nowhere' })),
                fault(() => network({ clusterId: new Uint8Array(31) })), fault(() => key(31)), fault(() => key(33)), fault(() => key(0)),
                fault(() => enter({ ...id, signingKeys: { publicKey: new Uint8Array(31), privateKey: new Uint8Array(64) } })),
                fault(() => enter({ ...id, signingKeys: { publicKey: new Uint8Array(32), privateKey: new Uint8Array(63) } })),
                fault(() => enter({ ...id, peers: [{ peerId: 'ab', address: '127.0.0.1', port: 1 }] })), fault(() => enter({ ...id, keepalive: 1 })),
              ])
              """
                  .formatted(PORT));
      List<String> codes = new ArrayList<>();
      faults.forEach(one -> codes.add(one.path("code").asText()));
      String invalid = "ERR_INVALID_CALL";
      assertEquals(
          List.of(
              "EADDRINUSE",
              "EADDRNOTAVAIL",
              invalid,
              "ERR_INVALID_ARG_VALUE",
              invalid,
              invalid,
              invalid,
              invalid,
              invalid,
              invalid,
              "EINVAL"),
          codes,
          faults::toString);
      assertTrue(faults.path(0).path("message").asText().contains("choose another"));
      assertTrue(faults.path(1).path("message").asText().contains("address of this machine"));
      assertTrue(faults.path(4).path("message").asText().contains("createSharedKey"));
    }
  }

  @Test
  void aPageThatIsLoadedAgainOrLeftLeavesNothingBehind() {
    RunningApp app = app();
    Page page = app.page();
    enter(page, options(61, INTRODUCERS));
    page.await(told("#ready"));
    assertEquals(2, socketsAt(61).size());
    page.evaluate("document.documentElement.dataset.ready = 'again'");
    page.call("Page.reload", JSON.createObjectNode());
    page.await(READY);
    // Loaded again soon, it finds its peer as it was; but is in no room that it has not entered.
    page.run("await enter(" + options(61, INTRODUCERS) + ")");
    page.await(told("#ready"));
    assertEquals(2, socketsAt(61).size(), "the same peer");
    JsonNode left =
        page.run(
            "return fault(() => bus._send('publish', '%s', 'greet', 'x', {}))"
                .formatted("0".repeat(64)));
    assertEquals("ENOTJOINED", left.path("code").asText(), left::toString);
    page.run("await bus.close()");
    awaitNoSocket(app, 61);
    enter(page, options(61, INTRODUCERS));
    show(page, "wild.html");
    awaitNoSocket(app, 61);
  }

  @Test
  void aWorkerHasABusWhichGoesWithIt() {
    RunningApp app = app();
    Page page = app.page();
    enter(page, options(71, INTRODUCERS));
    page.await(told("#ready"));
    page.run(
        """
        globalThis.said = []
        globalThis.worker = new Worker('/worker.js', { type: 'module' })
        worker.onmessage = event => said.push(event.data)
        worker.onerror = event => said.push('broken ' + event.message)
        worker.postMessage({ ...%s, peerId: 'cd'.repeat(32) })
        """
            .formatted(options(72, INTRODUCERS)));
    page.await("said.includes('ready') && said.includes('join ' + bus.peerId)");
    page.run("await room.publish('greet', 'to the worker')");
    page.await("said.includes('heard to the worker')");
    assertEquals(2, socketsAt(72).size());
    page.evaluate("worker.terminate()");
    awaitNoSocket(app, 72);
    assertEquals(2, socketsAt(71).size(), "the page's own stays");
  }

  @Test
  void laticaHasTheNamesOfTheReference() {
    JsonNode names =
        app()
            .page()
            .run(
                """
                const modules = ['latica', 'latica/api', 'latica/cache', 'latica/encryption', 'latica/index', 'latica/nat', 'latica/packets', 'latica/proxy', 'network']
                const all = {}
                for (const name of modules) all[name] = Object.keys(await import('socket:' + name))
                return all
                """,
                LONG);
    for (String export : List.of("Packet", "Cache", "NAT", "Encryption", "sha256", "network")) {
      assertTrue(names.path("network").toString().contains('"' + export + '"'), export);
    }
    for (String export : List.of("Peer", "RemotePeer", "Packet", "Cache", "NAT", "Encryption")) {
      assertTrue(names.path("latica").toString().contains('"' + export + '"'), export);
    }
  }
}
