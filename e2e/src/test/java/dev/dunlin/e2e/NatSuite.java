package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.e2e.NatLab.Kind;
import dev.dunlin.net.crypto.Hashes;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.nat.Strategy;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code ./dunlin peer} behind real NATs: every pair of kinds finds the way that the table says.
 */
class NatSuite {
  private static final List<String> SERVERS = List.of("198.51.100.1", "198.51.100.2");
  private static final int PORT = 5000;
  private static final int PROBE_PORT = 5001;
  private static final int MAX_LINE_BYTES = 64 * 1024;
  private static final int PATIENCE_SECONDS = 120;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Host i and host i + 4 are behind a NAT of kind i. */
  private static final List<Kind> HOSTS =
      Stream.concat(Stream.of(Kind.values()), Stream.of(Kind.values())).toList();

  private static final Map<Kind, Integer> NAT_TYPES =
      Map.of(
          Kind.FULL_CONE, 31,
          Kind.ADDRESS_RESTRICTED, 15,
          Kind.PORT_RESTRICTED, 7,
          Kind.SYMMETRIC, 5);

  private static NatLab lab;

  @BeforeAll
  static void make() {
    Optional<String> obstacle = NatLab.obstacle();
    obstacle.ifPresent(why -> System.out.println("nat: skipped, as " + why));
    Assumptions.assumeTrue(obstacle.isEmpty(), () -> "no real NATs here: " + obstacle.get());
    lab = NatLab.make(SERVERS, HOSTS, 1, "");
  }

  @AfterAll
  static void remove() {
    if (lab != null) {
      lab.close();
      assertEquals(Set.of(), NatLab.alive(lab.namespaces()));
    }
  }

  // --- the NATs

  private static Path probe() throws IOException {
    Path script = Files.createTempFile("nat-probe", ".mjs");
    try (var in = NatSuite.class.getResourceAsStream("nat-probe.mjs")) {
      Files.write(script, in.readAllBytes());
    }
    return script;
  }

  private static BufferedReader lines(ChildProcess child) {
    return new BufferedReader(new InputStreamReader(child.stdout(), StandardCharsets.UTF_8));
  }

  @Test
  void eachNatIsOfItsKind() throws IOException {
    Path script = probe();
    ChildProcess server =
        lab.outside(List.of("node", script.toString(), "serve", SERVERS.get(0), SERVERS.get(1)));
    assertEquals("serving", lines(server).readLine());
    List<ChildProcess> probes = new ArrayList<>();
    for (int host = 0; host < HOSTS.size(); host++) {
      probes.add(
          lab.onHost(host, List.of("node", script.toString(), SERVERS.get(0), SERVERS.get(1))));
    }
    Map<String, String> seen = new LinkedHashMap<>();
    for (int host = 0; host < HOSTS.size(); host++) {
      seen.put(host + " " + HOSTS.get(host), lines(probes.get(host)).readLine());
    }
    NatLab.end(server);
    Files.delete(script);
    Map<String, String> expected = new LinkedHashMap<>();
    for (int host = 0; host < HOSTS.size(); host++) {
      Kind kind = HOSTS.get(host);
      expected.put(
          host + " " + kind,
          JSON.createObjectNode()
              .put("ports", kind == Kind.SYMMETRIC ? 3 : 1)
              .put("otherPort", kind == Kind.FULL_CONE || kind == Kind.ADDRESS_RESTRICTED)
              .put("otherAddress", kind == Kind.FULL_CONE)
              .put("hairpin", false)
              .toString());
    }
    assertEquals(expected, seen);
  }

  // --- the peers

  private record Waiting(Predicate<JsonNode> wanted, CompletableFuture<JsonNode> found) {}

  /** A {@code ./dunlin peer}. */
  private static final class Process {
    final String name;
    final String id;
    final ChildProcess child;
    private final List<JsonNode> said = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();

    Process(String name, ChildProcess child) {
      this.name = name;
      this.id = idOf(name);
      this.child = child;
      ChildProcess.readLines(name, child.stdout(), MAX_LINE_BYTES, line -> hear(line.text()));
      ChildProcess.readLines(
          name,
          child.stderr(),
          MAX_LINE_BYTES,
          line -> System.err.println(name + ": " + line.text()));
    }

    private synchronized void hear(String text) {
      try {
        JsonNode line = JSON.readTree(text);
        said.add(line);
        waiting.removeIf(it -> it.wanted.test(line) && it.found.complete(line));
      } catch (IOException e) {
        throw new IllegalStateException(name + " says what is no JSON: " + text, e);
      }
    }

    /** The first line, said or to come, that is wanted. */
    synchronized CompletableFuture<JsonNode> line(Predicate<JsonNode> wanted) {
      Optional<JsonNode> there = said.stream().filter(wanted).findFirst();
      if (there.isPresent()) {
        return CompletableFuture.completedFuture(there.get());
      }
      Waiting it = new Waiting(wanted, new CompletableFuture<>());
      waiting.add(it);
      return it.found;
    }

    CompletableFuture<JsonNode> line(String ev, Predicate<JsonNode> wanted) {
      return line(line -> line.path("ev").asText().equals(ev) && wanted.test(line));
    }

    /** The next line of its kind to come. */
    synchronized CompletableFuture<JsonNode> next(String ev) {
      Waiting it =
          new Waiting(line -> line.path("ev").asText().equals(ev), new CompletableFuture<>());
      waiting.add(it);
      return it.found;
    }

    void tell(Map<String, String> command) {
      try {
        child
            .stdin()
            .write((JSON.writeValueAsString(command) + "\n").getBytes(StandardCharsets.UTF_8));
        child.stdin().flush();
      } catch (IOException e) {
        throw new IllegalStateException(name + " does not listen any more", e);
      }
    }

    synchronized String all() {
      return name + ":\n" + String.join("\n", said.stream().map(JsonNode::toString).toList());
    }
  }

  private static String idOf(String name) {
    return HexFormat.of().formatHex(Hashes.sha256(name));
  }

  private static List<String> peer(String name, String... flags) {
    List<String> argv = new ArrayList<>(Layout.of(Account.self()).java(Main.class));
    argv.addAll(List.of("peer", "--name", name, "--cluster", "nats", "--keepalive", "15000"));
    argv.addAll(List.of(flags));
    return argv;
  }

  private static String introducers() {
    return String.join(
        ",", SERVERS.stream().map(at -> idOf("at " + at) + "@" + at + ":" + PORT).toList());
  }

  private record Pair(int a, int b) {
    String secret() {
      return "pair " + a + " " + b;
    }

    String kinds() {
      return HOSTS.get(a) + " - " + HOSTS.get(b);
    }

    /** Only where both have another port for everybody is there no way but by a third. */
    boolean proxied() {
      return HOSTS.get(a) == Kind.SYMMETRIC && HOSTS.get(b) == Kind.SYMMETRIC;
    }

    boolean has(int host) {
      return a == host || b == host;
    }

    List<Pair> ways() {
      return List.of(this, new Pair(b, a));
    }
  }

  /** Each pair of kinds once; two of a kind are behind two NATs. */
  private static List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    int kinds = Kind.values().length;
    for (int a = 0; a < kinds; a++) {
      pairs.add(new Pair(a, a + kinds));
      for (int b = a + 1; b < kinds; b++) {
        pairs.add(new Pair(a, b));
      }
    }
    return pairs;
  }

  private static <T> Optional<T> within(CompletableFuture<T> future, int seconds) {
    try {
      return Optional.of(future.get(seconds, TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What did not come in time is named, with all that each of these peers said. */
  private static void await(Map<String, CompletableFuture<JsonNode>> wanted, List<Process> peers) {
    within(
        CompletableFuture.allOf(wanted.values().toArray(CompletableFuture[]::new))
            .thenApply(none -> ""),
        PATIENCE_SECONDS);
    Set<String> missing = new TreeSet<>();
    wanted.forEach(
        (what, line) -> {
          if (!line.isDone()) {
            missing.add(what);
          }
        });
    assertTrue(
        missing.isEmpty(),
        () -> missing + "\n" + String.join("\n", peers.stream().map(Process::all).toList()));
  }

  private static Process from(List<Process> peers, Pair way) {
    return peers.get(way.a);
  }

  private static Process to(List<Process> peers, Pair way) {
    return peers.get(way.b);
  }

  private static List<Process> servers(NatLab lab) {
    List<Process> servers = new ArrayList<>();
    for (String address : SERVERS) {
      servers.add(
          new Process(
              "at " + address,
              lab.outside(
                  peer(
                      "at " + address,
                      "--role=introducer",
                      "--address=" + address,
                      "--port=" + PORT,
                      "--probe-port=" + PROBE_PORT,
                      "--introducers=" + introducers()))));
    }
    return servers;
  }

  @Test
  void everyPairOfKindsIsConnectedAsTheTableSays() {
    List<Process> servers = servers(lab);
    List<Process> peers = new ArrayList<>();
    for (int host = 0; host < HOSTS.size(); host++) {
      int me = host;
      List<String> secrets =
          pairs().stream().filter(pair -> pair.has(me)).map(Pair::secret).toList();
      String name = HOSTS.get(host) + " " + host;
      peers.add(
          new Process(
              name,
              lab.onHost(
                  host,
                  peer(
                      name,
                      "--subclusters=" + String.join(",", secrets),
                      "--introducers=" + introducers()))));
    }

    Map<String, CompletableFuture<JsonNode>> ready = new TreeMap<>();
    peers.forEach(peer -> ready.put(peer.name, peer.line("ready", line -> true)));
    await(ready, peers);
    for (int host = 0; host < HOSTS.size(); host++) {
      JsonNode line = ready.get(peers.get(host).name).join();
      assertEquals(NAT_TYPES.get(HOSTS.get(host)), line.path("natType").asInt(), line.toString());
      assertEquals(NatLab.outside(host), line.path("address").asText());
    }

    // Who is connected, and in what way.
    Map<String, CompletableFuture<JsonNode>> connected = new TreeMap<>();
    for (Pair pair : pairs()) {
      for (Pair way : pair.ways()) {
        String other = to(peers, way).id;
        connected.put(
            way.kinds() + " " + way,
            from(peers, way)
                .line(
                    "connection",
                    line ->
                        line.path("peerId").asText().equals(other)
                            && line.path("proxied").asBoolean() == pair.proxied()));
      }
    }
    await(connected, peers);

    // What one publishes the other one has.
    Map<String, CompletableFuture<JsonNode>> packets = new TreeMap<>();
    for (Pair pair : pairs()) {
      for (Pair way : pair.ways()) {
        String text = "published by " + way;
        packets.put(
            text,
            to(peers, way)
                .line(
                    "packet",
                    line ->
                        line.path("text").asText().equals(text)
                            && line.path("verified").asBoolean()));
        from(peers, way)
            .tell(Map.of("cmd", "publish", "secret", pair.secret(), "event", "e", "text", text));
      }
    }
    await(packets, peers);
    stream(peers, pairs(), "streamed");

    // The proof that a direct way is one: it is there when nobody else is.
    Map<Pair, JsonNode> states = new LinkedHashMap<>();
    for (Pair pair : pairs()) {
      for (Pair way : pair.ways()) {
        states.put(way, stateOf(from(peers, way), to(peers, way).id));
      }
    }
    servers.forEach(server -> NatLab.end(server.child));
    stream(peers, pairs().stream().filter(pair -> !pair.proxied()).toList(), "alone");
    for (Pair pair : pairs()) {
      for (Pair way : pair.ways()) {
        JsonNode state = states.get(way);
        assertEquals(pair.proxied(), state.path("proxied").asBoolean(), way.kinds() + state);
        assertEquals(NatLab.outside(way.b), state.path("address").asText(), way.kinds());
      }
      System.out.println(
          "nat: "
              + pair.kinds()
              + ": "
              + strategy(pair.a, pair.b)
              + " / "
              + strategy(pair.b, pair.a)
              + ": "
              + (pair.proxied() ? "proxied" : "direct"));
    }
    peers.forEach(peer -> NatLab.end(peer.child));
  }

  /** None of these NATs lets anybody in from behind: outside they can't meet. */
  @Test
  void twoBehindOneNatOfAnyKindAreConnectedInside() {
    List<Kind> kinds = List.of(Kind.values());
    List<Pair> pairs = new ArrayList<>();
    List<Process> peers = new ArrayList<>();
    try (NatLab homes = NatLab.make(SERVERS, kinds, 2, "")) {
      List<Process> servers = servers(homes);
      for (int home = 0; home < kinds.size(); home++) {
        Pair pair = new Pair(2 * home, 2 * home + 1);
        pairs.add(pair);
        for (int host : List.of(pair.a, pair.b)) {
          String name = kinds.get(home) + " at home " + host;
          peers.add(
              new Process(
                  name,
                  homes.onHost(
                      host,
                      peer(
                          name,
                          "--subclusters=" + pair.secret(),
                          "--introducers=" + introducers()))));
        }
      }
      Map<String, CompletableFuture<JsonNode>> connected = new TreeMap<>();
      for (Pair pair : pairs) {
        for (Pair way : pair.ways()) {
          String other = to(peers, way).id;
          connected.put(
              from(peers, way).name,
              from(peers, way)
                  .line(
                      "connection",
                      line ->
                          line.path("peerId").asText().equals(other)
                              && !line.path("proxied").asBoolean()));
        }
      }
      await(connected, peers);
      for (Pair pair : pairs) {
        for (Pair way : pair.ways()) {
          JsonNode ready = from(peers, way).line("ready", line -> true).join();
          assertEquals(NatLab.outside(way.a / 2), ready.path("address").asText());
          assertEquals(NAT_TYPES.get(kinds.get(way.a / 2)), ready.path("natType").asInt());
          JsonNode state = stateOf(from(peers, way), to(peers, way).id);
          assertEquals(NatLab.INSIDE + (way.b % 2 + 2), state.path("address").asText());
        }
      }
      servers.forEach(server -> NatLab.end(server.child));
      stream(peers, pairs, "at home");
      pairs.forEach(
          pair -> System.out.println("nat: two behind one " + kinds.get(pair.a / 2) + ": direct"));
    }
  }

  private static Strategy strategy(int a, int b) {
    return Strategy.of(
        new NatType(NAT_TYPES.get(HOSTS.get(a))), new NatType(NAT_TYPES.get(HOSTS.get(b))));
  }

  private static JsonNode stateOf(Process peer, String other) {
    CompletableFuture<JsonNode> state = peer.next("state");
    peer.tell(Map.of("cmd", "state"));
    for (JsonNode it : within(state, PATIENCE_SECONDS).orElseThrow().path("peers")) {
      if (it.path("peerId").asText().equals(other)) {
        return it;
      }
    }
    throw new IllegalStateException(peer.name + " does not know " + other);
  }

  private static void stream(List<Process> peers, List<Pair> pairs, String word) {
    Map<String, CompletableFuture<JsonNode>> streams = new TreeMap<>();
    for (Pair pair : pairs) {
      for (Pair way : pair.ways()) {
        String text = word + " by " + way;
        Process from = from(peers, way);
        streams.put(
            text,
            to(peers, way)
                .line(
                    "stream",
                    line ->
                        line.path("text").asText().equals(text)
                            && line.path("from").asText().equals(from.id)));
        from.tell(
            Map.of(
                "cmd",
                "stream",
                "peerId",
                to(peers, way).id,
                "secret",
                pair.secret(),
                "event",
                "e",
                "text",
                text));
      }
    }
    await(streams, peers);
  }

  // --- nothing is left

  @Test
  void aLabThatIsClosedLeavesNothing() throws IOException {
    NatLab small = NatLab.make(SERVERS, List.of(Kind.FULL_CONE), 1, "");
    ChildProcess inside = small.onHost(0, List.of("sh", "-c", "echo up; exec cat"));
    assertEquals("up", lines(inside).readLine());
    assertEquals(4, small.namespaces().size());
    assertEquals(small.namespaces(), NatLab.alive(small.namespaces()));
    small.close();
    assertFalse(inside.isAlive());
    assertEquals(Set.of(), NatLab.alive(small.namespaces()));
  }

  @Test
  void aLabThatCanNotBeMadeLeavesNothing() {
    NatLab.Fault fault =
        assertThrows(
            NatLab.Fault.class,
            () ->
                NatLab.make(SERVERS, List.of(Kind.SYMMETRIC), 1, "ip netns exec r0 nft nonsense"));
    assertTrue(fault.getMessage().contains("nonsense"), fault.getMessage());
    assertEquals(4, fault.namespaces().size());
    assertEquals(Set.of(), NatLab.alive(fault.namespaces()));
  }

  @Test
  void aLabWhoseMakerIsKilledLeavesNothing() throws IOException {
    ChildProcess maker =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NatLab.class.getName())
                    .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    BufferedReader lines = lines(maker);
    Set<String> namespaces = Set.of(lines.readLine().split(" "));
    List<ProcessHandle> processes =
        Stream.of(lines.readLine().split(" "))
            .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
            .toList();
    assertEquals(4, namespaces.size());
    assertEquals(namespaces, NatLab.alive(namespaces));
    // Not its children: the kernel has to see to them.
    ProcessHandle.of(maker.pid()).orElseThrow().destroyForcibly();
    CompletableFuture<?>[] ends =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    assertTrue(
        within(CompletableFuture.allOf(ends).thenApply(none -> ""), PATIENCE_SECONDS).isPresent());
    assertEquals(Set.of(), NatLab.alive(namespaces));
  }
}
