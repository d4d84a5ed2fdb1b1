package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Dimension;
import org.junit.jupiter.api.Test;

class PageSizeTest {
  /** Of Chromium 146, shortened. */
  private static String metrics(int width, int height) {
    return "{\"layoutViewport\":{\"pageX\":0,\"pageY\":0,\"clientWidth\":"
        + width
        + ",\"clientHeight\":"
        + height
        + "},\"visualViewport\":{\"clientWidth\":1,\"clientHeight\":2,\"scale\":1},"
        + "\"cssLayoutViewport\":{\"clientWidth\":3,\"clientHeight\":4}}";
  }

  @Test
  void aPageFillsItsWindowButForAScrollBar() {
    assertTrue(PageSize.fills(metrics(1920, 1080), new Dimension(1920, 1080), 1, Scale.NONE));
    assertTrue(PageSize.fills(metrics(1905, 1065), new Dimension(1920, 1080), 1, Scale.NONE));
    assertFalse(PageSize.fills(metrics(800, 600), new Dimension(1920, 1080), 1, Scale.NONE));
    assertFalse(PageSize.fills(metrics(1920, 600), new Dimension(1920, 1080), 1, Scale.NONE));
    assertFalse(PageSize.fills(metrics(1920, 1080), new Dimension(800, 600), 1, Scale.NONE));
  }

  @Test
  void countsInThePixelsOfTheScreen() {
    assertTrue(PageSize.fills(metrics(1600, 1200), new Dimension(800, 600), 2, Scale.NONE));
    assertFalse(PageSize.fills(metrics(800, 600), new Dimension(800, 600), 2, Scale.NONE));
  }

  /** Its scroll bars, 15 CSS pixels wide, have more of the screen's. */
  @Test
  void aPageFillsItsWindowButForAScrollBarAtEveryScale() {
    Dimension window = new Dimension(3840, 2160);
    assertTrue(PageSize.fills(metrics(3810, 2130), window, 1, new Scale(2)));
    assertTrue(PageSize.fills(metrics(3765, 2085), window, 1, new Scale(5)));
    assertFalse(PageSize.fills(metrics(3810, 2130), window, 1, Scale.NONE));
    // What Chromium begins with, where a small window is one of 533 by 400 CSS pixels.
    assertFalse(PageSize.fills(metrics(800, 600), new Dimension(960, 600), 1, new Scale(1.5)));
    assertFalse(PageSize.fills(metrics(800, 600), window, 1, new Scale(2)));
  }

  @Test
  void refusesWhatDoesNotTell() {
    for (String wrong :
        new String[] {
          "", "{}", "[1]", "{\"layoutViewport\":{\"clientWidth\":1}}", "{\"layoutViewport"
        }) {
      assertThrows(
          EngineException.class,
          () -> PageSize.fills(wrong, new Dimension(1, 1), 1, Scale.NONE),
          wrong);
    }
  }
}
