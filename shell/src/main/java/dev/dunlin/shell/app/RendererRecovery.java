package dev.dunlin.shell.app;

import dev.dunlin.shell.resources.ErrorPages;
import dev.dunlin.shell.resources.ResourceRequest;
import dev.dunlin.shell.resources.ResourceResponse;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a window shows after its renderer has gone: a page that says so and loads the app again,
 * later each time, so that a page that always crashes does not take the machine with it.
 */
final class RendererRecovery {
  private static final String PATH = "/.dunlin/renderer-gone";

  /** Longest wait before the app is loaded again, in seconds. */
  private static final int MAX_WAIT_SECONDS = 60;

  private final String origin;
  private final AtomicInteger crashes = new AtomicInteger();
  private final AtomicReference<Crash> last = new AtomicReference<>(new Crash("/", "", 1));

  private record Crash(String url, String cause, int waitSeconds) {}

  RendererRecovery(String origin) {
    this.origin = origin;
  }

  /** Notes a crash and says which page to show. */
  String pageAfter(String url, String cause) {
    int wait = Math.min(MAX_WAIT_SECONDS, 1 << Math.min(crashes.getAndIncrement(), 6));
    String back = url.startsWith(origin) && !url.startsWith(origin + PATH) ? url : last.get().url();
    last.set(new Crash(back, cause, wait));
    return origin + PATH;
  }

  boolean answers(String url) {
    return url.equals(origin + PATH);
  }

  ResourceResponse respond(ResourceRequest request) {
    Crash crash = last.get();
    return ErrorPages.rendererCrashed(crash.url(), crash.cause(), crash.waitSeconds())
        .response(request.navigation());
  }
}
