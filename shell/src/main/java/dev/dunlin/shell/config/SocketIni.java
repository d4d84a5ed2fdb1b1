package dev.dunlin.shell.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parsed {@code socket.ini}: flat names ({@code webview_watch_reload}) and their text, in order
 * of first appearance.
 *
 * <ul>
 *   <li>{@code [a.b]} and {@code key} make the name {@code a_b_key}; dots in keys too. {@code [.c]}
 *       extends the section before it.
 *   <li>A later {@code key = x} wins; {@code key[] = x} appends: {@code headers} by a line feed,
 *       {@code policy} by {@code "; "}, all others by a space.
 *   <li>{@code ;} and {@code #} begin a comment at the start of a line or after white space,
 *       outside quotes. A quote opens only at the start of a word, so {@code Bob's} has none; one
 *       that never closes is a plain character.
 *   <li>Quotes around a whole value are dropped. <code>{{name}}</code> is replaced by the variable
 *       of that name.
 * </ul>
 *
 * <p>Fails with {@link ConfigException} on anything else, whatever the bytes.
 */
public final class SocketIni {
  /** Bytes of a file; a larger one is an error. */
  public static final int MAX_FILE_BYTES = 1 << 20;

  /** Entries of a file; more is an error. */
  public static final int MAX_ENTRIES = 10_000;

  /** Characters of a section with its key; more is an error. */
  static final int MAX_NAME = 512;

  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*([A-Za-z0-9_.-]{1,64})\\s*}}");
  private static final Pattern LOOKS_LIKE_COLOUR = Pattern.compile("#[0-9a-fA-F]{3,8}\\b.*");

  /**
   * One value.
   *
   * @param line of its last part, from 1
   * @param key as a person writes it: {@code [window] width}
   */
  record Entry(String text, int line, String key) {}

  /** A value that may grow: a line that appends costs its own length, not that of all before. */
  private record Growing(StringBuilder text, int line, String key) {
    Entry entry() {
      return new Entry(text.toString(), line, key);
    }
  }

  private final Path file;
  private final Map<String, String> variables;
  private final Map<String, Growing> entries = new LinkedHashMap<>();
  private final List<ConfigWarning> warnings = new ArrayList<>();
  private String section = "";

  private SocketIni(Path file, Map<String, String> variables) {
    this.file = file;
    this.variables = variables;
  }

  /**
   * @param file named in errors
   * @param variables of <code>{{name}}</code>, such as {@code platform.os}
   */
  public static SocketIni parse(Path file, byte[] bytes, Map<String, String> variables) {
    SocketIni ini = new SocketIni(file, variables);
    if (bytes.length > MAX_FILE_BYTES) {
      throw ini.error(
          0,
          "",
          "the file has " + bytes.length + " bytes, the most is " + MAX_FILE_BYTES,
          "Put data elsewhere: this file is for settings.");
    }
    int number = 0;
    for (String line : ini.decode(bytes).split("\r?\n|\r", -1)) {
      ini.line(line.strip(), ++number);
    }
    return ini;
  }

  public Path file() {
    return file;
  }

  /** All values, by flat name. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    entries.forEach((name, entry) -> values.put(name, entry.text().toString()));
    return Collections.unmodifiableMap(values);
  }

  Map<String, Entry> entries() {
    Map<String, Entry> all = new LinkedHashMap<>();
    entries.forEach((name, entry) -> all.put(name, entry.entry()));
    return Collections.unmodifiableMap(all);
  }

  Optional<Entry> entry(String name) {
    return Optional.ofNullable(entries.get(name)).map(Growing::entry);
  }

  List<ConfigWarning> warnings() {
    return List.copyOf(warnings);
  }

  ConfigException error(int line, String key, String fault, String cure) {
    return new ConfigException(file, line, key, fault, cure);
  }

  private String decode(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    in.position(marked ? 3 : 0);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(in)
          .toString();
    } catch (CharacterCodingException e) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw error(line, "", "the line is not UTF-8", "Save the file as UTF-8.");
    }
  }

  private void line(String line, int number) {
    if (line.isEmpty() || line.charAt(0) == ';' || line.charAt(0) == '#') {
      return;
    }
    if (line.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7F)) {
      throw error(number, "", "the line holds a control character", "Remove it.");
    }
    if (line.charAt(0) == '[') {
      section(line, number);
    } else {
      keyAndValue(line, number);
    }
  }

  private void section(String line, int number) {
    int close = line.indexOf(']');
    if (close < 0) {
      throw error(number, "", "the section has no closing ']'", "Write, for example, [window].");
    }
    String rest = line.substring(close + 1).strip();
    if (!rest.isEmpty() && rest.charAt(0) != ';' && rest.charAt(0) != '#') {
      throw error(
          number, "", "text follows the section: '" + rest + "'", "Put it on a line of its own.");
    }
    String name = line.substring(1, close).strip();
    if (name.isEmpty() || name.equals(".")) {
      throw error(number, "", "the section has no name", "Write, for example, [window].");
    }
    boolean extend = name.startsWith(".");
    if (extend && section.isEmpty()) {
      throw error(
          number,
          "",
          "[" + name + "] extends the section before it, and there is none",
          "Write the whole name, for example [webview" + name + "].");
    }
    section = extend ? section + name : name;
    requireShort(section, number);
  }

  private void keyAndValue(String line, int number) {
    int equals = line.indexOf('=');
    if (equals < 0) {
      throw error(
          number,
          "",
          "'" + shorten(line) + "' is neither a [section] nor key = value nor a comment",
          "Write key = value, or put ; before a comment.");
    }
    String key = line.substring(0, equals).strip();
    boolean append = key.endsWith("[]");
    if (append) {
      key = key.substring(0, key.length() - 2).strip();
    }
    if (key.isEmpty()) {
      throw error(number, "", "there is no key before '='", "Write key = value.");
    }
    requireShort(section + key, number);
    String written = section.isEmpty() ? key : "[" + section + "] " + key;
    String name = (section.isEmpty() ? key : section + "_" + key).replace('.', '_');
    String text = value(line.substring(equals + 1).strip(), number, written);
    Growing before = append ? entries.get(name) : null;
    StringBuilder whole = before == null ? new StringBuilder() : before.text();
    whole.append(whole.isEmpty() ? "" : separator(key)).append(text);
    entries.put(name, new Growing(whole, number, written));
    if (entries.size() > MAX_ENTRIES) {
      throw error(number, written, "more than " + MAX_ENTRIES + " keys", "Remove some.");
    }
  }

  private void requireShort(String name, int number) {
    if (name.length() > MAX_NAME) {
      throw error(
          number,
          "",
          "the name of the section and the key has more than " + MAX_NAME + " characters",
          "Shorten it.");
    }
  }

  private static String separator(String key) {
    return switch (key) {
      case "headers" -> "\n";
      case "policy" -> "; ";
      default -> " ";
    };
  }

  private String value(String raw, int number, String key) {
    int end = raw.length();
    int firstQuoteEnd = -1;
    boolean afterSpace = true;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (afterSpace && (c == ';' || c == '#')) {
        end = i;
        break;
      }
      if (afterSpace && (c == '"' || c == '\'')) {
        int close = raw.indexOf(c, i + 1);
        if (close > 0) {
          if (i == 0) {
            firstQuoteEnd = close;
          }
          i = close;
        }
      }
      afterSpace = Character.isWhitespace(raw.charAt(i));
    }
    String text = raw.substring(0, end).strip();
    if (firstQuoteEnd > 0 && firstQuoteEnd == text.length() - 1) {
      text = text.substring(1, firstQuoteEnd);
    } else if (text.isEmpty() && LOOKS_LIKE_COLOUR.matcher(raw).matches()) {
      warnings.add(
          new ConfigWarning(
              file,
              number,
              key + " is empty: '#' begins a comment. Write it in quotes: \"" + raw + "\""));
    }
    return expand(text, number, key);
  }

  private String expand(String text, int number, String key) {
    if (!text.contains("{{")) {
      return text;
    }
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match -> {
              String value = variables.get(match.group(1));
              if (value == null) {
                warnings.add(
                    new ConfigWarning(
                        file,
                        number,
                        key
                            + ": there is no variable {{"
                            + match.group(1)
                            + "}}, the text stays as it is; there are "
                            + String.join(", ", variables.keySet().stream().sorted().toList())));
                return Matcher.quoteReplacement(match.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }

  private static String shorten(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
