package dev.dunlin.shell.config;

/** A width or height of a window. */
public sealed interface Length {
  /** Largest number of pixels: what X11 can address. */
  int MAX_PIXELS = 32_767;

  /** CSS pixels, 0 to {@link #MAX_PIXELS}. */
  record Pixels(int count) implements Length {}

  /** Part of the screen, 0 to 100. */
  record Percent(double share) implements Length {}

  /** The length on a screen of this size, in CSS pixels. */
  default int on(int screenPixels) {
    if (this instanceof Pixels pixels) {
      return pixels.count();
    }
    return (int) Math.round(screenPixels * ((Percent) this).share() / 100);
  }
}
