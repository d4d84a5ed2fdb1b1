package dev.dunlin.shell.engine;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/**
 * What the person is doing in the page, or has just done, as Chromium knows it. Asked in a world of
 * its own, where the page's scripts can't change what {@code navigator} says.
 */
final class UserActivation {
  /** How long the page may take to tell. Over: the question fails. */
  private static final long PATIENCE_MS = 5_000;

  private UserActivation() {}

  /** Whether the person has just pressed a key or a button, within the last 5 s. */
  static Future<Boolean> in(PageProtocol page) {
    return ask(page, "navigator.userActivation.isActive");
  }

  /**
   * Whether the person has pressed a button of the mouse in the page and not let go of it, however
   * long that is ago. The root is {@code :active} from a press until its end, wherever the pointer
   * is, and no script can have it so; nor can a key, if the root is an {@code html} element: a
   * button in its place would be active from a press of Space, until the page hears its end. By the
   * prototype: an element with the name {@code querySelector} would stand in the method's place, in
   * this world too.
   */
  static Future<Boolean> held(PageProtocol page) {
    return ask(
        page,
        "Document.prototype.querySelector.call(document, ':root:active')"
            + " instanceof HTMLHtmlElement");
  }

  private static Future<Boolean> ask(PageProtocol page, String question) {
    return page.evaluate(question)
        .map(yes -> yes.asBoolean(false))
        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }
}
