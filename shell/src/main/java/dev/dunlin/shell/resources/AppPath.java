package dev.dunlin.shell.resources;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The path of a resource URL, decoded once and checked name by name. The same names are refused on
 * every system, so that an app which works on one works on all.
 */
sealed interface AppPath {
  /**
   * A path whose names may be looked up.
   *
   * @param segments decoded names; empty for the root
   * @param directory whether it ended in a slash
   */
  record Names(List<String> segments, boolean directory) implements AppPath {}

  /**
   * A path that is never looked up.
   *
   * @param status 400 for a broken encoding, else 404
   * @param why a clause without a full stop
   */
  record Refused(int status, String why) implements AppPath {}

  /** Windows opens a device for these names, whatever the extension. */
  Pattern DEVICE =
      Pattern.compile(
          "(?is)(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ .]*([.:].*)?");

  /** Characters that mean something else than a name on some system. */
  Pattern SPECIAL = Pattern.compile("[\\x00-\\x1f\\x7f\\\\/:*?\"<>|]");

  /** Reads the raw path of a URL; it starts with a slash or is empty. */
  static AppPath parse(String raw) {
    List<String> segments = new ArrayList<>();
    String[] pieces = raw.split("/", -1);
    int last = pieces.length - 1;
    for (int i = 1; i <= last; i++) {
      if (pieces[i].isEmpty()) {
        if (i == last) {
          break;
        }
        return new Refused(404, "the path has an empty name between two slashes");
      }
      Optional<String> name = decode(pieces[i]);
      if (name.isEmpty()) {
        return new Refused(400, "the path has a percent sign that is not part of valid UTF-8");
      }
      Optional<String> refusal = refusal(name.get());
      if (refusal.isPresent()) {
        return new Refused(404, refusal.get());
      }
      segments.add(name.get());
    }
    return new Names(List.copyOf(segments), last < 1 || pieces[last].isEmpty());
  }

  /** Why a file or folder of this name is not served; empty if it is. */
  static Optional<String> refusal(String name) {
    if (name.startsWith(".") && !name.equals(".well-known")) {
      return Optional.of("names that start with a dot are not served");
    }
    if (SPECIAL.matcher(name).find()) {
      return Optional.of("the name has a character that is special on some system");
    }
    if (DEVICE.matcher(name).matches()) {
      return Optional.of("the name is a device on Windows");
    }
    if (name.endsWith(".") || name.endsWith(" ")) {
      return Optional.of("Windows drops a dot or space at the end of a name");
    }
    return Optional.empty();
  }

  private static Optional<String> decode(String piece) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(piece.length());
    for (int i = 0; i < piece.length(); i++) {
      if (piece.charAt(i) != '%') {
        int codePoint = piece.codePointAt(i);
        bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(codePoint) - 1;
        continue;
      }
      int high = i + 2 < piece.length() ? Character.digit(piece.charAt(i + 1), 16) : -1;
      int low = i + 2 < piece.length() ? Character.digit(piece.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      bytes.write(high << 4 | low);
      i += 2;
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
