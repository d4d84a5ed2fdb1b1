package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever follows the guides gets what they say: each block with a file's name above it is written
 * to an app, in the order of the page, and each of its tests is run where it stands, {@code
 * src/test} in Chromium and {@code unit} in Node. Command lines are read by {@code ReadmeTest}.
 */
class DocsSuite {
  /** A block of code; its name is on the line above, or empty. */
  private static final Pattern BLOCK =
      Pattern.compile("(?m)(?:^`([^`\\n]+)`\\n\\n)?^```([^\\n]*)\\n([\\s\\S]*?)^```$");

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir Path folder;

  private record Block(String file, String info, String code) {
    boolean isOfAnotherSystem() {
      return info.matches("\\w+ (electron|tauri)");
    }
  }

  private static List<Block> blocks(String page) throws IOException {
    String text = Files.readString(home().resolve("docs").resolve(page));
    List<Block> blocks = new ArrayList<>();
    Matcher found = BLOCK.matcher(text);
    while (found.find()) {
      String file = found.group(1) == null ? "" : found.group(1);
      blocks.add(new Block(file, found.group(2), found.group(3)));
    }
    assertEquals(
        text.lines().filter(line -> line.startsWith("```")).count(),
        2L * blocks.size(),
        "a block that has no end");
    return blocks;
  }

  private static Path home() {
    return Layout.of(Account.self()).home();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "guide.md",
        "testing.md",
        "migrate-from-electron.md",
        "migrate-from-tauri.md",
        "migrate-from-socket-runtime.md",
      })
  void everyBlockIsPartOfAnAppWhoseTestsPass(String page) throws Exception {
    Path app = Files.createDirectories(folder.resolve("app"));
    Path packages = Files.createDirectories(folder.resolve("node_modules/@dunlin"));
    Files.createSymbolicLink(packages.resolve("api"), home().resolve("bridge/target/api"));
    int tests = 0;
    for (Block block : blocks(page)) {
      if (block.file().isEmpty()) {
        assertTrue(
            block.info().equals("sh") || block.isOfAnotherSystem(),
            "a block that no test runs: " + block);
        continue;
      }
      Path file = app.resolve(block.file());
      Files.createDirectories(file.getParent());
      Files.writeString(file, block.code());
      if (block.file().startsWith("src/test/")) {
        inChromium(app, block.file().substring("src/".length()));
        tests++;
      } else if (block.file().startsWith("unit/")) {
        // So that Node takes .js for modules, as pages do.
        Files.writeString(app.resolve("package.json"), "{\"type\":\"module\"}");
        inNode(file);
        tests++;
      }
    }
    assertTrue(tests > 0, "nothing was tried");
  }

  private static void inChromium(Path app, String test) {
    RunningApp run = APPS.start(RunningApp.Start.of(app, "--test=" + test));
    assertEquals(0, run.awaitExit(), () -> test + ":\n" + run.log());
    assertTrue(run.lines(RunningApp.Source.OUT).contains("# ok"), () -> test + ":\n" + run.log());
    run.close();
  }

  private static void inNode(Path file) throws Exception {
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of("node", "--test", file.toString())
                    .withStdio(
                        ProcessSpec.Stdio.NULL, ProcessSpec.Stdio.PIPE, ProcessSpec.Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    String out = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
    int code = child.exit().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertEquals(0, code, out);
    assertTrue(out.matches("(?s).*# pass [1-9].*"), out);
  }

  @Test
  void everyLinkOfTheDocumentsLeadsToAFile() throws IOException {
    Pattern link = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
    List<String> broken = new ArrayList<>();
    Path docs = home().resolve("docs");
    try (var pages = Files.walk(docs)) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        Matcher found = link.matcher(Files.readString(page));
        while (found.find()) {
          if (!Files.exists(page.resolveSibling(found.group(1)))) {
            broken.add(docs.relativize(page) + " -> " + found.group(1));
          }
        }
      }
    }
    assertEquals(List.of(), broken);
  }
}
