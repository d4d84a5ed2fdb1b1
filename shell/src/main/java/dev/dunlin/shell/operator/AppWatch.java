package dev.dunlin.shell.operator;

import dev.dunlin.bridge.Bridge;
import dev.dunlin.bridge.BridgeState;
import dev.dunlin.bridge.CallObserver;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.scheduler.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Watches a running app. */
public final class AppWatch implements Watch {
  private final Snapshot.App app;
  private final Bridge bridge;
  private final Consumer<Optional<BiConsumer<String, String>>> console;
  private final Clock clock;
  private final CallMeter meter;
  private final LineLog log;
  private final ProcessMemory memory = new ProcessMemory(Path.of("/proc"));

  // Owned by the thread that asks.
  private Optional<Duration> added = Optional.empty();
  private List<Snapshot.Process> processes = List.of();
  private Duration last;
  private long sequence;

  /**
   * Begins.
   *
   * @param console is told where lines go besides, level and text; empty: nowhere
   */
  public AppWatch(
      Snapshot.App app,
      Bridge bridge,
      Consumer<Optional<BiConsumer<String, String>>> console,
      Clock clock) {
    this.app = app;
    this.bridge = bridge;
    this.console = console;
    this.clock = clock;
    meter = new CallMeter(clock);
    log = new LineLog(clock);
    last = clock.now();
    bridge.observe(meter);
    console.accept(Optional.of(log::add));
  }

  @Override
  public Snapshot next() {
    Duration asked = clock.now();
    Optional<BridgeState> state = state();
    Duration now = clock.now();
    if (added.filter(at -> now.minus(at).compareTo(OperatorLimits.MEMORY_PERIOD) < 0).isEmpty()) {
      added = Optional.of(now);
      processes = memory.now();
    }
    Snapshot snapshot =
        new Snapshot(
            ++sequence,
            clock.wallTime().toEpochMilli(),
            micros(now.minus(last)),
            state.isPresent() ? micros(now.minus(asked)) : -1,
            app,
            meter.rate(),
            meter.commands(),
            meter.denials(),
            meter.lanes(way -> state.map(one -> inFlight(one, way)).orElse(0L)),
            state.map(AppWatch::queues).orElse(List.of()),
            state.map(AppWatch::things).orElse(List.of()),
            processes,
            log.take(),
            log.dropped());
    last = now;
    return snapshot;
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1_000;
  }

  private Optional<BridgeState> state() {
    try {
      return Optional.of(
          bridge
              .state()
              .toCompletionStage()
              .toCompletableFuture()
              .get(OperatorLimits.LOOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException late) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** A file that a page reads by the blob lane is counted with its call. */
  private static long inFlight(BridgeState state, CallObserver.Way way) {
    return switch (way) {
      case CALL -> state.inFlight().getOrDefault(Call.Lane.CALL, 0);
      case STREAM -> state.inFlight().getOrDefault(Call.Lane.STREAM, 0);
      case BLOB -> 0;
    };
  }

  private static List<Snapshot.Queue> queues(BridgeState state) {
    List<Snapshot.Queue> queues = new ArrayList<>();
    queues.add(new Snapshot.Queue("short looks at the disk", "calls", state.briefWaiting()));
    queues.add(new Snapshot.Queue("replies for pages", "characters", state.repliesLength()));
    queues.add(new Snapshot.Queue("events for pages", "events", state.eventsWaiting()));
    queues.add(new Snapshot.Queue("pushes for pages", "bytes", state.pushBytes()));
    queues.add(new Snapshot.Queue("documents", "documents", state.documents()));
    state
        .open()
        .forEach(
            (module, count) -> queues.add(new Snapshot.Queue("open: " + module, "handles", count)));
    return queues;
  }

  private static List<Snapshot.Thing> things(BridgeState state) {
    return state.things().stream()
        .map(thing -> new Snapshot.Thing(thing.window(), thing.module(), cut(thing.facts())))
        .toList();
  }

  private static Map<String, Object> cut(Map<String, Object> facts) {
    Map<String, Object> cut = new LinkedHashMap<>(facts);
    cut.replaceAll(
        (name, value) -> value instanceof String text ? OperatorLimits.cut(text) : value);
    return cut;
  }

  @Override
  public void close() {
    bridge.observe(CallObserver.NONE);
    console.accept(Optional.empty());
  }
}
