package dev.dunlin.net.peer;

import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Control;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import dev.dunlin.net.wire.Key;
import dev.dunlin.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what NAT we are behind. Two to four others tell what they see of us, of which the
 * majority counts, and then try to come in by ways that we did not open. Lane: the peer's.
 */
final class Reflection {
  private static final Duration STAGE_ONE = Duration.ofMillis(1024);
  private static final Duration STAGE_TWO = Duration.ofMillis(2048);
  private static final Duration PROBE_WAIT = Duration.ofMillis(512);
  private static final Duration RETRY = Duration.ofMillis(256);
  private static final int MAX_RETRY_STEPS = 16;

  /** So many are asked what they see, if there are so many. */
  private static final int REFLECTORS = 4;

  /** So many must answer, if there are so many: the others may be down. */
  private static final int ANSWERS = 2;

  /** What we have sent to may enter for so long; there are few firewalls that are more patient. */
  private static final long HOLE_MILLIS = 300_000;

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

  /** Those that came in by the probe socket. */
  private final Set<Id> entered = new HashSet<>();

  /** Whom the probe socket sent to, and when: that they can come in shows less. */
  private final Map<Id, Long> probedAt = new HashMap<>();

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
      // The same one as before, if there was one: each that is probed can show less.
      stageOne(probed.filter(reflectors::contains).orElse(reflectors.get(0)));
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
      // A neighbour sees us as nobody else does.
      if (fits && !core.isLan(remote.endpoint) && core.outbox.isProven(remote.endpoint)) {
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
    probedAt.values().removeIf(at -> core.now() - at > HOLE_MILLIS);
    probedAt.put(reflector.id, core.now());
    pings.reflect(core.probe, reflector.endpoint, reflectionId, Optional.empty());
    after(
        STAGE_ONE,
        () -> {
          probed = Optional.empty();
          begin();
        });
  }

  /** What do others see of the main socket, and can they come in by the probe socket? */
  private void stageTwo() {
    Remote first = probed.orElseThrow();
    List<Remote> asked = new ArrayList<>(reflectors());
    asked.remove(first);
    // Those first that the probe socket never sent to.
    asked.sort(Comparator.comparing(remote -> probedAt.containsKey(remote.id)));
    if (asked.isEmpty() && !isAloneForLong()) {
      begin();
      return;
    }
    asked.add(0, first);
    stage = Stage.TWO;
    newId();
    seen.clear();
    entered.clear();
    wanted = Math.min(REFLECTORS, asked.size());
    for (Remote remote : asked.subList(0, wanted)) {
      pings.reflect(core.main, remote.endpoint, reflectionId, Optional.of(probePort));
    }
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
      boolean enough = seen.size() >= Math.min(ANSWERS, wanted);
      if (seen.size() >= wanted && entered.size() >= wanted) {
        finish();
      } else {
        after(PROBE_WAIT, enough ? this::finish : this::begin);
      }
    } else if (stage == Stage.TWO && socket == core.probe && entered.size() < wanted) {
      // Its probe socket has another port than the main one that we know, but is in the same place.
      if (core.peers
          .get(responder)
          .filter(it -> it.endpoint.address() == from.address())
          .isEmpty()) {
        return;
      }
      entered.add(responder);
      if (seen.size() >= wanted && entered.size() >= wanted) {
        finish();
      }
    }
  }

  private void finish() {
    stop();
    List<Endpoint> views = new ArrayList<>(seen.values());
    Endpoint last = views.get(views.size() - 1);
    Endpoint most = views.stream().max(Comparator.comparingInt(view -> votes(view))).orElse(last);
    long there = views.stream().filter(view -> view.address() == most.address()).count();
    if (2 * there <= views.size()) {
      core.events.connecting("EAGAIN", "introducers see us at different addresses; trying again");
      retry();
      return;
    }
    // One view alone shows a single mapping only where nothing is mapped.
    boolean same =
        views.size() > 1 ? 2 * votes(most) > views.size() : most.port() == core.main.local().port();
    boolean anybody = !probedAt.keySet().containsAll(entered);
    core.nat = NatType.detected(same, anybody ? 2 : entered.isEmpty() ? 0 : 1);
    core.external = Optional.of(same || last.address() != most.address() ? most : last);
    retries = 0;
    done.run();
  }

  /** How many see just that. */
  private int votes(Endpoint view) {
    return (int) seen.values().stream().filter(view::equals).count();
  }
}
