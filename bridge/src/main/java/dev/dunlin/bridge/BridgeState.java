package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.Call.Lane;
import java.util.List;
import java.util.Map;

/**
 * What the bridge holds at one moment.
 *
 * @param inFlight calls that wait for their answers, by lane; streamed answers count until they end
 * @param briefWaiting calls that wait for a thread for short looks at the disk
 * @param repliesLength UTF-16 units of replies that wait for pages
 * @param eventsWaiting events that wait for pages
 * @param pushBytes binary pushes that wait for pages
 * @param open how many things pages have open, by module
 * @param things what can tell of itself, at most {@link #THINGS}
 */
public record BridgeState(
    Map<Lane, Integer> inFlight,
    int documents,
    int briefWaiting,
    long repliesLength,
    long eventsWaiting,
    long pushBytes,
    Map<String, Integer> open,
    List<Thing> things) {
  /** Things told of. Over: the rest is only counted, in {@link #open}. */
  public static final int THINGS = 256;

  /** Window of a thing that belongs to the app. */
  public static final int APP = -1;

  /**
   * A module of the app, or something a page has open.
   *
   * @param window whose it is, or {@link #APP}
   * @param facts as JSON values
   */
  public record Thing(int window, String module, Map<String, Object> facts) {}
}
