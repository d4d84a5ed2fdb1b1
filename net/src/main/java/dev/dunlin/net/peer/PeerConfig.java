package dev.dunlin.net.peer;

import dev.dunlin.net.crypto.SigningKeys;
import dev.dunlin.net.nat.NatType;
import dev.dunlin.net.wire.Endpoint;
import dev.dunlin.net.wire.Id;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who a peer is.
 *
 * @param introducer a well-known one: anybody may enter, it takes no part in clusters and detects
 *     nothing
 * @param address what others see of an introducer, with its port
 * @param port of the main socket, 0 for any
 * @param probePort of the probe socket, 0 for any
 * @param keepAlive how long a link may be silent; the pace of everything
 * @param introducers the well-known peers, at most {@value Limits#MAX_INTRODUCERS}
 */
public record PeerConfig(
    Id peerId,
    SigningKeys keys,
    Id clusterId,
    boolean introducer,
    Optional<Endpoint> address,
    int port,
    int probePort,
    Duration keepAlive,
    List<Introducer> introducers) {
  public static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(30);

  /** Shorter, and peers would do nothing but ping. */
  public static final Duration MIN_KEEP_ALIVE = Duration.ofMillis(200);

  public PeerConfig {
    if (keepAlive.compareTo(MIN_KEEP_ALIVE) < 0) {
      throw new PeerException(
          "EINVAL",
          "the keep-alive is at least "
              + MIN_KEEP_ALIVE.toMillis()
              + " ms, this is "
              + keepAlive.toMillis());
    }
    if (introducers.size() > Limits.MAX_INTRODUCERS) {
      throw new PeerException(
          "EINVAL",
          "a peer has at most "
              + Limits.MAX_INTRODUCERS
              + " introducers, these are "
              + introducers.size());
    }
    introducers = List.copyOf(introducers);
  }

  /** A well-known peer. */
  public record Introducer(Id peerId, Endpoint endpoint) {}

  NatType fixedNat() {
    return introducer ? NatType.UNRESTRICTED : NatType.UNKNOWN;
  }
}
