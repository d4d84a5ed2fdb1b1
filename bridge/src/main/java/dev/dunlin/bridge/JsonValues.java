package dev.dunlin.bridge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * JSON values as {@link dev.dunlin.bridge.spi.Reply.Data} has them, to and from text.
 *
 * <p>Jackson's streams, without its ObjectMapper: to make one, with all that it knows of beans and
 * dates, took a tenth of the time from the start of an app to its first answered call.
 */
public final class JsonValues {
  private static final int LAST_BEFORE_SURROGATES = 0xD7FF;

  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          // JNI's strings are modified UTF-8, which has another form for what lies beyond the BMP:
          // such characters travel as escapes.
          .highestNonEscapedChar(LAST_BEFORE_SURROGATES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Limits.JSON_DEPTH)
                  .maxStringLength(Limits.MESSAGE_LENGTH)
                  .maxNameLength(Limits.URL_LENGTH)
                  .build())
          // Names come from pages: interning them would fill a table that is never swept.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonValues() {}

  /**
   * The one value that is the whole text.
   *
   * @throws IOException if it is not JSON, or nests deeper than {@link Limits#JSON_DEPTH}
   */
  public static JsonNode read(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return whole(parser);
    }
  }

  /** As {@link #read(String)}, of a file of our own in UTF-8. */
  public static JsonNode read(InputStream utf8) throws IOException {
    try (JsonParser parser = FACTORY.createParser(utf8)) {
      return whole(parser);
    }
  }

  private static JsonNode whole(JsonParser parser) throws IOException {
    parser.nextToken();
    JsonNode value = read(parser);
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "something follows the value");
    }
    return value;
  }

  /** The value that begins at the parser's current token, up to its last token. */
  static JsonNode read(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new JsonParseException(parser, "there is no value");
    }
    return switch (token) {
      case START_OBJECT -> {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          object.set(name, read(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(read(parser));
        }
        yield array;
      }
      case VALUE_STRING -> NODES.textNode(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(token == JsonToken.VALUE_TRUE);
      case VALUE_NULL -> NODES.nullNode();
      case VALUE_NUMBER_FLOAT -> {
        double number = parser.getDoubleValue();
        if (Double.isInfinite(number)) {
          // It would be written as a text.
          throw new JsonParseException(parser, "a number is too large");
        }
        yield NODES.numberNode(number);
      }
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getBigIntegerValue());
          };
      default -> throw new JsonParseException(parser, "unexpected " + token);
    };
  }

  /** The value as text. */
  public static String text(Object value) {
    StringWriter text = new StringWriter();
    try {
      write(text, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static void write(Writer target, Object value) throws IOException {
    try (JsonGenerator out = FACTORY.createGenerator(target)) {
      // What a value that is cut off leaves open is not closed behind it.
      out.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
      write(out, value);
    }
  }

  /**
   * @throws IllegalArgumentException for a value of a class that has no JSON
   */
  static void write(JsonGenerator out, Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof Number number) {
      writeNumber(out, number);
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(String.valueOf(entry.getKey()));
        write(out, entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object member : list) {
        write(out, member);
      }
      out.writeEndArray();
    } else if (value instanceof JsonNode node) {
      writeNode(out, node);
    } else {
      throw new IllegalArgumentException(value.getClass().getName() + " has no JSON");
    }
  }

  private static void writeNode(JsonGenerator out, JsonNode node) throws IOException {
    switch (node.getNodeType()) {
      case OBJECT -> {
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
          out.writeFieldName(entry.getKey());
          writeNode(out, entry.getValue());
        }
        out.writeEndObject();
      }
      case ARRAY -> {
        out.writeStartArray();
        for (JsonNode member : node) {
          writeNode(out, member);
        }
        out.writeEndArray();
      }
      case STRING -> out.writeString(node.textValue());
      case BOOLEAN -> out.writeBoolean(node.booleanValue());
      case NUMBER -> writeNumber(out, node.numberValue());
      case NULL -> out.writeNull();
      default -> throw new IllegalArgumentException(node.getNodeType() + " has no JSON");
    }
  }

  private static void writeNumber(JsonGenerator out, Number number) throws IOException {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      out.writeNumber(number.intValue());
    } else if (number instanceof Long) {
      out.writeNumber(number.longValue());
    } else if (number instanceof Double) {
      out.writeNumber(number.doubleValue());
    } else if (number instanceof Float) {
      out.writeNumber(number.floatValue());
    } else if (number instanceof BigInteger integer) {
      out.writeNumber(integer);
    } else if (number instanceof BigDecimal decimal) {
      out.writeNumber(decimal);
    } else {
      throw new IllegalArgumentException(number.getClass().getName() + " has no JSON");
    }
  }
}
