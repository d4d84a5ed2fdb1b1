package dev.dunlin.scheduler.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.scheduler.process.BoundedLines.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedLinesTest {
  private static List<Line> lines(int max, String text) throws IOException {
    List<Line> seen = new ArrayList<>();
    try (BoundedLines lines =
        new BoundedLines(oneByteAtATime(text.getBytes(StandardCharsets.UTF_8)), max)) {
      lines.forEach(seen::add);
    }
    return seen;
  }

  private static InputStream oneByteAtATime(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(1, length));
      }
    };
  }

  @Test
  void splitsAtLineFeedsAndDropsTheCarriageReturnBeforeOne() throws IOException {
    assertEquals(
        List.of(
            new Line("a", false),
            new Line("", false),
            new Line("b\rc", false),
            new Line("d\r", false)),
        lines(100, "a\r\n\nb\rc\nd\r"));
  }

  @Test
  void givesTheLastLineWithoutALineEndAndNothingAfterTheLastLineEnd() throws IOException {
    assertEquals(List.of(new Line("a", false)), lines(100, "a"));
    assertEquals(List.of(new Line("a", false)), lines(100, "a\n"));
    assertEquals(List.of(), lines(100, ""));
  }

  @Test
  void keepsTheFirstBytesOfALineThatIsTooLongAndReadsOn() throws IOException {
    assertEquals(
        List.of(new Line("abc", false), new Line("def", true), new Line("h", false)),
        lines(3, "abc\ndefg\nh\n"));
  }

  @Test
  void keepsOnlyTheBoundOfATenMegabyteLine() throws IOException {
    InputStream endless =
        new InputStream() {
          private int left = 10_000_000;

          @Override
          public int read() {
            return left-- > 0 ? 'x' : -1;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            int count = Math.min(left, length);
            left -= Math.max(count, 0);
            java.util.Arrays.fill(into, offset, offset + Math.max(count, 0), (byte) 'x');
            return count <= 0 ? -1 : count;
          }
        };
    try (BoundedLines lines = new BoundedLines(endless, 10)) {
      assertEquals(new Line("xxxxxxxxxx", true), lines.next().orElseThrow());
      assertEquals(true, lines.next().isEmpty());
    }
  }
}
