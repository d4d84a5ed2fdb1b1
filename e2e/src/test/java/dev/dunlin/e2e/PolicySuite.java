package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a page may do, may not do, and is told; who has a bridge at all. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
record PolicySuite(Account account) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Asks by both lanes and tells what came of it, as text: from a frame by message, else as the
   * value of the expression.
   */
  private static final String ASK =
      """
      (async scope => {
        const stream = await scope.fetch('ipc://os/hrtime').then(r => 'answer ' + r.status, e => 'no: ' + e)
        const call = typeof scope.__dunlinQuery !== 'function' ? 'no function' : await new Promise(resolve => scope.__dunlinQuery({
          request: JSON.stringify({d: '', c: [[1, 'ipc://os/hrtime']]}), persistent: false,
          onSuccess: text => resolve('answer ' + text), onFailure: (code, message) => resolve('no: ' + code + ' ' + message)}))
        return {stream, call}
      })
      """;

  @RegisterExtension static final Apps APPS = new Apps();

  private static RunningApp app;
  private static Page page;
  private static Path data;
  private static Path programs;
  private static Path opened;
  private static Vertx vertx;
  private static HttpServer elsewhere;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void open(Account account) throws IOException {
    vertx = Vertx.vertx();
    elsewhere =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .response()
                        .putHeader("content-type", "text/html")
                        .end(asking("another origin")))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    programs = Files.createTempDirectory(Path.of("/tmp"), "e2e-programs-");
    // The person's browser: it notes what it is given.
    opened = programs.resolve("opened");
    Files.createFile(opened);
    Files.writeString(programs.resolve("xdg-open"), "#!/bin/sh\necho \"$*\" >> '" + opened + "'\n");
    Files.setPosixFilePermissions(
        programs.resolve("xdg-open"), PosixFilePermissions.fromString("rwxr-xr-x"));
    account.own(programs);
    app =
        APPS.startForSuite(
            RunningApp.Start.of(Apps.named("fence"))
                .as(account)
                .variable("PATH", programs + ":" + System.getenv("PATH"))
                .driven());
    page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    data = Path.of(page.evaluate("data").asText());
    Files.createDirectories(data.resolve("open/sub"));
    Files.writeString(data.resolve("open/a.txt"), "open");
    Files.writeString(data.resolve("open/sub/b.txt"), "open below");
    Files.writeString(data.resolve("secret.txt"), "secret");
    Files.writeString(data.resolve("openly.txt"), "secret too");
    Files.createSymbolicLink(data.resolve("open/link.txt"), data.resolve("secret.txt"));
    Files.createSymbolicLink(data.resolve("open/up"), data);
    Files.createSymbolicLink(data.resolve("open/inside.txt"), data.resolve("open/a.txt"));
    account.own(data);
  }

  @AfterParameterizedClassInvocation
  static void close() throws IOException {
    Layout.deleteTree(programs);
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void atHome() {
    page.evaluate("location.pathname === '/' || void (location.href = '/')");
    page.await("location.pathname === '/' && document.documentElement.dataset.ready === 'true'");
  }

  @TestFactory
  Stream<DynamicTest> givesOneVerdictOnBothLanes() {
    return Stream.of(
            Map.entry("readFile|/open/a.txt", true),
            Map.entry("readFile|/open/sub/b.txt", true),
            Map.entry("readFile|/open/inside.txt", true),
            Map.entry("stat|/open/a.txt", true),
            Map.entry("readFile|/open/sub/../a.txt", true),
            Map.entry("readFile|/secret.txt", false),
            Map.entry("readFile|/openly.txt", false),
            Map.entry("readFile|/OPEN/a.txt", false),
            Map.entry("readFile|/open/../secret.txt", false),
            Map.entry("readFile|/open/%2e%2e/secret.txt", false),
            Map.entry("readFile|/open/link.txt", false),
            Map.entry("readFile|/open/up/secret.txt", false),
            Map.entry("stat|/secret.txt", false),
            Map.entry("readdir|/open/", false),
            Map.entry("rm|/open/a.txt", false),
            Map.entry("lstat|/open/a.txt", false),
            Map.entry("writeFile|/open/a.txt", false))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey() + (row.getValue() ? " may" : " may not"),
                    () -> assertVerdict(row.getKey().split("\\|"), row.getValue())));
  }

  private static void assertVerdict(String[] command, boolean allowed) {
    String url = "'ipc://fs/" + command[0] + "' + encodeURI(data) + '" + command[1] + "'";
    JsonNode call = page.evaluate("outcome(ipc.call(" + url + ", {encoding: 'utf8', data: 'x'}))");
    JsonNode stream =
        page.run(
            "const seen = []; const hear = e => seen.push(e.blockedURI);"
                + "addEventListener('securitypolicyviolation', hear);"
                + "const r = await fetch("
                + url
                + " + '?encoding=utf8&data=x').catch(e => ({status: 0, text: () => String(e)}));"
                + "const text = await r.text(); await new Promise(done => setTimeout(done));"
                + "removeEventListener('securitypolicyviolation', hear);"
                + "return {status: r.status, text, seen}");
    String both = "call lane " + call + ", stream lane " + stream;
    assertEquals(allowed, call.has("value"), both);
    assertEquals(allowed, stream.path("status").asInt() == 200, both);
    if (!allowed) {
      assertEquals("ERR_ACCESS_DENIED", call.path("code").asText(), both);
      assertTrue(
          stream.path("status").asInt() == 403
                  && stream.path("text").asText().contains("ERR_ACCESS_DENIED")
              || stream.path("status").asInt() == 0 && stream.path("seen").size() == 1,
          both);
    }
  }

  @Test
  void teachesWhatToAddWhenItDenies() {
    for (String lane :
        List.of("fs.readFile(data + '/secret.txt', 'utf8')", "fs.readFile(data + '/secret.txt')")) {
      JsonNode denial =
          page.run(
              "const event = new Promise(resolve => document.addEventListener('securitypolicyviolation', resolve, {once: true}));"
                  + "const error = await outcome("
                  + lane
                  + ");"
                  + "const {blockedURI, effectiveDirective} = await event;"
                  + "return {...error, blockedURI, effectiveDirective}");
      String source = "ipc://fs/readFile" + data + "/secret.txt";
      assertEquals("NotAllowedError", denial.path("name").asText(), denial::toString);
      assertEquals("ERR_ACCESS_DENIED", denial.path("code").asText(), denial::toString);
      assertEquals(source, denial.path("source").asText(), denial::toString);
      assertEquals("connect-src", denial.path("directive").asText(), denial::toString);
      assertEquals("connect-src", denial.path("effectiveDirective").asText(), denial::toString);
      // Chromium's own event names only the scheme.
      assertTrue(
          List.of("ipc", source).contains(denial.path("blockedURI").asText()), denial::toString);
      assertTrue(denial.path("message").asText().contains(source), denial::toString);
      assertTrue(denial.path("message").asText().contains("connect-src"), denial::toString);
    }
  }

  @Test
  void metaPolicyNarrowsAndNeverWidens() {
    page.evaluate("void (location.href = '/narrow.html')");
    page.await(
        "location.pathname === '/narrow.html' && document.documentElement.dataset.ready === 'true'");
    for (Map.Entry<String, Boolean> row :
        Map.of(
                "ipc.call('ipc://os/hrtime')", true,
                "fetch('ipc://os/hrtime').then(r => r.json())", true,
                "ipc.call('ipc://os/cpus')", false,
                "fetch('ipc://os/cpus').then(r => r.json())", false,
                "fs.readFile(data + '/open/a.txt', 'utf8')", true,
                "fs.readFile(data + '/secret.txt', 'utf8')", false,
                "ipc.call('ipc://fs/stat' + encodeURI(data) + '/open/a.txt')", false,
                "ipc.callBytes('ipc://fs/readFile/etc/passwd')", false)
            .entrySet()) {
      JsonNode outcome = page.evaluate("outcome(" + row.getKey() + ")");
      assertEquals(row.getValue(), outcome.has("value"), () -> row.getKey() + ": " + outcome);
    }
  }

  @Test
  void servesAFrameOfTheSameOriginByTheStreamLane() {
    JsonNode answer = frame("frame.src = '/frame.html'");
    assertTrue(answer.path("value").asText().matches("[0-9]+"), answer::toString);
  }

  @Test
  void tellsADeniedSynchronousCallFromOneThatTheHostAnswers() {
    String sync =
        "(url => { try { return {value: ipc.callSync(url).data} } catch (e) {"
            + " return {name: e.name, code: e.code, source: e.source, message: e.message} } })";
    JsonNode denied = page.evaluate(sync + "('ipc://os2/cpus')");
    assertEquals("NotAllowedError", denied.path("name").asText(), denied::toString);
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
    assertEquals("ipc://os2/cpus", denied.path("source").asText(), denied::toString);
    JsonNode answered = page.evaluate(sync + "('ipc://os/nothing')");
    assertEquals("ERR_UNKNOWN_COMMAND", answered.path("code").asText(), answered::toString);
    assertTrue(page.evaluate(sync + "('ipc://os/hrtime')").path("value").isTextual());
  }

  @Test
  void hasNoBridgeForFramesWithoutAnAddressOfTheApp() {
    for (String frame :
        List.of(
            "frame.srcdoc = '<p>nothing</p>'",
            "frame.src = URL.createObjectURL(new Blob(['<p>nothing</p>'], {type: 'text/html'}))")) {
      assertNoBridge(
          frame,
          page.run(
              "const frame = document.createElement('iframe');"
                  + frame
                  + "; const loaded = new Promise(resolve => frame.onload = resolve); document.body.append(frame); await loaded;"
                  + "const answer = await "
                  + ASK
                  + "(frame.contentWindow); frame.remove(); return answer"));
    }
  }

  /**
   * Chromium sends the requests of an initial empty document as those of the document that made it;
   * and so it may what that one may.
   */
  @Test
  void emptyFrameMayNoMoreThanItsMaker() {
    page.evaluate("void (location.href = '/narrow.html')");
    page.await(
        "location.pathname === '/narrow.html' && document.documentElement.dataset.ready === 'true'");
    JsonNode answer =
        page.run(
            "const frame = document.createElement('iframe'); document.body.append(frame);"
                + "const ask = url => frame.contentWindow.fetch(url).then(r => r.status, () => 0);"
                + "const {call} = await "
                + ASK
                + "(frame.contentWindow);"
                + "return {may: await ask('ipc://os/hrtime'), narrowed: await ask('ipc://os/cpus'), mayNot: await ask('ipc://fs/readFile/etc/passwd'), call}");
    assertEquals(200, answer.path("may").asInt(), answer::toString);
    assertTrue(List.of(0, 403).contains(answer.path("narrowed").asInt()), answer::toString);
    assertTrue(List.of(0, 403).contains(answer.path("mayNot").asInt()), answer::toString);
    assertTrue(answer.path("call").asText().startsWith("no: -1"), answer::toString);
  }

  @Test
  void hasNoBridgeForFramesOfOtherOrigins() {
    String asking = JSON.valueToTree(asking("a frame")).toString();
    assertNoBridge(
        "data:", frame("frame.src = 'data:text/html,' + encodeURIComponent(" + asking + ")"));
    assertNoBridge(
        "sandboxed srcdoc", frame("frame.sandbox = 'allow-scripts'; frame.srcdoc = " + asking));
    assertNoBridge(
        "sandboxed blob",
        frame(
            "frame.sandbox = 'allow-scripts'; frame.src = URL.createObjectURL(new Blob(["
                + asking
                + "], {type: 'text/html'}))"));
    assertNoBridge(
        "sandboxed page of the app",
        frame("frame.sandbox = 'allow-scripts'; frame.src = '/asking.html'"));
    page.allowLoopback();
    JsonNode other = frame("frame.src = 'http://127.0.0.1:" + elsewhere.actualPort() + "/'");
    assertEquals("another origin", other.path("from").asText());
    assertNoBridge("another origin", other);
  }

  private static String asking(String from) {
    return "<!doctype html><script>"
        + ASK.strip()
        + "(window).then(answer => parent.postMessage({from: '"
        + from
        + "', ...answer}, '*'))</script>";
  }

  /** What a frame says to its parent. */
  private static JsonNode frame(String make) {
    return page.run(
        "const frame = document.createElement('iframe');"
            + "const said = new Promise((resolve, reject) => { addEventListener('message', e => e.source === frame.contentWindow && resolve(e.data));"
            + "setTimeout(() => reject(new Error('the frame says nothing')), 10_000) });"
            + make
            + "; document.body.append(frame); try { return await said } finally { frame.remove() }");
  }

  private static void assertNoBridge(String frame, JsonNode answer) {
    String said = frame + ": " + answer;
    assertTrue(
        answer.path("stream").asText().startsWith("no: ")
            || answer.path("stream").asText().matches("answer 4[0-9][0-9]"),
        said);
    assertTrue(
        answer.path("call").asText().equals("no function")
            || answer.path("call").asText().startsWith("no: -1"),
        said);
  }

  @Test
  void opensNoWindow() {
    page.evaluate(
        "void (document.body.onclick = () => { globalThis.popup = window.open('/frame.html') })");
    page.click("h1");
    page.await("globalThis.popup === null");
    app.awaitLine(
        l -> l.text().contains("may not open a window with") && l.text().contains("/frame.html"),
        "the reason");
    assertEquals("Fence", page.evaluate("document.title").asText());
  }

  @Test
  void opensNoWindowOfAnotherOriginAndAsksBeforeABrowserDoes() {
    String url = "http://127.0.0.1:" + elsewhere.actualPort() + "/popup";
    assertTrue(page.evaluate("window.open('" + url + "?unclicked') === null").asBoolean());
    page.evaluate(
        "void (document.body.onclick = () => { document.body.onclick = null; globalThis.popup = window.open('"
            + url
            + "?clicked') })");
    page.click("h1");
    page.await("globalThis.popup === null");
    app.awaitLine("nobody is here to ask whether the page may open " + url + "?clicked");
    assertFalse(read(opened).contains("popup"), read(opened));
  }

  @Test
  void handsALinkThatIsClickedToThePersonsBrowserAndNoneThatIsNot() {
    forgetClicks();
    link("https://example.com/unclicked?a=1&b=2");
    page.evaluate("document.querySelector('#out').click()");
    app.awaitLine(l -> l.text().contains("may not go to") && l.text().contains("unclicked"), "no");
    link("https://example.com/clicked?a=1&b=2");
    page.click("#out");
    app.await(() -> !read(opened).isEmpty(), "the browser to be started", RunningApp.SOON);
    assertEquals("https://example.com/clicked?a=1&b=2\n", read(opened));
    link("file:///etc/passwd");
    page.click("#out");
    link("mailto:someone@example.com");
    page.click("#out");
    app.await(() -> read(opened).contains("mailto"), "the mail program", RunningApp.SOON);
    assertFalse(read(opened).contains("passwd"), read(opened));
    assertEquals("Fence", page.evaluate("document.title").asText());
  }

  /** For a while after a click, Chromium takes what a page does for the person's wish. */
  private static void forgetClicks() {
    page.evaluate("delete document.documentElement.dataset.ready, location.reload()");
    page.await("document.documentElement.dataset.ready === 'true'");
  }

  private static void link(String url) {
    page.evaluate(
        "document.querySelector('#out')?.remove(), document.body.insertAdjacentHTML('beforeend',"
            + " '<a id=out href=\""
            + url
            + "\">out</a>'), true");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void savesNoDownloadAndSaysWhatToDoInstead() {
    for (String url : List.of("/main.js?attribute", "data:text/plain,x", "blob:")) {
      link(url);
      page.evaluate(
          "{ const a = document.querySelector('#out'); a.download = 'saved-file.txt';"
              + "if (a.protocol === 'blob:') a.href = URL.createObjectURL(new Blob(['x'])) } true");
      page.click("#out");
      app.awaitLine(
          l -> l.text().contains("may not download") && l.text().contains(url), "the refusal");
    }
    app.awaitLine("fs.writeFile");
    // A question that is collected as garbage answers itself with "go on".
    page.collectHostGarbage();
    // Chromium keeps what it has of an undecided download in a file of its own.
    app.await(
        () -> downloads(".org.chromium.").isEmpty(), "the cancelled files' end", RunningApp.SOON);
    assertEquals(List.of(), downloads("saved-"));
    assertEquals("Fence", page.evaluate("document.title").asText());
  }

  private static List<Path> downloads(String start) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          app.base(),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              boolean chromiumsOwn = file.toString().contains("/engine/");
              if (!chromiumsOwn && file.getFileName().toString().startsWith(start)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return found;
  }

  @Test
  void staysWhenThePageWouldLeave() {
    forgetClicks();
    page.evaluate("void (location.href = 'http://127.0.0.1:" + elsewhere.actualPort() + "/away')");
    app.awaitLine("127.0.0.1:" + elsewhere.actualPort() + "/away");
    page.evaluate("void (location.href = 'data:text/html,gone')");
    app.awaitLine("data:text/html,gone");
    assertTrue(page.evaluate("location.origin").asText().endsWith(".localhost"));
    assertTrue(page.evaluate("document.documentElement.dataset.ready === 'true'").asBoolean());
  }

  @Test
  void saysThatTheRendererIsGoneAndLoadsTheAppAgain() {
    long renderer =
        app.processes().entrySet().stream()
            .filter(process -> process.getValue().contains("--type=renderer"))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no renderer: " + app.processes()));
    page.evaluate("globalThis.before = true");
    app.signal("KILL", renderer);
    app.awaitLine("the page's process ended");
    page.await("document.body.innerText.includes('This page has crashed')");
    page.await(
        "document.documentElement.dataset.ready === 'true' && globalThis.before === undefined");
    assertTrue(page.evaluate("ipc.call('ipc://os/hrtime')").isTextual(), "the bridge is back");
  }
}
