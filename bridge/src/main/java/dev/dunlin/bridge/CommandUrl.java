package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A command URL, parsed and canonical: {@code ipc://<module>/<function>/<resource ...>?<params>}.
 *
 * <p>Two spellings of one command are equal here: the host is lower-case with {@code -} for {@code
 * _}, dot segments are folded, percent-encoding is minimal. What has no single meaning is refused.
 */
public final class CommandUrl {
  /** The scheme, without its colon. */
  public static final String SCHEME = "ipc";

  private static final String PREFIX = SCHEME + "://";
  private static final String HEX = "0123456789ABCDEF";

  /** Characters that stand for themselves in a path and in a policy source. */
  private static final boolean[] PLAIN = new boolean[128];

  static {
    for (char c = 0; c < PLAIN.length; c++) {
      PLAIN[c] =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "-._~!$&()*+=:@/".indexOf(c) >= 0;
    }
  }

  private final String host;
  private final List<String> segments;
  private final boolean folder;
  private final Map<String, String> query;
  private final String path;

  private CommandUrl(
      String host, List<String> segments, boolean folder, Map<String, String> query) {
    this.host = host;
    this.segments = segments;
    this.folder = folder;
    this.query = query;
    this.path =
        encodePath("/" + String.join("/", segments) + (folder && !segments.isEmpty() ? "/" : ""));
  }

  /**
   * Parses a command URL.
   *
   * @throws BridgeError {@code ERR_INVALID_CALL} if it is not one
   */
  public static CommandUrl parse(String url) {
    if (url.length() > Limits.URL_LENGTH) {
      throw invalid("it is longer than " + Limits.URL_LENGTH + " characters");
    }
    if (!url.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
      throw invalid("it does not begin with " + PREFIX);
    }
    for (int i = 0; i < url.length(); i++) {
      char c = url.charAt(i);
      // Chromium drops tabs and newlines and reads '\' as '/'; a call that needs that is a trick.
      if (c <= ' ' || c == 0x7f || c == '\\' || c == '#') {
        throw invalid(String.format("character U+%04X at %d must be percent-encoded", (int) c, i));
      }
    }
    int mark = url.indexOf('?');
    int end = mark < 0 ? url.length() : mark;
    int slash = url.indexOf('/', PREFIX.length());
    int hostEnd = slash < 0 || slash > end ? end : slash;
    String host = host(url.substring(PREFIX.length(), hostEnd));
    List<String> segments = new ArrayList<>(8);
    boolean folder = false;
    int from = hostEnd + 1;
    while (from <= end) {
      int next = url.indexOf('/', from);
      if (next < 0 || next > end) {
        next = end;
      }
      boolean last = next == end;
      String segment = decodeSegment(url.substring(from, next));
      folder = last && segment.isEmpty();
      switch (segment) {
        case "" -> {
          if (!last) {
            throw invalid("its path has an empty segment");
          }
        }
        case "." -> folder = last;
        case ".." -> {
          // Folded as Chromium folds it, but never across the function into another command.
          if (segments.size() <= 1) {
            throw invalid("its '..' leaves the command");
          }
          segments.remove(segments.size() - 1);
          folder = last;
        }
        default -> segments.add(segment);
      }
      from = next + 1;
    }
    return new CommandUrl(
        host, List.copyOf(segments), folder, mark < 0 ? Map.of() : query(url.substring(mark + 1)));
  }

  /** The same command on another resource, without parameters. */
  CommandUrl withResource(String slashedResource) {
    List<String> changed = new ArrayList<>();
    changed.add(function());
    boolean ends = slashedResource.endsWith("/");
    for (String segment : slashedResource.split("/")) {
      if (!segment.isEmpty()) {
        changed.add(segment);
      }
    }
    return new CommandUrl(host, List.copyOf(changed), ends, Map.of());
  }

  /** Another function of the same module on the same resource, without parameters. */
  CommandUrl withFunction(String function) {
    List<String> changed = new ArrayList<>(segments);
    changed.set(0, function);
    return new CommandUrl(host, List.copyOf(changed), folder, Map.of());
  }

  /**
   * The same command on an absolute path that came as a parameter, under the same rules as a path
   * in a URL.
   */
  static CommandUrl ofPath(CommandUrl command, String path) {
    String slashed = File.separatorChar == '\\' ? path.replace('\\', '/') : path;
    if (slashed.isEmpty() || File.separatorChar == '/' && slashed.charAt(0) != '/') {
      throw invalid("'" + path + "' is not an absolute path");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(slashed)) {
      throw invalid("its path is not well-formed Unicode");
    }
    return parse(
        PREFIX
            + command.host
            + "/"
            + encodePath(command.function())
            + (slashed.startsWith("/") ? "" : "/")
            + encodePath(slashed));
  }

  /**
   * A command on one text, which is a segment of its own whatever is in it.
   *
   * @throws BridgeError {@code ERR_INVALID_CALL} if no URL can name it
   */
  static CommandUrl ofText(String host, String function, String text) {
    if (text.isEmpty()
        || text.equals(".")
        || text.equals("..")
        || text.chars().anyMatch(c -> c == 0 || c == '/' || c == '\\')) {
      throw invalid("'" + text + "' can't be named by it");
    }
    return new CommandUrl(host, List.of(function, text), false, Map.of());
  }

  /** The module's name in the URL: lower-case, with {@code -} for {@code _}. */
  public String host() {
    return host;
  }

  /** The first segment, empty if there is none. */
  public String function() {
    return segments.isEmpty() ? "" : segments.get(0);
  }

  /** All segments, percent-decoded. */
  public List<String> segments() {
    return segments;
  }

  /** Whether the path ends with a slash. */
  public boolean folder() {
    return folder;
  }

  /** The percent-encoded path, from its first slash. */
  public String path() {
    return path;
  }

  /** What follows the function, percent-decoded, segments joined by a slash. */
  public String resource() {
    return segments.size() < 2 ? "" : String.join("/", segments.subList(1, segments.size()));
  }

  /** The query's parameters, percent-decoded, in order; the last of a name wins. */
  public Map<String, String> query() {
    return query;
  }

  /** Equal to another with the same host and path; parameters do not count, as in CSP. */
  @Override
  public boolean equals(Object other) {
    return other instanceof CommandUrl url && host.equals(url.host) && path.equals(url.path);
  }

  @Override
  public int hashCode() {
    return Objects.hash(host, path);
  }

  /** Scheme, host and path: what a policy sees, and what a source to allow it looks like. */
  @Override
  public String toString() {
    return PREFIX + host + path;
  }

  private static String host(String text) {
    String host = text.toLowerCase(Locale.ROOT).replace('_', '-');
    if (host.isEmpty() || !host.chars().allMatch(CommandUrl::isHostCharacter)) {
      throw invalid("'" + text + "' is not the name of a module");
    }
    return host;
  }

  static boolean isHostCharacter(int c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
  }

  private static String decodeSegment(String segment) {
    String decoded = decodeText(segment);
    for (int i = 0; i < decoded.length(); i++) {
      switch (decoded.charAt(i)) {
        case 0 -> throw invalid("its path holds a NUL");
        case '/' -> throw invalid("a segment of its path holds an encoded slash");
        case '\\' -> throw invalid("a segment of its path holds a backslash");
        default -> {}
      }
    }
    return decoded;
  }

  private static String decodeText(String text) {
    if (isPlain(text)) {
      return text;
    }
    for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
      if (i + 2 >= text.length() || hex(text.charAt(i + 1)) < 0 || hex(text.charAt(i + 2)) < 0) {
        throw invalid("'%' is not followed by two hex digits");
      }
    }
    return utf8(percentDecode(text)).orElseThrow(() -> invalid("it is not well-formed UTF-8"));
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' || c >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : text.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.put(decodeText(name.replace('+', ' ')), decodeText(value.replace('+', ' ')));
      }
    }
    return query;
  }

  /** Percent-encodes a path, slashes excepted, so that it can stand in a URL and in a policy. */
  static String encodePath(String path) {
    int i = 0;
    while (i < path.length() && path.charAt(i) < 128 && PLAIN[path.charAt(i)]) {
      i++;
    }
    if (i == path.length()) {
      return path;
    }
    StringBuilder encoded = new StringBuilder(path.length() + 16).append(path, 0, i);
    for (byte b : path.substring(i).getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0 && PLAIN[b]) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      }
    }
    return encoded.toString();
  }

  /** A path with slashes and a leading slash: {@code /home/u}, {@code /C:/Users}. */
  static String slashed(Path path) {
    String text = path.toString().replace(path.getFileSystem().getSeparator(), "/");
    return text.startsWith("/") ? text : "/" + text;
  }

  /** The bytes a percent-encoded text stands for; a stray {@code %} stands for itself. */
  static byte[] percentDecode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); ) {
      int high = text.charAt(i) == '%' && i + 2 < text.length() ? hex(text.charAt(i + 1)) : -1;
      int low = high < 0 ? -1 : hex(text.charAt(i + 2));
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 3;
      } else if (Character.isSurrogate(text.charAt(i))) {
        int point = text.codePointAt(i);
        // A lone surrogate has no UTF-8; this byte makes the whole text malformed, and refused.
        bytes.writeBytes(
            Character.charCount(point) == 2
                ? Character.toString(point).getBytes(StandardCharsets.UTF_8)
                : new byte[] {(byte) 0xff});
        i += Character.charCount(point);
      } else {
        bytes.writeBytes(String.valueOf(text.charAt(i)).getBytes(StandardCharsets.UTF_8));
        i++;
      }
    }
    return bytes.toByteArray();
  }

  private static int hex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  /** Well-formed UTF-8 as text, else nothing. */
  static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static BridgeError invalid(String why) {
    return new BridgeError(
        "TypeError",
        "ERR_INVALID_CALL",
        "not a command URL: " + why + "; expected ipc://<module>/<function>/<resource>");
  }
}
