package dev.dunlin.shell.resources;

import dev.dunlin.scheduler.Scheduler;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes one call of many touches: when nothing has been touched for {@link #QUIET}, and at the
 * latest {@link #LONGEST} after the first touch.
 *
 * <p><i>Thread:</i> {@link #touched} from any; the call comes on the scheduler's lane.
 */
final class Settle {
  /** An editor writes a file in several steps, and a build many files. */
  static final Duration QUIET = Duration.ofMillis(100);

  /** What changes without end is shown all the same. */
  static final Duration LONGEST = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final Runnable settled;

  // On the scheduler's lane.
  private Optional<Scheduler.Timer> timer = Optional.empty();
  private Duration first = Duration.ZERO;

  Settle(Scheduler scheduler, Runnable settled) {
    this.scheduler = scheduler;
    this.settled = settled;
  }

  void touched() {
    scheduler.lane().execute(this::again);
  }

  private void again() {
    Duration now = scheduler.now();
    if (timer.isEmpty()) {
      first = now;
    }
    timer.ifPresent(Scheduler.Timer::cancel);
    Duration rest = first.plus(LONGEST).minus(now);
    Duration delay = rest.compareTo(QUIET) < 0 ? rest : QUIET;
    timer = Optional.of(scheduler.schedule(delay.isNegative() ? Duration.ZERO : delay, this::end));
  }

  private void end() {
    timer = Optional.empty();
    settled.run();
  }
}
