package dev.dunlin.net.swarm;

import dev.dunlin.net.limits.BoundedMap;
import dev.dunlin.net.wire.Id;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Another member, and how it answers. Lane: the swarm's. */
final class Member {
  final Id id;
  final Id subcluster;
  Optional<byte[]> token = Optional.empty();
  Optional<Offer> offer = Optional.empty();

  /** Nonce of the Hello that has no answer yet. */
  Optional<Long> hello = Optional.empty();

  int hellos;
  long saidAt;

  /** When it last answered a Hello. */
  long welcomedAt = Long.MIN_VALUE;

  /** Blocks on their way, the one asked for first in front. */
  final Map<Long, Request> requests = new LinkedHashMap<>();

  final List<Download.Attempt> attempts = new ArrayList<>();
  final BoundedMap<Id, Boolean> absent = new BoundedMap<>(SwarmLimits.MAX_ABSENT);
  double window = SwarmLimits.FIRST_WINDOW;

  /** Until the first loss the window grows by each answer. */
  boolean isYoung = true;

  int silent;

  /** How often it was left alone. */
  int rests;

  long restsUntil = Long.MIN_VALUE;
  private long cutAt = Long.MIN_VALUE;
  private double roundTrip = -1;
  private double deviation;

  /** A Get without an answer yet. */
  record Request(Download.Attempt attempt, int block, long sentAt) {}

  Member(Id id, Id subcluster) {
    this.id = id;
    this.subcluster = subcluster;
  }

  boolean isUsable(long now) {
    return token.isPresent() && now >= restsUntil;
  }

  long timeout() {
    return roundTrip < 0
        ? SwarmLimits.FIRST_TIMEOUT_MILLIS
        : Math.min(
            SwarmLimits.MAX_TIMEOUT_MILLIS,
            Math.max(
                SwarmLimits.LEAST_TIMEOUT_MILLIS,
                (long) (2 * roundTrip + 4 * deviation) << silent));
  }

  void answered(long millis) {
    silent = 0;
    if (roundTrip < 0) {
      roundTrip = millis;
      deviation = millis / 2.0;
    } else {
      deviation += (Math.abs(millis - roundTrip) - deviation) / 4;
      roundTrip += (millis - roundTrip) / 8;
    }
    window = Math.min(SwarmLimits.MAX_WINDOW, window + (isYoung ? 1 : 1 / window));
  }

  /** An answer was lost, or it is busy: half as many from now on, once in a round trip. */
  void cut(long now) {
    if (now >= cutAt) {
      cutAt = now + Math.max(SwarmLimits.TICK_MILLIS, (long) roundTrip);
      window = Math.max(1, window / 2);
      isYoung = false;
    }
  }
}
