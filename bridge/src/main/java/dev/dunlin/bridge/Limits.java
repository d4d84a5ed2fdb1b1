package dev.dunlin.bridge;

/** Every bound of the bridge, by name. What exceeding one gives stands beside it. */
public final class Limits {
  /**
   * One message from the page on the call lane, in UTF-16 units. Over: {@code
   * ERR_MESSAGE_TOO_LARGE}.
   */
  public static final int MESSAGE_LENGTH = 16 << 20;

  /**
   * One reply on the call lane, in UTF-16 units of JSON. Over: {@code ERR_REPLY_TOO_LARGE}; the
   * stream lane has no such bound.
   */
  public static final int REPLY_LENGTH = 64 << 10;

  /**
   * One request body on the stream lane. Over: {@code ERR_MESSAGE_TOO_LARGE}; longer bodies go as
   * uploads.
   */
  public static final int BODY_BYTES = 8 << 20;

  /** Calls of one document that have no answer yet. Over: {@code ERR_TOO_MANY_CALLS}. */
  public static final int CALLS_IN_FLIGHT = 10_000;

  /** Nesting of a JSON message. Over: {@code ERR_INVALID_CALL}. */
  public static final int JSON_DEPTH = 64;

  /** Open handles of one window. Over: {@code EMFILE}. */
  public static final int HANDLES_PER_WINDOW = 4096;

  /** Length of a command URL. Over: {@code ERR_INVALID_CALL}. */
  public static final int URL_LENGTH = 64 << 10;

  private Limits() {}
}
