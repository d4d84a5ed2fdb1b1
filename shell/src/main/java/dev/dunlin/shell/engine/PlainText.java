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
        new Source(bytes));
  }

  private static final class Source implements ByteSource {
    private final byte[] bytes;
    private int at;

    Source(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read(byte[] target, int length) {
      if (at == bytes.length) {
        return END;
      }
      int n = Math.min(length, bytes.length - at);
      System.arraycopy(bytes, at, target, 0, n);
      at += n;
      return n;
    }

    @Override
    public void whenReadable(Runnable action) {
      action.run();
    }

    @Override
    public void close() {
      at = bytes.length;
    }
  }
}
