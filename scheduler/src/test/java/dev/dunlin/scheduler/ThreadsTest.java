package dev.dunlin.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadsTest {
  /** Ends with two rounds of tasks, registered the wrong way round. */
  static final class Ending {
    public static void main(String[] args) {
      CountDownLatch begun = new CountDownLatch(1);
      Threads.lastOnExit("b", () -> System.out.println("last"));
      Threads.onExit(
          "a1",
          () -> {
            try {
              begun.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            System.out.println("first");
          });
      Threads.onExit("a2", begun::countDown);
      System.exit(0);
    }
  }

  @Test
  void exitTasksRunTogetherAndTheLastOnesAfterThem() throws Exception {
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Ending.class.getName()))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    assertEquals(
        "first last",
        new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8)
            .strip()
            .replaceAll("\\s+", " "));
  }

  @Test
  void aPoolRefusesWhatItsQueueCanNotHold() {
    ExecutorService pool = Threads.pool("test", 1, 1);
    CountDownLatch end = new CountDownLatch(1);
    Runnable wait =
        () -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    pool.execute(wait);
    pool.execute(wait);
    assertThrows(RejectedExecutionException.class, () -> pool.execute(wait));
    end.countDown();
    pool.shutdown();
  }

  @Test
  void threadsAreNamedAndKeepNoProcessAlive() throws Exception {
    Thread thread = Threads.start("test", () -> {});
    thread.join();
    assertEquals("dunlin-test", thread.getName());
    assertTrue(thread.isDaemon());
  }
}
