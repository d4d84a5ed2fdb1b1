package dev.dunlin.scheduler.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lines of UTF-8 from a stream we do not trust. Limit: of a longer line the first {@code
 * maxLineBytes} bytes are kept and the rest is dropped ({@link Line#truncated}). Malformed UTF-8
 * becomes U+FFFD. Thread: one.
 */
public final class BoundedLines implements AutoCloseable {
  /** One line without its line end; {@code truncated} when bytes of it were dropped. */
  public record Line(String text, boolean truncated) {}

  private final InputStream stream;
  private final int maxLineBytes;

  public BoundedLines(InputStream stream, int maxLineBytes) {
    if (maxLineBytes < 1) {
      throw new IllegalArgumentException("maxLineBytes is 1 or more, this is " + maxLineBytes);
    }
    this.stream = new BufferedInputStream(stream);
    this.maxLineBytes = maxLineBytes;
  }

  /** The next line (ended by LF or CR LF, or the end of the stream); empty at the end. Blocks. */
  public Optional<Line> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean truncated = false;
    int pending = stream.read();
    if (pending < 0) {
      return Optional.empty();
    }
    for (int b = pending; b >= 0 && b != '\n'; b = stream.read()) {
      if (b == '\r' && nextIsLineFeed()) {
        continue;
      }
      if (line.size() < maxLineBytes) {
        line.write(b);
      } else {
        truncated = true;
      }
    }
    return Optional.of(new Line(line.toString(StandardCharsets.UTF_8), truncated));
  }

  /** Hands every remaining line to the consumer. */
  public void forEach(Consumer<Line> consumer) throws IOException {
    for (Optional<Line> line = next(); line.isPresent(); line = next()) {
      consumer.accept(line.get());
    }
  }

  private boolean nextIsLineFeed() throws IOException {
    stream.mark(1);
    int next = stream.read();
    if (next >= 0) {
      stream.reset();
    }
    return next == '\n';
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
