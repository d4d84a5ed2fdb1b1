package dev.dunlin.net.peer;

import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what NAT we are behind. Two others tell what they see of us, and then try to come in by
 * ways that we did not open. Lane: the peer's.
 */
final class Reflection {
  private static final Duration STAGE_ONE = Duration.ofMillis(1024);
  private static final Duration STAGE_TWO = Duration.ofMillis(2048);
  private static final Duration PROBE_WAIT = Duration.ofMillis(512);
  private static final Duration RETRY = Duration.ofMillis(256);
  private static final int MAX_RETRY_STEPS = 16;

  /** With a single reflector in reach this long, its word alone must do. */
  private static final long ALONE_MILLIS = 3_000;

  private enum Stage {
    IDLE,
    ONE,
    TWO
  }

  private final Core core;
  private final Pings pings;
  private final Runnable done;
  private Stage stage = Stage.IDLE;
  private String reflectionId = "";
  private Optional<Remote> probed = Optional.empty();
  private Optional<Scheduler.Timer> timer = Optional.empty();
  private long aloneSince = Remote.NEVER;
  private int retries;
  private int probePort;
  private int wanted;

  /** What each reflector saw of the main socket, in the order in which they answered. */
  private final Map<Id, Endpoint> seen = new LinkedHashMap<>();

  private final Set<Endpoint> entered = new HashSet<>();

  /**
   * @param done called when the kind of NAT is known
   */
  Reflection(Core core, Pings pings, Runnable done) {
    this.core = core;
    this.pings = pings;
    this.done = done;
  }

  boolean isRunning() {
    return stage != Stage.IDLE || timer.isPresent();
  }

  /** Begins, unless it goes on already. */
  void start() {
    if (!isRunning()) {
      begin();
    }
  }

  void stop() {
    timer.ifPresent(Scheduler.Timer::cancel);
    timer = Optional.empty();
    stage = Stage.IDLE;
  }

  private void begin() {
    stop();
    List<Remote> reflectors = reflectors();
    if (reflectors.isEmpty()) {
      aloneSince = Remote.NEVER;
      core.events.connecting(
          "EHOSTUNREACH",
          "no introducer answers; check the network and the introducers' addresses");
      retry();
    } else if (reflectors.size() == 1 && !isAloneForLong()) {
      if (aloneSince == Remote.NEVER) {
        aloneSince = core.now();
      }
      retry();
    } else {
      stageOne(reflectors.get(0));
    }
  }

  private boolean isAloneForLong() {
    return aloneSince != Remote.NEVER && core.now() - aloneSince >= ALONE_MILLIS;
  }

  private List<Remote> reflectors() {
    List<Remote> list = new ArrayList<>();
    for (Remote remote : core.peers.all()) {
      int nat = remote.nat.value();
      boolean fits =
          remote.indexed
              || nat == NatType.UNRESTRICTED.value()
              || nat == NatType.ADDR_RESTRICTED.value();
      if (fits && core.outbox.isProven(remote.endpoint)) {
        list.add(remote);
      }
    }
    core.random.shuffle(list);
    return list;
  }

  private void retry() {
    pings.bootstrap();
    retries = retries % MAX_RETRY_STEPS + 1;
    after(RETRY.multipliedBy(retries), this::begin);
  }

  private void after(Duration delay, Runnable task) {
    timer.ifPresent(Scheduler.Timer::cancel);
    timer =
        Optional.of(
            core.scheduler.schedule(
                delay,
                () -> {
                  timer = Optional.empty();
                  task.run();
                }));
  }

  private void newId() {
    byte[] bytes = core.random.bytes(6);
    reflectionId = java.util.HexFormat.of().formatHex(bytes);
  }

  /** What port does the probe socket have outside? */
  private void stageOne(Remote reflector) {
    stage = Stage.ONE;
    newId();
    probed = Optional.of(reflector);
    pings.reflect(core.probe, reflector.endpoint, reflectionId, Optional.empty());
    after(STAGE_ONE, this::begin);
  }

  /** What do two others see of the main socket, and can they come in by the probe socket? */
  private void stageTwo() {
    Remote first = probed.orElseThrow();
    Optional<Remote> second = reflectors().stream().filter(remote -> remote != first).findFirst();
    if (second.isEmpty() && !isAloneForLong()) {
      begin();
      return;
    }
    stage = Stage.TWO;
    newId();
    seen.clear();
    entered.clear();
    wanted = second.isPresent() ? 2 : 1;
    pings.reflect(core.main, first.endpoint, reflectionId, Optional.of(probePort));
    second.ifPresent(
        remote -> pings.reflect(core.main, remote.endpoint, reflectionId, Optional.of(probePort)));
    after(STAGE_TWO, this::begin);
  }

  /** A pong that carries isReflection. */
  void pong(Datagrams.Socket socket, Endpoint from, Id responder, Control pong) {
    Optional<Endpoint> external = pong.endpoint(Key.ADDRESS, Key.PORT);
    if (external.isEmpty() || !pong.text(Key.REFLECTION_ID).equals(Optional.of(reflectionId))) {
      return;
    }
    if (stage == Stage.ONE && socket == core.probe) {
      if (probed.filter(remote -> remote.endpoint.equals(from)).isPresent()) {
        probePort = external.get().port();
        stageTwo();
      }
    } else if (stage == Stage.TWO && socket == core.main) {
      if (core.peers.get(responder).filter(remote -> remote.endpoint.equals(from)).isEmpty()) {
        return;
      }
      seen.put(responder, external.get());
      boolean all = seen.size() >= wanted;
      if (all && entered.size() >= wanted) {
        finish();
      } else {
        after(PROBE_WAIT, all ? this::finish : this::begin);
      }
    } else if (stage == Stage.TWO && socket == core.probe && entered.size() < wanted) {
      entered.add(from);
      if (seen.size() >= wanted && entered.size() >= wanted) {
        finish();
      }
    }
  }

  private void finish() {
    stop();
    List<Endpoint> views = new ArrayList<>(seen.values());
    Endpoint first = views.get(0);
    Endpoint last = views.get(views.size() - 1);
    if (first.address() != last.address()) {
      core.events.connecting(
          "EAGAIN", "two introducers see us at different addresses; trying again");
      retry();
      return;
    }
    // One view alone shows a single mapping only where nothing is mapped.
    boolean same = views.size() > 1 ? first.equals(last) : first.port() == core.main.local().port();
    core.nat = NatType.detected(same, entered.size());
    core.external = Optional.of(last);
    retries = 0;
    done.run();
  }
}
