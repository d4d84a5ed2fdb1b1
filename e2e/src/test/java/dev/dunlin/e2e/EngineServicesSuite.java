package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
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

  /** Variables of the app's environment. */
  private final Map<String, String> variables = new HashMap<>();

  private RunningApp.Start again;

  /** What starts the app. */
  private List<String> behind = List.of();

  /** Starts the app with these sources of {@code connect-src} and these lines. */
  private void start(String sources, String... lines) throws IOException {
    Path copy = temp.resolve("app");
    Layout.copyTree(Apps.named("services"), copy);
    Files.writeString(
        copy.resolve("socket.ini"),
        "policy[] = connect-src 'self' " + sources + "\n" + String.join("\n", lines) + "\n",
        StandardOpenOption.APPEND);
    RunningApp.Start start =
        RunningApp.Start.of(copy)
            .withWords()
            .driven()
            .variable("DISPLAY", desktop.name())
            .variable("XAUTHORITY", desktop.authority());
    start = start.behind(behind);
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      start = start.variable(variable.getKey(), variable.getValue());
    }
    again = start;
    app = APPS.start(start);
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
  @Shows(Feature.PDF)
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

  // Print.

  /** A CUPS of our own with a printer named {@code paper}; what it gets stays in its spool. */
  private static final class Cups implements AutoCloseable {
    private final ChildProcess daemon;
    private final Path folder;

    Cups() throws IOException {
      Path program = Path.of("/usr/sbin/cupsd");
      Assumptions.assumeTrue(
          Files.exists(program) && ProcessStarter.find("lp").isPresent(),
          "printing needs CUPS: apt-get install -y cups-daemon cups-client");
      // Not in JUnit's folder, which CUPS's own account may not enter.
      folder = Files.createTempDirectory("e2e-cups-");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String name : List.of("root", "spool", "cache", "state", "log")) {
        Files.createDirectory(folder.resolve(name));
      }
      Path files =
          Files.writeString(
              folder.resolve("cups-files.conf"),
              "ServerRoot %1$s/root\nRequestRoot %1$s/spool\nCacheDir %1$s/cache\nStateDir %1$s/state\nAccessLog %1$s/log/a\nErrorLog %1$s/log/e\nPageLog %1$s/log/p\nFileDevice Yes\nUser lp\nGroup lp\n"
                  .formatted(folder));
      Path conf =
          Files.writeString(
              folder.resolve("cupsd.conf"),
              "Listen %s\nBrowsing Off\nWebInterface No\nPreserveJobFiles Yes\nDefaultAuthType None\n<Location />\nOrder allow,deny\nAllow all\n</Location>\n<Policy default>\n<Limit All>\nOrder allow,deny\nAllow all\n</Limit>\n</Policy>\n"
                  .formatted(socket()));
      Path printers =
          Files.writeString(
              folder.resolve("root/printers.conf"),
              "<DefaultPrinter paper>\nDeviceURI file:///dev/null\nState Idle\nAccepting Yes\n</Printer>\n");
      for (Path secret : List.of(files, conf, printers)) {
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
      }
      run(
          "chown",
          "-R",
          "lp:lp",
          folder + "/spool",
          folder + "/cache",
          folder + "/state",
          folder + "/log");
      daemon =
          ProcessStarter.get()
              .start(
                  ProcessSpec.of(
                      program.toString(), "-f", "-c", conf.toString(), "-s", files.toString()))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
    }

    Path socket() {
      return folder.resolve("s");
    }

    /** The documents that it has got, in order. */
    List<Path> documents() {
      try (Stream<Path> all = Files.list(folder.resolve("spool"))) {
        return all.filter(file -> file.getFileName().toString().startsWith("d")).sorted().toList();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() throws IOException {
      daemon.killTree();
      daemon.exit().toCompletionStage().toCompletableFuture().join();
      Layout.deleteTree(folder);
    }
  }

  @Test
  @Shows(Feature.PRINT)
  void printsWithAndWithoutADialog() throws IOException {
    try (Cups cups = new Cups()) {
      variables.put("CUPS_SERVER", cups.socket().toString());
      start(
          "ipc://window/print ipc://window/printTo/paper ipc://window/printTo/gone ipc://window/printers");
      app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
      app.await(() -> Files.exists(cups.socket()), "CUPS", RunningApp.SOON);
      assertEquals("[{\"isDefault\":true,\"name\":\"paper\"}]", sorted(done("win.getPrinters()")));
      assertTrue(done("(await application.capabilities()).printing.available").asBoolean());
      done("win.printTo('paper', {copies: 2, pageRanges: '1'})");
      app.await(() -> cups.documents().size() == 1, "a document", RunningApp.SOON);
      String silent = run("pdftotext", cups.documents().get(0).toString(), "-");
      assertTrue(silent.contains("first Needle") && !silent.contains("last needle"), silent);
      page.evaluate("void (globalThis.asked = outcome(() => win.print()))");
      awaitDialog("Print with Services");
      page.awaitDialog(rows -> rows.contains("combo box: Printer"), "the choice of a printer");
      page.press("\r");
      assertTrue(page.evaluate("asked").has("value"));
      app.await(() -> cups.documents().size() == 2, "another", RunningApp.SOON);
      String asked = run("pdftotext", cups.documents().get(1).toString(), "-");
      assertTrue(asked.contains("last needle of the page."), asked);
      page.evaluate("void (globalThis.asked = outcome(() => win.print()))");
      awaitDialog("Print with Services");
      page.awaitDialog(rows -> rows.contains("combo box: Printer"), "the choice of a printer");
      assertCode("ERR_PICKER_OPEN", "win.print()");
      page.press("\u001b");
      assertEquals("AbortError", page.evaluate("asked").path("name").asText());
      JsonNode gone = assertCode("ERR_PRINTER", "win.printTo('gone')");
      assertTrue(gone.path("message").asText().contains("does not exist"), gone::toString);
      assertCode("ERR_ACCESS_DENIED", "win.printTo('other')");
      assertCode("ERR_INVALID_CALL", "win.printTo('paper', {copies: 0})");
      assertEquals(2, cups.documents().size());
    }
  }

  @Test
  void saysThatThereIsNoPrinter() throws IOException {
    variables.put("PATH", "/nonexistent");
    start("ipc://window/print ipc://window/printTo/ ipc://window/printers");
    assertCode("ERR_NO_PRINTER", "win.print()");
    assertCode("ERR_NO_PRINTER", "win.printTo('paper')");
    JsonNode printing = done("(await application.capabilities()).printing");
    assertTrue(printing.path("cure").asText().contains("CUPS"), printing::toString);
    assertFalse(printing.path("available").asBoolean());
  }

  private static String sorted(JsonNode value) {
    try {
      return JSON.writer()
          .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .writeValueAsString(JSON.treeToValue(value, Object.class));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitDialog(String title) {
    app.await(
        () -> desktop.window(title).filter(Desktop.Seen::isActive).isPresent(),
        "the dialog '" + title + "'",
        RunningApp.SOON);
  }

  // Pictures.

  @Test
  @Shows(Feature.SCREENSHOT)
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
  @Shows(Feature.ZOOM)
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
  @Shows(Feature.FIND)
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

  // Downloads.

  /** Sends a file in parts: the second when it is told to. */
  private static final class Slow implements AutoCloseable {
    static final int PART = 300_000;
    final CountDownLatch more = new CountDownLatch(1);
    private final HttpServer server;

    Slow() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newCachedThreadPool());
      server.createContext(
          "/",
          exchange -> {
            exchange
                .getResponseHeaders()
                .add("content-disposition", "attachment; filename=\"../slow gpj.bin\"");
            exchange.sendResponseHeaders(200, 2 * PART);
            exchange.getResponseBody().write(new byte[PART]);
            exchange.getResponseBody().flush();
            try {
              more.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            exchange.getResponseBody().write(new byte[PART]);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
      more.countDown();
      server.stop(0);
    }
  }

  private void hearDownloads() {
    page.evaluate(
        "globalThis.heard = []; application.downloads.on(d => heard.push(d)); globalThis.last = () => heard.at(-1); true");
  }

  /** Chromium lets a page begin one download by itself, and one more for each click. */
  private void click(String script) {
    page.evaluate("onClick(async () => { " + script + " })");
    page.click("#try");
    page.evaluate("clicked");
  }

  private JsonNode awaitDownload(String state) {
    page.await("last()?.state === '" + state + "'");
    return page.evaluate("last()");
  }

  @Test
  @Shows(Feature.DOWNLOADS)
  void savesADownloadWhereThePolicySays() throws IOException {
    Path downloads = Files.createDirectories(folder.resolve("saved"));
    start("ipc://download/folder" + downloads + " ipc://download/save" + downloads + "/");
    hearDownloads();
    done("application.downloads.setFolder(" + literal(downloads.toString()) + ")");
    for (String name : List.of("a.txt", "a (1).txt")) {
      click("application.downloads.start('data:text/plain,hello', 'a.txt')");
      page.await("last()?.state === 'done' && last().path.endsWith('/" + name + "')");
      assertEquals("hello", Files.readString(downloads.resolve(name)));
    }
    click("application.downloads.start(URL.createObjectURL(new Blob(['x'.repeat(1e6)])), 'b.bin')");
    page.await("last()?.state === 'done' && last().path.endsWith('/b.bin')");
    assertEquals(1_000_000, Files.size(downloads.resolve("b.bin")));
    assertEquals("[1000000,1000000]", page.evaluate("[last().received, last().total]").toString());
    // What Chromium wrote meanwhile is gone, and a page can't make a file of its own this way.
    assertCode(
        "ERR_INVALID_CALL",
        "(await import('socket:ipc')).call('ipc://download/save"
            + downloads
            + "/c.txt', {offer: 'x'})");
    assertEquals(List.of(), partial());
    // A folder that no source of save names.
    assertCode("ERR_ACCESS_DENIED", "application.downloads.setFolder('/tmp')");
  }

  /** A download of which a part has come. */
  private void begin(Slow slow, Path downloads) throws IOException {
    start(
        "ipc://download/folder" + downloads + " ipc://download/save" + downloads + "/",
        "[webview.navigator.policies]",
        "allowed[] = " + slow.url());
    hearDownloads();
    done("application.downloads.setFolder(" + literal(downloads.toString()) + ")");
    page.tell("location.href = " + literal(slow.url()));
    page.await("last()?.received > 0");
  }

  @Test
  @Shows(Feature.DOWNLOADS)
  void pausesResumesAndCancelsDownloads() throws IOException {
    Path downloads = Files.createDirectories(folder.resolve("saved"));
    try (Slow slow = new Slow()) {
      begin(slow, downloads);
      String id = page.evaluate("last().id").asText();
      done("application.downloads.pause(" + literal(id) + ")");
      slow.more.countDown();
      done("application.downloads.resume(" + literal(id) + ")");
      JsonNode saved = awaitDownload("done");
      assertEquals(downloads.resolve("_slow gpj.bin").toString(), saved.path("path").asText());
      assertEquals(2 * Slow.PART, Files.size(downloads.resolve("_slow gpj.bin")));
    }
  }

  @Test
  void cancelsADownloadAndThoseOfADocumentThatGoes() throws IOException {
    Path downloads = Files.createDirectories(folder.resolve("saved"));
    try (Slow slow = new Slow()) {
      begin(slow, downloads);
      done("application.downloads.cancel(last().id)");
      awaitDownload("cancelled");
      assertCode("ERR_UNKNOWN_HANDLE", "application.downloads.cancel('0'.repeat(32))");
    }
    assertEquals(0, downloads.toFile().list().length);
  }

  @Test
  void endsADownloadWithItsDocument() throws IOException {
    Path downloads = Files.createDirectories(folder.resolve("saved"));
    try (Slow slow = new Slow()) {
      begin(slow, downloads);
      // It gets there once Chromium has the answer where.
      app.await(() -> !partial().isEmpty(), "what Chromium writes", RunningApp.SOON);
      page.tell("location.reload()");
      page.await("typeof heard === 'undefined'");
      ready();
      app.await(() -> partial().isEmpty(), "the end of what Chromium wrote", RunningApp.SOON);
    }
    assertEquals(0, downloads.toFile().list().length);
  }

  private List<Path> partial() {
    try (Stream<Path> all = Files.walk(app.base())) {
      return all.filter(file -> file.toString().contains("Dunlin Downloads/")).toList();
    } catch (IOException | UncheckedIOException e) {
      // A file went while it was looked at: another look follows.
      return List.of(app.base());
    }
  }

  /** The rest of a disk that is full: no half of a file stays. */
  @Test
  void saysThatTheDiskIsFull() throws IOException {
    Assumptions.assumeTrue(
        Account.self().name().equals("root"), "a small disk is made by root only");
    Path disk = Files.createDirectories(folder.resolve("disk"));
    behind =
        List.of(
            "unshare",
            "-m",
            "sh",
            "-c",
            "mount -t tmpfs -o size=64k none " + disk + " && exec \"$@\"",
            "sh");
    start("ipc://download/folder" + disk + " ipc://download/save" + disk + "/ ipc://fs/readdir/");
    hearDownloads();
    done("application.downloads.setFolder(" + literal(disk.toString()) + ")");
    click("application.downloads.start(URL.createObjectURL(new Blob(['x'.repeat(1e6)])), 'b.bin')");
    JsonNode failed = awaitDownload("failed");
    assertEquals("ENOSPC", failed.path("code").asText(), failed::toString);
    assertEquals(
        "[]",
        done("(await import('socket:fs/promises')).readdir(" + literal(disk.toString()) + ")")
            .toString());
    click("application.downloads.start('data:text/plain,hello', 'a.txt')");
    awaitDownload("done");
  }

  // Cookies and stored data.

  @Test
  @Shows(Feature.COOKIES)
  void readsSetsAndForgetsCookiesAndWhatIsStored() throws IOException {
    start("ipc://session/");
    String url = page.evaluate("location.origin").asText() + "/";
    done(
        "application.session.setCookie({url: %s, name: 'hidden', value: '1', httpOnly: true, secure: true, expires: Date.now() / 1000 + 999})"
            .formatted(literal(url)));
    page.evaluate("document.cookie = 'seen=2; Secure'; localStorage.setItem('kept', 'x'); true");
    assertEquals("seen=2", page.evaluate("document.cookie").asText());
    assertEquals(
        "[[\"hidden\",\"1\",true],[\"seen\",\"2\",false]]",
        done("(await application.session.cookies({url: "
                + literal(url)
                + "})).map(c => [c.name, c.value, c.httpOnly]).sort()")
            .toString());
    done("application.session.deleteCookies({url: " + literal(url) + ", name: 'hidden'})");
    assertEquals(1, done("(await application.session.cookies()).length").asInt());
    done("application.session.clear({types: ['cookies', 'cache']})");
    assertEquals("", page.evaluate("document.cookie").asText());
    assertEquals("x", page.evaluate("localStorage.getItem('kept')").asText());
    done("application.session.clear()");
    page.await("localStorage.getItem('kept') === null");
    assertCode("ERR_INVALID_CALL", "application.session.clear({types: ['everything']})");
    assertCode("ERR_INVALID_CALL", "application.session.setCookie({url: " + literal(url) + "})");
    JsonNode refused = outcome("application.session.setCookie({url: 'nonsense', name: 'x'})");
    assertTrue(
        List.of("ERR_COOKIE", "ERR_ENGINE").contains(refused.path("code").asText()),
        refused::toString);
  }

  // Permissions.

  private String state(String name) {
    return page.evaluate(
            "navigator.permissions.query({name: " + literal(name) + "}).then(p => p.state)")
        .asText();
  }

  private JsonNode askFor(String name, String keys) {
    page.evaluate("onClick(() => application.permissions.request(" + literal(name) + "))");
    page.click("#try");
    awaitDialog("A question of Services");
    page.press(keys);
    return page.evaluate("clicked");
  }

  @Test
  @Shows(Feature.PERMISSIONS)
  void asksThePersonOnceAndRemembersTheAnswer() throws IOException {
    start("ipc://permission/ ipc://fs/", "[permissions]", "allow_microphone = false");
    app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
    assertCode("ERR_NO_USER_ACTIVATION", "application.permissions.request('geolocation')");
    assertEquals("denied", askFor("geolocation", "\r").path("value").asText(), "no is the default");
    assertEquals("denied", done("application.permissions.request('geolocation')").asText());
    for (String name : List.of("camera", "notifications")) {
      assertEquals("granted", askFor(name, "\t ").path("value").asText());
      assertEquals("granted", state(name));
    }
    assertEquals("granted", page.evaluate("Notification.permission").asText());
    assertEquals("denied", done("application.permissions.request('microphone')").asText());
    assertCode("ERR_INVALID_CALL", "application.permissions.request('everything')");
    Path answers = app.base().resolve("data/dev.dunlin.e2e.services/.permissions/answers");
    assertTrue(Files.readString(answers).contains("camera=granted"));
    assertCode(
        "ERR_ACCESS_DENIED",
        "(await import('socket:fs/promises')).writeFile("
            + literal(answers.toString())
            + ", 'microphone=granted')");
    app.signal("INT", app.pid());
    app.awaitExit();
    app = APPS.start(again.in(app));
    page = app.page();
    ready();
    page.await("navigator.permissions.query({name: 'camera'}).then(p => p.state === 'granted')");
    assertNotEquals("granted", state("geolocation"));
    done("application.permissions.forget('camera')");
    assertNotEquals("granted", state("camera"));
  }

  // Servers.

  @Test
  @Shows(Feature.CERTIFICATES)
  void loadsNothingFromAServerWhoseCertificateIsWrong() throws Exception {
    Path keys = temp.resolve("keys.p12");
    run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        "x",
        "-keyalg",
        "EC",
        "-dname",
        "CN=127.0.0.1",
        "-keystore",
        keys.toString(),
        "-storepass",
        "changeit",
        "-storetype",
        "PKCS12");
    KeyStore store = KeyStore.getInstance(keys.toFile(), "changeit".toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, "changeit".toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    List<String> asked = new CopyOnWriteArrayList<>();
    server.createContext(
        "/",
        exchange -> {
          asked.add("asked");
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "https://127.0.0.1:" + server.getAddress().getPort() + "/";
      start("ipc://os/", "[webview.navigator.policies]", "allowed[] = " + url);
      page.tell("location.href = " + literal(url));
      app.awaitLine(
          line ->
              line.text().contains(url)
                  && line.text().contains("certificate is wrong (ERR_CERT_AUTHORITY_INVALID)"),
          "the reason");
      assertEquals(List.of(), asked);
    } finally {
      server.stop(0);
    }
  }

  /** A server that wants a name and a password: {@code ann} may see {@code /a}, nobody the rest. */
  private static final class Guarded implements AutoCloseable {
    private final HttpServer server;

    /** What came in {@code Authorization}, by path. */
    private final List<String> given = new CopyOnWriteArrayList<>();

    Guarded() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            String path = exchange.getRequestURI().getPath();
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            String login =
                header == null
                    ? ""
                    : new String(
                        Base64.getDecoder().decode(header.substring("Basic ".length())),
                        StandardCharsets.UTF_8);
            given.add(path + " " + login);
            boolean in = login.equals("ann:sesame") && path.startsWith("/a");
            if (!in && !path.equals("/bare")) {
              exchange
                  .getResponseHeaders()
                  .set("WWW-Authenticate", "Basic realm=\"Realm " + path.substring(0, 2) + "\"");
            }
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            byte[] body = (in ? "welcome" : "go away").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(in ? 200 : 401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    boolean saw(String request) {
      return given.contains(request);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private void awaitBody(String text) {
    page.await("document.body?.textContent === " + literal(text));
  }

  @Test
  @Shows(Feature.HTTP_AUTH)
  void asksThePersonForTheNameAndPasswordThatAServerWantsOnceForEachRealm() throws IOException {
    try (Guarded server = new Guarded()) {
      start("ipc://os/", "[webview.navigator.policies]", "allowed[] = " + server.url() + "/*");
      app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
      page.tell("location.href = " + literal(server.url() + "/a"));
      awaitDialog("Log in with Services");
      page.awaitDialog(named -> named.contains("focus: Name"), "the fields");
      page.press("ann\twrong\r");
      app.await(() -> server.saw("/a ann:wrong"), "what was typed", RunningApp.SOON);
      awaitDialog("Log in with Services");
      page.awaitDialog(named -> named.contains("focus: Name"), "the second question");
      page.press("ann\tsesame\r");
      awaitBody("welcome");
      // Chromium knows the realm now; another one it asks for.
      page.navigate(server.url() + "/a/more");
      awaitBody("welcome");
      app.await(() -> server.saw("/a/more ann:sesame"), "the same again", RunningApp.SOON);
      // For a frame nobody is asked, and the page goes on.
      page.evaluate(
          "document.body.append(Object.assign(document.createElement('iframe'), {src: '/c'})); true");
      page.await("frames[0]?.document.body?.textContent === 'go away'");
      assertEquals(Optional.empty(), desktop.window("Log in with Services"));
      page.tell("location.href = " + literal(server.url() + "/b"));
      awaitDialog("Log in with Services");
      page.awaitDialog(named -> named.contains("label: Password"), "a question");
      page.press("\u001b");
      app.await(() -> desktop.window("Log in with Services").isEmpty(), "its end", RunningApp.SOON);
      assertEquals("/a/more", page.evaluate("location.pathname").asText(), "it stays where it was");
      // A refusal without a question is a page like others.
      page.navigate(server.url() + "/bare");
      page.await("location.pathname === '/bare' && document.readyState === 'complete'");
      assertEquals(1, server.given.stream().filter(one -> one.startsWith("/bare")).count());
      assertEquals(Optional.empty(), desktop.window("Log in with Services"));
    }
  }

  /** The page has Dunlin's own; what is AWT's has AWT's input method, which is X's. */
  @Test
  @Shows(Feature.DEAD_KEYS)
  void aFieldOfADialogTakesDeadKeys() throws IOException {
    variables.put("LC_ALL", "C.UTF-8");
    try (Guarded server = new Guarded()) {
      start("ipc://os/", "[webview.navigator.policies]", "allowed[] = " + server.url() + "/*");
      app.await(desktop::isManaged, "the window manager", RunningApp.SOON);
      desktop.layout("us", "-variant", "intl");
      page.tell("location.href = " + literal(server.url() + "/a"));
      awaitDialog("Log in with Services");
      page.awaitDialog(named -> named.contains("focus: Name"), "the fields");
      desktop.strike(DeadKeysSuite.APOSTROPHE, DeadKeysSuite.E);
      desktop.press("Tab");
      desktop.type("x");
      desktop.press("Return");
      app.await(() -> server.saw("/a é:x"), "what was typed", RunningApp.SOON);
      awaitDialog("Log in with Services");
      page.awaitDialog(named -> named.contains("focus: Name"), "the second question");
      page.press("\u001b");
      app.await(() -> desktop.window("Log in with Services").isEmpty(), "its end", RunningApp.SOON);
    } finally {
      desktop.layout("us");
    }
  }

  /** A proxy that answers by itself, and notes what it was asked for, and by whom. */
  private static HttpServer proxy(List<String> asked) throws IOException {
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestHeaders().getFirst("Host")
                  + " "
                  + exchange.getRequestHeaders().getFirst("User-Agent"));
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          byte[] body = "by proxy".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    proxy.start();
    return proxy;
  }

  @Test
  @Shows({Feature.PROXY, Feature.USER_AGENT})
  void goesByTheProxyAndTheUserAgentOfSocketIni() throws IOException {
    List<String> first = new CopyOnWriteArrayList<>();
    HttpServer one = proxy(first);
    try {
      start(
          "ipc://os/",
          "[webview]",
          "user_agent = Services/1.0 (test)",
          "proxy = 127.0.0.1:" + one.getAddress().getPort(),
          "[webview.navigator.policies]",
          "allowed[] = http://site.test/*");
      assertEquals("Services/1.0 (test)", page.evaluate("navigator.userAgent").asText());
      page.tell("location.href = 'http://site.test/a'");
      awaitBody("by proxy");
      assertTrue(first.contains("site.test Services/1.0 (test)"), first::toString);
    } finally {
      one.stop(0);
    }
  }

  @Test
  void aSynchronousRequestThatWouldWaitForThePageItHoldsUpIsRefusedAtOnce() throws IOException {
    start("ipc://window/ ipc://session/");
    for (String command : List.of("window.zoom", "window.find", "session.cookies")) {
      JsonNode refused =
          page.evaluate(
              "import('socket:ipc').then(ipc => { const { err } = ipc.sendSync("
                  + literal(command)
                  + ", { text: 'needle' }); return { code: err.code, name: err.name } })");
      assertEquals("ERR_SYNC_CALL", refused.path("code").asText(), command);
    }
    assertEquals(1, done("win.getZoom()").asDouble());
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
            "win.stopFinding()",
            "win.print()",
            "win.printTo('paper')",
            "win.getPrinters()",
            "application.downloads.setFolder('/tmp')",
            "application.session.cookies()",
            "application.session.setCookie({url: 'https://x.test', name: 'x'})",
            "application.session.clear()",
            "application.permissions.request('camera')",
            "application.permissions.forget('camera')")) {
      JsonNode denial = assertCode("ERR_ACCESS_DENIED", call);
      assertTrue(denial.path("message").asText().contains("ipc://"), denial::toString);
    }
  }
}
