package dev.dunlin.shell.engine;

import dev.dunlin.bridge.StreamResponse;
import dev.dunlin.bridge.spi.ByteSource;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A short answer that says what was wrong. */
final class PlainText {
  private PlainText() {}

  static StreamResponse response(int status, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new StreamResponse(
        status,
        Map.of("content-type", "text/plain; charset=utf-8", "access-control-allow-origin", "*"),
        bytes.length,
        ByteSource.of(bytes));
  }
}
