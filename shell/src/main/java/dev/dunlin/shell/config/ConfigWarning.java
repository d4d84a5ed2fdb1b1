package dev.dunlin.shell.config;

import java.nio.file.Path;

/** Something in {@code socket.ini} that is probably not meant; the app starts all the same. */
public record ConfigWarning(Path file, int line, String text) {
  /** {@code file:line: text}. */
  @Override
  public String toString() {
    return file + ":" + line + ": " + text;
  }
}
