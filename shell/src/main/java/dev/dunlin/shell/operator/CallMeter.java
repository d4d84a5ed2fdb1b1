package dev.dunlin.shell.operator;

import dev.dunlin.bridge.CallObserver;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/** Counts calls and their times, while somebody watches. Thread: any. */
final class CallMeter implements CallObserver {
  private static final String OTHERS = "(others)";
  private static final String UNKNOWN = "(unknown)";
  private static final String DENIED = "NotAllowedError";

  /** Mark of a call that is counted and not timed. */
  private static final long UNTIMED = Long.MIN_VALUE;

  private final Clock clock;

  // Two threads that add one to it at once may add one in all: it tells only which calls are timed.
  private int begun;

  private final Map<String, Count> commands = new ConcurrentHashMap<>();
  private final Map<Way, LaneCount> lanes = new EnumMap<>(Way.class);
  private final Histogram period = new Histogram();
  private final LongAdder faults = new LongAdder();

  // Guarded by itself. The one refused longest ago first.
  private final Map<String, Snapshot.Denial> denials = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Count {
    final Histogram times = new Histogram();
    final LongAdder calls = new LongAdder();
    final LongAdder faults = new LongAdder();
    // The meter's reader's alone.
    long told;
  }

  private static final class LaneCount {
    final LongAdder calls = new LongAdder();
    final LongAdder bytes = new LongAdder();
    // The meter's reader's alone.
    long told;

    long lately() {
      long all = calls.sum();
      long lately = all - told;
      told = all;
      return lately;
    }
  }

  CallMeter(Clock clock) {
    this.clock = clock;
    for (Way way : Way.values()) {
      lanes.put(way, new LaneCount());
    }
  }

  @Override
  public long began() {
    int number = begun++;
    return number < OperatorLimits.TIMED || number % OperatorLimits.TIMED_OF == 0
        ? clock.nanos()
        : UNTIMED;
  }

  @Override
  public void ended(long mark, String command, Way way, long bytes, Optional<BridgeError> fault) {
    Count count = count(command.isEmpty() ? UNKNOWN : command);
    count.calls.increment();
    if (mark != UNTIMED) {
      long nanos = Math.max(0, clock.nanos() - mark);
      count.times.add(nanos);
      period.add(nanos);
    }
    LaneCount lane = lanes.get(way);
    lane.calls.increment();
    if (bytes > 0) {
      lane.bytes.add(bytes);
    }
    if (fault.isPresent()) {
      faults.increment();
      count.faults.increment();
      deny(command, fault.get());
    }
  }

  private Count count(String command) {
    Count known = commands.get(command);
    if (known != null) {
      return known;
    }
    // Two threads may pass it at once: by one for each thread.
    return commands.computeIfAbsent(
        commands.size() < OperatorLimits.COMMANDS ? command : OTHERS, name -> new Count());
  }

  private void deny(String command, BridgeError fault) {
    Object source = fault.toMap().get("source");
    if (!fault.name().equals(DENIED) || source == null) {
      return;
    }
    String directive = String.valueOf(fault.toMap().get("directive"));
    synchronized (denials) {
      String key = directive + " " + source;
      Snapshot.Denial before = denials.get(key);
      denials.put(
          key,
          new Snapshot.Denial(
              OperatorLimits.cut(source.toString()),
              OperatorLimits.cut(directive),
              command,
              before == null ? 1 : before.times() + 1,
              clock.wallTime().toEpochMilli()));
      if (denials.size() > OperatorLimits.DENIALS) {
        denials.remove(denials.keySet().iterator().next());
      }
    }
  }

  // ---- read by one thread, once a period

  private long told;

  Snapshot.Rate rate() {
    long p50 = period.quantileNanos(0.5) / 1_000;
    long p99 = period.quantileNanos(0.99) / 1_000;
    period.clear();
    begun = 0;
    long now = lanes.values().stream().mapToLong(lane -> lane.calls.sum()).sum();
    long calls = now - told;
    told = now;
    return new Snapshot.Rate(calls, faults.sumThenReset(), p50, p99);
  }

  /** The most called first. */
  List<Snapshot.Command> commands() {
    List<Snapshot.Command> told = new ArrayList<>();
    commands.forEach(
        (name, count) -> {
          long all = count.calls.sum();
          told.add(
              new Snapshot.Command(
                  OperatorLimits.cut(name),
                  all,
                  all - count.told,
                  count.faults.sum(),
                  count.times.quantileNanos(0.5) / 1_000,
                  count.times.quantileNanos(0.99) / 1_000));
          count.told = all;
        });
    told.sort(Comparator.comparingLong(Snapshot.Command::calls).reversed());
    return told;
  }

  /** The last one first. */
  List<Snapshot.Denial> denials() {
    List<Snapshot.Denial> told;
    synchronized (denials) {
      told = new ArrayList<>(denials.values());
    }
    Collections.reverse(told);
    return told;
  }

  /**
   * @param inFlight what waits now
   */
  List<Snapshot.Lane> lanes(ToLongFunction<Way> inFlight) {
    List<Snapshot.Lane> told = new ArrayList<>();
    lanes.forEach(
        (way, count) ->
            told.add(
                new Snapshot.Lane(
                    way.name().toLowerCase(Locale.ROOT),
                    count.lately(),
                    count.bytes.sumThenReset(),
                    inFlight.applyAsLong(way))));
    return told;
  }
}
