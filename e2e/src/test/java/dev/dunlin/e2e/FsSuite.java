package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Node's fs from a page in Chromium: the same scripts in Node and here, and what only shows here.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
record FsSuite(Account account) {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Clock CLOCK = new SystemClock();

  /** Cases that differ, by the beginning of their names, and why they may. */
  private static final Map<String, String> DEVIATIONS =
      Map.of(
          "(sync|callback|[0-9]+/[0-9]+ sync) realpath .*",
          "fails as its own call, as Node's realpath.native does, and takes no path that is none",
          "sync opendir .*",
          "the error tells the path, as that of the other two forms does",
          "(promise|sync|callback) mkdir (dangling|way|loop) .*recursive.*",
          "a link in the place of the folder is not followed: EEXIST",
          "([0-9]+/[0-9]+ )?sync rm .*(force.*recursive|recursive.*force).*",
          "names lstat as the other two forms do, where Node's names unlink",
          "sync cp link to dangling .*",
          "does what Node's other two forms do: it replaces the link");

  @RegisterExtension static final Apps APPS = new Apps();

  private static Page page;
  private static Path data;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void open(Account account) {
    RunningApp app = APPS.startForSuite(RunningApp.Start.of(Apps.named("fs")).as(account).driven());
    page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    data = Path.of(page.evaluate("data").asText());
    assertTrue(data.isAbsolute(), data.toString());
  }

  /**
   * In memory, where the system has such a disk: the scripts make and remove tens of thousands of
   * folders, for which Node too takes minutes on a disk that others are busy with.
   */
  @Test
  void doesWhatNodeDoes() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path place = Files.createTempDirectory(Files.isWritable(memory) ? memory : data, "dunlin-fs-");
    account.own(place);
    try {
      compare(place);
    } finally {
      Layout.deleteTree(place);
    }
  }

  private void compare(Path place) throws IOException {
    int seed =
        Integer.getInteger(
            "fs.seed",
            java.nio.ByteBuffer.wrap(RandomSource.secure().bytes(4)).getInt() & 0x7fffffff);
    System.out.println("fs: the seed is " + seed + " (-Dfs.seed=" + seed + ")");
    Path corpus = data.resolve("corpus.mjs");
    Files.copy(Apps.named("fs").resolve("src/corpus.js"), corpus);
    Path script = data.resolve("fs-node.mjs");
    try (var in = FsSuite.class.getResourceAsStream("fs-node.mjs")) {
      Files.write(script, in.readAllBytes());
    }
    account.own(data);
    Path out = data.resolve("node.json");
    List<String> node = new ArrayList<>(account.prefix());
    node.addAll(
        List.of(
            "node",
            "--no-warnings",
            script.toString(),
            corpus.toString(),
            place.resolve("for-node").toString(),
            Integer.toString(seed),
            out.toString()));
    Duration start = CLOCK.now();
    String said = Account.run(node.toArray(String[]::new));
    Duration middle = CLOCK.now();
    assertTrue(Files.exists(out), said);
    JsonNode theirs = JSON.readTree(out.toFile());
    JsonNode ours =
        page.evaluate(
            "differential("
                + JSON.writeValueAsString(place.resolve("for-page").toString())
                + ","
                + seed
                + ")",
            LONG);
    System.out.printf(
        "fs: as %s, Node took %d ms and the page %d ms%n",
        account, middle.minus(start).toMillis(), CLOCK.now().minus(middle).toMillis());
    // A page that the host has lost does all this too, by requests: several times as slowly.
    assertEquals(
        "call",
        page.run(
                """
                const lanes = new Set()
                ipc.debug.log = lane => lanes.add(lane)
                ipc.debug(true)
                try { await fs.promises.stat(data) } finally { ipc.debug(false) }
                return [...lanes].join()
                """)
            .asText());
    assertEquals(theirs.size(), ours.size(), "the same cases");
    assertTrue(theirs.size() > 4_000, "some thousand cases, not " + theirs.size());
    List<String> differ = new ArrayList<>();
    int excused = 0;
    for (int i = 0; i < theirs.size(); i++) {
      String name = theirs.path(i).path(0).asText();
      assertEquals(name, ours.path(i).path(0).asText());
      if (!theirs.path(i).path(1).equals(ours.path(i).path(1))) {
        if (DEVIATIONS.keySet().stream().anyMatch(name::matches)) {
          excused++;
        } else {
          differ.add(
              name + "\n  Node: " + theirs.path(i).path(1) + "\n  here: " + ours.path(i).path(1));
        }
      }
    }
    System.out.println(
        "fs: "
            + theirs.size()
            + " cases, "
            + differ.size()
            + " differ, "
            + excused
            + " may differ");
    Files.writeString(
        Layout.of(Account.self()).home().resolve("e2e/target/fs-differences-" + account + ".txt"),
        String.join("\n", differ));
    assertTrue(
        differ.isEmpty(),
        () ->
            differ.size()
                + " cases differ with seed "
                + seed
                + ":\n"
                + String.join("\n", differ.subList(0, Math.min(30, differ.size()))));
  }

  @Test
  void watchesUntilTheSignalSaysStop() {
    JsonNode said =
        page.run(
            """
            const folder = path.join(data, 'watched')
            fs.mkdirSync(path.join(folder, 'deep'), { recursive: true })
            const stop = new AbortController()
            const heard = []
            const next = async (events, wanted) => {
              for (;;) {
                const { value } = await events.next()
                heard.push(value.eventType + ' ' + value.filename)
                if (heard.at(-1) === wanted) return
              }
            }
            const events = fs.promises.watch(folder, { recursive: true, signal: stop.signal })
            const first = next(events, 'rename deep/a')
            const watcher = fs.watch(folder)
            const called = new Promise(resolve => watcher.on('change', (type, name) => { if (name === 'b') resolve(type) }))
            for (let i = 0; heard.at(-1) !== 'rename deep/a'; i++) {
              // The iterator begins to watch when it is first asked: what is made before is not told.
              await fs.promises.rm(path.join(folder, 'deep/a'), { force: true })
              await fs.promises.writeFile(path.join(folder, 'deep/a'), 'x')
              await Promise.race([first, ipc.call('ipc://os/hrtime')])
            }
            await first
            await fs.promises.writeFile(path.join(folder, 'b'), 'x')
            const type = await called
            const closed = new Promise(resolve => watcher.on('close', () => resolve('closed')))
            watcher.close()
            stop.abort()
            let ended
            try { for (;;) if ((await events.next()).done) { ended = 'done'; break } } catch (error) { ended = error.name }
            let missing
            try { fs.watch(path.join(folder, 'none')) } catch (error) { missing = [error.code, error.syscall] }
            return { type, closed: await closed, ended, missing }
            """,
            LONG);
    assertEquals(
        "{\"type\":\"rename\",\"closed\":\"closed\",\"ended\":\"AbortError\",\"missing\":[\"ENOENT\",\"watch\"]}",
        said.toString());
  }

  /** A short look goes by a dialog that nobody sees, but where a dialog would be noticed. */
  @Test
  void synchronousLooksDisturbNobody() {
    JsonNode said =
        page.run(
            """
            const file = path.join(data, 'seen 𐍈')
            fs.writeFileSync(file, 'four')
            let blurs = 0
            addEventListener('blur', () => blurs++)
            let requests = 0
            const open = XMLHttpRequest.prototype.open
            XMLHttpRequest.prototype.open = function (...how) { requests++; return open.apply(this, how) }
            const sizes = new Set(), errors = new Set()
            for (let i = 0; i < 200; i++) {
              sizes.add(fs.statSync(file).size)
              try { fs.statSync(file + '/none') } catch (error) { errors.add(error.code + error.message.includes('𐍈')) }
            }
            const plain = requests
            const field = document.body.appendChild(document.createElement('input'))
            field.focus()
            requests = 0
            for (let i = 0; i < 50; i++) sizes.add(fs.statSync(file).size)
            const focused = requests, same = document.activeElement === field
            field.remove()
            XMLHttpRequest.prototype.open = open
            return { sizes: [...sizes], errors: [...errors], few: plain < 300, focused, same, blurs }
            """);
    assertEquals(
        "{\"sizes\":[4],\"errors\":[\"ENOTDIRtrue\"],\"few\":true,\"focused\":50,\"same\":true,\"blurs\":0}",
        said.toString());
  }

  @Test
  void looksAtAFileEverySoOften() {
    JsonNode said =
        page.run(
            """
            const file = path.join(data, 'looked-at')
            await fs.promises.writeFile(file, 'x')
            const changed = new Promise(resolve => fs.watchFile(file, { interval: 20 }, (now, before) => resolve([before.size, now.size])))
            const writing = setInterval(() => fs.promises.appendFile(file, 'yy'), 50)
            const [before, now] = await changed
            clearInterval(writing)
            fs.unwatchFile(file)
            return now > before
            """);
    assertTrue(said.asBoolean());
  }

  @Test
  void findsFilesByPattern() {
    JsonNode said =
        page.run(
            """
            const cwd = path.join(data, 'globbed')
            for (const name of ['a.js', 'b.ts', 'deep/c.js', 'deep/er/d.js', '.hidden.js', 'e.txt']) {
              fs.mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true })
              fs.writeFileSync(path.join(cwd, name), '')
            }
            const names = []
            for await (const name of fs.promises.glob('**/*.js', { cwd })) names.push(name)
            return [names.sort(), fs.globSync('*.{js,ts}', { cwd }).sort(), fs.globSync(['deep/*', '[ab].*'], { cwd, exclude: name => name === 'er' }).sort(), fs.globSync('none/*', { cwd })]
            """);
    assertEquals(
        "[[\"a.js\",\"deep/c.js\",\"deep/er/d.js\"],[\"a.js\",\"b.ts\"],[\"a.js\",\"b.ts\",\"deep/c.js\"],[]]",
        said.toString());
  }
}
