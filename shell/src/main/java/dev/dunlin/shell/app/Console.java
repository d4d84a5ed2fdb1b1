package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.PageHost.ConsoleLevel;
import java.io.PrintStream;

/** What pages print, on this process's standard streams: one line a message, its level in front. */
final class Console {
  private final PrintStream out;
  private final PrintStream err;

  Console(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** A line of {@code console.*}, or of Chromium about the page. */
  void line(ConsoleLevel level, String text, String source, int line) {
    switch (level) {
      case DEBUG -> out.println("[debug] " + text);
      case INFO -> out.println("[info] " + text);
      case WARNING -> err.println("[warn] " + text + place(source, line));
      case ERROR -> err.println("[error] " + text + place(source, line));
    }
  }

  private static String place(String source, int line) {
    return source.isEmpty() ? "" : " (" + source + ":" + line + ")";
  }

  /** Something Dunlin itself has to say to the developer. */
  void say(String text) {
    err.println("dunlin: " + text);
  }
}
