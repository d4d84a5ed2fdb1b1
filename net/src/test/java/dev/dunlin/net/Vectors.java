package dev.dunlin.net;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the peers there are computed: p2p-vectors.json. */
public final class Vectors {
  private static final JsonNode ALL = read();

  private Vectors() {}

  private static JsonNode read() {
    try (InputStream in = Vectors.class.getResourceAsStream("p2p-vectors.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static JsonNode get(String name) {
    return ALL.get(name);
  }

  public static Stream<JsonNode> crypto(String name) {
    return stream(ALL.get("crypto").get(name).get("vectors"));
  }

  public static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  public static byte[] hex(JsonNode node) {
    return HexFormat.of().parseHex(node.asText());
  }

  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Field {@code name} as hex, or {@code name_utf8} as text. */
  public static byte[] bytes(JsonNode vector, String name) {
    return vector.has(name + "_utf8")
        ? vector.get(name + "_utf8").asText().getBytes(StandardCharsets.UTF_8)
        : hex(vector.get(name));
  }

  /** The vectors' own rule for long inputs. */
  public static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (31 * i + 7);
    }
    return bytes;
  }
}
