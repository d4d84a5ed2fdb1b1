package dev.dunlin.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final RandomSource RANDOM = RandomSource.seeded(7);

  @Test
  void doublesUpToTheCapAndStaysThere() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), 0, RANDOM);
    assertEquals(Duration.ofMillis(100), backoff.delay(0));
    assertEquals(Duration.ofMillis(200), backoff.delay(1));
    assertEquals(Duration.ofMillis(800), backoff.delay(3));
    assertEquals(Duration.ofSeconds(1), backoff.delay(4));
    assertEquals(Duration.ofSeconds(1), backoff.delay(Integer.MAX_VALUE));
  }

  @Test
  void takesOffAtMostTheJitterAndNotAlwaysTheSame() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0.25, RANDOM);
    Duration least = Duration.ofDays(1);
    Duration most = Duration.ZERO;
    for (int i = 0; i < 1_000; i++) {
      Duration delay = backoff.delay(0);
      assertTrue(delay.compareTo(Duration.ofMillis(750)) >= 0, delay.toString());
      assertTrue(delay.compareTo(Duration.ofSeconds(1)) <= 0, delay.toString());
      least = delay.compareTo(least) < 0 ? delay : least;
      most = delay.compareTo(most) > 0 ? delay : most;
    }
    assertTrue(most.minus(least).toMillis() > 200, "spread " + most.minus(least));
  }

  @Test
  void refusesParametersOutOfRange() {
    Duration second = Duration.ofSeconds(1);
    assertThrows(
        IllegalArgumentException.class, () -> new Backoff(Duration.ZERO, second, 0, RANDOM));
    assertThrows(
        IllegalArgumentException.class, () -> new Backoff(second, Duration.ofMillis(1), 0, RANDOM));
    assertThrows(IllegalArgumentException.class, () -> new Backoff(second, second, 1.01, RANDOM));
    assertThrows(
        IllegalArgumentException.class, () -> new Backoff(second, second, Double.NaN, RANDOM));
  }

  @Test
  void seededRandomnessRepeatsAndIdsAreThirtyTwoHexDigits() {
    assertEquals(RandomSource.seeded(1).hex128(), RandomSource.seeded(1).hex128());
    assertNotEquals(RandomSource.secure().hex128(), RandomSource.secure().hex128());
    assertTrue(RandomSource.secure().hex128().matches("[0-9a-f]{32}"));
  }
}
