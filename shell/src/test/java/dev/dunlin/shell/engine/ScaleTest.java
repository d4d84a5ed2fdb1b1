package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Point;
import java.awt.Rectangle;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void aWindowOf800CssPixelsHasThePixelsOfTheScreenThatItsScaleSays() {
    assertEquals(800, Scale.NONE.toScreen(800));
    assertEquals(1000, new Scale(1.25).toScreen(800));
    assertEquals(new Dimension(1200, 900), new Scale(1.5).toScreen(new Dimension(800, 600)));
    assertEquals(new Point(-30, 47), new Scale(1.5).toScreen(new Point(-20, 31)));
    assertEquals(new Point(100, 50), new Scale(2).toCss(new Point(200, 100)));
  }

  /** So a place that is noted at one start, and the next, does not wander. */
  @Property
  void whatWasConvertedToTheScreenAndBackIsTheSameFromScaleOneOn(
      @ForAll @IntRange(min = -6000, max = 6000) int css,
      @ForAll @IntRange(min = 100, max = 500) int perCent) {
    Scale scale = new Scale(perCent / 100.0);
    assertEquals(css, scale.toCss(scale.toScreen(css)));
  }

  @Property
  void screensThatMeetDoSoInCssPixels(
      @ForAll @IntRange(min = 1, max = 8000) int width,
      @ForAll @IntRange(min = 100, max = 500) int perCent) {
    Scale scale = new Scale(perCent / 100.0);
    Rectangle left = scale.toCss(new Rectangle(0, 0, width, 1080));
    Rectangle right = scale.toCss(new Rectangle(width, 0, 1366, 768));
    assertEquals(left.x + left.width, right.x);
    assertTrue(Math.abs(right.width - 1366 / scale.factor()) <= 1, right::toString);
  }

  @Test
  void noSideIsLargerThanX11HasANumberForAndNoBoundStaysNone() {
    assertEquals(Short.MAX_VALUE, new Scale(5).toScreen(30_000));
    assertEquals(-Short.MAX_VALUE, new Scale(5).toScreen(-30_000));
    WindowSettings settings =
        new WindowSettings(
            "u",
            "t",
            new Dimension(800, 600),
            new Dimension(100, 200),
            new Dimension(WindowSettings.UNBOUNDED, 1000),
            Set.of(),
            Color.WHITE,
            Optional.empty(),
            Optional.empty());
    assertEquals(new Dimension(WindowSettings.UNBOUNDED, 500), settings.mostOn(new Scale(0.5)));
    assertEquals(new Dimension(150, 300), settings.leastOn(new Scale(1.5)));
  }

  @Test
  void whatIsNoFactorIsRefused() {
    for (double wrong :
        new double[] {0, -3, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new Scale(wrong), () -> "took " + wrong);
    }
  }
}
