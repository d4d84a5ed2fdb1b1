package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.shell.engine.Scale;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import javax.swing.ImageIcon;
import org.junit.jupiter.api.Test;

class DragPictureTest {
  private static Dimension shown(int width, int height, double scale) {
    ImageIcon icon =
        DragPicture.icon(
            new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB), new Scale(scale));
    return new Dimension(icon.getIconWidth(), icon.getIconHeight());
  }

  @Test
  void aPictureIsShownAsLargeInCssPixelsAsItIs() {
    assertEquals(new Dimension(48, 24), shown(48, 24, 1));
    assertEquals(new Dimension(72, 36), shown(48, 24, 1.5));
    assertEquals(new Dimension(96, 48), shown(48, 24, 2));
  }

  @Test
  void aPictureThatIsTooLargeIsShownAs128CssPixels() {
    assertEquals(new Dimension(128, 64), shown(512, 256, 1));
    assertEquals(new Dimension(256, 128), shown(512, 256, 2));
    assertEquals(new Dimension(128, 256), shown(128, 256, 2));
    assertEquals(new Dimension(192, 1), shown(10_000, 4, 1.5));
  }
}
