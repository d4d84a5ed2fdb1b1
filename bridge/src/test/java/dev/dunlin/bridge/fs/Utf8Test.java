package dev.dunlin.bridge.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {
  /** What {@code new TextDecoder().decode} of Node gives, U+FFFD written as a question mark. */
  @ParameterizedTest
  @CsvSource({
    "61c3a9e282acf09f9880, aé€😀",
    "c0af, ??",
    "e08080, ???",
    "eda080, ???",
    "f0808080, ????",
    "f4908080, ????",
    "f5, ?",
    "e282, ?",
    "e28241, ?A",
    "f09f98, ?",
    "f09f9841, ?A",
    "80bf, ??",
    "c3c3a9, ?é",
    "edbfbfed9fbf, ???\uD7FF",
    "f0e282ac, ?€"
  })
  void eachLongestBeginningIsOneReplacementCharacter(String hex, String text) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertEquals(text.replace('?', '\uFFFD'), Utf8.decode(bytes, bytes.length));
  }

  @ParameterizedTest
  @CsvSource({"plain", "grüße €", "😀"})
  void whatIsWellFormedIsAsItWas(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertEquals(text, Utf8.decode(bytes, bytes.length));
  }
}
