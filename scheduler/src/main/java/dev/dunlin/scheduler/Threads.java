package dev.dunlin.scheduler;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The only maker of threads. All are daemons (none keeps the process alive) and named "dunlin-…".
 */
public final class Threads {
  /** How long an idle thread of a pool stays. */
  private static final long IDLE_SECONDS = 30;

  private Threads() {}

  /** Starts a daemon thread that runs the task. */
  public static Thread start(String name, Runnable task) {
    Thread thread = factory(name).newThread(task);
    thread.start();
    return thread;
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
  public static ExecutorService pool(String name, int threads, int queue) {
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

  /** Runs the task when the process ends in an orderly way (exit, Ctrl-C, SIGTERM; not SIGKILL). */
  public static void onExit(String name, Runnable task) {
    Runtime.getRuntime().addShutdownHook(factory(name).newThread(task));
  }
}
