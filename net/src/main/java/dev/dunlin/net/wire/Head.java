package dev.dunlin.net.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first packet of a fragmented message: what the others are to become.
 *
 * @param timestampMillis when it was written, by the sender's calendar
 * @param sizeBytes of all fragments together
 * @param fragments how many there are
 */
public record Head(long timestampMillis, int sizeBytes, int fragments) {
  /** Longer messages are refused: one sender can't fill everybody's memory. */
  public static final int MAX_SIZE_BYTES = 4 * 1024 * 1024;

  /** As head JSON, with an empty {@code meta}. */
  byte[] bytes() {
    String json =
        "{\"meta\":{},\"ts\":"
            + timestampMillis
            + ",\"size\":"
            + sizeBytes
            + ",\"indexes\":"
            + fragments
            + "}";
    return json.getBytes(StandardCharsets.US_ASCII);
  }

  /** Nothing when the message of a packet with index 0 is no head, or one that does not add up. */
  public static Optional<Head> parse(byte[] message) {
    long timestamp = -1;
    long size = -1;
    long fragments = -1;
    try (JsonParser parser = Control.JSON.createParser(message)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (token == null) {
          return Optional.empty();
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
          long value = (long) parser.getDoubleValue();
          switch (name) {
            case "ts" -> timestamp = value;
            case "size" -> size = value;
            case "indexes" -> fragments = value;
            default -> {
              // The application's own.
            }
          }
        } else {
          parser.skipChildren();
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        return Optional.empty();
      }
    } catch (IOException e) {
      // Foreign bytes that are no JSON: no head.
      return Optional.empty();
    }
    long most = Packet.MAX_MESSAGE_BYTES;
    boolean addsUp =
        timestamp >= 0
            && size > 0
            && size <= MAX_SIZE_BYTES
            && fragments == (size + most - 1) / most;
    return addsUp
        ? Optional.of(new Head(timestamp, (int) size, (int) fragments))
        : Optional.empty();
  }
}
