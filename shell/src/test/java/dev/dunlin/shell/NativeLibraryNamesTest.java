package dev.dunlin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * JNA is given no folders to search (see {@code Main}): the dynamic linker finds a library by its
 * full name alone. {@code libX11.so} is there only where somebody writes programs for it.
 */
class NativeLibraryNamesTest {
  private static final Pattern LOADED =
      Pattern.compile(
          "\\b(?:Native\\.)?(?:load|register|getInstance)\\(\\s*(?:\\w+\\.class,\\s*)?\"([^\"]+)\"");

  @Test
  void librariesOfTheSystemAreAskedForByTheirFullNames() throws IOException {
    List<String> found = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (String module : List.of("scheduler", "bridge", "net", "bt", "shell")) {
      Path sources = Path.of("..", module, "src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String text = Files.readString(file);
          if (!text.contains("com.sun.jna")) {
            continue;
          }
          Matcher loaded = LOADED.matcher(text);
          while (loaded.find()) {
            found.add(loaded.group(1));
            if (!loaded.group(1).equals("c") && !loaded.group(1).contains(".so.")) {
              wrong.add(file.getFileName() + ": " + loaded.group(1));
            }
          }
        }
      }
    }
    assertTrue(found.contains("libX11.so.6"), found.toString());
    assertEquals(List.of(), wrong);
  }
}
