package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Both lanes of the bridge, from a page in Chromium. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
record BridgeSuite(Account account) {
  private static final int STREAM_BYTES = 64 << 20;

  /** Nobody reads that much: whoever reads it is stopped, or the test times out. */
  private static final long ENDLESS_BYTES = 1L << 40;

  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension static final Apps APPS = new Apps();

  private static RunningApp app;
  private static Page page;
  private static Path data;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void open(Account account) {
    app = APPS.startForSuite(RunningApp.Start.of(Apps.named("lab")).as(account).driven());
    page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    data = Path.of(page.evaluate("data").asText());
    assertTrue(data.startsWith(app.base()), "its data is in its own home: " + data);
  }

  @BeforeEach
  void stillThere() {
    page.await("document.documentElement.dataset.ready === 'true'");
  }

  @Test
  void callsInSequenceAndManyAtOnce() {
    assertTrue(page.evaluate("ipc.call('ipc://os/hrtime')").asText().matches("[0-9]+"));
    // More than may be in flight at a time: the rest waits in the page.
    assertEquals(
        15_000,
        page.run(
                """
                const times = await Promise.all(Array.from({length: 15_000}, () => ipc.call('ipc://os/hrtime')))
                return times.filter(time => /^[0-9]+$/.test(time)).length
                """)
            .asInt());
  }

  @Test
  void refusesAMessageOfAHundredMegabytes() {
    JsonNode byModule =
        page.run(
            "return outcome(ipc.call('ipc://console/write', {level: 'log', message: 'x'.repeat(100_000_000)}))");
    assertEquals("ERR_MESSAGE_TOO_LARGE", byModule.path("code").asText(), byModule::toString);
    JsonNode byHand =
        page.run(
            """
            return new Promise(resolve => __dunlinQuery({
              request: JSON.stringify({d: '', c: [[1, 'ipc://console/write', {message: 'x'.repeat(100_000_000)}]]}),
              persistent: false, onSuccess: text => resolve({text}), onFailure: (code, message) => resolve({code, message})}))
            """);
    assertTrue(byHand.path("code").asInt() == 2, byHand::toString);
    assertTrue(byHand.path("message").asText().contains("16777216"), byHand::toString);
    assertEquals(3, page.evaluate("1 + 2").asInt(), "the page goes on");
    assertTrue(page.evaluate("ipc.call('ipc://os/hrtime')").isTextual(), "the bridge goes on");
  }

  @Test
  void refusesABodyThatIsTooLong() {
    JsonNode answer =
        page.run(
            "const r = await fetch('ipc://fs/writeFile' + encodeURI(data) + '/long', {method: 'POST', body: new Uint8Array(100_000_000)});"
                + "return {status: r.status, body: await r.json()}");
    assertEquals(413, answer.path("status").asInt(), answer::toString);
    assertEquals(
        "ERR_MESSAGE_TOO_LARGE",
        answer.path("body").path("err").path("code").asText(),
        answer::toString);
  }

  @Test
  void refusesABlobBodyRatherThanTakeItForAnEmptyOne() throws IOException {
    Files.writeString(data.resolve("kept.txt"), "kept");
    account.own(data);
    JsonNode raw =
        page.run(
            "const r = await fetch('ipc://fs/writeFile' + encodeURI(data) + '/kept.txt', {method: 'POST', body: new Blob(['lost'])});"
                + "return {status: r.status, text: await r.text()}");
    assertEquals(400, raw.path("status").asInt(), raw::toString);
    assertTrue(raw.path("text").asText().contains("ipc.upload"), raw::toString);
    assertEquals("kept", Files.readString(data.resolve("kept.txt")));
    page.run(
        "await ipc.upload('ipc://fs/writeFile' + encodeURI(data) + '/kept.txt', new Blob(['from a Blob']))");
    assertEquals("from a Blob", Files.readString(data.resolve("kept.txt")));
  }

  @Test
  void namesAnUnknownCommandOnBothLanes() {
    JsonNode call = page.run("return outcome(ipc.call('ipc://fs/raedFile/tmp/x'))");
    assertEquals("ERR_UNKNOWN_COMMAND", call.path("code").asText(), call::toString);
    JsonNode stream =
        page.run(
            "const r = await fetch('ipc://fs/raedFile/tmp/x'); return {status: r.status, body: await r.json()}");
    assertEquals(404, stream.path("status").asInt());
    assertEquals(
        call.path("message"), stream.path("body").path("err").path("message"), stream::toString);
  }

  @Test
  void refusesJsonThatIsTooDeep() {
    JsonNode deep =
        page.run(
            """
            let value = 1
            for (let i = 0; i < 100_000; i++) value = [value]
            const text = '['.repeat(5000) + ']'.repeat(5000)
            const raw = await new Promise(resolve => __dunlinQuery({
              request: '{"d":"","c":[[1,"ipc://os/hrtime",' + text + ']]}', persistent: false,
              onSuccess: text => resolve({text}), onFailure: (code, message) => resolve({code, message})}))
            let nested = {}
            for (let i = 0; i < 200; i++) nested = {nested}
            return {raw, module: await outcome(ipc.call('ipc://os/hrtime', nested))}
            """);
    assertEquals(1, deep.path("raw").path("code").asInt(), deep::toString);
    assertEquals("ERR_INVALID_CALL", deep.path("module").path("code").asText(), deep::toString);
  }

  @Test
  void refusesInvalidUtf8() {
    for (String lane :
        new String[] {
          "outcome(ipc.call('ipc://fs/readFile/tmp/%ff%fe', {encoding: 'utf8'}))",
          "outcome(ipc.callBytes('ipc://fs/readFile/tmp/%ff%fe'))"
        }) {
      JsonNode answer = page.evaluate(lane);
      assertEquals("ERR_INVALID_CALL", answer.path("code").asText(), answer::toString);
      assertTrue(answer.path("message").asText().contains("UTF-8"), answer::toString);
    }
  }

  @Test
  void letsNoNestedFrameEndTheAppOrItsWindow() {
    JsonNode answers =
        page.run(
            """
            const frame = document.createElement('iframe')
            frame.src = '/'
            const loaded = new Promise(resolve => frame.onload = resolve)
            document.body.append(frame)
            await loaded
            const inner = frame.contentWindow
            const d = inner.performance.getEntriesByType('navigation')[0].serverTiming.find(e => e.name === 'dunlin').description
            const ask = async command => { const r = await inner.fetch('ipc://' + command + '?_d=' + d); return (await r.json()).err?.code ?? r.status }
            const answers = {}
            for (const command of ['window/info', 'application/exit', 'window/close', 'window/hide', 'window/showInspector', 'os/hrtime']) {
              answers[command] = await ask(command).catch(String)
            }
            answers.top = await ipc.call('ipc://window/setTitle', {title: 'Lab'}).then(() => 'done', String)
            frame.remove()
            return answers
            """);
    for (String command :
        List.of("application/exit", "window/close", "window/hide", "window/showInspector")) {
      assertEquals("ERR_ACCESS_DENIED", answers.path(command).asText(), answers::toString);
    }
    assertEquals(200, answers.path("window/info").asInt(), answers::toString);
    assertEquals(200, answers.path("os/hrtime").asInt(), answers::toString);
    assertEquals("done", answers.path("top").asText(), answers::toString);
    assertTrue(page.evaluate("ipc.call('ipc://window/info')").path("visible").asBoolean());
  }

  @Test
  void aSynchronousAnswerThatBreaksOffIsANetworkErrorAndNoDenial() {
    // The host can open its own memory, and read nothing at its start.
    JsonNode broken =
        page.evaluate(
            "(() => { try { return {bytes: ipc.callSync('ipc://fs/readFile/proc/self/mem').bytes?.length} } catch (e) {"
                + " return {name: e.name, code: e.code, message: e.message} } })()");
    assertEquals("NetworkError", broken.path("name").asText(), broken::toString);
    assertEquals("ERR_NO_BRIDGE", broken.path("code").asText(), broken::toString);
    assertTrue(page.evaluate("ipc.callSync('ipc://os/hrtime').data").isTextual());
  }

  @Test
  void aPageThatAServiceWorkerAnswersHasTheStreamLaneOnly() {
    page.run(
        """
        const registration = await navigator.serviceWorker.register('/service.js')
        const worker = registration.installing ?? registration.waiting ?? registration.active
        await new Promise(resolve => {
          const look = () => worker.state === 'activated' && resolve()
          worker.onstatechange = look
          look()
        })
        """);
    try {
      page.evaluate("void (location.href = '/?served')");
      page.await(
          "location.search === '?served' && document.documentElement.dataset.ready === 'true'");
      JsonNode served =
          page.run(
              """
              const entry = performance.getEntriesByType('navigation')[0]
              const raw = await new Promise(resolve => __dunlinQuery({request: JSON.stringify({d: '', c: [[1, 'ipc://os/hrtime']]}), persistent: false,
                onSuccess: text => resolve({text}), onFailure: (code, message) => resolve({code, message})}))
              return {worker: entry.workerStart > 0, id: entry.serverTiming.some(e => e.name === 'dunlin'), time: await ipc.call('ipc://os/hrtime'), raw}
              """);
      assertTrue(served.path("worker").asBoolean(), served::toString);
      assertTrue(!served.path("id").asBoolean(), served::toString);
      assertTrue(served.path("time").isTextual(), served::toString);
      assertEquals(4, served.path("raw").path("code").asInt(), served::toString);
    } finally {
      page.run(
          "for (const r of await navigator.serviceWorker.getRegistrations()) await r.unregister()");
      page.evaluate("void (location.href = '/')");
      page.await("location.search === '' && document.documentElement.dataset.ready === 'true'");
    }
    assertTrue(
        page.evaluate(
                "performance.getEntriesByType('navigation')[0].serverTiming.some(e => e.name === 'dunlin')")
            .asBoolean());
  }

  @Test
  void carriesTextOfAllPlanes() {
    String text = "naïve Ω 漢字 🦆 \\u0000 \\u2028";
    assertTrue(
        page.run(
                "const text = 'naïve Ω 漢字 🦆 \\u0000 \\u2028 end';"
                    + "await fs.writeFile(data + '/planes 🦆.txt', text);"
                    + "return text === await fs.readFile(data + '/planes 🦆.txt', 'utf8')")
            .asBoolean(),
        text);
  }

  @Test
  void asksAgainByTheStreamLaneForALongReply() throws IOException {
    String text = "all the same ".repeat(100_000);
    Files.writeString(data.resolve("long.txt"), text);
    account.own(data);
    assertEquals(text, page.evaluate("fs.readFile(data + '/long.txt', 'utf8')").asText());
    JsonNode raw =
        page.run(
            """
            const d = performance.getEntriesByType('navigation')[0].serverTiming.find(e => e.name === 'dunlin').description
            return new Promise(resolve => __dunlinQuery({
              request: JSON.stringify({d, c: [[999_999, 'ipc://fs/readFile' + encodeURI(data) + '/long.txt', {encoding: 'utf8'}]]}),
              persistent: false, onSuccess: text => resolve({text: text.slice(0, 500)}), onFailure: (code, message) => resolve({code, message})}))
            """);
    assertTrue(
        raw.toString().contains("ERR_REPLY_TOO_LARGE") || raw.path("text").asText().isEmpty(),
        raw::toString);
  }

  @Test
  void carriesSixtyFourMebibytesUnchangedBothWays() throws IOException, NoSuchAlgorithmException {
    long seed = System.identityHashCode(this);
    System.out.println("seed of the 64 MiB: " + seed);
    byte[] bytes = RandomSource.seeded(seed).bytes(STREAM_BYTES);
    String hash = sha256(bytes);
    Files.write(data.resolve("down.bin"), bytes);
    account.own(data);
    assertEquals(
        hash, page.evaluate("fs.readFile(data + '/down.bin').then(sha256)", LONG).asText(), "down");
    page.run("await fs.writeFile(data + '/up.bin', await fs.readFile(data + '/down.bin'))", LONG);
    assertEquals(hash, sha256(Files.readAllBytes(data.resolve("up.bin"))), "up");
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void answersASynchronousRequest() throws IOException {
    Files.writeString(data.resolve("sync.txt"), "at once");
    account.own(data);
    assertEquals("at once", page.evaluate("readFileSync(data + '/sync.txt', 'utf8')").asText());
    assertTrue(
        page.run(
                "const x = new XMLHttpRequest(); x.open('GET', 'ipc://os/hrtime', false); x.send();"
                    + "return JSON.parse(x.responseText).data")
            .asText()
            .matches("[0-9]+"));
  }

  @Test
  void stopsTheWorkWhenAFetchIsAborted() throws IOException {
    Path file = endless("aborted.bin");
    page.run(
        """
        globalThis.controller = new AbortController()
        const r = await fetch('ipc://fs/readFile' + encodeURI(data) + '/aborted.bin', {signal: controller.signal})
        globalThis.reader = r.body.getReader()
        await reader.read()
        """);
    app.await(() -> isOpen(file), "the file to be open", RunningApp.SOON);
    page.evaluate("controller.abort()");
    app.await(() -> !isOpen(file), "the file to be closed", RunningApp.SOON);
  }

  @Test
  void stopsTheWorkWhenThePageGoesAway() throws IOException {
    Path file = endless("left.bin");
    page.run(
        """
        const r = await fetch('ipc://fs/readFile' + encodeURI(data) + '/left.bin')
        globalThis.reader = r.body.getReader()
        await reader.read()
        globalThis.handle = await fs.open(data + '/left.bin')
        """);
    app.await(() -> isOpen(file), "the file to be open", RunningApp.SOON);
    page.evaluate("delete document.documentElement.dataset.ready, location.reload()");
    app.await(() -> !isOpen(file), "the file to be closed", RunningApp.SOON);
  }

  private Path endless(String name) throws IOException {
    Path file = data.resolve(name);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(ENDLESS_BYTES);
    }
    account.own(data);
    return file;
  }

  private static boolean isOpen(Path file) {
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + app.pid() + "/fd"))) {
      for (Path descriptor : open) {
        if (isLinkTo(descriptor, file)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean isLinkTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException e) {
      // Closed since it was listed.
      return false;
    }
  }

  @Test
  void servesAWorkerByTheStreamLane() throws IOException {
    Files.writeString(data.resolve("worker.txt"), "from afar");
    account.own(data);
    JsonNode answer =
        page.run(
            """
            const worker = new Worker('worker.js', {type: 'module'})
            return new Promise((resolve, reject) => {
              worker.onmessage = event => { worker.terminate(); resolve(event.data) }
              worker.onerror = event => reject(new Error(event.message || 'the worker did not load'))
              worker.postMessage(data + '/worker.txt')
            })
            """);
    assertEquals("from afar", answer.path("text").asText(), answer::toString);
    assertTrue(answer.path("time").asText().matches("[0-9]+"), answer::toString);
  }

  @Test
  void knowsNoHandleOfAnotherDocument() throws IOException {
    Files.writeString(data.resolve("handle.txt"), "mine");
    account.own(data);
    JsonNode foreign =
        page.run(
            "return outcome(ipc.call('ipc://handle/fs/stat/0123456789abcdef0123456789abcdef'))");
    assertEquals("ERR_UNKNOWN_HANDLE", foreign.path("code").asText(), foreign::toString);
  }
}
