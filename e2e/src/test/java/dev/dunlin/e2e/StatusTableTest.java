package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  private static final String FROM = "<!-- made from the tests: StatusTableTest -->\n";
  private static final String TO = "<!-- end -->\n";

  /** Suites that show a feature in every run of the gate, and those that do nightly alone. */
  private record Shown(TreeSet<String> always, TreeSet<String> nightly) {}

  @Test
  void theReadmeTellsWhatTheTestsShow() throws Exception {
    Path readme = Path.of(System.getProperty("dunlin.home"), "README.md");
    String text = Files.readString(readme);
    int from = text.indexOf(FROM) + FROM.length();
    int to = text.indexOf(TO, from);
    assertTrue(
        from >= FROM.length() && to >= from, "README.md has no place for the table: " + FROM);
    String table = table();
    if (System.getenv("DUNLIN_WRITE") != null) {
      Files.writeString(readme, text.substring(0, from) + table + text.substring(to));
    } else {
      assertEquals(table, text.substring(from, to), "write it by DUNLIN_WRITE=1");
    }
  }

  private static String table() throws Exception {
    Map<Feature, Shown> shown = new EnumMap<>(Feature.class);
    for (Feature feature : Feature.values()) {
      shown.put(feature, new Shown(new TreeSet<>(), new TreeSet<>()));
    }
    for (Class<?> suite : suites()) {
      note(shown, suite, suite, suite);
      for (var method : suite.getDeclaredMethods()) {
        note(shown, method, method, suite);
      }
    }
    StringBuilder table =
        new StringBuilder(
            """
            | of a desktop runtime | Linux x64 | macOS, Windows | shown by |
            | --- | --- | --- | --- |
            """);
    List<String> absent = new ArrayList<>();
    shown.forEach(
        (feature, by) -> {
          boolean nightly = by.always().isEmpty();
          TreeSet<String> names = nightly ? by.nightly() : by.always();
          boolean host = names.isEmpty() && !feature.hostTest.isEmpty();
          if (host) {
            names.add(feature.hostTest);
          } else if (names.isEmpty()) {
            absent.add(feature.row);
            return;
          }
          table.append(
              "| %s | %s | %s | %s |\n"
                  .formatted(
                      feature.row,
                      host ? "tested, not in Chromium" : nightly ? "tested nightly" : "tested",
                      feature.elsewhere.text,
                      String.join(", ", names.stream().map(name -> "`" + name + "`").toList())));
        });
    return table + "\nAbsent: " + String.join("; ", absent) + ".\n";
  }

  private static void note(
      Map<Feature, Shown> shown, AnnotatedElement what, AnnotatedElement test, Class<?> suite) {
    Shows shows = what.getAnnotation(Shows.class);
    if (shows == null) {
      return;
    }
    boolean nightly = isNightly(test) || isNightly(suite);
    for (Feature feature : shows.value()) {
      Shown by = shown.get(feature);
      (nightly ? by.nightly() : by.always()).add(suite.getSimpleName());
    }
  }

  private static boolean isNightly(AnnotatedElement test) {
    return Stream.of(test.getAnnotationsByType(Tag.class))
        .anyMatch(tag -> tag.value().equals("nightly"));
  }

  private static List<Class<?>> suites() throws IOException, ReflectiveOperationException {
    Path root = Path.of(System.getProperty("dunlin.home"), "e2e", "target", "test-classes");
    List<Class<?>> suites = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith("Suite.class")).toList()) {
        String name = root.relativize(file).toString().replace('/', '.');
        suites.add(
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                StatusTableTest.class.getClassLoader()));
      }
    }
    assertTrue(suites.size() > 20, () -> "only " + suites);
    return suites;
  }
}
