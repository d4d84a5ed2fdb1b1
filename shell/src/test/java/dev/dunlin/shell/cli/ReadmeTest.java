package dev.dunlin.shell.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.host.Display;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md and CONTRIBUTING.md tell people to type. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("(?m)^```sh\\n([\\s\\S]*?)^```$");

  private static final String APP =
      "[build]\nname = demo\n[meta]\nbundle_identifier = com.example.demo\n";

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern TYPED = Pattern.compile("(?m)\\./dunlin ([^`#\\n]+)");

  @TempDir Path here;

  private static Set<String> typed() throws IOException {
    Set<String> typed = new TreeSet<>();
    for (String page : List.of("README.md", "CONTRIBUTING.md")) {
      Matcher words = TYPED.matcher(Files.readString(ROOT.resolve(page)));
      while (words.find()) {
        typed.add(words.group(1).strip());
      }
    }
    return typed;
  }

  @Test
  void namesCommandsThatTheScriptKnows() throws IOException {
    String script = Files.readString(ROOT.resolve("dunlin"));
    String windows = Files.readString(ROOT.resolve("dunlin.cmd"));
    for (String words : typed()) {
      String command = words.split(" ")[0];
      assertTrue(
          script.matches("(?s).*\n  ([a-z]+ \\| )*" + command + "( \\| [a-z]+)*\\).*"), words);
      assertTrue(windows.matches("(?s).*for %%c in \\([^)]*\\b" + command + "\\b.*"), words);
    }
  }

  @Test
  void givesRunWordsThatItTakes() throws IOException {
    List<String> runs = typed().stream().filter(words -> words.startsWith("run")).toList();
    assertTrue(runs.size() >= 5, runs.toString());
    for (String words : runs) {
      List<RunOptions> started = new ArrayList<>();
      StringWriter err = new StringWriter();
      Shell shell =
          new Shell(
              headless -> Display.existing(":1"),
              () -> true,
              here,
              Optional.of(ROOT),
              here,
              Map.of(),
              here);
      List<String> arguments =
          List.of(
              words
                  .replace("~/my-app", ROOT.resolve("templates/vanilla").toString())
                  .replace("run templates/", "run " + ROOT.resolve("templates") + "/")
                  .split(" "));
      int code =
          new DunlinCommand(
                  options -> {
                    started.add(options);
                    return 0;
                  },
                  shell,
                  fault -> false)
              .printingTo(new PrintWriter(new StringWriter()), new PrintWriter(err, true))
              .execute(arguments.toArray(String[]::new));
      assertEquals(0, code, words + ": " + err);
      assertEquals(1, started.size(), words);
      started
          .get(0)
          .testFile()
          .ifPresent(
              file ->
                  assertTrue(
                      Files.isRegularFile(
                          started.get(0).config().directory().resolve("src").resolve(file)),
                      words));
    }
  }

  /** The lines that the guides have people type, without {@code dunlin}. */
  private static List<String> typedInGuides() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
          for (String line : block.group(1).lines().toList()) {
            assertTrue(line.startsWith("dunlin "), page + ": " + line);
            lines.add(line.substring("dunlin ".length()));
          }
        }
      }
    }
    return lines;
  }

  @Test
  void whatTheGuidesHavePeopleTypeIsTaken() throws IOException {
    List<String> all = typedInGuides();
    assertTrue(all.size() >= 8, all.toString());
    for (String app : List.of("notes", "moved")) {
      Files.createDirectories(here.resolve(app).resolve("test"));
      Files.writeString(here.resolve(app).resolve("socket.ini"), APP);
      Files.writeString(here.resolve(app).resolve("test/index.js"), "");
    }
    Shell shell =
        new Shell(
            headless -> Display.existing(":1"),
            () -> true,
            here,
            Optional.of(ROOT),
            here,
            Map.of(),
            here);
    String build =
        Files.readString(
            ROOT.resolve("installers/src/main/java/dev/dunlin/installers/BuildCommand.java"));
    for (String typed : all) {
      List<String> words = List.of(typed.split(" "));
      if (words.get(0).equals("build")) {
        // Its parser is in a module above this one.
        for (String option : words.stream().filter(word -> word.startsWith("-")).toList()) {
          assertTrue(build.contains("\"" + option.split("=")[0] + "\""), typed);
        }
        continue;
      }
      StringWriter err = new StringWriter();
      // A watch has no end; what it takes is what it takes without.
      int code =
          new DunlinCommand(options -> 0, shell, fault -> false)
              .testingBy((lines, given) -> 0)
              .printingTo(new PrintWriter(new StringWriter()), new PrintWriter(err, true))
              .execute(
                  words.stream().filter(word -> !word.equals("--watch")).toArray(String[]::new));
      assertEquals(0, code, typed + ": " + err);
    }
  }
}
