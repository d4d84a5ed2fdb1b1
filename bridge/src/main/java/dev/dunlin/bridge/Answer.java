package dev.dunlin.bridge;

/**
 * Where the answers to one query of the call lane go: Chromium's callback.
 *
 * <p><i>Thread:</i> called from the bridge's event loop, or from within {@link CallLane#receive}.
 */
public interface Answer {
  /** Sends JSON text to the page: once. */
  void success(String json);

  /** Refuses the whole message with one of the codes of {@link CallLane}. */
  void failure(int code, String message);
}
