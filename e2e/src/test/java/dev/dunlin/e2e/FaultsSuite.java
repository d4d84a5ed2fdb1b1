package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Processes that are killed (SIGKILL) under an app: it is back, or has said why; what it has said
 * that it wrote is written; and nothing of it is left. How long it took is printed, not judged:
 * that is a figure of the machine.
 */
class FaultsSuite {
  private static final String READY = "document.documentElement?.dataset.ready === 'true'";
  private static final int IN_FLIGHT = 1_000;

  /** Files that a storm writes; after them its calls only ask. */
  private static final int FILES = 6_000;

  /** Longest time from the start of the runtime to its kill. */
  private static final int STARTING_MS = 2_000;

  /** Longest time from the order to close to the kill. */
  private static final int CLOSING_MS = 300;

  /** Longer than AWT waits before it ends its event thread (a second). */
  private static final Duration IDLE = Duration.ofMillis(2_500);

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Clock CLOCK = new SystemClock();

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir Path folder;

  private final long seed = Long.getLong("dunlin.seed", below(RandomSource.secure(), 1 << 30));
  private final RandomSource random = RandomSource.seeded(seed);
  private final Map<Victim, ChildProcess> buses = new EnumMap<>(Victim.class);
  private RunningApp app;
  private int storms;

  /** Who is killed. */
  enum Victim {
    RENDERER((pid, command) -> isHelper(command, "--type=renderer")),
    GRAPHICS((pid, command) -> isHelper(command, "--type=gpu-process")),
    NETWORK((pid, command) -> isHelper(command, "=network.mojom.NetworkService")),
    BACK_END((pid, command) -> command.contains("python3") && command.contains("stays.py")),
    SYSTEM_BUS((pid, command) -> false),
    SESSION_BUS((pid, command) -> false),
    RUNTIME((pid, command) -> false);

    private final BiPredicate<Long, String> is;

    Victim(BiPredicate<Long, String> is) {
      this.is = is;
    }

    private static boolean isHelper(String command, String word) {
      return command.split(" ", 2)[0].endsWith("/jcef_helper") && command.contains(word);
    }
  }

  /** What the app is doing meanwhile. */
  enum State {
    STARTING,
    LOADING,
    CALLS,
    CLOSING
  }

  @AfterEach
  void end() {
    // Before its buses: with that of the session Chromium ends.
    if (app != null) {
      app.close();
    }
    buses.values().forEach(ChildProcess::killTree);
  }

  private static int below(RandomSource random, int bound) {
    return Math.floorMod(ByteBuffer.wrap(random.bytes(Integer.BYTES)).getInt(), bound);
  }

  // ---- the app

  private RunningApp.Start start() {
    return RunningApp.Start.of(Apps.named("faults"))
        .driven()
        .variable("DBUS_SYSTEM_BUS_ADDRESS", bus(Victim.SYSTEM_BUS))
        .variable("DBUS_SESSION_BUS_ADDRESS", bus(Victim.SESSION_BUS));
  }

  /** A bus of the test's own. */
  private String bus(Victim which) {
    String address = "unix:path=" + folder.resolve("bus-" + RandomSource.secure().hex128());
    ChildProcess daemon =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(
                        "dbus-daemon",
                        "--session",
                        "--nofork",
                        "--nopidfile",
                        "--address=" + address)
                    .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    ChildProcess before = buses.put(which, daemon);
    if (before != null) {
      before.killTree();
    }
    return address;
  }

  private Set<Long> pids(Victim victim) {
    if (victim == Victim.RUNTIME) {
      return Set.of(app.pid());
    }
    if (buses.containsKey(victim)) {
      return Set.of(buses.get(victim).pid());
    }
    return app.processes().entrySet().stream()
        .filter(one -> victim.is.test(one.getKey(), one.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private Set<Long> kill(Victim victim) {
    Set<Long> pids = pids(victim);
    assertFalse(pids.isEmpty(), () -> "there is no " + victim + " in " + app.processes());
    pids.forEach(pid -> app.signal("KILL", pid));
    return pids;
  }

  private long count(String text) {
    return app.lines().stream().filter(line -> line.text().contains(text)).count();
  }

  private void awaitMore(String text, long than) {
    app.await(() -> count(text) > than, "another line with '" + text + "'", LONG);
  }

  private void await(BooleanSupplier condition, String what) {
    app.await(condition, what, LONG);
  }

  /** Every part of it answers. */
  private void assertAlive() {
    Page page = app.page();
    page.await(READY);
    assertEquals("", page.evaluate("silent()", LONG).asText(), app::log);
    assertTrue(page.screenshot().length > 1_000, "there is no picture");
  }

  private void report(State state, Victim victim, String what, Duration since) {
    System.out.printf(
        "fault: %-8s while %-8s %-28s %5d ms%n",
        victim, state, what, CLOCK.now().minus(since).toMillis());
  }

  // ---- what must be

  /** Each file that the page was told is written is there, whole. */
  private void assertWritten(Path data) throws IOException {
    List<Integer> written =
        app.lines().stream()
            .map(RunningApp.Line::text)
            .filter(line -> line.contains("] written "))
            .flatMap(line -> Arrays.stream(line.replaceFirst(".*\\] written ", "").split(" ")))
            .map(Integer::parseInt)
            .toList();
    assertFalse(written.isEmpty(), "nothing was written");
    for (int number : written) {
      assertEquals(
          number + ":" + "x".repeat(number * 7 % 5000) + ":end",
          Files.readString(data.resolve("written").resolve(Integer.toString(number))),
          () -> "file " + number + " of " + written.size() + ", seed " + seed);
    }
  }

  /** No process, lock, socket or open file below its folders. */
  private static void assertNothingHeld(Path base) throws IOException {
    assertEquals(List.of(), ProcessTree.holdersOf(base));
    try (Stream<Path> files = Files.walk(base)) {
      assertEquals(
          List.of(),
          files
              .filter(
                  file -> isSocket(file) || file.getFileName().toString().startsWith("Singleton"))
              .map(FaultsSuite::withTarget)
              .toList());
    }
  }

  /** Chromium's links name its process and host. */
  private static String withTarget(Path file) {
    try {
      return file + (Files.isSymbolicLink(file) ? " -> " + Files.readSymbolicLink(file) : "");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readAttributes(
              file, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** After a killed runtime: no process is left, and the next start finds all in order. */
  private void assertStartsAgain() throws IOException {
    app.awaitExit();
    app.awaitNoProcess();
    assertEquals(List.of(), ProcessTree.sharedMemory(app.everSeen()));
    assertEquals(List.of(), ProcessTree.holdersOf(app.base()));
    RunningApp killed = app;
    // Beside the folder of the killed one, as the script has them all in TMPDIR.
    Path own = Files.createDirectory(killed.temporary().resolve("dunlin-next"));
    Files.setPosixFilePermissions(
        own, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    app = APPS.start(start().in(killed).variable("TMPDIR", own + "/"));
    Files.delete(app.temporary().resolve("dunlin-own"));
    assertAlive();
    app.signal("INT", app.pid());
    assertEquals(130, app.awaitExit());
    app.proveNothingLeft();
    killed.proveNothingLeft();
    assertNothingHeld(app.base());
  }

  /** The victim is dead: the app is as it was, or has said why not. */
  private void assertBack(State state, Victim victim, Set<Long> dead, long loads, Duration since)
      throws IOException {
    switch (victim) {
      case RENDERER -> {
        awaitMore("the page's process ended", 0);
        report(state, victim, "it says why", since);
        awaitMore("] ready", loads);
      }
      case GRAPHICS, NETWORK ->
          await(() -> pids(victim).stream().anyMatch(pid -> !dead.contains(pid)), "another one");
      case BACK_END -> {
        awaitMore("the back end ended with exit code 137", 0);
        report(state, victim, "it says why", since);
        await(() -> pids(victim).stream().anyMatch(pid -> !dead.contains(pid)), "another one");
      }
      case SYSTEM_BUS -> buses.get(victim).exit().toCompletionStage().toCompletableFuture().join();
      case SESSION_BUS -> {
        // Chromium ends with it, and so says: the session is over. Where it was not there yet, it
        // starts without.
        await(
            () ->
                count("D-Bus connection was disconnected") > 0
                    || state == State.STARTING && count("] ready") > 0,
            "Chromium's word on it");
        if (count("D-Bus connection was disconnected") > 0) {
          report(state, victim, "it says why", since);
          assertStartsAgain();
          return;
        }
      }
      case RUNTIME -> {
        app.awaitExit();
        app.awaitNoProcess();
        report(state, victim, "all is gone", since);
        assertStartsAgain();
        return;
      }
    }
    app.page().await(READY + " && ipc.call('ipc://os/hrtime').then(time => time > '')");
    report(state, victim, "back", since);
    if (state == State.CALLS && victim != Victim.RENDERER) {
      assertEquals(
          "[]",
          app.page().evaluate("stop()", LONG).path("failed").toString(),
          "calls have failed with " + victim);
    }
    assertAlive();
  }

  // ---- the fast part

  @Test
  void survivesEachOfItsProcessesWithAThousandCallsInFlight() throws IOException {
    app = APPS.start(start());
    Page page = app.page();
    page.await(READY);
    Path data = Path.of(page.evaluate("data").asText());
    for (Victim victim :
        List.of(
            Victim.NETWORK, Victim.SYSTEM_BUS, Victim.GRAPHICS, Victim.BACK_END, Victim.RENDERER)) {
      long loads = count("] ready");
      storm(page);
      Duration since = CLOCK.now();
      Set<Long> dead = kill(victim);
      assertBack(State.CALLS, victim, dead, loads, since);
      assertWritten(data);
    }
    storm(page);
    Duration since = CLOCK.now();
    // Killed by its page: who waits for that page's answer is told of the end.
    AssertionError told =
        assertThrows(
            AssertionError.class,
            () -> page.evaluate("cp.exec('kill -KILL " + app.pid() + "')", LONG));
    assertTrue(told.getMessage().contains("the app has ended, exit code 137"), told::getMessage);
    assertEquals(137, app.awaitExit());
    assertWritten(data);
    assertBack(State.CALLS, Victim.RUNTIME, Set.of(), 0, since);
  }

  private void storm(Page page) {
    int from = storms++ * FILES;
    page.run("await storm(" + IN_FLIGHT + ", " + from + ", " + (from + FILES) + ")");
    page.await("stormed() > 200");
  }

  static Stream<Arguments> closings() {
    return Stream.of(Victim.RENDERER, Victim.NETWORK, Victim.RUNTIME)
        .map(victim -> Arguments.of(State.CLOSING, victim));
  }

  @ParameterizedTest(name = "{1} while {0}")
  @MethodSource("closings")
  void endsWhoeverDiesMeanwhile(State state, Victim victim) throws IOException {
    one(state, victim);
  }

  // ---- ends and starts

  /**
   * AWT ends its event thread when it has nothing to do for a second and there is no window yet; by
   * the next one Chromium can't be shut down.
   */
  @Test
  void shutsChromiumDownThoughItsFirstWindowWasLongInComing() throws Exception {
    app =
        APPS.start(
            start()
                .variable(
                    "JAVA_TOOL_OPTIONS",
                    "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0"));
    String listening = "Listening for transport dt_socket at address: ";
    String port = app.awaitLine(listening).text().replaceFirst(".*" + listening, "").strip();
    try (Debugged runtime = Debugged.attach(port)) {
      runtime.runTo("dev.dunlin.shell.engine.BrowserWindow", "create");
      Duration longest = CLOCK.now().plus(IDLE);
      await(
          () -> !runtime.hasThread("AWT-EventQueue-0") || CLOCK.now().compareTo(longest) >= 0,
          "the end of the event thread, or its stay");
    }
    app.page().await(READY);
    app.signal("INT", app.pid());
    assertEquals(130, app.awaitExit());
    app.proveNothingLeft();
    assertNothingHeld(app.base());
  }

  @Test
  void startsOverTheLinksOfAKilledOneWhoseProcessIdIsNowAnothers() throws IOException {
    RunningApp.Start start = start();
    RunningApp another = APPS.start(start);
    another.page().await(READY);
    app = APPS.start(start);
    app.page().await(READY);
    Path profile = app.base().resolve("cache/dev.dunlin.e2e.faults/engine");
    Path lock = profile.resolve("SingletonLock");
    String host = Files.readSymbolicLink(lock).toString().replaceFirst("-\\d+$", "");
    app.signal("INT", app.pid());
    assertEquals(130, app.awaitExit());
    for (String holder : List.of(host + "-" + another.pid(), "another-host-1")) {
      Files.createSymbolicLink(lock, Path.of(holder));
      Files.createSymbolicLink(profile.resolve("SingletonCookie"), Path.of("1234567890"));
      Files.createSymbolicLink(
          profile.resolve("SingletonSocket"), folder.resolve("gone/SingletonSocket"));
      app = APPS.start(start.in(app));
      assertAlive();
      app.signal("INT", app.pid());
      assertEquals(130, app.awaitExit());
      assertNothingHeld(app.base());
    }
    assertEquals("1", another.page().evaluate("1").asText());
    another.close();
  }

  @Test
  void deletesTheTemporaryFolderOfOneThatWasKilledBeforeItSaidWhoseItIs() throws IOException {
    ChildProcess ended =
        ProcessStarter.get()
            .start(ProcessSpec.of("true").withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    ended.exit().toCompletionStage().toCompletableFuture().join();
    Path left = Files.createDirectory(folder.resolve("dunlin-" + ended.pid() + "-left"));
    Path starting =
        Files.createDirectory(folder.resolve("dunlin-" + ProcessHandle.current().pid() + "-live"));
    Path notes = Files.createDirectory(folder.resolve("dunlin-" + ended.pid() + "-plan"));
    Files.writeString(notes.resolve("text"), "of years");
    Path nobodys = Files.createDirectory(folder.resolve("dunlin-1000"));
    Path own = Files.createDirectory(folder.resolve("dunlin-own"));
    Files.setPosixFilePermissions(
        own, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    app = APPS.start(start().variable("TMPDIR", own + "/"));
    Files.delete(app.temporary().resolve("dunlin-own"));
    app.page().await(READY);
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(starting));
    assertTrue(Files.exists(nobodys));
    assertTrue(Files.exists(notes.resolve("text")));
  }

  // ---- all

  static Stream<Arguments> all() {
    return Arrays.stream(State.values())
        .flatMap(
            state -> Arrays.stream(Victim.values()).map(victim -> Arguments.of(state, victim)));
  }

  @Tag("nightly")
  @ParameterizedTest(name = "{1} while {0}")
  @MethodSource("all")
  void isBackOrSaysWhyInEveryState(State state, Victim victim) throws IOException {
    one(state, victim);
  }

  private void one(State state, Victim victim) throws IOException {
    System.out.println("fault: " + victim + " while " + state + ", seed " + seed);
    app = APPS.start(start());
    switch (state) {
      case STARTING -> {
        // Before, nobody could know whose its temporary folder is.
        await(() -> Files.exists(app.temporary().resolve("dunlin-own/owner")), "its own folder");
        Duration after =
            Duration.ofMillis(victim == Victim.RUNTIME ? below(random, STARTING_MS) : 0)
                .plus(CLOCK.now());
        await(() -> CLOCK.now().compareTo(after) >= 0, "the time");
        await(() -> !pids(victim).isEmpty(), "the " + victim);
        Duration since = CLOCK.now();
        assertBack(state, victim, kill(victim), 0, since);
      }
      case LOADING -> {
        Page page = app.page();
        page.await(READY);
        page.evaluate("setTimeout(() => { location.href = 'slow.html' }), true");
        app.awaitLine("] loading");
        Duration since = CLOCK.now();
        assertBack(state, victim, kill(victim), 1, since);
      }
      case CALLS -> {
        Page page = app.page();
        page.await(READY);
        Path data = Path.of(page.evaluate("data").asText());
        storm(page);
        Duration since = CLOCK.now();
        Set<Long> dead = kill(victim);
        // With these it ends, and what starts again has written nothing.
        boolean ends = victim == Victim.RUNTIME || victim == Victim.SESSION_BUS;
        if (ends) {
          app.awaitExit();
          assertWritten(data);
        }
        assertBack(state, victim, dead, 1, since);
        if (!ends) {
          assertWritten(data);
        }
      }
      case CLOSING -> closing(victim);
    }
  }

  private void closing(Victim victim) throws IOException {
    Page page = app.page();
    page.await(READY);
    Path data = Path.of(page.evaluate("data").asText());
    storm(page);
    Set<Long> pids = new HashSet<>(pids(victim));
    app.signal("INT", app.pid());
    Duration at = CLOCK.now().plusMillis(below(random, CLOSING_MS));
    await(() -> CLOCK.now().compareTo(at) >= 0, "the time");
    Duration since = CLOCK.now();
    pids.forEach(pid -> app.signal("KILL", pid));
    int code = app.awaitExit();
    report(State.CLOSING, victim, "it has ended, code " + code, since);
    assertWritten(data);
    // Chromium may end with that bus before it has closed.
    boolean aborted = count("D-Bus connection was disconnected") > 0;
    if (victim == Victim.RUNTIME || victim == Victim.SESSION_BUS && aborted) {
      assertStartsAgain();
      return;
    }
    assertEquals(130, code, app::log);
    app.proveNothingLeft();
    assertNothingHeld(app.base());
  }
}
