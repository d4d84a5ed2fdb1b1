package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the engine does for a page: each as the policy allows it, each seen from outside. */
class EngineServicesSuite {
  @RegisterExtension static final Apps APPS = new Apps();

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What marks the match that is shown, and the others. */
  private static final int ACTIVE = 0xffff9632;

  private static final int FOUND = 0xffffec3d;

  private static Desktop desktop;

  @TempDir Path temp;
  private Path folder;
  private RunningApp app;
  private Page page;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  @BeforeEach
  void lay() throws IOException {
    folder = Files.createDirectories(temp.toRealPath().resolve("out"));
  }

  /** Starts the app with these sources of {@code connect-src} and these lines. */
  private void start(String sources, String... lines) throws IOException {
    Path copy = temp.resolve("app");
    Layout.copyTree(Apps.named("services"), copy);
    Files.writeString(
        copy.resolve("socket.ini"),
        "policy[] = connect-src 'self' " + sources + "\n" + String.join("\n", lines) + "\n",
        StandardOpenOption.APPEND);
    app =
        APPS.start(
            RunningApp.Start.of(copy)
                .withWords()
                .driven()
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority()));
    page = app.page();
    ready();
  }

  private void ready() {
    page.await("document.documentElement?.dataset.ready === 'true'");
  }

  private JsonNode outcome(String call) {
    return page.evaluate("outcome(async () => " + call + ")");
  }

  private JsonNode done(String call) {
    JsonNode outcome = outcome(call);
    assertTrue(outcome.has("value"), () -> call + ": " + outcome);
    return outcome.path("value");
  }

  private JsonNode assertCode(String code, String call) {
    JsonNode outcome = outcome(call);
    assertEquals(code, outcome.path("code").asText(), () -> call + ": " + outcome);
    return outcome;
  }

  private static String literal(Object value) {
    return JSON.valueToTree(value).toString();
  }

  /** What a program prints; it must end well. */
  private static String run(String... argv) {
    var child =
        ProcessStarter.get()
            .start(ProcessSpec.of(argv))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    try {
      String out = new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
      String err = new String(child.stderr().readAllBytes(), StandardCharsets.UTF_8);
      int code = child.exit().toCompletionStage().toCompletableFuture().join();
      assertEquals(0, code, () -> Arrays.toString(argv) + " " + err);
      return out;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static BufferedImage picture(byte[] bytes) {
    try {
      return ImageIO.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean shows(byte[] bytes, int colour) {
    BufferedImage image = picture(bytes);
    return Arrays.stream(
            image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
        .anyMatch(pixel -> pixel == colour);
  }

  // PDF.

  @Test
  void writesThePageAsAPdfWhereThePolicySaysAndNowhereElse() throws IOException {
    start("ipc://window/printToPDF" + folder + "/");
    Path file = folder.resolve("page.pdf");
    done("win.printToPDF(" + literal(file.toString()) + ", {pageSize: 'A5', landscape: true})");
    String text = run("pdftotext", "-layout", file.toString(), "-");
    assertTrue(text.contains("first Needle"), text);
    assertTrue(text.contains("last needle of the page."), text);
    String info = run("pdfinfo", file.toString());
    assertTrue(info.matches("(?s).*Pages: +2\\n.*"), info);
    assertTrue(info.matches("(?s).*Page size: +59[45][.\\d]* x 4(19|20)[.\\d]* pts.*"), info);
    Path second = folder.resolve("second.pdf");
    done("win.printToPDF(" + literal(second.toString()) + ", {pageRanges: '2'})");
    assertFalse(run("pdftotext", second.toString(), "-").contains("first Needle"));
    // A link in the folder leads out of it: the policy is asked about where.
    Path elsewhere = temp.toRealPath().resolve("elsewhere.pdf");
    Files.createSymbolicLink(folder.resolve("link.pdf"), elsewhere);
    for (Path refused : List.of(elsewhere, folder.resolve("link.pdf"))) {
      JsonNode denial =
          assertCode("ERR_ACCESS_DENIED", "win.printToPDF(" + literal(refused.toString()) + ")");
      assertTrue(denial.path("message").asText().contains("ipc://window/printToPDF/"));
    }
    assertFalse(Files.exists(elsewhere));
  }

  @Test
  void saysWhyAPdfCannotBeMade() throws IOException {
    start("ipc://window/printToPDF/");
    String file = literal(folder.resolve("x.pdf").toString());
    assertCode("ERR_INVALID_CALL", "win.printToPDF(" + file + ", {pageSize: 'A44'})");
    assertCode("ERR_INVALID_CALL", "win.printToPDF(" + file + ", {scale: 99})");
    JsonNode pages = assertCode("ERR_ENGINE", "win.printToPDF(" + file + ", {pageRanges: '9-'})");
    assertTrue(pages.path("message").asText().contains("age range"), pages::toString);
    assertCode("ENOENT", "win.printToPDF(" + literal(folder + "/no/x.pdf") + ")");
    assertCode("EISDIR", "win.printToPDF(" + literal(folder + "/") + ")");
    assertCode("EINVAL", "win.printToPDF('/dev/full')");
    assertEquals(0, folder.toFile().list().length, "nothing half-made is left");
  }

  // Pictures.

  @Test
  void takesPicturesOfThePage() throws IOException {
    start("ipc://window/screenshot" + folder + "/ ipc://window/capturePage");
    Path file = folder.resolve("page.png");
    done("win.screenshot(" + literal(file.toString()) + ")");
    BufferedImage shown = picture(Files.readAllBytes(file));
    assertEquals(page.evaluate("innerWidth * devicePixelRatio").asInt(), shown.getWidth());
    assertEquals(page.evaluate("innerHeight * devicePixelRatio").asInt(), shown.getHeight());
    Path whole = folder.resolve("whole.jpg");
    done("win.screenshot(" + literal(whole.toString()) + ", {fullPage: true, quality: 40})");
    byte[] jpeg = Files.readAllBytes(whole);
    assertEquals((byte) 0xd8, jpeg[1], "a JPEG by its name");
    assertTrue(picture(jpeg).getHeight() > 2000);
    assertEquals(
        "[137,80,78,71]",
        done("Array.from((await win.capturePage({clip: {x: 5, y: 5, width: 30, height: 20}})).slice(0, 4))")
            .toString());
    assertCode("ERR_INVALID_CALL", "win.capturePage({format: 'bmp'})");
    assertCode("ERR_INVALID_CALL", "win.capturePage({clip: {width: 1e9, height: 1}})");
    assertCode("ERR_ACCESS_DENIED", "win.screenshot('/tmp/serv-none.png')");
  }

  // Zoom.

  @Test
  void showsThePageLarger() throws IOException {
    start("ipc://window/zoom");
    assertEquals(1.0, done("win.getZoom()").asDouble());
    int wide = page.evaluate("innerWidth").asInt();
    assertEquals(2.0, done("win.setZoom(2)").asDouble());
    page.await("innerWidth === " + wide / 2 + " && devicePixelRatio === 2");
    assertEquals(2.0, done("win.getZoom()").asDouble());
    done("win.setZoom(1)");
    page.await("innerWidth === " + wide);
    for (String wrong : List.of("0", "-1", "1e9", "'large'", "NaN")) {
      JsonNode outcome = outcome("win.setZoom(" + wrong + ")");
      assertTrue(
          outcome.path("code").asText().equals("ERR_INVALID_CALL") || wrong.equals("NaN"),
          outcome::toString);
    }
  }

  // Find.

  @Test
  void findsTextAndShowsIt() throws IOException {
    start("ipc://window/find ipc://window/stopFinding");
    assertEquals(
        "{\"matches\":3,\"active\":1,\"more\":false}", done("win.find('needle')").toString());
    page.awaitPicture(png -> shows(png, ACTIVE) && shows(png, FOUND), "the marks");
    assertEquals(2, done("win.find('needle')").path("active").asInt());
    assertEquals(3, done("win.find('needle')").path("active").asInt());
    page.await("scrollY > 500");
    assertEquals(1, done("win.find('needle')").path("active").asInt(), "round again");
    assertEquals(3, done("win.find('needle', {backwards: true})").path("active").asInt());
    assertEquals(1, done("win.find('Needle', {matchCase: true})").path("matches").asInt());
    assertEquals(1, done("win.find('needle of the')").path("matches").asInt(), "over a line's end");
    assertEquals(0, done("win.find('(.*')").path("matches").asInt(), "no pattern");
    assertEquals(0, done("win.find('nobody sees')").path("matches").asInt());
    done("win.find('half of a needle')");
    done("win.stopFinding({select: true})");
    assertEquals("half of a needle", page.evaluate("getSelection().toString()").asText());
    page.evaluate("getSelection().removeAllRanges()");
    page.awaitPicture(png -> !shows(png, ACTIVE) && !shows(png, FOUND), "no marks");
    assertEquals(0, page.evaluate("document.adoptedStyleSheets.length").asInt());
    assertCode("ERR_INVALID_CALL", "win.find('')");
    assertCode("ERR_INVALID_CALL", "win.find('x'.repeat(2000))");
  }

  @Test
  void doesNothingThatNoPolicyNames() throws IOException {
    start("ipc://os/");
    for (String call :
        List.of(
            "win.printToPDF('/tmp/serv-none.pdf')",
            "win.screenshot('/tmp/serv-none.png')",
            "win.capturePage()",
            "win.getZoom()",
            "win.find('x')",
            "win.stopFinding()")) {
      JsonNode denial = assertCode("ERR_ACCESS_DENIED", call);
      assertTrue(denial.path("message").asText().contains("ipc://"), denial::toString);
    }
  }
}
