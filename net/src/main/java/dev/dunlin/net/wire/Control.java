package dev.dunlin.net.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.dunlin.net.nat.NatType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  private static final Key[] KEYS = Key.values();
  private static final Control EMPTY = new Builder().build();

  /** By the key's ordinal; null where it is absent. */
  private final Object[] values;

  /** The ordinals of the keys there are, in their order on the wire: the first so many. */
  private final byte[] order;

  private final int count;

  private Control(Object[] values, byte[] order, int count) {
    this.values = values;
    this.order = order;
    this.count = count;
  }

  /** Starts an empty one. */
  public static Builder builder() {
    return new Builder();
  }

  /** One without keys. */
  public static Control empty() {
    return EMPTY;
  }

  static Optional<Control> parse(PacketType type, byte[] message, Rules rules) {
    Key.Schema schema = Key.SCHEMAS.get(type);
    Builder values = new Builder();
    return new MinimalJson(message).read(schema, values)
        ? valid(schema, values, rules)
        : parseAnyJson(type, message, rules);
  }

  /** As {@link #parse}, of JSON as peers don't write it: with spaces, escapes, fractions. */
  static Optional<Control> parseAnyJson(PacketType type, byte[] message, Rules rules) {
    Key.Schema schema = Key.SCHEMAS.get(type);
    Builder values = new Builder();
    try (JsonParser parser = JSON.createParser(message)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        Key key = Key.named(parser.currentName());
        if (key == null || !schema.has(key)) {
          return Optional.empty();
        }
        Object value = value(parser, parser.nextToken());
        if (value == null) {
          return Optional.empty();
        }
        values.set(key, value);
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        return Optional.empty();
      }
    } catch (IOException e) {
      // What is no JSON is a foreign fault, and the answer to it is a rejected packet.
      return Optional.empty();
    }
    return valid(schema, values, rules);
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

  private static Optional<Control> valid(Key.Schema schema, Builder builder, Rules rules) {
    for (Key key : schema.keys()) {
      Object value = builder.values[key.ordinal()];
      if (value == null) {
        boolean required = schema.required().contains(key);
        if (rules == Rules.UPSTREAM && !required) {
          // There validation ends with the first absent key.
          break;
        }
        if (required) {
          return Optional.empty();
        }
      } else if (!key.admits(value)) {
        return Optional.empty();
      }
    }
    return Optional.of(builder.build());
  }

  public boolean has(Key key) {
    return values[key.ordinal()] != null;
  }

  /** True when the key is there and true. */
  public boolean flag(Key key) {
    return Boolean.TRUE.equals(values[key.ordinal()]);
  }

  public Optional<String> text(Key key) {
    return values[key.ordinal()] instanceof String text ? Optional.of(text) : Optional.empty();
  }

  public OptionalLong number(Key key) {
    return values[key.ordinal()] instanceof Number number
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
    StringBuilder out = new StringBuilder(384).append('{');
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.append(',');
      }
      out.append(KEYS[order[i]].quoted());
      Object value = values[order[i]];
      if (value instanceof String text) {
        quote(text, out);
      } else if (value instanceof Long number) {
        out.append(number.longValue());
      } else {
        out.append(value);
      }
    }
    return out.append('}').toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  static void quote(String text, StringBuilder out) {
    out.append('"');
    if (isPlain(text)) {
      out.append(text).append('"');
      return;
    }
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

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return new String(bytes(), StandardCharsets.US_ASCII);
  }

  /** Collects keys; the order of the calls is the order on the wire. */
  public static final class Builder {
    private Object[] values = new Object[KEYS.length];
    private byte[] order = new byte[KEYS.length];
    private int count;

    /** What was built holds the arrays: the next change is to copies. */
    private boolean built;

    private Builder() {}

    /** Adds all keys of another message. */
    public Builder all(Control other) {
      for (int i = 0; i < other.count; i++) {
        set(KEYS[other.order[i]], other.values[other.order[i]]);
      }
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
      set(key, wide);
      return this;
    }

    /**
     * @throws IllegalArgumentException when the key's value is no id
     */
    public Builder put(Key key, Id id) {
      if (!key.isId()) {
        throw new IllegalArgumentException(key.json() + " is no id");
      }
      set(key, id.hex());
      return this;
    }

    public Builder put(Key key, NatType type) {
      return put(key, (long) type.value());
    }

    /** Where somebody is, in two keys. */
    public Builder put(Key address, Key port, Endpoint endpoint) {
      return put(address, endpoint.host()).put(port, (long) endpoint.port());
    }

    /** Unchecked; a key that is there already keeps its place. */
    void set(Key key, Object value) {
      if (built) {
        values = values.clone();
        order = order.clone();
        built = false;
      }
      if (values[key.ordinal()] == null) {
        order[count++] = (byte) key.ordinal();
      }
      values[key.ordinal()] = value;
    }

    public Control build() {
      built = true;
      return new Control(values, order, count);
    }
  }
}
