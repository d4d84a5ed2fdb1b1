package dev.dunlin.net.peer;

import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.limits.MinuteQuota;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * The way out and the tollgate of the way in: paces what goes to each endpoint, sends no more than
 * three times what came to who has not proved to be there, counts what comes from each. Lane: the
 * peer's.
 */
final class Outbox {
  /** What goes first when the pace does not suffice. */
  enum Priority {
    CONTROL,
    OWN,
    RELAY,
    SYNC
  }

  private static final Duration DRAIN = Duration.ofMillis(2);

  private record Queued(Datagrams.Socket socket, Endpoint to, byte[] datagram) {}

  private final Core core;
  private final BoundedMap<Endpoint, Path> paths;
  private final BoundedMap<Integer, MinuteQuota[]> hosts = new BoundedMap<>(Limits.MAX_HOSTS);
  private final ArrayDeque<Queued>[] queues = queues();

  /** The path asked for last: one datagram asks for the same one several times. */
  private Optional<Path> last = Optional.empty();

  private Endpoint lastEndpoint = new Endpoint(0, 1);
  private int queued;
  private Optional<Scheduler.Timer> drain = Optional.empty();
  private long droppedUnproven;
  private long droppedFull;
  private long datagrams;
  private long bytes;

  Outbox(Core core) {
    this.core = core;
    this.paths =
        new BoundedMap<>(
            core.config.introducer() ? Limits.MAX_PATHS_OF_INTRODUCER : Limits.MAX_PATHS);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static ArrayDeque<Queued>[] queues() {
    ArrayDeque[] queues = new ArrayDeque[Priority.values().length];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new ArrayDeque<Queued>();
    }
    return queues;
  }

  Path path(Endpoint endpoint) {
    if (last.isEmpty() || !lastEndpoint.equals(endpoint)) {
      last =
          Optional.of(
              paths.computeIfAbsent(endpoint, key -> new Path(core.scheduler.now(), minute())));
      lastEndpoint = endpoint;
    }
    return last.get();
  }

  int paths() {
    return paths.size();
  }

  boolean isProven(Endpoint endpoint) {
    return (lastEndpoint.equals(endpoint) ? last : paths.get(endpoint))
        .filter(path -> path.isProven(core.now(), core.proofMillis()))
        .isPresent();
  }

  private long minute() {
    return core.wall() / 60_000;
  }

  /** Counts what came; false when it is too much from there. */
  boolean admits(Endpoint from, int size, boolean isRelayed) {
    Path path = path(from);
    path.received(size);
    long minute = minute();
    // Looked up once a minute, not for each datagram.
    if (path.host.length == 0 || path.hostMinute != minute) {
      path.hostMinute = minute;
      path.host =
          hosts.computeIfAbsent(
              from.address(),
              key ->
                  new MinuteQuota[] {
                    new MinuteQuota(Limits.QUOTAS_PER_HOST * Limits.PACKETS_PER_MINUTE, minute),
                    new MinuteQuota(Limits.QUOTAS_PER_HOST * Limits.RELAYED_PER_MINUTE, minute)
                  });
    }
    // Both count, whatever the first one says.
    return path.admits(isRelayed, minute) & path.host[isRelayed ? 1 : 0].admits(minute);
  }

  /** Sends what nobody asked for: pings to who we were told of. The caller bounds their number. */
  void initiative(Datagrams.Socket socket, Endpoint to, byte[] datagram) {
    count(datagram);
    socket.send(to, datagram);
  }

  /** Sends, or queues, or drops by the rules of this class. */
  void send(Datagrams.Socket socket, Endpoint to, byte[] datagram, Priority priority) {
    Path path = path(to);
    if (!path.maySend(datagram.length, core.now(), core.proofMillis())) {
      droppedUnproven++;
    } else if (queues[priority.ordinal()].isEmpty() && path.pace.take(1, core.scheduler.now())) {
      count(datagram);
      socket.send(to, datagram);
    } else {
      enqueue(new Queued(socket, to, datagram), priority);
    }
  }

  private void count(byte[] datagram) {
    datagrams++;
    bytes += datagram.length;
  }

  private void enqueue(Queued item, Priority priority) {
    if (queued == Limits.MAX_QUEUED) {
      int least = queues.length - 1;
      while (queues[least].isEmpty()) {
        least--;
      }
      droppedFull++;
      if (least < priority.ordinal()) {
        return;
      }
      queues[least].removeFirst();
      queued--;
    }
    queues[priority.ordinal()].addLast(item);
    queued++;
    if (drain.isEmpty()) {
      drain = Optional.of(core.scheduler.schedule(DRAIN, this::drain));
    }
  }

  private void drain() {
    drain = Optional.empty();
    for (ArrayDeque<Queued> queue : queues) {
      for (int i = queue.size(); i > 0; i--) {
        Queued item = queue.removeFirst();
        if (path(item.to).pace.take(1, core.scheduler.now())) {
          queued--;
          count(item.datagram);
          item.socket.send(item.to, item.datagram);
        } else {
          queue.addLast(item);
        }
      }
    }
    if (queued > 0) {
      drain = Optional.of(core.scheduler.schedule(DRAIN, this::drain));
    }
  }

  void close() {
    drain.ifPresent(Scheduler.Timer::cancel);
    for (ArrayDeque<Queued> queue : queues) {
      queue.clear();
    }
    queued = 0;
  }

  /** Datagrams that wait for their turn. */
  int queued() {
    return queued;
  }

  long droppedUnproven() {
    return droppedUnproven;
  }

  long droppedFull() {
    return droppedFull;
  }

  long datagrams() {
    return datagrams;
  }

  long bytes() {
    return bytes;
  }
}
