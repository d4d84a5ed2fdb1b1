package dev.dunlin.shell.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What goes over the socket: frames of a length (u32, big-endian) and so many bytes of JSON, an
 * object. A watcher sends one, {@code {"operator":1}}; the app answers with {@code
 * {"snapshot":{…}}} once a second, or once with {@code {"error":"…"}} and the end.
 *
 * <p><i>Thread:</i> any.
 */
public final class Frames {
  private static final String GREETING = "operator";
  private static final String SNAPSHOT = "snapshot";
  private static final String ERROR = "error";

  private final ObjectMapper mapper =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  byte[] greeting() {
    return frame("{\"" + GREETING + "\":" + OperatorLimits.PROTOCOL + "}");
  }

  byte[] error(String message) {
    return frame(mapper.createObjectNode().put(ERROR, message).toString());
  }

  byte[] snapshot(Snapshot snapshot) {
    byte[] whole = frame(json(snapshot));
    return whole.length <= OperatorLimits.FRAME_BYTES ? whole : frame(json(snapshot.brief()));
  }

  /** A snapshot as its frame has it, on one line. */
  public String json(Snapshot snapshot) {
    return mapper.createObjectNode().set(SNAPSHOT, mapper.valueToTree(snapshot)).toString();
  }

  private static byte[] frame(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + bytes.length)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /**
   * @throws OperatorException if that is no greeting of this protocol
   */
  void checkGreeting(byte[] json) throws OperatorException {
    JsonNode version = object(json).path(GREETING);
    if (!version.isInt()) {
      throw new OperatorException("a watcher begins with {\"operator\":1}");
    }
    if (version.asInt() != OperatorLimits.PROTOCOL) {
      throw new OperatorException(
          "the app speaks version "
              + OperatorLimits.PROTOCOL
              + " of this protocol, the watcher version "
              + version.asInt()
              + ": use the Operator of the app's Dunlin");
    }
  }

  /**
   * A snapshot out of the JSON of a frame.
   *
   * @throws OperatorException if it is none; with the app's words if it sent us away
   */
  public Snapshot snapshot(byte[] json) throws OperatorException {
    JsonNode object = object(json);
    if (object.path(ERROR).isTextual()) {
      throw new OperatorException(object.path(ERROR).asText());
    }
    if (!object.path(SNAPSHOT).isObject()) {
      throw new OperatorException("expected a snapshot: an object with a member 'snapshot'");
    }
    try {
      return mapper.treeToValue(object.get(SNAPSHOT), Snapshot.class);
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new OperatorException("the snapshot is damaged: " + brief(e), e);
    }
  }

  private JsonNode object(byte[] json) throws OperatorException {
    try {
      JsonNode node = mapper.readTree(json);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (IOException e) {
      throw new OperatorException("that is no JSON: " + brief(e), e);
    }
    throw new OperatorException("that is no JSON object");
  }

  private static String brief(Exception e) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return OperatorLimits.cut(
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : first);
  }

  /**
   * The JSON of the next frame. Blocks.
   *
   * @throws EOFException at the end, in good order
   * @throws OperatorException if it is too long, or breaks off
   */
  static byte[] read(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("the app has ended");
    }
    DataInputStream rest = new DataInputStream(in);
    try {
      byte[] others = new byte[Integer.BYTES - 1];
      rest.readFully(others);
      int length =
          first << 24 | (others[0] & 255) << 16 | (others[1] & 255) << 8 | (others[2] & 255);
      if (length < 0 || length > OperatorLimits.FRAME_BYTES) {
        throw new OperatorException(
            "a frame of "
                + Integer.toUnsignedString(length)
                + " bytes: at most "
                + OperatorLimits.FRAME_BYTES
                + " are allowed. Is that an app of Dunlin?");
      }
      byte[] json = new byte[length];
      rest.readFully(json);
      return json;
    } catch (EOFException e) {
      throw new OperatorException("the app ended in the middle of a frame", e);
    }
  }
}
