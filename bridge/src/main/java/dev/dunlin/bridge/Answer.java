package dev.dunlin.bridge;

import java.nio.ByteBuffer;

/**
 * Where the answer to one query of the call lane goes: Chromium's callback. The first is sent; what
 * comes later, or meanwhile from another thread, does nothing.
 *
 * <p><i>Thread:</i> called from the bridge's event loop, or from within {@link CallLane#receive}.
 */
public interface Answer {
  /** Sends JSON text to the page. */
  void success(String json);

  /** Whether this engine can also send bytes. */
  default boolean takesBytes() {
    return false;
  }

  /**
   * Sends the rest of a direct buffer to the page, in place of a text. It is copied before this
   * returns.
   *
   * <p><i>Thread:</i> any that may block.
   */
  default void bytes(ByteBuffer direct) {
    throw new UnsupportedOperationException("this engine sends text only");
  }

  /** Refuses the whole message with one of the codes of {@link CallLane}. */
  void failure(int code, String message);
}
