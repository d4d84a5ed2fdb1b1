package dev.dunlin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists of classes that {@code ./dunlin} makes the class-data archive of. */
class ClassListTest {
  private static final Path LISTS = Path.of("src/main/cds");

  private static List<String> classes(String list) throws IOException {
    try (Stream<String> lines = Files.lines(LISTS.resolve(list))) {
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

  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void namesOnlyClassesThatExist(String list) throws IOException {
    List<String> gone =
        classes(list).stream()
            .filter(name -> ClassListTest.class.getResource("/" + name + ".class") == null)
            .toList();
    assertEquals(List.of(), gone, "record it anew with " + LISTS.resolve("record"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void namesWhatAStartLoadsOfOurs(String list) throws IOException {
    for (String name : List.of("dev/dunlin/shell/Main", "io/vertx/core/Vertx", "org/cef/CefApp")) {
      assertTrue(classes(list).contains(name), name);
    }
  }

  /** What tries to load it replaces System.err meanwhile, and the app's messages are lost. */
  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void aStartDoesNotTouchSlf4j(String list) throws IOException {
    assertEquals(List.of(), classes(list).stream().filter(n -> n.contains("slf4j")).toList());
  }

  /** Not before the first call that needs it: many apps never do. */
  @ParameterizedTest
  @ValueSource(strings = {"classes.lst", "classes-24.lst"})
  void aStartDoesNotTouchDbus(String list) throws IOException {
    assertEquals(List.of(), classes(list).stream().filter(n -> n.contains("freedesktop")).toList());
  }
}
