package dev.dunlin.net.peer;

import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What we know of another peer. Lane: the peer's. */
final class Remote {
  static final long NEVER = Long.MIN_VALUE / 2;

  final Id id;

  /** Well-known: never forgotten. */
  boolean indexed;

  /** Of frames, joins and introductions. */
  private final List<Id> subclusters = new ArrayList<>(2);

  Endpoint endpoint;
  NatType nat = NatType.UNKNOWN;

  /** Where it says it is behind its NAT; told to introducers alone. */
  Optional<Endpoint> local = Optional.empty();

  /** The one of ours that reaches it; its main one unless a birthday found another. */
  Datagrams.Socket socket;

  /** It answered a ping of ours from its endpoint, and said what its NAT is. */
  boolean connected;

  /** Whom to send streams for it to, when there is no direct way; else itself. */
  Remote proxy = this;

  boolean announced;

  /** What was announced last: that it is reached by a third. */
  boolean announcedProxied;

  long heardAt = NEVER;
  long provenAt = NEVER;
  long pingedAt = NEVER;
  long answeredAt = NEVER;
  long syncedAt = NEVER;
  int missed;
  long joinClock = -1;
  double jitter = 1;

  Remote(Id id, Endpoint endpoint, boolean indexed, Datagrams.Socket socket) {
    this.id = id;
    this.endpoint = endpoint;
    this.indexed = indexed;
    this.socket = socket;
  }

  boolean isDirect() {
    return connected && proxy == this;
  }

  boolean isIn(Id subcluster) {
    return subclusters.contains(subcluster);
  }

  /** True when that is news. */
  boolean note(Id subcluster) {
    return subclusters.size() < Limits.MAX_SUBCLUSTERS_OF_REMOTE
        && !subclusters.contains(subcluster)
        && subclusters.add(subcluster);
  }
}
