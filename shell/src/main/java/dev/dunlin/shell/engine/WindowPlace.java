package dev.dunlin.shell.engine;

import java.awt.Rectangle;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where a window is: its corner with the frame, the size of its content, in CSS pixels.
 *
 * @param maximized whether it fills the screen; the rest is what it was before
 */
public record WindowPlace(int x, int y, int width, int height, boolean maximized) {
  /** What must be seen of a window on one of the screens, so that a person can take hold of it. */
  static final int SEEN_PX = 64;

  WindowPlace maximized(boolean now) {
    return new WindowPlace(x, y, width, height, now);
  }

  /**
   * The same, within the screens there are now: no larger than the one it is on most, and with its
   * corner there if too little of its upper edge is on any; empty if it makes no sense.
   */
  public Optional<WindowPlace> on(List<Rectangle> screens) {
    if (width < 1 || height < 1 || screens.isEmpty()) {
      return Optional.empty();
    }
    Rectangle wanted = new Rectangle(x, y, width, height);
    Rectangle best =
        screens.stream().max(Comparator.comparing(screen -> shared(screen, wanted))).get();
    int fitWidth = Math.min(width, best.width);
    int fitHeight = Math.min(height, best.height);
    Rectangle edge = new Rectangle(x, y, fitWidth, Math.min(fitHeight, SEEN_PX));
    boolean reachable =
        screens.stream()
            .map(screen -> screen.intersection(edge))
            .anyMatch(
                seen ->
                    seen.width >= Math.min(SEEN_PX, fitWidth)
                        && seen.height >= Math.min(SEEN_PX, edge.height));
    return Optional.of(
        reachable
            ? new WindowPlace(x, y, fitWidth, fitHeight, maximized)
            : new WindowPlace(
                best.x + (best.width - fitWidth) / 2,
                best.y + (best.height - fitHeight) / 2,
                fitWidth,
                fitHeight,
                maximized));
  }

  private static long shared(Rectangle screen, Rectangle window) {
    Rectangle both = screen.intersection(window);
    return both.isEmpty() ? 0 : (long) both.width * both.height;
  }
}
