package dev.dunlin.net.sim;

import dev.dunlin.net.peer.PeerException;

/**
 * What is simulated.
 *
 * @param peers besides the {@value Simulation#INTRODUCERS} introducers
 * @param churnPerMinute how often a minute each peer leaves, on average
 * @param hard the part of the peers whose NAT has a mapping for each remote endpoint
 * @param subscribed the part of the peers that are in the subcluster published to
 * @param loss the part of the datagrams that are lost
 * @param lastSeed the last of the runs, each of which has its own seed
 * @param minutes of virtual time after the last publication
 * @param publications in each run
 * @param keepState whether who comes back has the cache it left with
 */
public record SimOptions(
    int peers,
    double churnPerMinute,
    double hard,
    double subscribed,
    Latency latency,
    double loss,
    long firstSeed,
    long lastSeed,
    double minutes,
    int publications,
    boolean keepState) {
  /** More would not fit in the memory of a run. */
  public static final int MAX_PEERS = 16_384;

  /** More are refused: a run of each would take days. */
  public static final int MAX_SEEDS = 1_000;

  public SimOptions {
    check(peers >= 2 && peers <= MAX_PEERS, "--peers takes 2 to " + MAX_PEERS + ", not " + peers);
    check(
        churnPerMinute >= 0 && churnPerMinute <= 60,
        "--churn takes 0 to 60 a minute, not " + churnPerMinute);
    check(hard >= 0 && hard <= 1, "--hard takes 0 to 1, not " + hard);
    check(
        subscribed > 0 && subscribed <= 1,
        "--subscribed takes more than 0, up to 1, not " + subscribed);
    check(loss >= 0 && loss < 1, "--loss takes 0 to less than 1, not " + loss);
    check(
        lastSeed >= firstSeed && lastSeed - firstSeed < MAX_SEEDS,
        "--seeds takes A-B, A at most B, at most " + MAX_SEEDS + " of them");
    check(
        minutes >= 1 && minutes <= 7 * 24 * 60,
        "--duration takes 1 to 10080 minutes, not " + minutes);
    check(
        publications >= 1 && publications <= 1000,
        "--publications takes 1 to 1000, not " + publications);
  }

  private static void check(boolean fine, String message) {
    if (!fine) {
      throw new PeerException("EINVAL", message);
    }
  }
}
