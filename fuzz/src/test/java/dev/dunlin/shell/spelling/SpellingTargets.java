package dev.dunlin.shell.spelling;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.fuzz.Target;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Dictionaries that an app ships, or that somebody put on the machine. */
public final class SpellingTargets {
  private static final int DICTIONARY_BYTES = 16 << 10;

  /** Both heads of Chromium's file. */
  private static final int LEAST_BYTES = 48;

  private static final int WORDS_AT = 12;

  private SpellingTargets() {}

  public static List<Target> all() {
    return List.of(new Target("dictionary", DICTIONARY_BYTES, SpellingTargets::dictionary));
  }

  /** The {@code .aff} and, behind the first byte 0, the {@code .dic}: a file, or a typed fault. */
  private static void dictionary(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    byte[] affixes = Arrays.copyOf(bytes, end);
    byte[] words = Arrays.copyOfRange(bytes, Math.min(end + 1, bytes.length), bytes.length);
    try {
      Hunspell read = Hunspell.read(affixes, words);
      require(!read.words().isEmpty(), "a dictionary has words");
      byte[] file = Bdic.of(read);
      ByteBuffer head = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      require(file.length > LEAST_BYTES, "a file has both parts");
      require(head.getInt(WORDS_AT) < file.length, "the words are in it");
      require(Arrays.equals(file, Bdic.of(Hunspell.read(affixes, words))), "it is always the same");
    } catch (SpellingException e) {
      require(!e.getMessage().isBlank(), "a fault says what");
      requireSame(e.getMessage().indexOf('\n'), -1, "in one line");
    }
  }
}
