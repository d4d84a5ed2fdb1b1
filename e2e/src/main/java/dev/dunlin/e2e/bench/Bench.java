package dev.dunlin.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.e2e.Account;
import dev.dunlin.e2e.Layout;
import dev.dunlin.e2e.Page;
import dev.dunlin.e2e.RunningApp;
import dev.dunlin.e2e.bluetooth.BluetoothMachine;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.Trees;
import dev.dunlin.shell.host.Xvfb;
import dev.dunlin.shell.operator.OperatorClient;
import dev.dunlin.shell.operator.RunningApps;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.freedesktop.dbus.exceptions.DBusException;

/**
 * Measures: {@code bench [NAME] [--peers]}, {@code bench soak [--minutes N]}. NAME is a result's
 * name or how names begin ({@code call}); {@code --peers} runs QtWebEngine and Node beside it.
 */
public final class Bench {
  private static final int SOAK_MINUTES = 30;
  private static final int COLD_STARTS = 3;
  private static final int WARM_STARTS = 11;
  private static final int TRIPS = 2_000;
  private static final int WIDTH = 100;
  private static final int CALLS = 20_000;
  private static final int RUNS = 7;
  private static final int MIB = 128;
  private static final int ENTRIES = 10_000;
  private static final int SMALL_BYTES = 4_096;
  private static final int SMALL_READS = 1_000;
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofMinutes(3);

  /** What the file benches ask the page, by name. */
  private static final Map<String, String> FILES = new LinkedHashMap<>();

  static {
    FILES.put("fs.read.1m", "readBytes('1m.bin', 100)");
    FILES.put("fs.read.16m", "readBytes('16m.bin', 21)");
    FILES.put("fs.read.128m", "readBytes('128m.bin', 7)");
    FILES.put("fs.write.16m", "writeBytes('up-16m.bin', 16, 11)");
    FILES.put("fs.readdir.10k", "list('10k', 21)");
    FILES.put("fs.stat", "stats('small.txt', 2000, 5)");
    FILES.put("fs.statSync", "statsSync('small.txt', 500, 5)");
  }

  /** What a page says of itself, by the calendar clock. */
  static final String FIRST = "first answered call at ";

  private static final String SMALL = "small.txt";
  private static final String LARGE = "large.bin";

  /** A variable that a script sets where it is not set. */
  private static final Pattern DEFAULT = Pattern.compile("\\$\\{(\\w+):?=([^}]*)}");

  private static final Clock CLOCK = new SystemClock();
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Layout layout = Layout.of(Account.self());
  private final Predicate<String> wanted;
  private final boolean peers;
  private final Map<String, String> display;
  private final List<Result> results = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private Bench(Predicate<String> wanted, boolean peers, Map<String, String> display) {
    this.wanted = wanted;
    this.peers = peers;
    this.display = display;
  }

  /** See the class. */
  public static void main(String[] words) throws IOException {
    List<String> names = new ArrayList<>(Arrays.asList(words));
    boolean peers = names.remove("--peers");
    int minutes = minutes(names);
    if (names.size() > 1 || names.stream().anyMatch(name -> name.startsWith("-"))) {
      System.err.println(
          "usage: bench [NAME] [--peers], or bench soak [--minutes N]; NAME is such as call or"
              + " start.warm");
      System.exit(2);
    }
    Predicate<String> wanted =
        name -> names.isEmpty() || name.equals(names.get(0)) || name.startsWith(names.get(0) + ".");
    // One display for all, so that its start is in nobody's time and it is in nobody's memory.
    try (Xvfb display = Xvfb.start()) {
      Bench bench =
          new Bench(
              wanted,
              peers,
              Map.of("DISPLAY", display.display(), "XAUTHORITY", display.authority().toString()));
      if (names.equals(List.of("soak"))) {
        System.exit(bench.soak(Duration.ofMinutes(minutes)) ? 0 : 1);
      }
      bench.measure();
      bench.report();
    }
    System.exit(0);
  }

  /** The number behind {@code --minutes}, which is taken away; 0 for what is none. */
  private static int minutes(List<String> words) {
    int at = words.indexOf("--minutes");
    if (at < 0) {
      return SOAK_MINUTES;
    }
    words.remove(at);
    String number = at < words.size() ? words.remove(at) : "";
    if (!number.matches("[1-9][0-9]{0,4}") || !words.equals(List.of("soak"))) {
      System.err.println("usage: bench soak --minutes N, with a whole number of at least 1");
      System.exit(2);
    }
    return Integer.parseInt(number);
  }

  /** Whether all stays the same; the table says what does not. */
  private boolean soak(Duration length) throws IOException {
    try (RunningApp app = app("faults").driven().start()) {
      app.page().await("document.documentElement?.dataset.ready === 'true'");
      Soak.Outcome outcome = Soak.run(app, length);
      System.out.print(outcome.table());
      System.out.println("written to " + Soak.write(outcome, layout.home()));
      return outcome.faults().isEmpty() && outcome.trends().stream().allMatch(Soak.Trend::isFlat);
    }
  }

  private boolean any(String... names) {
    return Arrays.stream(names).anyMatch(wanted);
  }

  private void add(String name, String peer, String unit, List<Double> samples) {
    if (wanted.test(name) && !samples.isEmpty()) {
      Result result = Result.of(name, peer, unit, samples);
      results.add(result);
      System.err.println(result);
    }
  }

  private void measure() throws IOException {
    Optional<QtWebEngine> qt =
        peers
                && any(
                    "start.cold",
                    "start.warm",
                    "pss.idle",
                    "call.sequential",
                    "call.inflight100",
                    "installed.warm",
                    "installed.pss")
            ? QtWebEngine.find(display, notes)
            : Optional.empty();
    if (any("start.cold", "start.warm")) {
      starts(qt);
    }
    if (any("dev.css")) {
      dev("dev", "dev.css", DevLoop::css);
    }
    if (any("dev.hmr")) {
      if (DevLoop.isRegistryThere()) {
        dev("react", "dev.hmr", DevLoop::hmr);
      } else {
        notes.add("dev.hmr: the npm registry does not answer, so the template can't be installed");
      }
    }
    if (any("pss.idle")) {
      idle(qt);
    }
    if (any("installed.warm", "installed.steps", "installed.pss", "installed.pss3")) {
      installed(qt);
    }
    if (any("call.sequential", "call.inflight100", "stream.down", "stream.up", "fs.read")
        || FILES.keySet().stream().anyMatch(wanted)) {
      inPage();
    }
    if (any("operator.detached", "operator.attached", "operator.ratio")) {
      operator();
    }
    if (any("udp.java", "udp.page", "udp.pingpong")) {
      udp();
    }
    if (any("peer.relayed", "peer.heap")) {
      peer();
    }
    if (any("bt.bus.connect", "bt.bus.read", "bt.bus.notify")) {
      bluetoothBus();
    }
    if (any("bt.connect", "bt.read", "bt.notify")) {
      bluetooth();
    }
    if (qt.isPresent() && any("call.sequential", "call.inflight100")) {
      QtWebEngine.Calls calls = qt.get().calls();
      add("call.sequential", QtWebEngine.PEER, "ms", calls.trips());
      add("call.inflight100", QtWebEngine.PEER, "1/s", calls.rates());
    }
  }

  @FunctionalInterface
  private interface Changes {
    List<Double> of(RunningApp app) throws IOException;
  }

  private void dev(String app, String name, Changes changes) throws IOException {
    RunningApp.Start start = app(app);
    Path sources = Files.createTempDirectory("dunlin-bench");
    Layout.copySources(start.app().orElseThrow(), sources);
    start = RunningApp.Start.of(sources).withWords();
    for (Map.Entry<String, String> variable : display.entrySet()) {
      start = start.variable(variable.getKey(), variable.getValue());
    }
    for (String variable : List.of("NODE_EXTRA_CA_CERTS", "HTTPS_PROXY", "https_proxy")) {
      String value = System.getenv(variable);
      start = value == null ? start : start.variable(variable, value);
    }
    RunningApp running = start.start();
    try {
      add(name, "dunlin", "ms", changes.of(running));
    } finally {
      running.destroy();
      Trees.delete(sources);
    }
  }

  private RunningApp.Start app(String name) {
    Path own = layout.home().resolve("e2e/apps").resolve(name);
    Path app = Files.isDirectory(own) ? own : layout.home().resolve("templates").resolve(name);
    RunningApp.Start start = RunningApp.Start.of(app).withWords();
    for (Map<String, String> variables : List.of(settled(), display)) {
      for (Map.Entry<String, String> variable : variables.entrySet()) {
        start = start.variable(variable.getKey(), variable.getValue());
      }
    }
    return start;
  }

  /**
   * What ./dunlin puts into the environment. Where it is not there, the start does later what it
   * else does first.
   */
  private Map<String, String> settled() {
    try {
      String script =
          Files.readString(
              layout.home().resolve("shell/src/main/resources/dev/dunlin/shell/private-tmp.sh"));
      return DEFAULT
          .matcher(script)
          .results()
          .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- start

  private void starts(Optional<QtWebEngine> qt) {
    // Keeps its home, with Chromium's profile, for the others: an app's second start is the usual.
    RunningApp first = app("bench").start();
    try {
      startMs(first);
      if (wanted.test("start.cold")) {
        boolean dropped = true;
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int i = 0; i < COLD_STARTS; i++) {
          dropped &= dropPageCache();
          ours.add(again(first));
          if (qt.isPresent()) {
            dropped &= dropPageCache();
            theirs.add(qt.get().startMs());
          }
        }
        if (!dropped) {
          notes.add("start.cold: the page cache was not dropped (only root may), so it is warm");
        }
        add("start.cold", "dunlin", "ms", ours);
        add("start.cold", QtWebEngine.PEER, "ms", theirs);
      }
      if (wanted.test("start.warm")) {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        again(first);
        qt.ifPresent(QtWebEngine::startMs);
        for (int i = 0; i < WARM_STARTS; i++) {
          ours.add(again(first));
          qt.ifPresent(peer -> theirs.add(peer.startMs()));
        }
        add("start.warm", "dunlin", "ms", ours);
        add("start.warm", QtWebEngine.PEER, "ms", theirs);
      }
    } finally {
      first.destroy();
    }
  }

  /** As packages have it, beside the dev run of the same app and the other engine, in turn. */
  private void installed(Optional<QtWebEngine> qt) throws IOException {
    try (Installed installed = new Installed(layout, display)) {
      if (wanted.test("installed.warm")) {
        List<Double> packed = new ArrayList<>();
        List<Double> unpacked = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        RunningApp first = app("bench").start();
        try {
          startMs(first);
          installed.startMs();
          qt.ifPresent(QtWebEngine::startMs);
          for (int i = 0; i < WARM_STARTS; i++) {
            packed.add(installed.startMs());
            unpacked.add(again(first));
            qt.ifPresent(peer -> theirs.add(peer.startMs()));
          }
        } finally {
          first.destroy();
        }
        add("installed.warm", "dunlin", "ms", packed);
        add("installed.warm", "dunlin run", "ms", unpacked);
        add("installed.warm", QtWebEngine.PEER, "ms", theirs);
      }
      if (wanted.test("installed.steps")) {
        installed.startMs();
        installed
            .steps()
            .forEach(
                (step, ms) ->
                    notes.add("installed.steps: %5d ms  %s".formatted(Math.round(ms), step)));
      }
      if (wanted.test("installed.pss")) {
        add(
            "installed.pss",
            "dunlin",
            "MiB",
            installed.idleMib(1, () -> asAfterBoot("installed.pss")));
        theirs("installed.pss", qt);
      }
      if (wanted.test("installed.pss3")) {
        List<Double> each = installed.idleMib(3, () -> asAfterBoot("installed.pss3"));
        add("installed.pss3", "dunlin", "MiB", each);
        notes.add(
            "installed.pss3: three apps at once on one runtime take "
                + Math.round(each.stream().mapToDouble(mib -> mib).sum())
                + " MiB together");
      }
    }
  }

  private double again(RunningApp first) {
    RunningApp app = app("bench").in(first).start();
    try {
      return startMs(app);
    } finally {
      app.destroy();
    }
  }

  /** Spawn to first answered call, both by the machine's calendar clock; then it is closed. */
  private static double startMs(RunningApp app) {
    String line = app.awaitLine(FIRST).text();
    double first = Double.parseDouble(line.substring(line.indexOf(FIRST) + FIRST.length()));
    app.signal("INT", app.pid());
    app.awaitExit();
    return first - epochMs(app.spawned());
  }

  static double epochMs(Instant instant) {
    return instant.getEpochSecond() * 1e3 + instant.getNano() / 1e6;
  }

  static boolean dropPageCache() {
    Path control = Path.of("/proc/sys/vm/drop_caches");
    if (!Files.isWritable(control)) {
      return false;
    }
    Account.run("sync");
    try {
      Files.writeString(control, "3\n");
      return true;
    } catch (IOException e) {
      // In a container even root may not.
      return false;
    }
  }

  // ---- memory

  private void idle(Optional<QtWebEngine> qt) {
    asAfterBoot("pss.idle");
    RunningApp app = app("vanilla").driven().start();
    try {
      app.page().await("document.documentElement.dataset.ready === 'true'");
      rest(app);
      add("pss.idle", "dunlin", "MiB", List.of(app.proportionalBytes() / 1048576.0));
    } finally {
      app.close();
    }
    theirs("pss.idle", qt);
  }

  private void theirs(String name, Optional<QtWebEngine> qt) {
    qt.ifPresent(
        peer -> {
          asAfterBoot(name);
          add(name, QtWebEngine.PEER, "MiB", List.of(peer.idleBytes(IDLE) / 1048576.0));
        });
  }

  /**
   * Files that have been written since the machine started are mapped in larger blocks than those
   * that are read from the disk, and more of them counts as used.
   */
  private void asAfterBoot(String name) {
    String note = name + ": the page cache was not dropped (only root may): up to 20 MiB too much";
    if (!dropPageCache() && !notes.contains(note)) {
      notes.add(note);
    }
  }

  private static void rest(RunningApp app) {
    Duration end = CLOCK.now().plus(IDLE);
    app.await(() -> CLOCK.now().compareTo(end) > 0, "the idle time", IDLE.multipliedBy(2));
  }

  // ---- in the page

  private void inPage() throws IOException {
    RunningApp app = app("bench").driven().start();
    try {
      Page page = app.page();
      page.await("document.documentElement.dataset.ready === 'true'");
      Path data = Path.of(page.evaluate("data").asText());
      RandomSource random = RandomSource.seeded(1);
      Files.writeString(data.resolve(SMALL), "x".repeat(SMALL_BYTES));
      byte[] block = random.bytes(1 << 20);
      try (var out = Files.newOutputStream(data.resolve(LARGE))) {
        for (int i = 0; i < MIB; i++) {
          out.write(block);
        }
      }
      if (wanted.test("call.sequential")) {
        ask(page, "sequential(" + TRIPS + ")");
        add("call.sequential", "dunlin", "ms", ask(page, "sequential(" + TRIPS + ")"));
      }
      if (wanted.test("call.inflight100")) {
        add(
            "call.inflight100",
            "dunlin",
            "1/s",
            ask(page, "inFlight(" + WIDTH + ", " + CALLS + ", " + RUNS + ")"));
      }
      if (wanted.test("stream.down")) {
        add("stream.down", "dunlin", "MiB/s", ask(page, "down('" + LARGE + "', " + RUNS + ")"));
      }
      if (wanted.test("stream.up")) {
        add("stream.up", "dunlin", "MiB/s", ask(page, "up('up.bin', " + MIB + ", " + RUNS + ")"));
      }
      if (wanted.test("fs.read")) {
        add("fs.read", "dunlin", "ms", ask(page, "read('" + SMALL + "', " + SMALL_READS + ")"));
      }
      boolean files = false;
      for (Map.Entry<String, String> file : FILES.entrySet()) {
        if (wanted.test(file.getKey())) {
          if (!files) {
            makeFiles(data, block);
            files = true;
          }
          add(file.getKey(), "dunlin", unit(file.getKey()), ask(page, file.getValue()));
        }
      }
      if (files || any("stream.down", "stream.up", "fs.read")) {
        makeFiles(data, block);
        node(data);
      }
    } finally {
      app.close();
    }
  }

  // ---- the Operator

  /**
   * Calls a second, with the Operator attached and without, in turn in one run, so that what else
   * the machine does is in both alike.
   */
  private void operator() throws IOException {
    RunningApp app = app("bench").driven().start();
    try {
      Page page = app.page();
      page.await("document.documentElement.dataset.ready === 'true'");
      // Longer than a period: what is added up once a second is in it.
      String round = "inFlight(" + WIDTH + ", " + 10 * CALLS + ", 1)";
      Path temporary;
      try (var folders = Files.list(app.base())) {
        temporary =
            folders
                .filter(path -> path.getFileName().toString().startsWith("tmp-"))
                .findFirst()
                .orElseThrow();
      }
      app.await(
          () -> !watchable(temporary).isEmpty(), "the Operator's socket", Duration.ofSeconds(30));
      Path socket = watchable(temporary).get(0).socket();
      List<Double> detached = new ArrayList<>();
      List<Double> attached = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      ask(page, round);
      watched(page, round, socket);
      for (int i = 0; i < RUNS; i++) {
        // In turn, for what comes second finds a larger heap and a warmer processor.
        double first = i % 2 == 0 ? ask(page, round).get(0) : watched(page, round, socket);
        double second = i % 2 == 0 ? watched(page, round, socket) : ask(page, round).get(0);
        double without = i % 2 == 0 ? first : second;
        double with = i % 2 == 0 ? second : first;
        detached.add(without);
        attached.add(with);
        ratios.add(with / without);
      }
      add("operator.detached", "dunlin", "1/s", detached);
      add("operator.attached", "dunlin", "1/s", attached);
      add("operator.ratio", "dunlin", "of 1", ratios);
    } finally {
      app.close();
    }
  }

  /** A round while somebody watches. */
  private double watched(Page page, String round, Path socket) throws IOException {
    OperatorClient client = OperatorClient.attach(socket);
    client.next();
    Future<Void> read =
        Future.fromCompletionStage(Threads.asyncRun("operator", () -> read(client)));
    double rate = ask(page, round).get(0);
    client.close();
    read.toCompletionStage().toCompletableFuture().join();
    return rate;
  }

  private static void read(OperatorClient client) {
    try {
      while (client.next().sequence() > 0) {
        // As the window does, which draws it besides.
      }
    } catch (IOException closed) {
      // The round is over.
      return;
    }
  }

  private static List<RunningApps.RunningApp> watchable(Path temporary) {
    try {
      return RunningApps.in(List.of(temporary));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- Bluetooth

  private void bluetooth() throws IOException {
    try (Bluetooth bluetooth = new Bluetooth(CLOCK)) {
      add("bt.", bluetooth.plain(), "dbus-java");
      add("bt.", bluetooth.page(layout.home().resolve("e2e/apps/bluetooth")), "dunlin");
      notes.add("bt: a real bluetoothd with two virtual controllers, in an emulated machine");
    } catch (BluetoothMachine.Missing e) {
      notes.add("bt: skipped, as " + e.getMessage());
    } catch (DBusException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void bluetoothBus() throws IOException {
    try (BluetoothBus bus = new BluetoothBus(CLOCK, layout.home())) {
      add("bt.bus.", bus.plain(), "dbus-java");
      add("bt.bus.", bus.page(layout.home().resolve("e2e/apps/bluetooth")), "dunlin");
      notes.add("bt.bus: a private D-Bus whose BlueZ is python3-dbusmock");
    } catch (DBusException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void add(String what, Bluetooth.Samples samples, String peer) {
    add(what + "connect", peer, "ms", samples.connectMs());
    add(what + "read", peer, "ms", samples.readMs());
    add(what + "notify", peer, "1/s", samples.notificationsPerSecond());
  }

  // ---- datagrams

  private void peer() {
    if (wanted.test("peer.heap")) {
      add("peer.heap", "dunlin", "MiB", List.of(Relayed.heapMib()));
    }
    if (wanted.test("peer.relayed")) {
      Relayed relayed = new Relayed();
      relayed.run();
      List<Double> rates = new ArrayList<>();
      for (int i = 0; i < Relayed.RUNS; i++) {
        rates.add(relayed.run());
      }
      add("peer.relayed", "dunlin", "1/s", rates);
    }
  }

  private void udp() throws IOException {
    try (Udp udp = new Udp(CLOCK)) {
      if (wanted.test("udp.java")) {
        add("udp.java", "dunlin", "1/s", udp.delivered());
      }
      RunningApp app = app("bench").driven().start();
      try {
        Page page = app.page();
        page.await("document.documentElement.dataset.ready === 'true'");
        Path data = Path.of(page.evaluate("data").asText());
        if (wanted.test("udp.page")) {
          String asked =
              "datagrams(%d, %d, %d, %d)"
                  .formatted(Udp.BYTES, Udp.WINDOW, Udp.RUN.toMillis(), Udp.RUNS);
          JsonNode page2page = page.evaluate(asked, LONG);
          add("udp.page", "dunlin", "1/s", numbers(page2page.path("rates")));
          notes.add("udp.page: " + page2page.path("lost").asLong() + " datagrams were lost");
        }
        if (wanted.test("udp.pingpong")) {
          String asked =
              "pingPong(%d, %d, %d)".formatted(udp.echoPort(), Udp.PING_BYTES, Udp.TRIPS);
          ask(page, asked);
          add("udp.pingpong", "dunlin", "ms", ask(page, asked));
        }
        JsonNode node = udp.node(data);
        add("udp.java", "node", "1/s", numbers(node.path("two")));
        add("udp.page", "node", "1/s", numbers(node.path("one")));
        add("udp.pingpong", "node", "ms", numbers(node.path("pingPong")));
      } finally {
        app.close();
      }
    }
  }

  private static String unit(String name) {
    return name.startsWith("fs.stat") ? "1/s" : "ms";
  }

  private static void makeFiles(Path data, byte[] block) throws IOException {
    for (int mib : new int[] {1, 16, MIB}) {
      try (var out = Files.newOutputStream(data.resolve(mib + "m.bin"))) {
        for (int i = 0; i < mib; i++) {
          out.write(block);
        }
      }
    }
    Path folder = Files.createDirectories(data.resolve("10k"));
    for (int i = 0; i < ENTRIES; i++) {
      Path entry = folder.resolve("entry-" + i);
      if (!Files.exists(entry)) {
        Files.createFile(entry);
      }
    }
  }

  private static List<Double> ask(Page page, String expression) {
    return numbers(page.evaluate(expression, LONG));
  }

  static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  /** What Node does with the same files, in the same run. */
  private void node(Path data) throws IOException {
    Path script = resource("node.mjs", data.resolve("node.mjs"));
    String said =
        Account.run(
            "node", script.toString(), data.toString(), SMALL, LARGE, Integer.toString(MIB));
    JsonNode answer = JSON.readTree(said);
    add("stream.down", "node", "MiB/s", numbers(answer.path("down")));
    add("stream.up", "node", "MiB/s", numbers(answer.path("up")));
    add("fs.read", "node", "ms", numbers(answer.path("read")));
    for (String name : FILES.keySet()) {
      add(name, "node", unit(name), numbers(answer.path(name)));
    }
  }

  static Path resource(String name, Path to) throws IOException {
    try (var in = Bench.class.getResourceAsStream(name)) {
      Files.write(to, in.readAllBytes());
    }
    return to;
  }

  // ---- the report

  private void report() throws IOException {
    System.out.printf(
        "%-16s %-12s %12s %12s  %-6s %6s%n", "name", "peer", "median", "p99", "unit", "n");
    results.forEach(System.out::println);
    notes.forEach(System.out::println);
    ObjectNode report = JSON.createObjectNode();
    report.set("machine", JSON.valueToTree(machine()));
    report.set("versions", JSON.valueToTree(versions()));
    report.set("results", JSON.valueToTree(results));
    Path file = layout.home().resolve("e2e/target/bench.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, JSON.writeValueAsString(report) + "\n");
    System.out.println("written to " + file);
  }

  private Map<String, Object> machine() throws IOException {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("arch", System.getProperty("os.arch"));
    machine.put(
        "cpu",
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown"));
    machine.put("cpus", Runtime.getRuntime().availableProcessors());
    machine.put("load", Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    machine.put("user", System.getProperty("user.name"));
    return machine;
  }

  private Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("dunlin", dev.dunlin.shell.BuildInfo.dunlin());
    versions.put("chromium", dev.dunlin.shell.BuildInfo.chromium());
    versions.put("java", System.getProperty("java.version"));
    versions.put(
        "class data archive", Files.exists(layout.dist().resolve("dunlin.jsa")) ? "yes" : "no");
    versions.put("node", Account.run("node", "--version").strip());
    if (peers) {
      versions.put("qtwebengine", QtWebEngine.version());
    }
    return versions;
  }
}
