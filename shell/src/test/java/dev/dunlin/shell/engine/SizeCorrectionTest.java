package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Dimension;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SizeCorrectionTest {
  private static final Dimension MOST = new Dimension(800, 600);
  private static final Dimension TILE = new Dimension(960, 1_080);

  private final SizeCorrection correction = new SizeCorrection();

  private boolean isCorrected(Dimension size) {
    return correction
        .of(size, new Dimension(Math.min(size.width, 800), Math.min(size.height, 600)))
        .isPresent();
  }

  @Test
  void leavesWhatIsWithinTheBounds() {
    assertEquals(Optional.empty(), correction.of(MOST, MOST));
    assertEquals(Optional.of(MOST), correction.of(TILE, MOST));
  }

  @Test
  void asksAWindowManagerThatInsistsOnceForEachSize() {
    assertEquals(true, isCorrected(TILE));
    // AWT shows what was asked for, then what the window manager made of it.
    assertEquals(false, isCorrected(MOST));
    assertEquals(false, isCorrected(TILE));
    correction.lasted(TILE);
    assertEquals(false, isCorrected(TILE));
    assertEquals(true, isCorrected(new Dimension(1_920, 1_080)));
  }

  @Test
  void correctsTheSameSizeAgainOnceACorrectionHasLasted() {
    assertEquals(true, isCorrected(TILE));
    correction.lasted(MOST);
    assertEquals(true, isCorrected(TILE));
  }
}
