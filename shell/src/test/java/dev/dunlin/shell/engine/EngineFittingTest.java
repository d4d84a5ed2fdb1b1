package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineFittingTest {
  @ParameterizedTest
  @CsvSource({
    "2.36, true", "2.35, false", "2.4, false", "2.100, true", "3.0, true", "1.99, false",
    "2.36.9000, true", "2, false", "'', false", "new, false", "2.x, false", "2.99999, false"
  })
  void packedTablesAreForTheGlibcThatReadsThem(String version, boolean reads) {
    assertEquals(reads, EngineFitting.isRead(version));
  }
}
