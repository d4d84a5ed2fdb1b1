package dev.dunlin.shell.engine;

import java.awt.Dimension;
import java.awt.Point;
import java.awt.Rectangle;

/**
 * Between CSS pixels, in which pages and all of Dunlin's interface speak of windows and screens,
 * and the pixels of the toolkit's: on Linux those of the X server, as AWT knows whole factors only
 * ({@link Engine#preload} tells it 1) and Chromium has this one by a switch. On other systems the
 * toolkit's pixels are CSS pixels already, and this is {@link #NONE}.
 *
 * @param factor pixels of the toolkit's for one of CSS
 */
public record Scale(double factor) {
  /** One for one. */
  public static final Scale NONE = new Scale(1);

  /** The last place, and the largest side, that X11 has a number for. */
  static final int FARTHEST_PX = Short.MAX_VALUE;

  public Scale {
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("no scale: " + factor);
    }
  }

  /** The toolkit's pixels, rounded; no farther than {@link #FARTHEST_PX}. */
  public int toScreen(int css) {
    return (int) Math.max(-FARTHEST_PX, Math.min(FARTHEST_PX, Math.round(css * factor)));
  }

  public Dimension toScreen(Dimension css) {
    return new Dimension(toScreen(css.width), toScreen(css.height));
  }

  public Point toScreen(Point css) {
    return new Point(toScreen(css.x), toScreen(css.y));
  }

  /** CSS pixels, rounded. */
  public int toCss(int screen) {
    return (int) Math.round(screen / factor);
  }

  public Dimension toCss(Dimension screen) {
    return new Dimension(toCss(screen.width), toCss(screen.height));
  }

  public Point toCss(Point screen) {
    return new Point(toCss(screen.x), toCss(screen.y));
  }

  /** By its edges: what meets on the screen does so in CSS pixels. */
  public Rectangle toCss(Rectangle screen) {
    int x = toCss(screen.x);
    int y = toCss(screen.y);
    return new Rectangle(
        x, y, toCss(screen.x + screen.width) - x, toCss(screen.y + screen.height) - y);
  }
}
