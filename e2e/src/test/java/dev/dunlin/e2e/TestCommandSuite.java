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
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** {@code dunlin test} of an app, in the real runtime. */
@Timeout(120)
class TestCommandSuite {
  @TempDir Path folder;

  private record Ended(int code, List<String> out) {}

  private Ended test(String... words) throws Exception {
    List<String> argv =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                dev.dunlin.shell.Main.class.getName(),
                "test"));
    argv.addAll(List.of(words));
    ChildProcess child =
        ProcessStarter.get()
            .start(
                ProcessSpec.of(argv.toArray(String[]::new))
                    .withDirectory(folder)
                    .withVariable("XDG_CACHE_HOME", cache())
                    .withVariable("XDG_DATA_HOME", folder.resolve("data").toString())
                    .withStdio(
                        ProcessSpec.Stdio.NULL, ProcessSpec.Stdio.PIPE, ProcessSpec.Stdio.INHERIT))
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    String out = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
    int code = child.exit().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    return new Ended(code, out.lines().toList());
  }

  /** The unpacked engine is everybody's; the profiles of these runs are not. */
  private String cache() throws IOException {
    Path engine = dev.dunlin.shell.engine.EngineInstallation.folder();
    Path own = Files.createDirectories(folder.resolve("cache/dunlin/engine"));
    Path link = own.resolve(engine.getFileName());
    if (Files.exists(engine) && !Files.exists(link)) {
      Files.createSymbolicLink(link, engine);
    }
    return folder.resolve("cache").toString();
  }

  private static Element suite(Path file) throws Exception {
    return (Element)
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(file.toFile())
            .getElementsByTagName("testsuite")
            .item(0);
  }

  @Test
  void passesAndReportsWhatPasses() throws Exception {
    Path app = Apps.named("bare");
    Ended ended = test("--test=test/passes.js", "--junit=r.xml", app.toString());
    assertEquals(0, ended.code(), ended.out().toString());
    assertEquals("TAP version 14", ended.out().get(0));
    Element suite = suite(folder.resolve("r.xml"));
    assertEquals("0", suite.getAttribute("failures"));
    assertTrue(Integer.parseInt(suite.getAttribute("tests")) > 0);
  }

  @Test
  void failsAndReportsWhatFails() throws Exception {
    Ended ended = test("--test=test/fails.js", "--junit=r.xml", Apps.named("bare").toString());
    assertEquals(1, ended.code(), ended.out().toString());
    Element suite = suite(folder.resolve("r.xml"));
    assertTrue(Integer.parseInt(suite.getAttribute("failures")) > 0);
    assertTrue(suite.getElementsByTagName("failure").item(0).getTextContent().contains("expected"));
  }

  @Test
  void findsTheTestsOfTheTourByItself() throws Exception {
    Ended ended = test(Apps.named("vanilla").toString());
    assertEquals(0, ended.code(), ended.out().toString());
    assertTrue(ended.out().contains("# ok"), ended.out().toString());
  }
}
