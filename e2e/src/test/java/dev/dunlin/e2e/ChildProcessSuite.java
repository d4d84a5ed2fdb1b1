package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that a page starts, the app's back end, and its extensions in Java. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
class ChildProcessSuite {
  private static final String READY = "document.documentElement.dataset.ready === 'true'";
  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension static final Apps APPS = new Apps();

  @Parameter Account account;
  @TempDir Path folder;

  private RunningApp app;

  private Page start(UnaryOperator<String> ini) throws IOException {
    Path copy = folder.resolve("children");
    if (!Files.exists(copy)) {
      Layout.copyTree(Apps.named("children"), copy);
    }
    Path file = copy.resolve("socket.ini");
    Files.writeString(file, ini.apply(Files.readString(file)));
    app = APPS.start(RunningApp.Start.of(copy).as(account).driven());
    Page page = app.page();
    page.await(READY);
    return page;
  }

  private static UnaryOperator<String> cmd(String command) {
    return ini -> ini.replaceFirst("(?m)^cmd = .*$", Matcher.quoteReplacement("cmd = " + command));
  }

  private static boolean runs(long pid) {
    // One that waits to be collected has ended.
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s).*\\) Z .*");
    } catch (IOException gone) {
      return false;
    }
  }

  @Test
  void runsProgramsAsNodeDoes() throws IOException {
    Page page = start(UnaryOperator.identity());
    JsonNode list = page.run("return ended(cp.spawn('printf', ['%s|', '$HOME', 'a b', ';id']))");
    assertEquals("$HOME|a b|;id|", list.path("out").asText(), list::toString);
    assertEquals(0, list.path("code").asInt(-1));
    JsonNode missing = page.run("return ended(cp.spawn('no-such-program'))");
    assertEquals("spawn no-such-program ENOENT", missing.path("failed").path("message").asText());
    JsonNode echoed =
        page.run(
            "const child = cp.spawn('cat'); child.stdin.end('x'.repeat(3_000_000) + 'ende ü');"
                + " const {out, code} = await ended(child); return [out.length, out.slice(-6), code]");
    assertEquals("[3000006,\"ende ü\",0]", echoed.toString());
    assertEquals(
        "{\"stdout\":\"42\\n\",\"stderr\":\"\"}",
        page.run("return {...await cp.exec('echo $((6*7))')}").toString());
    assertEquals(
        "[\"in\",3]",
        page.run(
                "const r = cp.spawnSync('sh', ['-c', 'cat; exit 3'], {input: 'in', encoding: 'utf8'}); return [r.stdout, r.status]")
            .toString());
    assertEquals(
        "ETIMEDOUT",
        page.evaluate("cp.spawnSync('sleep', ['100'], {timeout: 100}).error.code").asText());
    assertEquals(
        "[\"2\\n\",\"a b\",\"$HOME\",\"3\\n\",\"Command failed: exit 7\",7]",
        page.run(
                """
                const options = {encoding: 'utf8'}
                const shell = await ended(cp.spawn('echo $((1+1))', {shell: true}))
                const file = await cp.execFile('printf', ['%s', 'a b'])
                let failed
                try { cp.execSync('exit 7') } catch (error) { failed = error }
                return [shell.out, file.stdout, cp.execFileSync('printf', ['$HOME'], options),
                  cp.execSync('echo $((1+2))', options), failed.message, failed.status]
                """)
            .toString());
    JsonNode killed =
        page.run(
            "const child = cp.spawn('sleep', ['100']); child.on('spawn', () => child.kill('SIGUSR1')); return ended(child)");
    assertEquals("SIGUSR1", killed.path("signal").asText(), killed::toString);
  }

  @Test
  void startsWhatThePolicyNamesAndNothingElse() throws IOException {
    String printf = Path.of("/usr/bin/printf").toRealPath().toString();
    Page page =
        start(
            ini ->
                ini.replace(
                    "'self' ipc:",
                    "'self' ipc://child-process/spawn" + printf + " ipc://process/open"));
    for (String module : List.of("spawn", "spawnSync")) {
      boolean sync = module.equals("spawnSync");
      JsonNode allowed =
          sync
              ? page.run("return {out: cp.spawnSync('printf', ['ja'], {encoding: 'utf8'}).stdout}")
              : page.run("return ended(cp.spawn('printf', ['ja']))");
      assertEquals("ja", allowed.path("out").asText(), allowed::toString);
      for (String attack :
          List.of("'id'", "'/bin/sh', ['-c', 'id']", "'printf ja', {shell: true}")) {
        JsonNode denied =
            sync
                ? page.run(
                    "const {error} = cp.spawnSync(" + attack + "); return {name: error?.name}")
                : page.run("return (await ended(cp.spawn(" + attack + "))).failed");
        assertEquals(
            "NotAllowedError", denied.path("name").asText(), module + attack + ": " + denied);
      }
    }
    JsonNode preload =
        page.run(
            "return (await ended(cp.spawn('printf', ['x'], {env: {LD_PRELOAD: '/x.so'}}))).failed");
    assertEquals("ERR_ACCESS_DENIED", preload.path("code").asText(), preload::toString);
    JsonNode extension = page.run("return outcome(Extension.load('any'))");
    assertEquals("ipc://extension/load/any", extension.path("source").asText());
    assertEquals(
        "ERR_ACCESS_DENIED", page.run("return (await backend.write('x')).err.code").asText());
  }

  @Test
  void aFloodIsSlowedAndALeftPageTakesItsChildrenAlong() throws IOException {
    Page page = start(UnaryOperator.identity());
    long before = app.proportionalBytes();
    long pid =
        page.run(
                "globalThis.child = cp.spawn('cat', ['/dev/zero']);"
                    + " await new Promise(done => child.on('spawn', done)); return child.pid")
            .asLong();
    page.await("child.stdout.readableLength > 0");
    // What it may write before it must wait fits into this many times over.
    long written = stillness(pid);
    assertTrue(written < 4 << 20, written + " bytes were taken of who nobody reads");
    assertTrue(app.proportionalBytes() - before < 256 << 20);
    assertTrue(runs(pid));
    page.tell("location.reload()");
    app.await(() -> !runs(pid), "the end of the page's child", RunningApp.SOON);
    page.await(READY);
  }

  /** Bytes that a process has written, once that number stays as it is. */
  private long stillness(long pid) {
    long[] seen = {-1, 0};
    app.await(
        () -> {
          long now = written(pid);
          seen[1] = now == seen[0] ? seen[1] + 1 : 0;
          seen[0] = now;
          return seen[1] > 20;
        },
        "the child to wait",
        LONG);
    return seen[0];
  }

  private static long written(long pid) {
    try {
      Matcher chars =
          Pattern.compile("wchar: ([0-9]+)")
              .matcher(Files.readString(Path.of("/proc/" + pid + "/io")));
      assertTrue(chars.find());
      return Long.parseLong(chars.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDedicatedWorkerHasProgramsAndWatchesOfItsOwnWhichGoWithIt() throws IOException {
    Page page = start(UnaryOperator.identity());
    Path seen = app.base().resolve("home/seen");
    page.run("await ipc.call('ipc://fs/mkdir" + seen + "/deep', {recursive: true})");
    page.run(
        """
        globalThis.said = []
        globalThis.worker = new Worker('/worker.js', { type: 'module' })
        worker.onmessage = event => said.push(event.data)
        worker.onerror = event => said.push('broken ' + event.message)
        globalThis.ask = (...words) => { worker.postMessage(words) }
        """);
    // Its first call of all, and a synchronous one.
    page.evaluate("ask('watch', '" + seen + "')");
    page.await("said.includes('watching')");
    page.run("await ipc.call('ipc://fs/writeFile" + seen + "/new', {data: 'x'})");
    page.await("said.includes('saw new')");
    page.evaluate("ask('unwatch')");
    page.await("said.includes('unwatched')");
    page.evaluate("ask('watch', '" + seen + "/none')");
    page.await(
        "said.includes(\"watch ENOENT: no such file or directory, watch '" + seen + "/none'\")");
    page.evaluate("ask('iterate', '" + seen + "')");
    page.await("said.includes('iterating')");
    page.run(
        "while (!said.some(one => one.startsWith('next')))"
            + " await ipc.call('ipc://fs/writeFile"
            + seen
            + "/deep/more', {data: 'x'})");
    page.await("said.includes('next deep/more')");
    page.evaluate("ask('spawn')");
    page.await("said.includes('spawned 3000006 ende ü 0 42')");
    page.evaluate("ask('signal')");
    page.run(
        "while (!said.includes('heard SIGUSR2'))"
            + " await cp.execFile('kill', ['-USR2', '"
            + app.pid()
            + "']).catch(() => {})");
    page.evaluate("ask('stay')");
    page.await("said.some(one => one.startsWith('pid'))");
    long its = page.evaluate("+said.find(one => one.startsWith('pid')).slice(4)").asLong();
    long pages =
        page.run(
                "const child = cp.spawn('sleep', ['1000']);"
                    + " await new Promise(done => child.on('spawn', done)); return child.pid")
            .asLong();
    long written = stillness(its);
    assertTrue(written < 4 << 20, written + " bytes were taken of who nobody reads");
    page.evaluate("worker.terminate()");
    app.await(() -> !runs(its), "the end of the worker's child", RunningApp.SOON);
    assertTrue(runs(pages));
  }

  @Test
  void noChildSurvivesTheKillOfTheRuntime() throws IOException {
    Page page = start(UnaryOperator.identity());
    List<Long> pids = new ArrayList<>();
    pids.add(page.run("return (await backend.open()).data.pid").asLong());
    JsonNode shell =
        page.run(
            """
            const child = cp.exec('trap "" TERM HUP; sleep 1000 & echo $!; (sleep 1000 & echo $!); sleep 1000')
            child.catch(() => {})
            let text = ''
            await new Promise(heard => child.stdout.on('data', some => { if ((text += some).split('\\n').length > 2) heard() }))
            return [child.pid, ...text.trim().split('\\n').map(Number)]
            """);
    shell.forEach(pid -> pids.add(pid.asLong()));
    assertEquals(4, pids.size());
    assertTrue(pids.stream().allMatch(ChildProcessSuite::runs), pids::toString);
    app.signal("KILL", app.pid());
    // The kernel takes its time to clear away so large a process.
    assertEquals(137, app.awaitExit());
    app.await(() -> pids.stream().noneMatch(ChildProcessSuite::runs), "their end", RunningApp.SOON);
    app.awaitNoProcess();
    app.destroy();
  }

  @Test
  void talksToBackEndsInPythonNodeAndJava() throws IOException {
    for (String command :
        List.of(
            "/usr/bin/python3 backend/echo.py",
            "node 'backend/echo.mjs'",
            "\"" + System.getProperty("java.home") + "/bin/java\" backend/Echo.java")) {
      Page page = start(cmd(command));
      JsonNode opened =
          page.run(
              "const {err, data} = await backend.open(); return err ? {err: err.message} : data");
      assertTrue(opened.path("pid").asLong() > 0, opened::toString);
      page.await("events.some(([name, value]) => name === 'alive' && value.seq === '7')");
      page.run("await backend.write('say', {text: 'grüße & mehr'})");
      page.await("events.some(([name, value]) => name === 'echo' && value === 'GRÜSSE & MEHR')");
      assertEquals(
          opened.path("pid"),
          page.run("return (await backend.open()).data.pid"),
          "it runs already");
      page.run("await backend.close()");
      page.await("events.some(([name]) => name === 'backend-exit')");
      assertFalse(runs(opened.path("pid").asLong()));
      app.close();
    }
  }

  @Test
  void aBackEndThatCrashesIsStartedAgainAndOneThatFloodsIsSlowed() throws IOException {
    Page page = start(UnaryOperator.identity());
    long first = page.run("return (await backend.open()).data.pid").asLong();
    app.awaitLine("a plain line of the back end");
    page.await("events.some(([name]) => name === 'alive')");
    page.run("await backend.write('crash', {})");
    page.await("events.some(([name, value]) => name === 'backend-exit' && value === '5')");
    page.await(
        "events.some(([name, value]) => name === 'process-error' && value === 'on purpose')");
    page.await("events.filter(([name]) => name === 'alive').length === 2");
    long second = page.run("return (await backend.open()).data.pid").asLong();
    assertTrue(second != first && runs(second));
    // 20 MB while the page stands still, as long as we want; then it has every one, in order.
    Path gate = app.base().resolve("gate");
    assertEquals("", Account.run("mkfifo", "-m", "666", gate.toString()));
    try (RandomAccessFile open = new RandomAccessFile(gate.toFile(), "rw")) {
      page.tell(
          "(async () => { await backend.write('flood', '2000'); cp.spawnSync('sh', ['-c', 'read x < "
              + gate
              + "']) })()");
      app.await(() -> written(second) > 1 << 20, "the flood", RunningApp.SOON);
      long taken = stillness(second);
      assertTrue(taken < 12 << 20, taken + " bytes were taken of a back end that nobody hears");
      open.write('\n');
    }
    page.await("events.filter(([name]) => name === 'flood').length === 2000");
    assertTrue(
        page.evaluate(
                "events.filter(([name]) => name === 'flood').every(([, value], i) => value.number === i)")
            .asBoolean());
  }

  @Test
  void saysWhatIsWrongWithABackEnd() throws IOException {
    Page missing = start(cmd("no-such-back-end --x"));
    JsonNode outcome =
        missing.run(
            "const {err} = await backend.open(); return {code: err.code, message: err.message}");
    assertEquals("ENOENT", outcome.path("code").asText());
    assertTrue(outcome.path("message").asText().contains("no-such-back-end"), outcome::toString);
    assertEquals("EPIPE", missing.run("return (await backend.write('x', 1)).err.code").asText());
    app.close();
    Page deaf = start(cmd("sleep 1000"));
    deaf.run("await backend.open()");
    assertEquals(
        "EAGAIN",
        deaf.run(
                """
                const all = Array.from({length: 40}, () => backend.write('x', 'y'.repeat(1_000_000)))
                for (const one of all) one.then(({err}) => { if (err) globalThis.refusal = err.code })
                while (globalThis.refusal === undefined) await new Promise(done => setTimeout(done, 10))
                return globalThis.refusal
                """)
            .asText());
    assertTrue(deaf.evaluate("ipc.call('ipc://os/hrtime')").isTextual(), "the bridge goes on");
    app.close();
    Page none = start(ini -> ini.replaceFirst("(?m)^cmd = .*$", ""));
    assertEquals("ERR_NO_BACK_END", none.run("return (await backend.open()).err.code").asText());
  }

  @Test
  void aBackEndThatCrashesAtOnceIsGivenUp() throws IOException {
    Page page = start(cmd("sh -c 'echo broken >&2; exit 9'"));
    page.run("await backend.open()");
    app.awaitLine(line -> line.text().contains("is not started again"), "that it is given up");
    page.await("events.filter(([name]) => name === 'backend-exit').length === 6");
  }

  @Test
  void whatTheBackEndRunsAmongIsReadOnlyToPages() throws IOException {
    Page page = start(ini -> ini.replace("'self' ipc:", "'self' ipc://process/ ipc://fs/"));
    for (String name : List.of("json.py", "node_modules/x.js", "backend/json.py")) {
      String file = app.app().resolve(name).toString();
      JsonNode denied =
          page.run("return outcome(ipc.call('ipc://fs/writeFile" + file + "', {data: 'x'}))");
      assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
      assertTrue(denied.path("message").asText().contains("the app itself"), denied::toString);
    }
    Path beside = app.base().resolve("home/beside");
    page.run("await ipc.call('ipc://fs/writeFile" + beside + "', {data: 'x'})");
    assertEquals("x", Files.readString(beside));
  }

  @Test
  void aBackEndIsAskedToEndBeforeTheAppEnds() throws IOException {
    String tidy = "trap \"echo tidy > $HOME/tidy; exit 0\" TERM; while :; do sleep 0.05; done";
    Page page = start(cmd("sh -c '" + tidy + "'"));
    page.run("await backend.open()");
    page.tell("ipc.call('ipc://application/exit', {code: 4})");
    assertEquals(4, app.awaitExit());
    assertEquals("tidy\n", Files.readString(app.base().resolve("home/tidy")));
    app.awaitNoProcess();
    app.destroy();
  }

  /** The class that docs/extensions.md shows. */
  private static String documented() throws IOException {
    String doc = Files.readString(Layout.of(Account.self()).home().resolve("docs/extensions.md"));
    Matcher code = Pattern.compile("(?s)```java\n(.*?)```").matcher(doc);
    assertTrue(code.find());
    return code.group(1);
  }

  @Test
  void compilesTheExtensionOfTheDocumentationFromItsSource() throws IOException {
    Path copy = folder.resolve("children");
    Layout.copyTree(Apps.named("children"), copy);
    Path main = copy.resolve("extensions/greeter/src/main");
    Path services = Files.createDirectories(main.resolve("resources/META-INF/services"));
    Files.writeString(
        services.resolve("dev.dunlin.bridge.spi.CommandModule"), "com.example.Greeter\n");
    Path source = Files.createDirectories(main.resolve("java/com/example")).resolve("Greeter.java");
    Files.writeString(source, documented());
    Page page = start(UnaryOperator.identity());
    assertEquals(
        "Hello, Ada!",
        page.run(
                "const {err, data} = await (await Extension.load('greeter')).binding.hello({name: 'Ada'}); return data ?? err.message")
            .asText());
  }

  @Test
  void loadsTheExtensionOfTheDocumentation() throws IOException {
    Path copy = folder.resolve("children");
    Layout.copyTree(Apps.named("children"), copy);
    Path source = folder.resolve("Greeter.java");
    Files.writeString(source, documented());
    Path classes = Files.createDirectory(folder.resolve("classes"));
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-Xlint:all,-path",
                "-Werror",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString()));
    Path extensions = Files.createDirectories(copy.resolve("extensions"));
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(extensions.resolve("greeter.jar")))) {
      jar.putNextEntry(new JarEntry("com/example/Greeter.class"));
      jar.write(Files.readAllBytes(classes.resolve("com/example/Greeter.class")));
      jar.putNextEntry(new JarEntry("META-INF/services/dev.dunlin.bridge.spi.CommandModule"));
      jar.write("com.example.Greeter\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Page page =
        start(
            ini ->
                ini.replace(
                    "'self' ipc:", "'self' ipc://extension/ ipc://greeter/hello ipc://fs/"));
    JsonNode answer =
        page.run(
            """
            globalThis.greeter = await Extension.load('greeter')
            const {err, data} = await greeter.binding.hello({name: 'Ada'})
            return {data, err: String(err), denied: (await greeter.binding.secret()).err.source, stats: await Extension.stats()}
            """);
    assertEquals("Hello, Ada!", answer.path("data").asText(), answer::toString);
    assertEquals("ipc://greeter/secret", answer.path("denied").asText(), answer::toString);
    assertEquals(1, answer.path("stats").path("loaded").asInt());
    JsonNode after =
        page.run(
            "await greeter.unload(); return [(await greeter.binding.hello({name: 'x'})).err.code, (await outcome(Extension.load('Greeter'))).code, (await outcome(Extension.load('nothing'))).code]");
    assertEquals(
        "[\"ERR_UNKNOWN_COMMAND\",\"ERR_INVALID_ARG_VALUE\",\"ENOENT\"]", after.toString());
    // The folder is a part of the app: a source that merely reaches it does not let it be changed.
    assertEquals(
        "ERR_ACCESS_DENIED",
        page.run(
                "return (await outcome(ipc.call('ipc://fs/writeFile"
                    + app.app().resolve("extensions/evil.jar")
                    + "', {data: 'x'}))).code")
            .asText());
  }
}
