package dev.dunlin.shell.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.host.Display;
import dev.dunlin.shell.host.HostException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** {@code dunlin test}, with a made-up runtime. */
@Timeout(20)
class TestCommandTest {
  private static final String APP =
      "[build]\nname = demo\ncopy = src\n[meta]\nbundle_identifier = com.example.demo\n";
  private static final List<String> PASSES =
      List.of("TAP version 14", "# adds", "ok 1 - one and one", "1..1", "# tests 1", "# ok");
  private static final List<String> FAILS =
      List.of(
          "TAP version 14",
          "[info] ok 7 - is the app's own",
          "# adds <&> \\# \\\\ \"ü\u0001\ud800\"",
          "ok 1 - one and one",
          "not ok 2 - a < b && \"c\" ]]> \u000b",
          "  ---",
          "  operator: equal",
          "  expected: |-",
          "    ok 3 - this is no result",
          "  actual: |-",
          "    <b>\u0000</b>",
          "  ...",
          "# a comment",
          "ok 3 - three",
          "1..3",
          "# tests 3",
          "# pass  2",
          "# fail  1");

  @TempDir Path here;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private PrintWriter printing = new PrintWriter(err, true);
  private final List<List<String>> runs = new ArrayList<>();
  private TestCommand.Runner runner = (lines, words) -> says(0, PASSES).run(lines, words);

  @BeforeEach
  void makeApp() throws IOException {
    write("app/socket.ini", APP);
    write("app/src/test/index.js", "");
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(here.resolve(file).getParent());
    Files.writeString(here.resolve(file), text);
  }

  private void change(String file, String text) {
    try {
      write(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestCommand.Runner says(int code, List<String> tap) {
    return (lines, words) -> {
      tap.forEach(lines);
      return code;
    };
  }

  private int dunlin(String... words) {
    Shell shell =
        new Shell(
            headless -> Display.existing(":1"),
            () -> true,
            here,
            Optional.empty(),
            here,
            Map.of(),
            here);
    return new DunlinCommand(
            options -> {
              throw new AssertionError("it ran in this process");
            },
            shell,
            fault -> fault instanceof HostException || fault instanceof ConfigException)
        .testingBy(
            (lines, given) -> {
              runs.add(List.of(given));
              return runner.run(lines, given);
            })
        .printingTo(new PrintWriter(out, true), printing)
        .execute(words);
  }

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  @Test
  void runsTheIndexUnseenAndPassesItsTapAndItsCodeOn() {
    assertEquals(0, dunlin("test", "app"), err.toString());
    String folder = here.resolve("app").toString();
    assertEquals(List.of(List.of("run", "--test=test/index.js", "--headless", folder, "--")), runs);
    assertEquals(PASSES, out.toString().lines().toList());
    runner = says(1, FAILS);
    assertEquals(1, dunlin("test", "app"));
  }

  @Test
  void handsItsOptionsAndTheAppsArgumentsOn() {
    assertEquals(
        0,
        dunlin(
            "test",
            "--no-headless",
            "-P",
            "-D",
            "-V",
            "-E",
            "A=b c",
            "--port=1",
            "--host",
            "h",
            "--test",
            "a/b.js",
            "-t",
            "c.js",
            "app",
            "--",
            "--x"),
        err.toString());
    List<String> rest =
        List.of("--prod", "--debug", "--verbose", "--env=A=b c", "--port=1", "--host=h");
    assertEquals(
        Stream.of("a/b.js", "c.js")
            .map(
                file ->
                    Stream.of(
                            Stream.of("run", "--test=" + file),
                            rest.stream(),
                            Stream.of(here.resolve("app").toString(), "--", "--x"))
                        .flatMap(words -> words)
                        .toList())
            .toList(),
        runs);
  }

  @Test
  void withoutAnIndexEveryTestFileIsARunOfItsOwn() throws IOException {
    Files.delete(here.resolve("app/src/test/index.js"));
    assertEquals(1, dunlin("test", "app"));
    assertTrue(err.toString().contains("the app has no tests: write "), err.toString());
    write("app/src/test/b.test.js", "");
    write("app/src/test/deep/a.test.js", "");
    write("app/src/test/helper.js", "");
    runner =
        (lines, words) -> says(words[1].endsWith("a.test.js") ? 1 : 0, PASSES).run(lines, words);
    assertEquals(1, dunlin("test", "app"), "one of them failed");
    assertEquals(
        List.of("--test=test/b.test.js", "--test=test/deep/a.test.js"),
        runs.stream().map(words -> words.get(1)).toList());
  }

  @Test
  void aFolderThatIsNoAppIsSaid() {
    assertEquals(1, dunlin("test"));
    assertTrue(err.toString().contains("socket.ini: the file does not exist"), err.toString());
    assertEquals(List.of(), runs);
  }

  @Test
  void writesEveryResultAsXmlThatAParserTakes() throws Exception {
    runner = says(1, FAILS);
    assertEquals(1, dunlin("test", "--junit", "results.xml", "app"), err.toString());
    Document document = parse(Files.readString(here.resolve("results.xml")));
    assertEquals("com.example.demo", document.getDocumentElement().getAttribute("name"));
    Element suite = elements(document, "testsuite").get(0);
    assertEquals(
        List.of("test/index.js", "3", "1", "0"),
        Stream.of("name", "tests", "failures", "errors").map(suite::getAttribute).toList());
    List<Element> cases = elements(document, "testcase");
    assertEquals(
        List.of("one and one", "a < b && \"c\" ]]> \\u000b", "three"),
        cases.stream().map(one -> one.getAttribute("name")).toList());
    assertEquals("adds <&> # \\ \"ü\\u0001\\ud800\"", cases.get(0).getAttribute("classname"));
    assertEquals(1, elements(document, "failure").size());
    String detail = cases.get(1).getTextContent();
    assertTrue(detail.contains("expected: |-\n  ok 3 - this is no result\n"), detail);
    assertTrue(detail.contains("<b>\\u0000</b>"), detail);
    try (Stream<Path> left = Files.list(here)) {
      assertEquals(
          List.of("app", "results.xml"),
          left.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void anAppThatDiesIsAnErrorInTheReport() throws Exception {
    runner = says(139, PASSES.subList(0, 3));
    assertEquals(1, dunlin("test", "--junit=r.xml", "app"));
    Document document = parse(Files.readString(here.resolve("r.xml")));
    assertEquals(
        List.of("it ended with code 139 before its tests were over"),
        elements(document, "error").stream().map(e -> e.getAttribute("message")).toList());
    assertEquals("2", elements(document, "testsuite").get(0).getAttribute("tests"));
    // The twin: one that ends well has none.
    runner = says(0, PASSES);
    assertEquals(0, dunlin("test", "--junit=r.xml", "app"));
    document = parse(Files.readString(here.resolve("r.xml")));
    assertEquals(List.of(), elements(document, "error"));
  }

  @Test
  void aReportThatCanNotBeWrittenIsSaidBeforeAnythingRuns() {
    assertEquals(2, dunlin("test", "--junit=none/r.xml", "app"));
    assertTrue(err.toString().contains("its folder does not exist"), err.toString());
    assertEquals(List.of(), runs);
  }

  @Property(tries = 200)
  void anyTextIsTheSameTextToAParserButForWhatXmlCannotHold(@ForAll String text) throws Exception {
    String xml = "<a b=\"" + JunitXml.escape(text) + "\">" + JunitXml.escape(text) + "</a>";
    StringBuilder expected = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              boolean held =
                  c == '\t'
                      || c == '\n'
                      || c == '\r'
                      || c >= 0x20 && c < 0xd800
                      || c >= 0xe000 && c < 0xfffe
                      || c > 0xffff;
              expected.append(held ? Character.toString(c) : String.format("\\u%04x", c));
            });
    Element element = parse(xml).getDocumentElement();
    assertEquals(expected.toString(), element.getAttribute("b"));
    assertEquals(expected.toString(), element.getTextContent());
  }

  @Test
  void tapThatNeverEndsIsKeptWithinBounds() {
    TapReader tap = new TapReader();
    for (int i = 1; i <= TapReader.RESULTS + 10; i++) {
      tap.line("not ok " + i + " - x");
    }
    tap.line("  ---");
    String line = "  " + "y".repeat(1000);
    for (int i = 0; i < 1000; i++) {
      tap.line(line);
    }
    assertEquals(TapReader.RESULTS, tap.results().size());
    assertEquals(TapReader.RESULTS + 10, tap.failed());
    assertFalse(tap.isComplete());
    TapReader one = new TapReader();
    one.line("not ok 1 - x");
    one.line("  ---");
    for (int i = 0; i < 1000; i++) {
      one.line(line);
    }
    assertTrue(one.results().get(0).detail().length() <= TapReader.DETAIL_LENGTH);
  }

  @Test
  void watchRunsAgainWhenAFileChangesAndOutlivesAFaultInSettings() {
    runner =
        (lines, words) -> {
          switch (runs.size()) {
            case 1 -> change("app/src/test/index.js", "// changed");
            case 2 -> change("app/socket.ini", "[build]\n");
            default -> throw new HostException("enough");
          }
          return says(0, PASSES).run(lines, words);
        };
    printing =
        new PrintWriter(err, true) {
          @Override
          public void println(String line) {
            super.println(line);
            if (line.contains("it is missing")) {
              change("app/socket.ini", APP);
            }
          }
        };
    assertEquals(1, dunlin("test", "--watch", "--junit=app/results.xml", "app"));
    assertEquals(3, runs.size(), err.toString());
    List<String> said = err.toString().lines().toList();
    assertEquals(2, said.stream().filter("dunlin: all tests passed"::equals).count(), err + "");
    assertTrue(said.get(said.size() - 1).endsWith("enough"), err.toString());
  }
}
