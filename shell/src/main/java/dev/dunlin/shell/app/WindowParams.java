package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import java.awt.Color;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a page says of a window, checked. Fails with {@code ERR_INVALID_CALL}. */
final class WindowParams {
  /** Longest title, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int TITLE_LENGTH = 1024;

  /**
   * Largest width and height that may be asked for, in CSS pixels. Over: {@code ERR_INVALID_CALL}.
   */
  static final int SIDE_PX = 32_767;

  /** What an error repeats of a value. */
  private static final int SHOWN_LENGTH = 128;

  private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");
  private static final Pattern LENGTH = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(px|%)?");

  private WindowParams() {}

  static Optional<String> title(Call call) {
    Optional<String> title = call.param("title").map(JsonNode::asText);
    if (title.filter(text -> text.length() > TITLE_LENGTH).isPresent()) {
      throw invalid(
          "a title has at most "
              + TITLE_LENGTH
              + " characters, this has "
              + title.get().length()
              + ": shorten it");
    }
    return title;
  }

  /** The title that a page has set, cut off where a window's may end. */
  static String shortened(String title) {
    if (title.length() <= TITLE_LENGTH) {
      return title;
    }
    int end =
        Character.isHighSurrogate(title.charAt(TITLE_LENGTH - 1)) ? TITLE_LENGTH - 1 : TITLE_LENGTH;
    return title.substring(0, end);
  }

  static Optional<Boolean> flag(Call call, String name) {
    return call.param(name)
        .map(
            value -> {
              // What comes in a query is text.
              String text = value.asText();
              if (!text.equals("true") && !text.equals("false")) {
                throw invalid(name + " is true or false, this is " + value);
              }
              return text.equals("true");
            });
  }

  static Optional<Integer> coordinate(Call call, String name) {
    return call.param(name)
        .map(
            value -> {
              int number =
                  value.isTextual()
                      ? integer(value.asText(), name)
                      : value.asInt(Integer.MIN_VALUE);
              if (Math.abs((long) number) > SIDE_PX) {
                throw invalid(
                    name
                        + " is a number from -"
                        + SIDE_PX
                        + " to "
                        + SIDE_PX
                        + ", this is "
                        + value);
              }
              return number;
            });
  }

  private static int integer(String text, String name) {
    try {
      return (int) Math.round(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw invalid(name + " is a number, this is '" + text + "'");
    }
  }

  /** A number of CSS pixels, or a text such as {@code 50%} (of {@code whole}) or {@code 640px}. */
  static Optional<Integer> side(Call call, String name, int whole) {
    return call.param(name)
        .map(
            value -> {
              Matcher matcher = LENGTH.matcher(value.asText());
              if (!matcher.matches()) {
                throw invalid(name + " is a number, '640px' or '50%', this is " + value);
              }
              double number = Double.parseDouble(matcher.group(1));
              long px = Math.round("%".equals(matcher.group(2)) ? whole * number / 100 : number);
              if (px < 1 || px > SIDE_PX) {
                throw invalid(name + " is 1 to " + SIDE_PX + " pixels, this is " + px);
              }
              return (int) px;
            });
  }

  /** {@code {red, green, blue, alpha}}, or {@code #rrggbb}. No window is transparent. */
  static Optional<Color> colour(Call call, String name) {
    return call.param(name).map(value -> colour(name, value));
  }

  private static Color colour(String name, JsonNode value) {
    if (value.isTextual() && HEX.matcher(value.asText()).matches()) {
      return new Color(Integer.parseInt(value.asText().substring(1), 16));
    }
    int red = value.path("red").asInt(-1);
    int green = value.path("green").asInt(-1);
    int blue = value.path("blue").asInt(-1);
    if (Math.min(red, Math.min(green, blue)) < 0 || Math.max(red, Math.max(green, blue)) > 255) {
      throw invalid(
          name + " is '#rrggbb' or {red, green, blue} of 0 to 255, this is " + shown(value));
    }
    return new Color(red, green, blue);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "…";
  }

  static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }
}
