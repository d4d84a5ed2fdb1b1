package dev.dunlin.net.sim;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What one run came to. Times are in milliseconds.
 *
 * @param t50 medians over the publications of the time until half, 90 %, and all of the subscribers
 *     had it that were on line at its time and stayed
 * @param worstT100 of all publications
 * @param reachedAll the part of the publications that all of those had within a minute
 * @param coverage60s the part of the subscribers on line a minute later, newcomers included, that
 *     have it; the others five minutes and a day later, where the run is that long
 * @param returned24h the part of the publications that those have that were away for a day, a
 *     minute after they came back; where the run is that long
 * @param curve the part of those that stayed that had it after so many steps of {@value #STEP} ms
 */
public record SimResult(
    long seed,
    double t50,
    double t90,
    double t100,
    double worstT100,
    double reachedAll,
    double coverage60s,
    OptionalDouble coverage5min,
    OptionalDouble coverage24h,
    OptionalDouble returned24h,
    double datagramsPerPeerPerSecond,
    double bytesPerPeerPerSecond,
    double duplicatesPerDelivery,
    List<Double> curve) {
  /** Milliseconds between two points of the curve. */
  public static final int STEP = 20;

  /** Points of the curve. */
  public static final int POINTS = 151;
}
