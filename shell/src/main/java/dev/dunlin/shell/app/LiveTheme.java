package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.shell.desktop.Desktop;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.PageProtocol;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Hands changes of the desktop's theme on to all pages, as their {@code prefers-color-scheme}. What
 * it is at the start Chromium asks itself.
 *
 * <p><i>Thread:</i> any.
 */
final class LiveTheme {
  private final Desktop desktop;
  private final IntFunction<Optional<BrowserWindow>> windows;
  private final Supplier<List<BrowserWindow>> all;
  private volatile Optional<Boolean> changed = Optional.empty();

  LiveTheme(
      Desktop desktop,
      IntFunction<Optional<BrowserWindow>> windows,
      Supplier<List<BrowserWindow>> all) {
    this.desktop = desktop;
    this.windows = windows;
    this.all = all;
  }

  /**
   * From now on; where the desktop tells nobody (no bus, no portal), or the person forces a theme,
   * it stays.
   */
  void follow() {
    if (desktop.hasSession() && !SystemTheme.isForcedDark(System.getenv())) {
      // Then it is asked for: it may have changed since Chromium has asked.
      desktop.onTheme(this::now).compose(heard -> desktop.isDark()).onSuccess(this::now);
    }
  }

  private void now(boolean dark) {
    changed = Optional.of(dark);
    all.get().forEach(window -> tell(window, dark));
  }

  /** A window shows another document, perhaps its first. */
  void committed(int index) {
    changed.ifPresent(dark -> windows.apply(index).ifPresent(window -> tell(window, dark)));
  }

  private static void tell(BrowserWindow window, boolean dark) {
    ObjectNode media = PageProtocol.object();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    try {
      window.protocol().call("Emulation.setEmulatedMedia", media);
    } catch (EngineException noPage) {
      // It goes, or its page comes only now, and is told when it is committed.
      return;
    }
  }
}
