package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A promise whose test does not exist is none. */
class SecurityPageTest {
  private static final Path HOME = Path.of("").toAbsolutePath().getParent();

  /** A test class, with or without a method; or a method, of the class named before it. */
  private static final Pattern NAMED =
      Pattern.compile("`(?:([A-Z]\\w*(?:Test|Suite))(?:\\.(\\w+))?|([a-z]\\w*[A-Z]\\w*))`");

  @Test
  void everyTestThatSecurityMdNamesIsThere() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String module :
        new String[] {"scheduler", "bridge", "net", "bt", "shell", "fuzz", "installers", "e2e"}) {
      Path tests = HOME.resolve(module).resolve("src/test");
      if (Files.isDirectory(tests)) {
        try (Stream<Path> all = Files.walk(tests)) {
          for (Path file : all.filter(one -> one.toString().endsWith(".java")).toList()) {
            sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
          }
        }
      }
    }
    TreeSet<String> missing = new TreeSet<>();
    int named = 0;
    for (String line : Files.readAllLines(HOME.resolve("SECURITY.md"))) {
      if (!line.startsWith("| ")) {
        continue;
      }
      String cell = line.substring(line.lastIndexOf("| ", line.length() - 3));
      String of = "";
      for (Matcher name = NAMED.matcher(cell); name.find(); named++) {
        of = name.group(1) == null ? of : name.group(1);
        String method = name.group(1) == null ? name.group(3) : name.group(2);
        String source = sources.get(of);
        if (source == null
            || method != null
                && !Pattern.compile("(?:void|Stream<DynamicTest>) " + method + "\\(")
                    .matcher(source)
                    .find()) {
          missing.add(of + (method == null ? "" : "." + method));
        }
      }
    }
    assertTrue(named > 100, "tests named: " + named);
    assertEquals(new TreeSet<>(), missing);
  }
}
