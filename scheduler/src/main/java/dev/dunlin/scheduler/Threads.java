package dev.dunlin.scheduler;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The only maker of threads. All are daemons (none keeps the process alive) and named "dunlin-…".
 */
public final class Threads {
  /** How long an idle thread of a pool stays. */
  private static final long IDLE_SECONDS = 30;

  /**
   * How long the tasks of one round of {@link #onExit} may take; then the next round, or the end,
   * comes all the same.
   */
  public static final Duration EXIT_GRACE = Duration.ofSeconds(10);

  private Threads() {}

  /** Starts a daemon thread that runs the task. */
  public static Thread start(String name, Runnable task) {
    Thread thread = factory(name).newThread(task);
    thread.start();
    return thread;
  }

  /**
   * Runs the task on a thread of its own, which {@link CompletableFuture#supplyAsync} does not on a
   * machine with two cores, where the common pool has one thread.
   */
  public static <T> CompletableFuture<T> async(String name, Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, work -> start(name, work));
  }

  /** As {@link #async}, without a result. */
  public static CompletableFuture<Void> asyncRun(String name, Runnable task) {
    return CompletableFuture.runAsync(task, work -> start(name, work));
  }

  /** Makes daemon threads named "dunlin-name", "dunlin-name-2", … */
  public static ThreadFactory factory(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      int number = count.incrementAndGet();
      Thread thread = new Thread(task, "dunlin-" + name + (number == 1 ? "" : "-" + number));
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * A pool for blocking work.
   *
   * @param threads the most threads it has
   * @param queue the most tasks that wait; beyond it {@code execute} throws
   *     RejectedExecutionException
   */
  public static ThreadPoolExecutor pool(String name, int threads, int queue) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            factory(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Runs the task when the process ends in an orderly way (exit, Ctrl-C, SIGTERM; not SIGKILL). All
   * such tasks run at the same time, each on its own thread; together they have {@link
   * #EXIT_GRACE}.
   */
  public static void onExit(String name, Runnable task) {
    Exit.FIRST.add(factory("exit-" + name).newThread(task));
  }

  /**
   * As {@link #onExit}, but after those are done or out of time: windows are closed while their X
   * server and helpers still live.
   */
  public static void lastOnExit(String name, Runnable task) {
    Exit.LAST.add(factory("exit-" + name).newThread(task));
  }

  /** What runs at exit, in two rounds. */
  private static final class Exit {
    static final Queue<Thread> FIRST = new ConcurrentLinkedQueue<>();
    static final Queue<Thread> LAST = new ConcurrentLinkedQueue<>();

    static {
      Runtime.getRuntime()
          .addShutdownHook(
              factory("exit")
                  .newThread(
                      () -> {
                        round(FIRST);
                        round(LAST);
                      }));
    }

    private static void round(Queue<Thread> threads) {
      threads.forEach(Thread::start);
      long end = System.nanoTime() + EXIT_GRACE.toNanos();
      for (Thread thread : threads) {
        try {
          thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException e) {
          // Only a broken shutdown interrupts its own hook: go on to what must still be done.
          return;
        }
      }
    }
  }
}
