package dev.dunlin.bridge;

/**
 * Ends a query that Chromium cancelled: by navigation, a closed page, or the page itself.
 *
 * <p><i>Thread:</i> any; never blocks; a second call does nothing.
 */
@FunctionalInterface
public interface Cancellation {
  /** Nothing to end. */
  Cancellation NONE = () -> {};

  void cancel();
}
