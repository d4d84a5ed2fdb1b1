package dev.dunlin.bridge;

/** The lane of small JSON calls: what the message router hears, the bridge answers. */
public interface CallLane {
  /** {@link Answer#failure} code: this frame has no bridge. */
  int NO_BRIDGE = -1;

  /** {@link Answer#failure} code: the message is not what docs/bridge.md describes. */
  int MALFORMED = 1;

  /** {@link Answer#failure} code: the message is longer than {@link Limits#MESSAGE_LENGTH}. */
  int TOO_LARGE = 2;

  /** {@link Answer#failure} code: more than {@link Limits#CALLS_IN_FLIGHT} calls. */
  int TOO_MANY = 3;

  /**
   * {@link Answer#failure} code: the message names a document that is not this frame's, or no more.
   * Nothing of it was done.
   */
  int UNKNOWN_DOCUMENT = 4;

  /** {@link Answer#failure} code: a fault in the host; nothing of the message was done. */
  int FAULT = 5;

  /**
   * Takes one message from a page.
   *
   * <p><i>Thread:</i> any; made for Chromium's UI thread: it checks the frame, hops, and returns.
   *
   * @return what to run when Chromium cancels the query
   */
  Cancellation receive(Frame frame, String message, Answer answer);
}
