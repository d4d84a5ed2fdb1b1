package dev.dunlin.shell.app;

import dev.dunlin.shell.desktop.Desktop;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.host.Os;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets assistive technologies read the app's pages, from when one is there, on the system where
 * Chromium does not do it itself. No policy is asked: it is the person's right. No page is told.
 *
 * <p><i>Thread:</i> any.
 */
final class ScreenReaders {
  private final Desktop desktop;
  private final Supplier<Engine> engine;
  private final String app;
  private final Consumer<String> say;
  private final AtomicBoolean served = new AtomicBoolean();

  ScreenReaders(Desktop desktop, Supplier<Engine> engine, String app, Consumer<String> say) {
    this.desktop = desktop;
    this.engine = engine;
    this.app = app;
    this.say = say;
  }

  /** From now on; the first page is there. */
  void follow() {
    if (Os.here() == Os.LINUX && desktop.hasSession()) {
      desktop.onAssistiveTechnology(this::there);
    }
  }

  private void there(String address) {
    if (served.compareAndSet(false, true)) {
      engine
          .get()
          .serveAccessibility(app, address)
          .onFailure(
              fault -> {
                // The next one that comes is another chance.
                served.set(false);
                say.accept("screen readers can't read the app: " + fault.getMessage());
              });
    }
  }
}
