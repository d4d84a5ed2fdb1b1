package dev.dunlin.shell.engine;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Point;
import java.util.Optional;
import java.util.Set;

/**
 * What a window looks like when it opens, and what may become of it. Sizes are those of the
 * content, in CSS pixels.
 *
 * @param url its first page
 * @param title its title until the page sets one
 * @param size when it opens
 * @param least smallest size
 * @param most largest size; {@link #UNBOUNDED} where there is none
 * @param traits what holds of it
 * @param background colour before the first paint
 * @param at its upper left corner; empty for the middle of the screen
 * @param parent the window that it stays above, and with which it closes
 */
public record WindowSettings(
    String url,
    String title,
    Dimension size,
    Dimension least,
    Dimension most,
    Set<Trait> traits,
    Color background,
    Optional<Point> at,
    Optional<BrowserWindow> parent) {
  /** A side without a bound. */
  public static final int UNBOUNDED = Short.MAX_VALUE;

  /** What a window may be or do. */
  public enum Trait {
    /** Shown when it opens. */
    VISIBLE,
    /** The person may resize it. */
    RESIZABLE,
    /** May be maximised, by whomever. */
    MAXIMIZABLE,
    /** May be minimised, by whomever. */
    MINIMIZABLE,
    /** The person may close it; its page always may. */
    CLOSABLE,
    /** Without frame and title bar. */
    FRAMELESS,
    /** A small helper of another window. */
    UTILITY,
    /** Opens as large as the screen has room for. */
    MAXIMIZED,
    /** Opens over the whole screen. */
    FULLSCREEN,
    /** Over the whole screen, and neither Escape nor a button ends that. */
    KIOSK,
    /** Above windows that are not. */
    ALWAYS_ON_TOP,
    /** Its parent takes no keys and no clicks while it is open. */
    MODAL
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /** The same with a size within its bounds, and within the screen. */
  public WindowSettings within(int screenWidth, int screenHeight) {
    Dimension bounded =
        new Dimension(
            Math.min(screenWidth, boundedWidth(size.width)),
            Math.min(screenHeight, boundedHeight(size.height)));
    return new WindowSettings(url, title, bounded, least, most, traits, background, at, parent);
  }

  /** The same with other bounds. */
  WindowSettings between(Dimension smallest, Dimension largest) {
    return new WindowSettings(url, title, size, smallest, largest, traits, background, at, parent);
  }

  /** The same at another place. */
  public WindowSettings at(Optional<Point> corner) {
    return new WindowSettings(url, title, size, least, most, traits, background, corner, parent);
  }

  /** The same above another window. */
  public WindowSettings above(BrowserWindow other) {
    return new WindowSettings(
        url, title, size, least, most, traits, background, at, Optional.of(other));
  }

  /** {@link #least} in the toolkit's pixels. */
  Dimension leastOn(Scale scale) {
    return scale.toScreen(least);
  }

  /** {@link #most} in the toolkit's pixels; {@link #UNBOUNDED} stays. */
  Dimension mostOn(Scale scale) {
    return new Dimension(
        most.width == UNBOUNDED ? UNBOUNDED : scale.toScreen(most.width),
        most.height == UNBOUNDED ? UNBOUNDED : scale.toScreen(most.height));
  }

  /** The width nearest to this that is within the bounds. */
  int boundedWidth(int width) {
    return Math.max(least.width, Math.min(most.width, width));
  }

  /** The height nearest to this that is within the bounds. */
  int boundedHeight(int height) {
    return Math.max(least.height, Math.min(most.height, height));
  }
}
