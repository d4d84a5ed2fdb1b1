package dev.dunlin.net.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.dunlin.net.nat.NatType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The message of a Ping, Pong, Intro or Join: a flat object of known keys. Values are String, Long,
 * Double or Boolean. Immutable.
 */
public final class Control {
  static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(8)
                  .maxNumberLength(32)
                  .maxStringLength(Packet.MAX_MESSAGE_BYTES)
                  .build())
          .build();

  private final Map<Key, Object> values;

  private Control(Map<Key, Object> values) {
    this.values = values;
  }

  /** Starts an empty one. */
  public static Builder builder() {
    return new Builder();
  }

  static Optional<Control> parse(PacketType type, byte[] message, Rules rules) {
    Key.Schema schema = Key.SCHEMAS.get(type);
    Map<Key, Object> values = new EnumMap<>(Key.class);
    try (JsonParser parser = JSON.createParser(message)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        Key key = Key.named(parser.currentName());
        if (key == null || !schema.keys().contains(key)) {
          return Optional.empty();
        }
        Object value = value(parser, parser.nextToken());
        if (value == null) {
          return Optional.empty();
        }
        values.put(key, value);
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        return Optional.empty();
      }
    } catch (IOException e) {
      // What is no JSON is a foreign fault, and the answer to it is a rejected packet.
      return Optional.empty();
    }
    return isValid(schema, values, rules) ? Optional.of(new Control(values)) : Optional.empty();
  }

  /** Null for what no key admits: null, objects, arrays. */
  private static Object value(JsonParser parser, JsonToken token) throws IOException {
    if (token == null) {
      return null;
    }
    return switch (token) {
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getDoubleValue());
      default -> null;
    };
  }

  /** Numbers are JavaScript's: 31 and 31.0 are the same. */
  private static Object number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return null;
    }
    long whole = (long) value;
    return whole == value ? (Object) whole : (Object) value;
  }

  private static boolean isValid(Key.Schema schema, Map<Key, Object> values, Rules rules) {
    for (Key key : schema.keys()) {
      Object value = values.get(key);
      if (value == null) {
        if (rules == Rules.UPSTREAM) {
          // There validation ends with the first absent key.
          return !(schema.required().contains(key));
        }
        if (schema.required().contains(key)) {
          return false;
        }
      } else if (!key.admits(value)) {
        return false;
      }
    }
    return true;
  }

  public boolean has(Key key) {
    return values.containsKey(key);
  }

  /** True when the key is there and true. */
  public boolean flag(Key key) {
    return Boolean.TRUE.equals(values.get(key));
  }

  public Optional<String> text(Key key) {
    return values.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  public OptionalLong number(Key key) {
    return values.get(key) instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  /** Of a key whose value is 64 hex digits. */
  public Optional<Id> id(Key key) {
    return text(key).map(Id::parse);
  }

  public Optional<NatType> natType(Key key) {
    OptionalLong value = number(key);
    return value.isPresent() ? Optional.of(new NatType((int) value.getAsLong())) : Optional.empty();
  }

  /** Of two keys that together say where somebody is. */
  public Optional<Endpoint> endpoint(Key address, Key port) {
    OptionalLong number = number(port);
    return number.isEmpty()
        ? Optional.empty()
        : text(address)
            .flatMap(Endpoint::parseAddress)
            .map(host -> new Endpoint(host, (int) number.getAsLong()));
  }

  /** Minimal JSON, keys in the order in which they were added; beyond ASCII as \\u escapes. */
  byte[] bytes() {
    StringBuilder out = new StringBuilder(256).append('{');
    for (Map.Entry<Key, Object> entry : values.entrySet()) {
      if (out.length() > 1) {
        out.append(',');
      }
      out.append('"').append(entry.getKey().json()).append("\":");
      if (entry.getValue() instanceof String text) {
        quote(text, out);
      } else {
        out.append(entry.getValue());
      }
    }
    return out.append('}').toString().getBytes(StandardCharsets.US_ASCII);
  }

  static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        // Peers there are write the length in UTF-16 units, so every byte must be a character.
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return new String(bytes(), StandardCharsets.US_ASCII);
  }

  /** Collects keys; the order of the calls is the order on the wire. */
  public static final class Builder {
    private final Map<Key, Object> values = new LinkedHashMap<>();

    private Builder() {}

    /** Adds all keys of another message. */
    public Builder all(Control other) {
      values.putAll(other.values);
      return this;
    }

    /**
     * @throws IllegalArgumentException when the key does not admit the value
     */
    public Builder put(Key key, Object value) {
      Object wide = value instanceof Integer number ? (Object) number.longValue() : value;
      if (!key.admits(wide)) {
        throw new IllegalArgumentException("'" + value + "' is no value of " + key.json());
      }
      values.put(key, wide);
      return this;
    }

    public Builder put(Key key, Id id) {
      return put(key, id.hex());
    }

    public Builder put(Key key, NatType type) {
      return put(key, (long) type.value());
    }

    /** Where somebody is, in two keys. */
    public Builder put(Key address, Key port, Endpoint endpoint) {
      return put(address, endpoint.host()).put(port, (long) endpoint.port());
    }

    public Control build() {
      return new Control(new LinkedHashMap<>(values));
    }
  }
}
