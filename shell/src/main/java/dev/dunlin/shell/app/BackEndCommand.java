package dev.dunlin.shell.app;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code [linux]}, {@code [mac]} or {@code [win] cmd}: the program that is the app's back end.
 *
 * @param argv its words; quotes keep spaces together, and no shell reads them
 */
record BackEndCommand(List<String> argv) {
  /** That of this system, if the app has one. */
  static Optional<BackEndCommand> of(AppConfig config) {
    String key =
        switch (AppConfig.systemVariables().get("platform.os")) {
          case "win32" -> "win_cmd";
          case "mac" -> "mac_cmd";
          default -> "linux_cmd";
        };
    String line = config.values().getOrDefault(key, "");
    List<String> words;
    try {
      words = words(line);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          config.directory().resolve(AppConfig.FILE),
          0,
          AppConfig.written(key),
          e.getMessage(),
          "Write, for example, cmd = node backend/backend.js.");
    }
    return words.isEmpty() ? Optional.empty() : Optional.of(new BackEndCommand(words));
  }

  /**
   * @throws IllegalArgumentException if a quote does not end
   */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (char c : line.toCharArray()) {
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
        begun = true;
      } else if (Character.isWhitespace(c)) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("the quote " + quote + " does not end");
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
