package dev.dunlin.shell.spelling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.spelling.SpellingException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BdicTest {
  private static final Charset LATIN = StandardCharsets.ISO_8859_1;

  private static byte[] made(String affixes, String words) throws SpellingException {
    return Bdic.of(Hunspell.read(affixes.getBytes(LATIN), words.getBytes(LATIN)));
  }

  private static BdicReader read(String affixes, String words) throws SpellingException {
    return BdicReader.of(made(affixes, words));
  }

  private static Reason refused(String affixes, String words) {
    return assertThrows(SpellingException.class, () -> made(affixes, words)).reason();
  }

  @Test
  void theHeaderSaysWhereAffixesAndWordsAreAndHasTheDigestOfThem() throws Exception {
    byte[] file = made("SET UTF-8\n", "1\na\n");
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals("BDic", new String(file, 0, 4, LATIN));
    assertEquals(2, header.getShort(4));
    assertEquals(0, header.getShort(6));
    assertEquals(32, header.getInt(8));
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    md5.update(file, 32, file.length - 32);
    assertArrayEquals(md5.digest(), Arrays.copyOfRange(file, 16, 32));
  }

  @Test
  void whatIsWrittenIsByteForByteWhatChromiumsOwnProgramWrites()
      throws SpellingException, NoSuchAlgorithmException {
    // Of qwebengine_convert_dict 6.4.2, the same sources.
    String affixes =
        "# Free to use\n\nSET ISO8859-1\nTRY esi\u00e4\n\nREP 1\nREP f ph\nNOSUGGEST !\n"
            + "PFX A Y 1\nPFX A   0     re         .\n\nSFX N Y 2\nSFX N 0 n e\nSFX N y ies/A [^aeiou]y\n";
    StringBuilder words =
        new StringBuilder("99\nente/N\ngr\u00fc\u00dfe/N\nnew york\na\\/c/NA\nente/A\n");
    for (char first = 'a'; first <= 'z'; first++) {
      for (char second = 'a'; second <= 'z'; second++) {
        words.append(first).append(second).append(second == 'q' ? "/N\n" : "\n");
        words.append(first).append(second).append("long/A\n");
      }
    }
    byte[] file = made(affixes, words.toString());
    assertEquals(QT_LENGTH, file.length);
    assertEquals(
        QT_DIGEST,
        new java.math.BigInteger(1, MessageDigest.getInstance("SHA-256").digest(file))
            .toString(16));
  }

  private static final int QT_LENGTH = 10_591;
  private static final String QT_DIGEST =
      "e5ad73d985a4d5b37fc1f7808b4d6f807c4a7e111513e67def0e0bf0d74a156e";

  @Test
  void wordsAreInUtf8WhateverTheEncodingOfTheFile() throws SpellingException {
    for (String[] each :
        new String[][] {
          {"UTF-8", "gr\u00fc\u00dfe", "UTF-8"},
          {"ISO8859-1", "gr\u00fc\u00dfe", "ISO-8859-1"},
          {"ISO8859-15", "c\u0153ur", "ISO-8859-15"},
          {"ISO8859-2", "\u017ar\u00f3d\u0142o", "ISO-8859-2"},
          {"KOI8-R", "\u0441\u043b\u043e\u0432\u043e", "KOI8-R"},
          {"microsoft-cp1251", "\u0434\u0443\u043c\u0430", "windows-1251"},
          {"TIS620-2533", "\u0e04\u0e33", "TIS-620"},
        }) {
      byte[] words = ("1\n" + each[1] + "\n").getBytes(Charset.forName(each[2]));
      byte[] file = Bdic.of(Hunspell.read(("SET " + each[0] + "\n").getBytes(LATIN), words));
      assertEquals(List.of(each[1]), List.copyOf(BdicReader.of(file).words().keySet()), each[0]);
    }
    // Without a word about it, as hunspell has it.
    assertTrue(read("", "1\n\u00e9t\u00e9\n").words().containsKey("\u00e9t\u00e9"));
  }

  @Test
  void flagsStayBytesAndAreNumberedAndWhatIsNoFlagIsLeftOut() throws SpellingException {
    BdicReader file =
        read(
            "SET ISO8859-1\nSFX \u00e9 Y 1\nSFX \u00e9 0 s/\u00e9B . po:x\n",
            "4\nente/\u00e9\thallo\nwelt po:noun\nente/B\nc#\n");
    assertEquals(Map.of("ente", List.of(3, 2), "welt", List.of(0), "c#", List.of(0)), file.words());
    // The flag itself is no UTF-8, as one of Latin-1 may not be.
    assertEquals(List.of("AF 3", "AF \ufffdB", "AF \ufffd", "AF B"), file.flagSets());
    assertEquals("SFX \ufffd 0 s/1 .", file.affixes().get(1));
  }

  @Test
  void setsThatTheFileNumbersItselfKeepTheirNumbers() throws SpellingException {
    BdicReader file =
        read("AF 3\nAF A\nAF A\nAF BC\nSFX A Y 1\nSFX A 0 s/3 .\n", "2\nente/3\nwelt/2\n");
    assertEquals(List.of("AF 3", "AF A", "AF A", "AF BC"), file.flagSets());
    assertEquals(Map.of("ente", List.of(3), "welt", List.of(2)), file.words());
    assertEquals(Reason.MALFORMED, refused("AF 1\nAF A\n", "1\nente/2\n"));
    assertEquals(Reason.MALFORMED, refused("AF 1\nAF A\n", "1\nente/A\n"));
  }

  @Test
  void replacementsHaveBlanksForLinesBelow() throws SpellingException {
    BdicReader file = read("REP 2\nREP alot a_lot\nREP f ph\n", "1\na\n");
    assertEquals(List.of("alot", "a lot", "f", "ph"), file.replacements());
    assertEquals(List.of("TRY ab"), read("TRY ab # the letters\n", "1\na\n").others());
  }

  @Test
  void whatIsNoDictionaryIsSaidWithItsLine() {
    assertEquals(Reason.EMPTY, refused("", ""));
    assertEquals(Reason.EMPTY, refused("SET UTF-8\n", "0\n"));
    assertEquals(Reason.ENCODING, refused("SET EBCDIC-OF-MINE\n", "1\na\n"));
    assertEquals(Reason.ENCODING, refused("SET \u0001 \u00e9\n", "1\na\n"));
    assertEquals(Reason.MALFORMED, refused("SET UTF-8\n", "1\n\u00ff\n"));
    assertEquals(Reason.MALFORMED, refused("", "1\na\0b\n"));
    assertEquals(Reason.MALFORMED, refused("SFX A\n", "1\na\n"));
    assertEquals(Reason.MALFORMED, refused("REP 1\nREP a\n", "1\na\n"));
    assertEquals(Reason.UNSUPPORTED, refused("IGNORE abc\n", "1\na\n"));
    assertEquals(Reason.UNSUPPORTED, refused("COMPLEXPREFIXES\n", "1\na\n"));
    assertEquals(Reason.TOO_LARGE, refused("", "1\n" + "a".repeat(Hunspell.LINE_BYTES + 1)));
    SpellingException told =
        assertThrows(SpellingException.class, () -> made("SET UTF-8\n", "1\nok\n\u00ff\n"));
    assertTrue(told.getMessage().contains("line 3 of the .dic file"), told.getMessage());
  }

  @Test
  void aFileThatIsTooLargeIsNotLookedAt() {
    byte[] large = new byte[Hunspell.FILE_BYTES + 1];
    assertEquals(
        Reason.TOO_LARGE,
        assertThrows(SpellingException.class, () -> Hunspell.read(new byte[0], large)).reason());
  }

  @Test
  void aWordThatNoneCanTypeIsLeftOutAndOneOfManySetsKeepsTheLargest() throws SpellingException {
    StringBuilder words = new StringBuilder("9\n" + "a".repeat(Hunspell.WORD_BYTES + 1) + "\n");
    for (int i = 0; i < 40; i++) {
      words.append("ente/").append((char) ('A' + i)).append('\n');
    }
    Map<String, List<Integer>> read = read("", words.toString()).words();
    assertEquals(1, read.size());
    assertEquals(Hunspell.SETS_OF_A_WORD, read.get("ente").size());
    assertEquals(40, read.get("ente").get(0));
  }

  @Test
  void moreSetsThanANumberHoldsAreRefusedAndLargeNumbersStandBehindTheWord()
      throws SpellingException {
    StringBuilder words = new StringBuilder("9\n");
    for (int i = 0; i < 9000; i++) {
      words.append("word").append(i).append('/').append(i).append('\n');
    }
    Map<String, List<Integer>> read = read("FLAG num\n", words.toString()).words();
    assertEquals(List.of(1), read.get("word0"));
    assertEquals(List.of(9000), read.get("word8999"));
    for (int i = 9000; i <= Hunspell.FLAG_SETS; i++) {
      words.append("word").append(i).append('/').append(i).append('\n');
    }
    assertEquals(Reason.TOO_LARGE, refused("FLAG num\n", words.toString()));
  }

  @Test
  void moreWordsThanThereIsMemoryForAreRefused() {
    StringBuilder words = new StringBuilder("9\n");
    for (int i = 0; i <= Hunspell.WORDS; i++) {
      words.append(Integer.toString(i, Character.MAX_RADIX)).append('\n');
    }
    assertEquals(Reason.TOO_LARGE, refused("", words.toString()));
  }

  /** Sixteen words that go on differently: a table. */
  private static void table(Set<String> words, String begin) {
    for (char last = 'a'; last < 'a' + 16; last++) {
      words.add(begin + last);
    }
  }

  private static void allAreFound(Set<String> words, String of) throws SpellingException {
    assertEquals(words, read("", "9\n" + String.join("\n", words)).words().keySet(), of);
  }

  @Test
  void offsetsOfAListThatJustFitAndThoseThatJustDoNotLeadToTheirWords() throws SpellingException {
    // Three tables, and what is left of 255 bytes in a word before the last one.
    for (int length = 40; length < 70; length++) {
      Set<String> words = new TreeSet<>(Set.of("d" + "x".repeat(length), "e"));
      List.of("a", "b", "c").forEach(begin -> table(words, begin));
      allAreFound(words, "a word of " + length);
    }
  }

  /** The tree's bytes before the last word, which is the letter z alone. */
  private static int before(Set<String> words, String length) throws SpellingException {
    Set<String> all = new TreeSet<>(words);
    all.add("d" + length);
    all.add("z");
    BdicReader file = read("", "9\n" + String.join("\n", all));
    assertEquals(all, file.words().keySet(), "a word of " + length.length());
    return file.wordBytes() - 2;
  }

  @Test
  void offsetsOfSixteenBitsThatJustFitAndThoseThatJustDoNotLeadToTheirWords()
      throws SpellingException {
    // In a list, which counts from behind its pairs, and in a table of the words' first letters.
    for (String more : List.of("", "ghijklmnopqrstu")) {
      int farthest = 0xFFFF + (more.isEmpty() ? 1 + 3 * 4 : 0);
      Set<String> words = new TreeSet<>();
      for (char first = 'a'; first < 'e'; first++) {
        for (char second = 'a'; second < 'a' + 16; second++) {
          table(words, "b" + first + second);
        }
      }
      more.chars().forEach(letter -> words.add(String.valueOf((char) letter)));
      int next = 0;
      int left = farthest - before(words, "");
      while (left > 150) {
        for (int i = 0; i < Math.max(1, left / 150); i++, next++) {
          words.add("c" + (char) ('a' + next / 25) + (char) ('a' + next % 25) + "y".repeat(100));
        }
        left = farthest - before(words, "");
      }
      // Without the byte behind the rest of a word, which an empty one has not.
      for (int over : new int[] {-2, -1, 0, 1, 2, 20}) {
        before(words, "x".repeat(left - 1 + over));
      }
    }
  }

  @Provide
  static Arbitrary<List<String>> words() {
    return Arbitraries.strings()
        .withChars("abcdefghijklmnopqrstuvwxyz\u00e9\u017a\u0444")
        .ofMinLength(1)
        .ofMaxLength(9)
        .list()
        .ofMinSize(1)
        .ofMaxSize(400);
  }

  @Property(tries = 100)
  void everyWordIsFoundAndNoOther(@ForAll("words") List<String> words) throws SpellingException {
    byte[] dic = ("1\n" + String.join("\n", words)).getBytes(StandardCharsets.UTF_8);
    Map<String, List<Integer>> expected = new TreeMap<>();
    words.forEach(word -> expected.put(word, List.of(0)));
    byte[] file = Bdic.of(Hunspell.read("SET UTF-8".getBytes(LATIN), dic));
    assertEquals(expected, BdicReader.of(file).words());
  }

  @Property(tries = 300)
  void whateverTheBytesAreItIsAFileOrATypedFault(@ForAll byte[] affixes, @ForAll byte[] words) {
    parse(affixes, words);
  }

  /** As a dictionary, with one thing in it spoilt. */
  @Property(tries = 300)
  void aDictionaryThatIsSpoiltIsAFileOrATypedFault(@ForAll int place, @ForAll byte value) {
    byte[] affixes =
        "SET UTF-8\nAF 1\nAF AB\nSFX A Y 1\nSFX A y ies/1 [^a]y\nREP 1\nREP f ph\nKEY a|b\n"
            .getBytes(LATIN);
    byte[] words = "2\nente/1\nwelt/1 po:x\n".getBytes(LATIN);
    int at = Math.floorMod(place, affixes.length + words.length);
    if (at < affixes.length) {
      affixes[at] = value;
    } else {
      words[at - affixes.length] = value;
    }
    parse(affixes, words);
    parse(Arrays.copyOf(affixes, Math.min(at, affixes.length)), words);
  }

  private static void parse(byte[] affixes, byte[] words) {
    try {
      byte[] file = Bdic.of(Hunspell.read(affixes, words));
      assertTrue(!BdicReader.of(file).words().isEmpty());
    } catch (SpellingException e) {
      assertTrue(!e.getMessage().isBlank());
    }
  }
}
