package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.operator.OperatorClient;
import dev.dunlin.shell.operator.RunningApps;
import dev.dunlin.shell.operator.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real app, watched through its socket. The window has tests of its own, in module operator. */
class OperatorSuite {
  /** Snapshots that what the page does may take to be told. */
  private static final int SNAPSHOTS = 30;

  @RegisterExtension static final Apps APPS = new Apps();

  private static RunningApp.Start app(String... words) {
    return RunningApp.Start.of(Apps.named("operator"), words);
  }

  private static List<Path> temporary(RunningApp app) {
    try (Stream<Path> files = Files.list(app.base())) {
      return files.filter(path -> path.getFileName().toString().startsWith("tmp-")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<RunningApps.RunningApp> watchable(RunningApp app) {
    try {
      return RunningApps.in(temporary(app));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From then on it is decided whether it may be watched. */
  private static void awaitDecision(RunningApp app) {
    app.awaitLine("ready");
    app.await(
        () -> Files.exists(temporary(app).get(0).resolve("dunlin-own").resolve("start")),
        "the socket for second starts",
        RunningApp.SOON);
  }

  private static Snapshot next(OperatorClient client, Predicate<Snapshot> wanted)
      throws IOException {
    List<Snapshot> seen = new ArrayList<>();
    for (int i = 0; i < SNAPSHOTS; i++) {
      Snapshot one = client.next();
      if (wanted.test(one)) {
        return one;
      }
      seen.add(one);
    }
    throw new AssertionError(
        "not told in " + SNAPSHOTS + " snapshots; the last was " + seen.get(SNAPSHOTS - 1));
  }

  private static boolean has(Snapshot snapshot, String module, String fact, String value) {
    return snapshot.things().stream()
        .anyMatch(thing -> thing.module().equals(module) && thing.text(fact).contains(value));
  }

  @Test
  void tellsWhatTheAppDoes() throws IOException {
    RunningApp app = APPS.start(app().driven());
    awaitDecision(app);
    RunningApps.RunningApp found = watchable(app).get(0);
    assertEquals("dev.dunlin.e2e.operated", found.bundleId());
    assertEquals(app.pid(), found.pid());
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(found.socket())));
    try (OperatorClient client = OperatorClient.attach(found.socket())) {
      // On a busy machine its loop may answer later than the first snapshot waits for.
      Snapshot idle = next(client, one -> one.loopMicros() >= 0);
      assertEquals("1.2.3", idle.app().version());
      assertEquals("NotAllowedError", app.page().evaluate("work()").asText());
      Snapshot told =
          next(
              client,
              one ->
                  one.commands().stream()
                          .anyMatch(
                              command ->
                                  command.name().equals("os/hrtime") && command.calls() >= 50)
                      && !one.denials().isEmpty()
                      && has(one, "udp", "local", "127.0.0.1:")
                      && has(one, "child-process", "name", "sleep"));
      Snapshot.Denial denial = told.denials().get(0);
      assertEquals("connect-src", denial.directive());
      assertTrue(denial.source().startsWith("ipc://fs/"), denial.toString());
      assertTrue(denial.source().endsWith("/etc/hostname"), denial.toString());
      Snapshot.Command hrtime =
          told.commands().stream()
              .filter(one -> one.name().equals("os/hrtime"))
              .findFirst()
              .orElseThrow();
      assertTrue(
          hrtime.p50Micros() > 0 && hrtime.p50Micros() <= hrtime.p99Micros(), hrtime.toString());
      assertEquals(
          Set.of("call", "stream", "blob"),
          Set.copyOf(told.lanes().stream().map(Snapshot.Lane::name).toList()));
      List<String> processes = told.processes().stream().map(Snapshot.Process::name).toList();
      assertTrue(processes.containsAll(List.of("app", "renderer")), processes.toString());
      assertTrue(told.processes().get(0).pssBytes() > 10 << 20, told.processes().toString());
      app.page().evaluate("console.log('seen by who watches'), 0");
      next(
          client,
          one ->
              one.lines().stream().anyMatch(line -> line.text().contains("seen by who watches")));
    }
    app.signal("TERM", app.pid());
    app.awaitExit();
    assertEquals(List.of(), watchable(app));
  }

  @Test
  void isShutAsUsersGetItAndOpenToWhoAsks() {
    RunningApp shut = APPS.start(app("--prod"));
    awaitDecision(shut);
    assertEquals(List.of(), watchable(shut));
    assertFalse(
        Files.exists(temporary(shut).get(0).resolve("dunlin-own").resolve(RunningApps.SOCKET)));

    RunningApp asked = APPS.start(app("--prod", "--operator"));
    awaitDecision(asked);
    assertEquals(1, watchable(asked).size());

    RunningApp told = APPS.start(app().variable("DUNLIN_OPERATOR", "0"));
    awaitDecision(told);
    assertEquals(List.of(), watchable(told));
  }
}
