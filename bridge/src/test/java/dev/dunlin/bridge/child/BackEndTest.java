package dev.dunlin.bridge.child;

import static dev.dunlin.bridge.Harness.await;
import static dev.dunlin.bridge.Harness.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.dunlin.scheduler.Backoff;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.VertxScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class BackEndTest {
  private static final Duration NEVER = Duration.ofHours(1);

  private final Vertx vertx = Vertx.vertx();
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final List<String> printed = new CopyOnWriteArrayList<>();
  private volatile Future<Void> taken = Future.succeededFuture();
  private BackEnd backEnd;

  private final BackEnd.Events events =
      new BackEnd.Events() {
        @Override
        public Future<Void> send(int window, String event, Object detail) {
          sent.add(window + " " + event + " " + detail);
          return taken;
        }

        @Override
        public void print(boolean error, String line) {
          printed.add((error ? "ERR " : "OUT ") + line);
        }

        @Override
        public void exit(int code) {
          printed.add("EXIT " + code);
        }
      };

  private Map<String, Object> open(Duration silence, String... argv) {
    backEnd =
        new BackEnd(
            List.of(argv),
            Path.of("/tmp"),
            Map.of("PATH", System.getenv("PATH")),
            new VertxScheduler(vertx, Lane.create(vertx, "back end")),
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(4), 0, RandomSource.secure()),
            silence,
            events);
    return await(backEnd.open(false));
  }

  private void script(String script) {
    open(NEVER, "/bin/sh", "-c", script);
  }

  @AfterEach
  void close() {
    await(backEnd.close());
    await(vertx.close());
  }

  @Test
  void readsTheLinesOfTheProtocol() {
    script(
        """
        echo plain
        echo 'ipc://stdout?value=a%20b+c'
        echo 'ipc://stderr?value=%C3%A4'
        echo 'ipc://send?event=e%26f&value=%7B%22n%22%3A1%7D&index=3'
        echo 'ipc://send?event=text&value=not%20json'
        echo 'ipc://resolve?seq=4&state=0&value=1&index=2'
        echo 'ipc://process.exit?value=5'
        echo 'ipc://send?event=%ZZ'
        echo 'ipc://nonsense?x=1'
        echo wrong >&2
        echo 'ipc://exit?value=6'
        """);
    until(() -> sent.contains("-1 backend-exit 0"));
    assertEquals(
        List.of(
            "3 e&f {\"n\":1}",
            "-1 text \"not json\"",
            "2 resolve-2-4 {state=0, value=1}",
            "-1 process-exit 5"),
        sent.stream()
            .filter(one -> !one.contains("process-error") && !one.contains("backend-exit"))
            .map(one -> one.replace("{value=1, state=0}", "{state=0, value=1}"))
            .toList());
    assertTrue(
        printed.containsAll(List.of("OUT plain", "OUT a b c", "ERR ä", "ERR wrong", "EXIT 6")));
    assertTrue(printed.stream().anyMatch(line -> line.contains("what is no URL")));
    assertTrue(printed.stream().anyMatch(line -> line.contains("ipc://nonsense, which is no")));
    assertTrue(sent.contains("-1 process-error wrong"));
  }

  @Test
  void tellsABackEndWhatThePageWrites() {
    script("while read -r line; do echo \"$line\" | sed 's/^ipc/got/'; done");
    await(backEnd.write("a&b", TextNode.valueOf("x y\nz")));
    until(() -> printed.contains("OUT got://process.write?event=a%26b&value=x%20y%0Az"));
    await(backEnd.close());
    assertThrows(AssertionError.class, () -> await(backEnd.write("a", TextNode.valueOf("b"))));
  }

  @Test
  void startsOneThatFailsAgainAndGivesUpInTheEnd() {
    script("exit 9");
    until(() -> printed.stream().anyMatch(line -> line.contains("is not started again")));
    assertEquals(
        BackEnd.FAILURES + 1, sent.stream().filter(one -> one.equals("-1 backend-exit 9")).count());
    // Asked for, it is tried anew.
    await(backEnd.open(false));
    until(
        () ->
            sent.stream().filter(one -> one.equals("-1 backend-exit 9")).count()
                == 2 * (BackEnd.FAILURES + 1));
  }

  @Test
  void leavesOneAloneThatEndsByItself() {
    script("exit 0");
    until(() -> sent.contains("-1 backend-exit 0"));
    assertTrue(printed.isEmpty(), printed::toString);
  }

  @Test
  void endsOneWhoseHeartStops() {
    open(
        Duration.ofMillis(50),
        "/bin/sh",
        "-c",
        "echo 'ipc://heartbeat?seq=1'; read -r answer; echo \"$answer\" | sed 's/^ipc/got/'; sleep 1000");
    until(() -> printed.contains("OUT got://resolve?seq=1&state=0"));
    until(() -> printed.stream().anyMatch(line -> line.contains("no heartbeat")));
    until(() -> sent.contains("-1 backend-exit 137"));
  }

  @Test
  void doesNotEndOneThatWaitsForThePage() throws Exception {
    Promise<Void> page = Promise.promise();
    taken = page.future();
    open(
        Duration.ofMillis(20),
        "/bin/sh",
        "-c",
        "echo 'ipc://heartbeat?seq=1'; echo 'ipc://send?event=a'; echo 'ipc://send?event=b'; sleep 1000");
    until(
        () -> sent.contains("-1 a \"\"") || sent.stream().anyMatch(one -> one.startsWith("-1 a")));
    // Several times the silence that would end it.
    Promise<Void> later = Promise.promise();
    vertx.setTimer(200, id -> later.complete());
    await(later.future());
    assertFalse(
        printed.stream().anyMatch(line -> line.contains("no heartbeat")), printed::toString);
    assertFalse(sent.stream().anyMatch(one -> one.startsWith("-1 b")), "it is read no further");
    page.complete();
    until(() -> sent.stream().anyMatch(one -> one.startsWith("-1 b")));
  }

  @Test
  void closingItEndsWhatItHasStarted() {
    script("sleep 1000 & echo $!; wait");
    until(() -> !printed.isEmpty());
    long grandchild = Long.parseLong(printed.get(0).substring("OUT ".length()));
    assertTrue(ProcessHandle.of(grandchild).isPresent());
    await(backEnd.close());
    until(() -> ProcessHandle.of(grandchild).isEmpty());
  }

  @Test
  void startsItAnewOnlyWhenForced() {
    Map<String, Object> first = open(NEVER, "sleep", "1000");
    assertEquals(first, await(backEnd.open(false)));
    Map<String, Object> second = await(backEnd.open(true));
    assertTrue(!first.get("pid").equals(second.get("pid")));
    assertTrue(ProcessHandle.of((Long) first.get("pid")).isEmpty());
  }

  @Test
  void startsOneAgainWhoseHelperOutlivesIt() throws Exception {
    // The helper holds its output, which thus never ends by itself.
    script("(trap '' TERM HUP; echo helper; sleep 1000) & sleep 0.05; exit 9");
    until(() -> sent.stream().filter(one -> one.equals("-1 backend-exit 9")).count() >= 2);
  }

  @Test
  void doesNotWaitForWhatHasLeftItsGroup() {
    script("setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.2; exit 9");
    until(() -> printed.stream().anyMatch(line -> line.matches("OUT [0-9]+")));
    until(() -> sent.contains("-1 backend-exit 9"));
    await(backEnd.close());
    printed.stream()
        .filter(line -> line.matches("OUT [0-9]+"))
        .forEach(
            line ->
                ProcessHandle.of(Long.parseLong(line.substring(4)))
                    .ifPresent(ProcessHandle::destroyForcibly));
  }

  @Test
  void isNeverThereTwice(@TempDir Path folder) throws Exception {
    Path gate = folder.resolve("gate");
    script("echo $$; [ -e " + gate + " ] && exec sleep 1000; exit 9");
    for (int i = 0; i < 300; i++) {
      backEnd.open(false);
      if (i % 10 == 0) {
        await(backEnd.open(false));
      }
    }
    Files.createFile(gate);
    long pid = (Long) await(backEnd.open(true)).get("pid");
    until(() -> printed.contains("OUT " + pid));
    long others =
        printed.stream()
            .filter(line -> line.startsWith("OUT ") && !line.equals("OUT " + pid))
            .map(line -> ProcessHandle.of(Long.parseLong(line.substring(4))))
            .filter(other -> other.map(ProcessHandle::isAlive).orElse(false))
            .count();
    assertEquals(0, others);
    await(backEnd.close());
    until(() -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void startsOnlyOnceTheLastOneHasEnded() {
    script("trap 'sleep 0.2; echo down; exit 0' TERM; echo up; while :; do sleep 0.02; done");
    until(() -> printed.contains("OUT up"));
    backEnd.close();
    await(backEnd.open(false));
    until(() -> printed.stream().filter("OUT up"::equals).count() == 2);
    assertEquals(List.of("OUT up", "OUT down", "OUT up"), printed);
  }

  @Test
  void isCalledByTheNameItWasGiven(@TempDir Path folder) throws Exception {
    // So does an environment of Python know itself.
    Path link = Files.createSymbolicLink(folder.resolve("python"), Path.of("/bin/sh"));
    open(NEVER, link.toString(), "-c", "echo $0");
    until(() -> printed.contains("OUT " + link));
  }
}
