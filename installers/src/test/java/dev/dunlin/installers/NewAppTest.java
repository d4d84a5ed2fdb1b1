package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.config.AppConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code dunlin init}, and {@code create-dunlin-app}, which does the same in JavaScript. */
class NewAppTest {
  private static final Path HOME = Path.of("").toAbsolutePath().getParent();
  private static final Path TEMPLATES = HOME.resolve("templates");
  private static final Path NPM = HOME.resolve("installers/target/create-dunlin-app/index.mjs");
  private static String homeBefore;

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void tellTheHome() {
    homeBefore = System.setProperty("dunlin.home", HOME.toString());
  }

  @AfterAll
  static void forgetTheHome() {
    if (homeBefore == null) {
      System.clearProperty("dunlin.home");
    } else {
      System.setProperty("dunlin.home", homeBefore);
    }
  }

  private int init(String... words) {
    return init(Optional.empty(), words);
  }

  private int init(Optional<InitCommand.Person> person, String... words) {
    CommandLine line = new CommandLine(new InitCommand().askedBy(person));
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    line.setExecutionExceptionHandler(
        (fault, command, result) -> {
          if (!(fault instanceof BuildException)) {
            throw fault;
          }
          command.getErr().println(fault.getMessage());
          return 1;
        });
    return line.execute(words);
  }

  private static Map<String, byte[]> tree(Path root) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (Path file : Tree.files(root)) {
      files.put(root.relativize(file).toString(), Files.readAllBytes(file));
    }
    return files;
  }

  @ParameterizedTest
  @ValueSource(strings = {"vanilla", "react", "svelte", "vue", "tonic"})
  void makesAnAppThatIsReadWithoutAWarning(String template) throws IOException {
    Path app = folder.resolve("my-app");
    assertEquals(0, init(app.toString(), "--template", template), err::toString);
    AppConfig config = AppConfig.load(app);
    assertEquals(List.of(), config.warnings());
    assertEquals("my-app", config.build().name());
    assertEquals("com.example.my-app", config.meta().bundleIdentifier());
    assertEquals("my-app", config.meta().title());
    assertTrue(out.toString().contains(" run " + app), out.toString());
    assertTrue(Files.readString(app.resolve("pom.xml")).contains("<artifactId>my-app</"));
    assertEquals(NewApp.GITIGNORE, Files.readString(app.resolve(".gitignore")));
    for (String made : List.of("node_modules", "dist", ".dunlin")) {
      assertFalse(Files.exists(app.resolve(made)), made);
    }
    if (!template.equals("vanilla")) {
      for (String file : List.of("package.json", "package-lock.json")) {
        String text = Files.readString(app.resolve(file));
        assertTrue(text.contains("\"name\": \"my-app\""), file);
        assertFalse(text.contains("field-notes-"), file);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "日本語 App's \"best\"",
        "Über uns",
        "a ; b # c",
        "\"quoted\"",
        "#1",
        "<b>&amp;",
        "  spaces  ",
        "$1 \\0 %s",
        "{ {x} }"
      })
  void writesAnyTitleSoThatItIsReadBackAndTheSameInBothLanguages(String title) throws IOException {
    Path java = folder.resolve("java");
    Path npm = folder.resolve("npm");
    assertEquals(0, init(java.toString(), "-t", "react", "--title", title), err::toString);
    assertEquals(title, AppConfig.load(java).meta().title());
    Tool.of("node", NPM.toString(), npm.toString(), "-t", "react", "--title", title).run();
    Map<String, byte[]> made = tree(java);
    Map<String, byte[]> other = tree(npm);
    assertEquals(made.keySet(), other.keySet());
    made.forEach((name, content) -> assertArrayEquals(content, other.get(name), name));
  }

  @Test
  void refusesATitleThatSocketIniCannotHold() {
    String app = folder.resolve("a").toString();
    assertEquals(1, init(app, "--title", "a; \"b\" ;' c"));
    assertEquals(1, init(app, "--title", "two\nlines"));
    assertEquals(1, init(app, "--title", " "));
    assertFalse(Files.exists(folder.resolve("a")));
  }

  @Test
  void refusesNamesIdentifiersAndTemplatesThatAreNone() {
    String app = folder.resolve("a").toString();
    assertEquals(1, init(app, "--name", "my app"));
    assertEquals(1, init(app, "--name", "../x"));
    assertEquals(1, init(app, "--id", "no-domain"));
    assertEquals(1, init(app, "--id", "Com.Example.a"));
    assertEquals(1, init(app, "--template", "../templates/react"));
    assertTrue(
        err.toString().contains("there are react, svelte, tonic, vanilla, vue"), err::toString);
    assertFalse(Files.exists(folder.resolve("a")));
  }

  @Test
  void overwritesNothingButTakesAnEmptyFolderAndAFreshRepository() throws IOException {
    Path app = Files.createDirectories(folder.resolve("app/.git")).getParent();
    assertEquals(0, init(app.toString()), err::toString);
    Map<String, byte[]> before = tree(app);
    assertEquals(1, init(app.toString(), "-t", "vue"));
    assertTrue(err.toString().contains("is not empty, and nothing is overwritten"), err::toString);
    assertEquals(before.keySet(), tree(app).keySet());
    Path file = Files.writeString(folder.resolve("file"), "kept");
    assertEquals(1, init(file.toString()));
    assertEquals("kept", Files.readString(file));
    BuildException both =
        assertThrows(
            BuildException.class,
            () -> Tool.of("node", NPM.toString(), app.toString(), "-t", "vue").run());
    assertTrue(both.getMessage().contains("nothing is overwritten"), both.getMessage());
  }

  @Test
  void asksAPersonForWhatIsNotGiven() throws IOException {
    Path app = folder.resolve("x");
    Deque<String> answers = new ArrayDeque<>(List.of("svelte", "Über uns", "", ""));
    assertEquals(0, init(Optional.of(() -> Optional.ofNullable(answers.poll())), app.toString()));
    AppConfig config = AppConfig.load(app);
    assertEquals("Über uns", config.meta().title());
    assertEquals("Uber-uns", config.build().name());
    assertEquals("com.example.uber-uns", config.meta().bundleIdentifier());
    assertTrue(Files.exists(app.resolve("src/App.svelte")));
    assertTrue(err.toString().contains("Template (react, svelte"), err::toString);
  }
}
