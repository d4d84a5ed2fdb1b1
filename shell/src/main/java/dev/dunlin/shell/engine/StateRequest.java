package dev.dunlin.shell.engine;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How often, and how long, a window manager is asked for a state of a window. */
final class StateRequest {
  /** How often the window manager's word is read while it is waited for. */
  static final Duration LOOK = Duration.ofMillis(50);

  /** How long no window manager may be there. Over: the request ends. */
  static final Duration UNMANAGED = Duration.ofSeconds(5);

  /** After so many looks it is asked again: it may not have known the window yet. */
  private static final int LOOKS = 8;

  /** What a look that has not found the state leads to. */
  enum Next {
    WAIT,
    ASK,
    UNMANAGED,
    TOO_LATE
  }

  private final long most;
  private long looked;
  private long managedAt;

  /**
   * @param patience how long it may take in all
   */
  StateRequest(Duration patience) {
    most = patience.dividedBy(LOOK);
  }

  /**
   * The state is not there yet.
   *
   * @param managed whether a window manager is there; not asked at every look
   */
  Next next(BooleanSupplier managed) {
    if (looked >= most) {
      return Next.TOO_LATE;
    }
    if (looked++ % LOOKS != 0) {
      return Next.WAIT;
    }
    if (managed.getAsBoolean()) {
      managedAt = looked;
    }
    return looked - managedAt > UNMANAGED.dividedBy(LOOK) ? Next.UNMANAGED : Next.ASK;
  }
}
