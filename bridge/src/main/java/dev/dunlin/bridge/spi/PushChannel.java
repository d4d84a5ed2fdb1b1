package dev.dunlin.bridge.spi;

/**
 * Bytes that the host sends to one document on its own account, one message at a time.
 *
 * <p>The page gives credit for what it has taken; without credit messages wait here, up to the
 * channel's bound, and then its {@link Overflow} rule applies.
 *
 * <p><i>Thread:</i> any; nothing blocks.
 */
public interface PushChannel extends AutoCloseable {
  /** The number by which the page knows it. */
  int id();

  /**
   * Sends one message, not empty and not longer than the channel's bound.
   *
   * @return whether the channel took it: false if it is closed, or full under {@link
   *     Overflow#STOP_READING}
   */
  boolean offer(byte[] message);

  /** Runs once, on any thread, when a channel that refused a message has room, or is closed. */
  void whenWritable(Runnable action);

  /** Messages that {@link Overflow#DROP_OLDEST} has thrown away. */
  long dropped();

  /** Whether it takes no more: closed here, or the document is gone. */
  boolean isClosed();

  /** Tells the page that the channel is over, after what waits. */
  @Override
  void close();

  /** What a channel does when its bound is reached. */
  enum Overflow {
    /** Throws the oldest waiting message away and counts it. */
    DROP_OLDEST,
    /** Refuses the message; its sender stops reading until there is room. */
    STOP_READING
  }
}
