package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class EngineAgeTest {
  @Test
  void theTableHasTheEngineOfThisBuild() {
    assertTrue(EngineAge.released(BuildInfo.chromium()).isAfter(LocalDate.of(2020, 1, 1)));
    IllegalStateException none =
        assertThrows(IllegalStateException.class, () -> EngineAge.released("99.0.0.0"));
    assertTrue(none.getMessage().contains("add it"), none.getMessage());
  }

  @Test
  void anEvenMilestoneIsMendedForEightWeeksAnOddOneForFour() {
    assertEquals(LocalDate.of(2026, 5, 5), EngineAge.supportedUntil("146.0.1.2"));
    assertEquals(LocalDate.of(2026, 3, 10), EngineAge.supportedUntil("145.0.1.2"));
  }

  @Test
  void warnsFromTheDayAfterTheLast() {
    Finding last = EngineAge.finding("146.0.1.2", LocalDate.of(2026, 5, 5));
    assertEquals(Finding.Verdict.OK, last.verdict(), last.toString());
    assertTrue(last.detail().contains("56 days old"), last.detail());
    Finding late = EngineAge.finding("146.0.1.2", LocalDate.of(2026, 5, 6));
    assertEquals(Finding.Verdict.WARN, late.verdict());
    assertTrue(late.cure().contains("newer"), late.cure());
  }

  @Test
  void theReadmeTellsTheSame() throws IOException {
    String chromium = BuildInfo.chromium();
    String wanted =
        "Chromium "
            + chromium
            + ", first stable on "
            + EngineAge.released(chromium)
            + ", mended until "
            + EngineAge.supportedUntil(chromium);
    String readme = Files.readString(Path.of("../README.md"));
    assertTrue(readme.contains(wanted), "README.md does not say: " + wanted);
  }
}
