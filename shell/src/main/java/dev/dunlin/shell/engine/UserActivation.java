package dev.dunlin.shell.engine;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/**
 * Whether the person has just pressed a key or a button in the page, as Chromium knows it. Asked in
 * a world of its own, where the page's scripts can't change what {@code navigator} says.
 */
final class UserActivation {
  /** How long the page may take to tell. Over: the question fails. */
  private static final long PATIENCE_MS = 5_000;

  private UserActivation() {}

  static Future<Boolean> in(PageProtocol page) {
    return page.evaluate("navigator.userActivation.isActive")
        .map(active -> active.asBoolean(false))
        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }
}
