package dev.dunlin.net.swarm;

import java.time.Duration;

/**
 * What we give to others; who asks for more is told to come back later. One member gets at most
 * half of the rate.
 *
 * @param bytesPerSecond in the long run, of content
 * @param bytesPerDay of content in 24 hours, from the first that was given
 */
public record Quota(int bytesPerSecond, long bytesPerDay) {
  /** Of an installed app: somebody's line at home. */
  public static final Quota OF_APP = new Quota(512 << 10, 512L << 20);

  /** Of who publishes. */
  public static final Quota OF_PUBLISHER = new Quota(8 << 20, Long.MAX_VALUE);

  static final Duration DAY = Duration.ofDays(1);

  public Quota {
    if (bytesPerSecond < 2 * SwarmLimits.BLOCK_BYTES || bytesPerDay < 0) {
      throw new IllegalArgumentException(
          "a swarm gives at least " + 2 * SwarmLimits.BLOCK_BYTES + " bytes a second");
    }
  }
}
