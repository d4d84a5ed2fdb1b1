package dev.dunlin.bridge.process;

import static dev.dunlin.bridge.Harness.ALL;
import static dev.dunlin.bridge.Harness.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.Harness;
import dev.dunlin.bridge.Harness.Page;
import dev.dunlin.bridge.Limits;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.Pushes;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StdinTest {
  private static final String STDIN = "ipc://process/stdin";

  private final PipedOutputStream typed = new PipedOutputStream();
  private Harness harness;

  private Page page(InputStream in) {
    harness = new Harness(new ProcessModule(in));
    return harness.page(1, ALL);
  }

  private Page page() throws IOException {
    return page(new PipedInputStream(typed));
  }

  private void type(String text) throws IOException {
    typed.write(text.getBytes(StandardCharsets.UTF_8));
    typed.flush();
  }

  @AfterEach
  void close() throws IOException {
    typed.close();
    harness.close();
  }

  @Test
  void aPageReadsWhatIsTypedUpToItsEnd() throws IOException {
    Page page = page();
    JsonNode in = page.data(STDIN, Map.of());
    try (Pushes pushes = new Pushes(page)) {
      type("eins\n");
      assertEquals("eins\n", pushes.untilText(in.path("channel").asInt(), 5));
      type("zwei ü");
      typed.close();
      assertEquals("eins\nzwei ü", pushes.untilEnd(in, "channel"));
      JsonNode late = page.data(STDIN, Map.of());
      assertEquals("", pushes.untilEnd(late, "channel"));
    }
  }

  @Test
  void onlyOnePageReadsAtATimeAndTheNextHasWhatFollows() throws IOException {
    Page page = page();
    Page other = harness.page(2, ALL);
    JsonNode in = page.data(STDIN, Map.of());
    assertEquals("EBUSY", other.error(STDIN, Map.of()).path("code").asText());
    page.data("ipc://handle/process/closeStdin/" + in.path("id").asText(), Map.of());
    in = other.data(STDIN, Map.of());
    type("for the other");
    try (Pushes pushes = new Pushes(other)) {
      assertEquals("for the other", pushes.untilText(in.path("channel").asInt(), 13));
    }
    harness.bridge.documentGone(other.id);
    type(", and on");
    // Its handle is closed a moment later.
    until(() -> page.call(STDIN, Map.of()).path(1).asInt() == 0);
  }

  @Test
  void noPageReadsWithoutItsPolicy() throws IOException {
    page();
    Page denied = harness.page(2, PolicySet.of(List.of("connect-src ipc://process/uptime")));
    JsonNode error = denied.error(STDIN, Map.of());
    assertEquals("NotAllowedError", error.path("name").asText());
    assertEquals(STDIN, error.path("source").asText());
  }

  /** Endless, and counts what was read of it. */
  private static final class Endless extends InputStream {
    private final AtomicLong read = new AtomicLong();

    @Override
    public int read() {
      throw new AssertionError("read by bytes");
    }

    @Override
    public int read(byte[] into, int from, int length) {
      Arrays.fill(into, from, from + length, (byte) 'x');
      read.addAndGet(length);
      return length;
    }
  }

  @Test
  void aPageThatDoesNotReadIsNotFedAndNothingIsReadThatNobodyWants() {
    Endless endless = new Endless();
    Page page = page(new FilterInputStream(endless) {});
    assertEquals(0, endless.read.get());
    JsonNode in = page.data(STDIN, Map.of());
    int most = Limits.PUSH_CREDIT_BYTES + HostStdin.WAITING_BYTES;
    until(() -> endless.read.get() >= most);
    try (Pushes pushes = new Pushes(page)) {
      pushes.untilText(in.path("channel").asInt(), Limits.PUSH_CREDIT_BYTES);
      // One piece is in the reader's hand.
      assertTrue(endless.read.get() <= most + 2 * (64 << 10), endless.read::toString);
      page.data(
          "ipc://push/credit", Map.of("channel", in.path("channel").asInt(), "bytes", 1 << 20));
      pushes.untilText(in.path("channel").asInt(), 2 * Limits.PUSH_CREDIT_BYTES);
    }
  }
}
