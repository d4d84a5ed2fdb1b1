package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Rectangle;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowPlaceTest {
  private static final Rectangle LEFT = new Rectangle(0, 0, 1920, 1080);
  private static final Rectangle RIGHT = new Rectangle(1920, 200, 1280, 1024);

  private static WindowPlace place(int x, int y, int width, int height) {
    return new WindowPlace(x, y, width, height, false);
  }

  @Test
  void staysWhereItWasWhileItsScreenIsThere() {
    WindowPlace there = place(2000, 300, 800, 600);
    assertEquals(Optional.of(there), there.on(List.of(LEFT, RIGHT)));
    // Half of it beyond the edge: the person has put it there.
    WindowPlace half = place(-400, 100, 800, 600);
    assertEquals(Optional.of(half), half.on(List.of(LEFT)));
  }

  @Test
  void comesToTheMiddleOfAScreenThatIsThereWhenItsOwnIsNot() {
    assertEquals(
        Optional.of(place(560, 240, 800, 600)), place(2000, 300, 800, 600).on(List.of(LEFT)));
    // Its edge above the screen: nobody could take hold of it.
    assertEquals(
        Optional.of(place(560, 240, 800, 600)), place(100, -200, 800, 600).on(List.of(LEFT)));
    assertEquals(
        Optional.of(new WindowPlace(560, 240, 800, 600, true)),
        new WindowPlace(9000, 9000, 800, 600, true).on(List.of(LEFT)));
  }

  @Test
  void isNoLargerThanTheScreenItIsOn() {
    assertEquals(
        Optional.of(place(1930, 210, 1280, 1024)), place(1930, 210, 5000, 5000).on(List.of(RIGHT)));
  }

  @Test
  void isNoPlaceWithoutASizeOrAScreen() {
    assertEquals(Optional.empty(), place(0, 0, 0, 10).on(List.of(LEFT)));
    assertEquals(Optional.empty(), place(0, 0, 10, -1).on(List.of(LEFT)));
    assertEquals(Optional.empty(), place(0, 0, 10, 10).on(List.of()));
  }

  @Test
  void canBeReachedWhateverTheFileSays() {
    long seed = new java.security.SecureRandom().nextLong();
    Random random = new Random(seed);
    int[] odd = {Integer.MIN_VALUE, Integer.MAX_VALUE, -1, 0, 1, 63, 64, 65, 1919, 1920};
    for (int i = 0; i < 20_000; i++) {
      int[] four = new int[4];
      for (int j = 0; j < 4; j++) {
        four[j] =
            random.nextBoolean() ? odd[random.nextInt(odd.length)] : random.nextInt(5000) - 2500;
      }
      WindowPlace wanted = place(four[0], four[1], four[2], four[3]);
      wanted
          .on(List.of(LEFT, RIGHT))
          .ifPresent(
              on -> {
                Rectangle edge =
                    new Rectangle(on.x(), on.y(), on.width(), Math.min(on.height(), 64));
                assertTrue(
                    edge.intersects(LEFT) || edge.intersects(RIGHT),
                    () -> wanted + " became " + on + ", seed " + seed);
                assertTrue(on.width() <= 1920 && on.height() <= 1080, on::toString);
              });
    }
  }
}
