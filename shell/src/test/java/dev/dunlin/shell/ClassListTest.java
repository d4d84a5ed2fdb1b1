package dev.dunlin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of classes that {@code ./dunlin} makes the class-data archive of. */
class ClassListTest {
  private static final Path LIST = Path.of("src/main/cds/classes.lst");

  private static List<String> classes() throws IOException {
    try (Stream<String> lines = Files.lines(LIST)) {
      return lines
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.startsWith("@lambda-proxy ") ? line.split(" ")[1] : line)
          .filter(line -> !line.startsWith("@"))
          .map(line -> line.split(" ")[0])
          // The JDK's own differ from version to version; the JVM passes over those that it lacks.
          .filter(name -> !name.matches("(java|javax|jdk|sun|com/sun/(?!jna)).*"))
          .distinct()
          .toList();
    }
  }

  @Test
  void namesOnlyClassesThatExist() throws IOException {
    List<String> gone =
        classes().stream()
            .filter(name -> ClassListTest.class.getResource("/" + name + ".class") == null)
            .toList();
    assertEquals(List.of(), gone, "record it anew with " + LIST.resolveSibling("record"));
  }

  @Test
  void namesWhatAStartLoadsOfOurs() throws IOException {
    for (String name : List.of("dev/dunlin/shell/Main", "io/vertx/core/Vertx", "org/cef/CefApp")) {
      assertTrue(classes().contains(name), name);
    }
  }
}
