package dev.dunlin.bridge;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.BridgeError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.util.Objects;
import java.util.Optional;

/** JSON of the wire: bounded when read, bounded when written. */
final class Json {
  private Json() {}

  static JsonParser parser(String text) throws IOException {
    return JsonValues.FACTORY.createParser(text);
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** The object that begins at the parser's current token. */
  static ObjectNode object(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedException("parameters are not an object");
    }
    return (ObjectNode) JsonValues.read(parser);
  }

  /** A whole text that is one object. */
  static ObjectNode object(String text) throws IOException {
    try (JsonParser parser = parser(text)) {
      parser.nextToken();
      ObjectNode node = object(parser);
      if (parser.nextToken() != null) {
        throw new MalformedException("something follows the object");
      }
      return node;
    }
  }

  static String text(Object value) {
    try {
      return JsonValues.text(value);
    } catch (IllegalArgumentException e) {
      throw unwritable(e);
    }
  }

  /**
   * {@code {"<member>":<value>}} in UTF-8, or nothing if that is longer than {@code limitBytes}.
   */
  static Optional<byte[]> bytes(String member, Object value, int limitBytes) {
    BoundedBytes target = new BoundedBytes(limitBytes);
    try (JsonGenerator out = JsonValues.FACTORY.createGenerator(target)) {
      // What a value that is cut off leaves open is not closed behind it.
      out.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
      out.writeStartObject();
      out.writeFieldName(member);
      JsonValues.write(out, value);
      out.writeEndObject();
      out.flush();
      return Optional.of(target.target.toByteArray());
    } catch (TooLongException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw unwritable(e);
    }
  }

  /**
   * Appends a value.
   *
   * @return whether it fitted; if not, {@code target} is as before
   */
  static boolean append(StringBuilder target, Object value, int limit) {
    if (value == null) {
      target.append("null");
      return true;
    }
    int mark = target.length();
    try {
      JsonValues.write(new Bounded(target, mark + limit), value);
      return true;
    } catch (TooLongException e) {
      target.setLength(mark);
      return false;
    } catch (IOException | IllegalArgumentException e) {
      target.setLength(mark);
      throw unwritable(e);
    }
  }

  private static BridgeError unwritable(Exception e) {
    Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
    return new BridgeError(
        "Error", "ERR_INTERNAL", "the host could not write its answer as JSON: " + cause);
  }

  /** A message that is not what docs/bridge.md describes. */
  static final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  private static final class BoundedBytes extends OutputStream {
    private final ByteArrayOutputStream target = new ByteArrayOutputStream();
    private final int limit;

    BoundedBytes(int limit) {
      this.limit = limit;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (target.size() > limit - length) {
        throw new TooLongException();
      }
      target.write(bytes, offset, length);
    }
  }

  private static final class Bounded extends Writer {
    private final StringBuilder target;
    private final int limit;

    Bounded(StringBuilder target, int limit) {
      this.target = target;
      this.limit = limit;
    }

    @Override
    public void write(char[] buffer, int offset, int length) throws IOException {
      if (target.length() + length > limit) {
        throw new TooLongException();
      }
      target.append(buffer, offset, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
