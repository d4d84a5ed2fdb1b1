package dev.dunlin.scheduler;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/**
 * Time that passes only when told to: the test kit, and the simulator's clock. Tasks run inside
 * {@link #advance}, in order of their due time, then of their scheduling; a run is the same every
 * time.
 *
 * <p>Thread: one, the caller's. A task's exception leaves {@link #advance}, which may be called
 * again.
 */
public final class VirtualScheduler implements Scheduler {
  /** Tasks one {@link #advance} may run; more is taken for a loop without end and fails it. */
  public static final int MAX_TASKS_PER_ADVANCE = 10_000_000;

  /** What the calendar shows when virtual time is zero. */
  public static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private final PriorityQueue<Task> queue = new PriorityQueue<>();
  private final VirtualLane lane = new VirtualLane(this);
  private long nowNanos;
  private int cancelled;
  private long order;
  private boolean running;

  @Override
  public Duration now() {
    return Duration.ofNanos(nowNanos);
  }

  @Override
  public Instant wallTime() {
    return EPOCH.plusNanos(nowNanos);
  }

  @Override
  public Lane lane() {
    return lane;
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("a delay is zero or more, this is " + delay);
    }
    Task entry = new Task(Math.addExact(nowNanos, delay.toNanos()), order++, task);
    queue.add(entry);
    return entry;
  }

  @Override
  public Timer schedulePeriodic(Duration period, Runnable task) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("a period is more than zero, this is " + period);
    }
    return new Periodic(period, task);
  }

  /** Lets this much time pass and runs all that falls due in it; ZERO runs what is due now. */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + duration);
    }
    if (running) {
      throw new IllegalStateException("advance was called from a task; schedule one instead");
    }
    long end = Math.addExact(nowNanos, duration.toNanos());
    running = true;
    try {
      for (int ran = 0; !queue.isEmpty() && queue.peek().dueNanos <= end; ) {
        Task task = queue.remove();
        Runnable run = task.run;
        task.run = null;
        if (run == null) {
          cancelled--;
          continue;
        }
        if (ran++ == MAX_TASKS_PER_ADVANCE) {
          throw new IllegalStateException(
              "more than "
                  + MAX_TASKS_PER_ADVANCE
                  + " tasks in one advance: one reschedules itself");
        }
        nowNanos = task.dueNanos;
        run.run();
      }
      nowNanos = end;
    } finally {
      running = false;
    }
  }

  /** Tasks still waiting, for "nothing is left" assertions. */
  public int pending() {
    return queue.size() - cancelled;
  }

  /**
   * A task in the queue. A cancelled one stays there until its time comes: to take it out would
   * mean to look at them all, and a simulation cancels millions.
   */
  private final class Task implements Timer, Comparable<Task> {
    private final long dueNanos;
    private final long order;
    private Runnable run;

    Task(long dueNanos, long order, Runnable run) {
      this.dueNanos = dueNanos;
      this.order = order;
      this.run = run;
    }

    @Override
    public boolean cancel() {
      boolean due = run != null;
      if (due) {
        run = null;
        cancelled++;
      }
      return due;
    }

    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(dueNanos, other.dueNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final class Periodic implements Timer {
    private final Duration period;
    private final Runnable task;
    private Timer next;
    private boolean cancelled;

    Periodic(Duration period, Runnable task) {
      this.period = period;
      this.task = task;
      this.next = schedule(period, this::run);
    }

    private void run() {
      next = schedule(period, this::run);
      task.run();
    }

    @Override
    public boolean cancel() {
      boolean first = !cancelled;
      cancelled = true;
      next.cancel();
      return first;
    }
  }

  /** The lane of virtual time: what is queued runs at the next {@link #advance}. */
  static final class VirtualLane implements Lane {
    private final VirtualScheduler scheduler;

    VirtualLane(VirtualScheduler scheduler) {
      this.scheduler = scheduler;
    }

    @Override
    public String name() {
      return "virtual";
    }

    @Override
    public void execute(Runnable task) {
      scheduler.schedule(Duration.ZERO, task);
    }

    @Override
    public boolean isCurrent() {
      return scheduler.running;
    }

    @Override
    public <T> Future<T> call(Supplier<Future<T>> task) {
      Promise<T> promise = Promise.promise();
      execute(() -> Calls.run(task, promise));
      return promise.future();
    }
  }
}
