package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.console.ConsoleModule;
import dev.dunlin.shell.Printable;
import dev.dunlin.shell.engine.PageHost.ConsoleLevel;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsoleTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static PrintStream stream(OutputStream to) {
    return new PrintStream(to, false, StandardCharsets.UTF_8);
  }

  private Console console() {
    return new Console(stream(out), stream(err));
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** A reader that does not read until it is told to. */
  private static final class Blocked extends OutputStream {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final OutputStream to;

    Blocked(OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      reached.countDown();
      try {
        open.await();
        to.write(bytes, from, count);
      } catch (InterruptedException | java.io.IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void everyLevelGoesToItsStream() {
    try (Console console = console()) {
      for (ConsoleModule.Level level : ConsoleModule.Level.values()) {
        console.print(level, level.name());
      }
    }
    assertEquals("[debug] DEBUG\n[info] LOG\n[info] INFO\nSTDOUTTAP\n", text(out));
    assertEquals("[warn] WARN\n[error] ERROR\nSTDERR", text(err));
  }

  @Test
  void linesOfChromiumSayWhereTheyComeFromIfTheyAreBad() {
    try (Console console = console()) {
      console.line(ConsoleLevel.DEBUG, "a", "/x.js", 1);
      console.line(ConsoleLevel.INFO, "b", "/x.js", 2);
      console.line(ConsoleLevel.WARNING, "c", "/x.js", 3);
      console.line(ConsoleLevel.ERROR, "d", "/x.js", 4);
      console.line(ConsoleLevel.ERROR, "e", "", 0);
      console.say("f");
    }
    assertEquals("[debug] a\n[info] b\n", text(out));
    assertEquals("[warn] c (/x.js:3)\n[error] d (/x.js:4)\n[error] e\ndunlin: f\n", text(err));
  }

  @Test
  void keepsTheOrderAcrossLevelsAndStreams() {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    StringBuilder expected = new StringBuilder();
    try (Console console = new Console(stream(both), stream(both))) {
      for (int i = 0; i < 10_000; i++) {
        console.print(
            i % 2 == 0 ? ConsoleModule.Level.STDOUT : ConsoleModule.Level.STDERR, i + " ");
        expected.append(i).append(' ');
      }
    }
    assertEquals(expected.toString(), text(both));
  }

  @Test
  void leavesTextWithoutControlCharactersAsItIs() {
    String raw = "b\r\n\tno end \u00a0 ünï 日本 \uD83D\uDE00 %s {} \\u001b";
    try (Console console = console()) {
      console.print(ConsoleModule.Level.STDOUT, raw);
      console.print(ConsoleModule.Level.STDERR, raw);
      console.print(ConsoleModule.Level.STDOUT, "");
    }
    assertEquals(raw, text(out));
    assertEquals(raw, text(err));
  }

  @Test
  void whatAPagePrintsCannotCommandTheTerminal() {
    String evil = "\u001b]0;title\u0007\u009b2J\rover\u0008\u007f\u0000";
    String shown = "\\u001b]0;title\\u0007\\u009b2J\\u000dover\\u0008\\u007f\\u0000";
    try (Console console = console()) {
      for (ConsoleModule.Level level : ConsoleModule.Level.values()) {
        console.print(level, evil);
      }
      console.line(ConsoleLevel.ERROR, evil, evil, 1);
      console.say(evil);
    }
    String line = shown + "\n";
    assertEquals("[debug] " + line + ("[info] " + line).repeat(2) + shown + line, text(out));
    assertEquals(
        "[warn] "
            + line
            + "[error] "
            + line
            + shown
            + "[error] "
            + shown
            + " ("
            + shown
            + ":1)\ndunlin: "
            + line,
        text(err));
  }

  @Test
  void whatALogRecordQuotesCannotEither() {
    LogRecord record = new LogRecord(Level.WARNING, "a\u001b[2Jb");
    record.setThrown(new IllegalStateException("c\u009bd"));
    String line = new Printable.LogFormat().format(record);
    assertTrue(line.contains("a\\u001b[2Jb") && line.contains("c\\u009bd"), line);
    assertTrue(line.chars().noneMatch(c -> c == 0x1b || c == 0x9b), line);
  }

  @Test
  void aReaderThatDoesNotReadHoldsUpNobodyAndIsToldWhatItMissed() throws Exception {
    Blocked blocked = new Blocked(out);
    try (Console console = new Console(stream(blocked), stream(err))) {
      console.print(ConsoleModule.Level.STDOUT, "first ");
      blocked.reached.await();
      for (int i = 0; i < Console.WAITING_MESSAGES + 7; i++) {
        console.print(ConsoleModule.Level.STDOUT, ".");
      }
      blocked.open.countDown();
    }
    assertEquals("first " + ".".repeat(Console.WAITING_MESSAGES), text(out));
    assertTrue(text(err).startsWith("dunlin: 7 messages of the page were dropped"), text(err));
  }

  @Test
  void longMessagesThatWaitAreBoundedByTheirLength() throws Exception {
    Blocked blocked = new Blocked(out);
    String half = "x".repeat(Console.WAITING_LENGTH / 2 - 16);
    try (Console console = new Console(stream(blocked), stream(err))) {
      console.print(ConsoleModule.Level.STDOUT, "first");
      blocked.reached.await();
      console.print(ConsoleModule.Level.STDOUT, half);
      console.print(ConsoleModule.Level.STDOUT, half);
      console.print(ConsoleModule.Level.STDOUT, half);
      console.print(ConsoleModule.Level.STDOUT, "last");
      blocked.open.countDown();
    }
    assertEquals(5 + 2 * half.length() + 4, out.size());
    assertTrue(text(err).startsWith("dunlin: 1 messages of the page were dropped"), text(err));
  }

  @Test
  void closingDoesNotWaitForAReaderThatNeverReads() throws Exception {
    Blocked blocked = new Blocked(out);
    try (Console console = new Console(stream(blocked), stream(err))) {
      console.print(ConsoleModule.Level.STDOUT, "never read");
      blocked.reached.await();
    }
    assertEquals("", text(out));
    blocked.open.countDown();
  }
}
