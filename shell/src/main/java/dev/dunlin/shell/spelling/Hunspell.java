package dev.dunlin.shell.spelling;

import dev.dunlin.shell.spelling.SpellingException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A dictionary of hunspell's, read: {@code hunspell(5)}.
 *
 * <p>Every text in it is a string of bytes, one in each char: words, affixes and replacements in
 * UTF-8, flags as they stand in the file, which mean what its {@code FLAG} says.
 *
 * @param comment lines of the {@code .aff} before its first command, where licences stand
 * @param flagSets what words and affixes are marked with; their numbers count from 1
 * @param affixes the lines {@code PFX} and {@code SFX}, with numbers of sets for flags
 * @param replacements typing errors, and what was meant
 * @param others every other line
 * @param words by their bytes; with the numbers of their sets, 0 for none, the largest first
 */
record Hunspell(
    String comment,
    List<String> flagSets,
    List<String> affixes,
    List<Replacement> replacements,
    List<String> others,
    TreeMap<String, int[]> words) {

  /** Most bytes of one file. Over: {@link Reason#TOO_LARGE}. */
  static final int FILE_BYTES = 64 << 20;

  /** Most bytes of one line, as hunspell has it. Over: {@link Reason#TOO_LARGE}. */
  static final int LINE_BYTES = 65_535;

  /** Most bytes of a word in UTF-8, as hunspell has it. Over: it is left out, as none matches. */
  static final int WORD_BYTES = 256;

  /**
   * Most words, each of which takes some 300 bytes of memory while Chromium's file is made. Over:
   * {@link Reason#TOO_LARGE}.
   */
  static final int WORDS = 1_000_000;

  /** Most sets of flags: a number has 16 bits, and the last ends a list. Over: as above. */
  static final int FLAG_SETS = 0xFFFE;

  /** Most sets of one word, as Chromium reads them. Over: the smallest are left out. */
  static final int SETS_OF_A_WORD = 32;

  /** Most lines of affixes, of replacements and of the rest, each. Over: as above. */
  static final int LINES = 1_000_000;

  private static final String MARK = "\u00ef\u00bb\u00bf";

  /** Commands whose text is of the language; all others have flags, which stay as they are. */
  private static final Set<String> TEXTS =
      Set.of("TRY", "MAP", "KEY", "WORDCHARS", "BREAK", "ICONV", "OCONV", "PHONE");

  private static final Set<String> UNKNOWN_TO_CHROMIUM = Set.of("IGNORE", "COMPLEXPREFIXES");

  /** What follows a word and is no part of it: {@code po:noun} and the like. */
  private static final Pattern MORPHOLOGY = Pattern.compile("\t|[ \t]+[a-z]{2}:");

  private static final Pattern BLANKS = Pattern.compile("[ \t]+");

  record Replacement(String from, String to) {}

  /**
   * Reads both files.
   *
   * @param affixes the {@code .aff}
   * @param words the {@code .dic}
   */
  static Hunspell read(byte[] affixes, byte[] words) throws SpellingException {
    Reader reader = new Reader();
    reader.affixes(affixes);
    reader.words(words);
    return new Hunspell(
        reader.comment.toString(),
        reader.flagSets,
        reader.rules,
        reader.replacements,
        reader.others,
        reader.sorted());
  }

  /** Goes through the lines of one file. */
  private static final class Lines {
    private final String file;
    private final byte[] bytes;
    private int at;
    private int number;

    Lines(String file, byte[] bytes) throws SpellingException {
      this.file = file;
      this.bytes = bytes;
      if (bytes.length > FILE_BYTES) {
        throw new SpellingException(
            Reason.TOO_LARGE, "the " + file + " file has more than " + FILE_BYTES + " bytes");
      }
    }

    /** The next one without its end and blanks around it, or null behind the last. */
    String next() throws SpellingException {
      if (at >= bytes.length) {
        return null;
      }
      int end = at;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      number++;
      if (end - at > LINE_BYTES) {
        throw fault(Reason.TOO_LARGE, "it has more than " + LINE_BYTES + " bytes");
      }
      String line = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
      at = end + 1;
      if (line.indexOf('\0') >= 0) {
        throw fault(Reason.MALFORMED, "it has a byte 0");
      }
      return trimmed(number == 1 && line.startsWith(MARK) ? line.substring(MARK.length()) : line);
    }

    SpellingException fault(Reason reason, String what) {
      return new SpellingException(reason, "line " + number + " of the " + file + " file: " + what);
    }
  }

  private static final class Reader {
    private final StringBuilder comment = new StringBuilder();
    private final List<String> flagSets = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> rules = new ArrayList<>();
    private final List<Replacement> replacements = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final TreeMap<String, int[]> found = new TreeMap<>();
    private Lines lines;
    private Charset encoding = StandardCharsets.ISO_8859_1;
    private boolean numbered;

    void affixes(byte[] bytes) throws SpellingException {
      lines = new Lines(".aff", bytes);
      boolean begun = false;
      boolean replaces = false;
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!begun && line.startsWith("#")) {
          comment.append(line).append('\n');
          continue;
        }
        line = withoutComment(line);
        if (line.isEmpty()) {
          continue;
        }
        begun = true;
        String command = BLANKS.split(line, 2)[0];
        String rest = trimmed(line.substring(command.length()));
        switch (command) {
          case "SET" -> encoding = encoding(rest);
          case "AF" -> {
            // The first line says how many there are.
            if (numbered) {
              add(rest);
            }
            numbered = true;
          }
          case "PFX", "SFX" -> put(rules, affix(line));
          case "REP" -> {
            if (replaces) {
              put(replacements, replacement(rest));
            }
            replaces = true;
          }
          default -> {
            if (UNKNOWN_TO_CHROMIUM.contains(command)) {
              throw lines.fault(
                  Reason.UNSUPPORTED, "Chromium's spell checker has no " + command + " yet");
            }
            put(others, TEXTS.contains(command) ? utf8(line) : line);
          }
        }
      }
    }

    private <T> void put(List<T> list, T one) throws SpellingException {
      if (list.size() == LINES) {
        throw lines.fault(Reason.TOO_LARGE, "there are more than " + LINES + " of its kind");
      }
      list.add(one);
    }

    /**
     * A rule is {@code SFX D 0 d/FLAGS e}, its head {@code SFX D Y 4}. The letter D is a flag and
     * stays as it is, the rest is text.
     */
    private String affix(String line) throws SpellingException {
      String[] parts = BLANKS.split(line);
      if (parts.length < 4) {
        throw lines.fault(Reason.MALFORMED, "an affix has four words or more");
      }
      String head = parts[0] + " " + parts[1] + " ";
      if (parts.length == 4 && (parts[2].equals("Y") || parts[2].equals("N"))) {
        return head + parts[2] + " " + parts[3];
      }
      String added = parts[3];
      // What old Hungarian dictionaries have: a flag behind a dash.
      if (parts.length > 6 && parts[5].equals("-")) {
        added += "/" + parts[6];
      }
      int slash = added.indexOf('/');
      if (slash >= 0) {
        added = utf8(added.substring(0, slash)) + "/" + numberOf(added.substring(slash + 1));
      } else {
        added = utf8(added);
      }
      return head + utf8(parts[2]) + " " + added + " " + (parts.length > 4 ? utf8(parts[4]) : ".");
    }

    private Replacement replacement(String rest) throws SpellingException {
      String[] parts = BLANKS.split(rest);
      if (parts.length < 2 || parts[0].isEmpty()) {
        throw lines.fault(Reason.MALFORMED, "a replacement has two words");
      }
      return new Replacement(utf8(parts[0]).replace('_', ' '), utf8(parts[1]).replace('_', ' '));
    }

    void words(byte[] bytes) throws SpellingException {
      lines = new Lines(".dic", bytes);
      boolean counted = false;
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isEmpty() || line.startsWith("#")) {
          continue;
        }
        if (counted) {
          word(line);
        }
        // The first line says how many words there are; it is often wrong.
        counted = true;
      }
    }

    private void word(String line) throws SpellingException {
      int slash = slash(line);
      String flags = "";
      String word = line;
      if (slash < line.length()) {
        flags = BLANKS.split(line.substring(slash + 1), 2)[0];
        word = line.substring(0, slash);
      }
      word = utf8(trimmed(withoutMorphology(word)).replace("\\/", "/"));
      if (word.isEmpty() || word.length() > WORD_BYTES) {
        return;
      }
      if (found.size() == WORDS) {
        throw lines.fault(Reason.TOO_LARGE, "there are more than " + WORDS + " words");
      }
      int number = flags.isEmpty() ? 0 : numberOf(flags);
      found.merge(word, new int[] {number}, Reader::joined);
    }

    private static String withoutMorphology(String word) {
      if (word.indexOf('\t') < 0 && word.indexOf(':') < 0) {
        return word;
      }
      Matcher more = MORPHOLOGY.matcher(word);
      return more.find() ? word.substring(0, more.start()) : word;
    }

    /** Where the flags begin: not with the first character, nor where a backslash is before. */
    private static int slash(String line) {
      for (int i = 1; i < line.length(); i++) {
        if (line.charAt(i) == '/' && line.charAt(i - 1) != '\\') {
          return i;
        }
      }
      return line.length();
    }

    private static int[] joined(int[] some, int[] one) {
      int at = 0;
      while (at < some.length && some[at] > one[0]) {
        at++;
      }
      if (at < some.length && some[at] == one[0] || at == SETS_OF_A_WORD) {
        return some;
      }
      int[] all = new int[Math.min(some.length + 1, SETS_OF_A_WORD)];
      System.arraycopy(some, 0, all, 0, at);
      all[at] = one[0];
      System.arraycopy(some, at, all, at + 1, all.length - at - 1);
      return all;
    }

    /** The number of a set; where the file numbers them itself, the one that it says. */
    private int numberOf(String flags) throws SpellingException {
      if (!numbered) {
        Integer known = numbers.get(flags);
        return known != null ? known : add(flags);
      }
      try {
        int number = Integer.parseInt(flags);
        if (number >= 0 && number <= flagSets.size()) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw lines.fault(Reason.MALFORMED, "its flags are no number of an AF line");
      }
      throw lines.fault(Reason.MALFORMED, "there is no AF line with the number of its flags");
    }

    private int add(String flags) throws SpellingException {
      if (flagSets.size() == FLAG_SETS) {
        throw lines.fault(Reason.TOO_LARGE, "there are more than " + FLAG_SETS + " sets of flags");
      }
      flagSets.add("AF " + flags);
      numbers.put(flags, flagSets.size());
      return flagSets.size();
    }

    private Charset encoding(String name) throws SpellingException {
      String known = name.toUpperCase(Locale.ROOT);
      known = known.replaceFirst("^(MICROSOFT-)?CP(?=125)", "windows-");
      known =
          known.replaceFirst("^ISO-?8859-", "ISO-8859-").replaceFirst("^TIS620-2533$", "TIS-620");
      try {
        return Charset.forName(known);
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        throw lines.fault(Reason.ENCODING, "there is no encoding '" + shown(name) + "' in Java");
      }
    }

    private static String shown(String name) {
      return name.substring(0, Math.min(name.length(), 32)).replaceAll("[^\\x20-\\x7e]", "?");
    }

    private String utf8(String raw) throws SpellingException {
      if (isAscii(raw)) {
        return raw;
      }
      CharsetDecoder decoder =
          encoding
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      try {
        String text =
            decoder.decode(ByteBuffer.wrap(raw.getBytes(StandardCharsets.ISO_8859_1))).toString();
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      } catch (CharacterCodingException e) {
        throw lines.fault(Reason.MALFORMED, "it is not in the encoding " + encoding.name());
      }
    }

    private boolean isAscii(String raw) {
      for (int i = 0; i < raw.length(); i++) {
        if (raw.charAt(i) > 0x7f) {
          return false;
        }
      }
      return true;
    }

    TreeMap<String, int[]> sorted() throws SpellingException {
      if (found.isEmpty()) {
        throw new SpellingException(Reason.EMPTY, "there is no word in the .dic file");
      }
      return found;
    }
  }

  /** A comment begins a line, or stands behind a blank. */
  private static String withoutComment(String line) {
    for (int i = line.indexOf('#'); i >= 0; i = line.indexOf('#', i + 1)) {
      if (i == 0 || line.charAt(i - 1) == ' ' || line.charAt(i - 1) == '\t') {
        return trimmed(line.substring(0, i));
      }
    }
    return line;
  }

  /** Without ASCII's blanks; {@code String.trim} takes control characters as well. */
  private static String trimmed(String line) {
    int begin = 0;
    int end = line.length();
    while (begin < end && isBlank(line.charAt(begin))) {
      begin++;
    }
    while (begin < end && isBlank(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(begin, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }
}
