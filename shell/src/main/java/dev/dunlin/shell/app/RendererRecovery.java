package dev.dunlin.shell.app;

import dev.dunlin.scheduler.Clock;
import dev.dunlin.shell.resources.ErrorPages;
import dev.dunlin.shell.resources.ResourceRequest;
import dev.dunlin.shell.resources.ResourceResponse;
import java.time.Duration;

/**
 * What a window shows after its renderer has gone: a page that says so and loads the app again,
 * later each time, so that a page that always crashes does not take the machine with it.
 *
 * <p><i>Thread:</i> any.
 */
final class RendererRecovery {
  /** Longest wait before the app is loaded again. */
  static final Duration MAX_WAIT = Duration.ofSeconds(60);

  /** A page that ran this long has recovered: after its next crash the wait is short again. */
  static final Duration CALM = Duration.ofMinutes(2);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final String PATH = "/.dunlin/renderer-gone";

  private final String origin;
  private final Clock clock;

  // Guarded by this.
  private Crash last;

  private record Crash(String url, String cause, Duration pause, Duration at) {}

  RendererRecovery(String origin, Clock clock) {
    this.origin = origin;
    this.clock = clock;
    this.last = new Crash(origin + "/", "", Duration.ZERO, clock.now());
  }

  /** Notes a crash and says which page to show. */
  synchronized String pageAfter(String url, String cause) {
    Duration now = clock.now();
    Duration ran = now.minus(last.at()).minus(last.pause());
    Duration pause =
        last.pause().isZero() || ran.compareTo(CALM) >= 0
            ? FIRST_WAIT
            : shorter(last.pause().multipliedBy(2), MAX_WAIT);
    String back = WebUrl.isOf(origin, url) && !answers(origin, url) ? url : last.url();
    last = new Crash(back, cause, pause, now);
    return origin + PATH;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Whether this is the URL of that page. */
  static boolean answers(String origin, String url) {
    return url.equals(origin + PATH);
  }

  synchronized ResourceResponse respond(ResourceRequest request) {
    return ErrorPages.rendererCrashed(last.url(), last.cause(), (int) last.pause().toSeconds())
        .response(request.navigation());
  }
}
