package dev.dunlin.shell.engine;

/** Sees what is typed before a page does: what several keys make together. */
@FunctionalInterface
public interface Typing {
  /**
   * Whether the page does not get it. A key that is taken types nothing, and its release is not
   * told either.
   *
   * <p><i>Thread:</i> Chromium's UI thread, which does nothing else meanwhile.
   */
  boolean takes(BrowserWindow window, TypedKey key);
}
