package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Reads a page's push stream: text by channel. */
public final class Pushes implements AutoCloseable {
  private final ByteSource source;
  private final byte[] buffer = new byte[64 << 10];
  private final Set<Integer> ended = new HashSet<>();
  private ByteBuffer waiting = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<Integer, StringBuilder> texts = new HashMap<>();

  public Pushes(Harness.Page page) {
    StreamLane.Exchange exchange = page.open("GET", "ipc://push/", new byte[0]);
    source = Harness.await(exchange.response()).body();
  }

  /** All of the channel that an answer names, once it has ended. */
  public String untilEnd(JsonNode answer, String name) {
    int channel = answer.path(name).asInt();
    until(() -> ended.contains(channel));
    return text(channel);
  }

  /** All of a channel, once it has said so much. */
  public String untilText(int channel, int length) {
    until(() -> text(channel).length() >= length);
    return text(channel);
  }

  private String text(int channel) {
    return texts.getOrDefault(channel, new StringBuilder()).toString();
  }

  private void until(BooleanSupplier done) {
    try {
      for (takeFrames(); !done.getAsBoolean(); takeFrames()) {
        int n = Harness.readSome(source, buffer);
        assertTrue(n >= 0, "the push stream ended");
        waiting =
            ByteBuffer.allocate(waiting.remaining() + n)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(waiting)
                .put(buffer, 0, n)
                .flip();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void takeFrames() {
    while (waiting.remaining() >= 8
        && waiting.remaining() - 8 >= waiting.getInt(waiting.position())) {
      byte[] payload = new byte[waiting.getInt()];
      int channel = waiting.getInt();
      waiting.get(payload);
      texts
          .computeIfAbsent(channel, id -> new StringBuilder())
          .append(new String(payload, StandardCharsets.UTF_8));
      if (payload.length == 0) {
        ended.add(channel);
      }
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
