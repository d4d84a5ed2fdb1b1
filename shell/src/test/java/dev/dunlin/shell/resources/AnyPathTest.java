package dev.dunlin.shell.resources;

import static dev.dunlin.shell.resources.Fixture.text;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever the path, no byte of a file outside comes back. */
class AnyPathTest {
  private static Path outside;
  private static AppResources resources;

  @BeforeContainer
  static void anApp() throws IOException {
    outside = Files.createTempDirectory("dunlin-paths");
    Fixture app = DirectorySourceTest.appBesideASecret(outside);
    Files.createSymbolicLink(app.root.resolve("up"), Path.of(".."));
    resources = app.resources();
  }

  @AfterContainer
  static void gone() throws IOException {
    try (Stream<Path> files = Files.walk(outside)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Provide
  Arbitrary<String> paths() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "/",
            "//",
            "..",
            ".",
            "%2e",
            "%2E%2e",
            "%2f",
            "%5c",
            "\\",
            "%00",
            "up",
            "sub",
            "app",
            "secret.txt",
            "app-secrets",
            ".env",
            ".git",
            "config",
            "index",
            "page.txt",
            "%c0%ae",
            "%",
            "%25",
            "?",
            "#",
            ";",
            ":",
            " ",
            "é",
            "%F0%9F%90%A6",
            "con",
            "\u0000");
    return piece.list().ofMaxSize(12).map(pieces -> "/" + String.join("", pieces));
  }

  @Property(tries = 3000)
  void staysInside(@ForAll("paths") String path) throws IOException {
    ResourceResponse response = resources.respond(Fixture.request("GET", Fixture.ORIGIN + path));
    assertFalse(text(response).contains(DirectorySourceTest.SECRET), path);
    assertTrue(List.of(200, 301, 400, 404).contains(response.status()), path);
    response.headers().forEach((name, value) -> assertTrue(value.matches("[^\\x00\\r\\n]*"), name));
  }
}
