package dev.dunlin.shell.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.dunlin.bridge.JsonValues;
import java.io.IOException;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** The text of a setting as JavaScript sees it in {@code application.config}. */
final class JsValue {
  private static final Pattern HEX = Pattern.compile("0[xX][0-9a-fA-F]{1,256}");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(0|[1-9][0-9]{0,255})(\\.[0-9]{1,256})?([eE][+-]?[0-9]{1,5})?");

  private JsValue() {}

  /**
   * true, false, null, NaN, hexadecimal and decimal numbers, JSON objects and arrays; else the
   * text. A number with leading zeros is text, as are 1.0.0 and 50%. NaN is a number node, which
   * Jackson writes as the string "NaN".
   */
  static JsonNode of(String text) {
    switch (text) {
      case "true":
        return BooleanNode.TRUE;
      case "false":
        return BooleanNode.FALSE;
      case "null":
        return NullNode.instance;
      case "NaN":
        return DoubleNode.valueOf(Double.NaN);
      default:
        break;
    }
    if (HEX.matcher(text).matches()) {
      return BigIntegerNode.valueOf(new BigInteger(text.substring(2), 16));
    }
    if (NUMBER.matcher(text).matches()) {
      return text.matches("[+-]?[0-9]+")
          ? BigIntegerNode.valueOf(new BigInteger(text))
          : DoubleNode.valueOf(Double.parseDouble(text));
    }
    if (text.startsWith("{") || text.startsWith("[")) {
      try {
        return JsonValues.read(text);
      } catch (IOException e) {
        // Not JSON after all: by the rule it is then plain text.
        return TextNode.valueOf(text);
      }
    }
    return TextNode.valueOf(text);
  }
}
