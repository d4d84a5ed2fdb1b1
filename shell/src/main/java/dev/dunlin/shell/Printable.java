package dev.dunlin.shell;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Text that came from a page or a file, as it may be printed. A terminal obeys control characters:
 * it would let a page forge lines, retitle windows or paste into the shell; and logs are read in
 * terminals, too.
 */
public final class Printable {
  private static final char DELETE = 0x7f;
  private static final char LAST_CONTROL = 0x9f;

  private Printable() {}

  /**
   * The text with each control character as {@code \\u} and four digits, but for tab and line ends.
   */
  public static String of(String text) {
    int i = 0;
    while (i < text.length() && !isControl(text, i)) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, i);
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isControl(text, i)) {
        safe.append(String.format("\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  private static boolean isControl(String text, int at) {
    char c = text.charAt(at);
    return switch (c) {
      case '\t', '\n' -> false;
      // Alone it goes back to the start of the line, over what is there.
      case '\r' -> at + 1 == text.length() || text.charAt(at + 1) != '\n';
      default -> c < ' ' || c >= DELETE && c <= LAST_CONTROL;
    };
  }

  /** Log records: the message of an exception may quote what a page sent. */
  public static final class LogFormat extends SimpleFormatter {
    @Override
    public String format(LogRecord record) {
      return of(super.format(record));
    }
  }

  /**
   * Sets {@link LogFormat} when the first record is logged, not before: a start has no use for it.
   */
  public static final class LogSetup {
    public LogSetup() throws IOException {
      String lines =
          "handlers=java.util.logging.ConsoleHandler\n"
              + "java.util.logging.ConsoleHandler.formatter="
              + LogFormat.class.getName()
              + "\n";
      LogManager.getLogManager()
          .readConfiguration(new ByteArrayInputStream(lines.getBytes(StandardCharsets.ISO_8859_1)));
    }
  }

  /**
   * Has every log record of this process printed so, unless the person says by {@code
   * java.util.logging.config.file} or {@code .class} how it is done. Call it before anything is
   * logged.
   */
  static void inLogs() {
    if (System.getProperty("java.util.logging.config.file") == null) {
      System.getProperties()
          .putIfAbsent("java.util.logging.config.class", LogSetup.class.getName());
    }
  }
}
