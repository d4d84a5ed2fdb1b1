package dev.dunlin.shell.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void ordersByMajorThenMinorThenPatch() {
    List<Version> rising =
        List.of(
            new Version(0, 9, 9),
            new Version(1, 0, 0),
            new Version(1, 0, 2),
            new Version(1, 2, 0),
            new Version(1, 10, 0),
            new Version(2, 0, 1));
    List<Version> mixed = new ArrayList<>(rising);
    Collections.shuffle(mixed, new Random(7));
    Collections.sort(mixed);
    assertEquals(rising, mixed);
  }

  @Test
  void isTheSameOnlyAsOneOfTheSameThreeNumbers() {
    Version version = Version.parse("1.2.3");
    assertEquals(new Version(1, 2, 3), version);
    assertEquals(new Version(1, 2, 3).hashCode(), version.hashCode());
    for (Version other :
        List.of(new Version(2, 2, 3), new Version(1, 3, 3), new Version(1, 2, 4))) {
      assertNotEquals(version, other);
    }
    assertNotEquals(version, (Object) "1.2.3");
  }
}
