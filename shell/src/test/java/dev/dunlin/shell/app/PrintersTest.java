package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.VirtualScheduler;
import dev.dunlin.shell.app.Printers.Printer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With programs that stand in for CUPS'. */
@DisabledOnOs(OS.WINDOWS)
class PrintersTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String HANGS = "sleep 1000 & wait";
  private static final String ANSWERS =
      "echo x >> \"$0.asked\"; case $1 in -d) echo 'system default destination: paper';;"
          + " -e) printf 'ink\\npaper\\n';; esac";
  private static final byte[] LARGE = new byte[3 * Printers.PIECE_BYTES];

  @TempDir Path folder;

  private final VirtualScheduler clock = new VirtualScheduler();
  private final Queue<Runnable> worker = new ArrayDeque<>();

  private Printers printers(Duration patience, String lpstat, String lp) throws IOException {
    return new Printers(
        new Printers.Programs(program("lpstat", lpstat), program("lp", lp)),
        patience,
        clock,
        new PageServices.Blocking() {
          @Override
          public <T> Future<T> run(Callable<T> work) {
            Promise<T> done = Promise.promise();
            worker.add(
                () -> {
                  try {
                    done.complete(work.call());
                  } catch (Exception e) {
                    done.fail(e);
                  }
                });
            return done.future();
          }
        });
  }

  private String program(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  /** Does what the worker has to do. */
  private void work() {
    assertTimeoutPreemptively(
        SOON,
        () -> {
          for (Runnable next = worker.poll(); next != null; next = worker.poll()) {
            next.run();
          }
        });
  }

  private <T> T get(Future<T> future) throws Exception {
    work();
    return future.toCompletionStage().toCompletableFuture().get(0, TimeUnit.SECONDS);
  }

  private static void print(Printers printers) {
    assertTimeoutPreemptively(
        SOON, () -> printers.print("paper", 1, "A page", new ByteArrayInputStream(LARGE)));
  }

  @Test
  void aCupsThatHangsIsEndedAndTheWorkerIsFreeAgain() throws Exception {
    Printers printers = printers(SHORT, HANGS, "exit 1");
    Future<List<Printer>> all = printers.all();
    assertEquals("ERR_NO_PRINTER", get(printers.capability()).get("reason"));
    BridgeError error =
        (BridgeError) assertThrows(ExecutionException.class, () -> get(all)).getCause();
    assertEquals("ERR_PRINTER", error.code());
  }

  @Test
  void aCupsThatSaysSomethingAndThenHangsIsEndedToo() throws Exception {
    Future<List<Printer>> all = printers(SHORT, "echo half; " + HANGS, "exit 1").all();
    assertThrows(ExecutionException.class, () -> get(all));
  }

  @Test
  void aDocumentThatIsNotTakenIsGivenUp() throws Exception {
    for (String lp : List.of(HANGS, "cat > /dev/null; " + HANGS, "exec 2>&-; " + HANGS)) {
      Printers printers = printers(SHORT, ANSWERS, lp);
      BridgeError error = assertThrows(BridgeError.class, () -> print(printers), lp);
      assertEquals("ERR_PRINTER", error.code());
    }
  }

  @Test
  void aDocumentIsHandedOverWholeAndARefusalSaysWhy() throws Exception {
    print(printers(SOON, ANSWERS, "cat > \"$0.taken\""));
    assertEquals(LARGE.length, Files.size(folder.resolve("lp.taken")));
    Printers refusing = printers(SOON, ANSWERS, "echo 'no such printer' >&2; exit 1");
    assertEquals(
        "no such printer", assertThrows(BridgeError.class, () -> print(refusing)).getMessage());
  }

  @Test
  void whoeverAsksMeanwhileOrSoonAfterHasTheSameAnswerAndLaterANewOne() throws Exception {
    Printers printers = printers(SOON, ANSWERS, "exit 1");
    Future<List<Printer>> first = printers.all();
    assertSame(first, printers.all());
    assertEquals(1, worker.size(), "one worker, however many ask");
    assertEquals(List.of(new Printer("ink", false), new Printer("paper", true)), get(first));
    clock.advance(Printers.FRESH);
    assertEquals(true, get(printers.capability()).get("available"));
    assertEquals(2, Files.readAllLines(folder.resolve("lpstat.asked")).size());
    clock.advance(Duration.ofNanos(1));
    get(printers.all());
    assertEquals(4, Files.readAllLines(folder.resolve("lpstat.asked")).size());
  }
}
