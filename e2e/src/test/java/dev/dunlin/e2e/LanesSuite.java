package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.RandomSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How the bytes of files come to a page and go from it, and what must not come that way. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
record LanesSuite(Account account) {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int MIB = 1 << 20;

  /** Looks at the memory while 2 GiB are copied: five a second, for some minutes. */
  private static final int SAMPLES = 1_500;

  /** What copying may take, whatever the file's length. */
  private static final long COPY_BYTES = 128L * MIB;

  /** Apps that are killed while they write. */
  private static final int KILLS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Which lanes a page's work took, by the page's own log of calls. */
  private static final String HELP =
      """
      globalThis.lanes = async work => {
        const taken = new Set()
        ipc.debug.log = (lane) => taken.add(lane)
        ipc.debug(true)
        try { return [await work(), [...taken].join()] } finally { ipc.debug(false) }
      }
      globalThis.sha = async bytes => Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), b => b.toString(16).padStart(2, '0')).join('')
      """;

  @RegisterExtension static final Apps APPS = new Apps();

  private static RunningApp app;
  private static Page page;
  private static Path data;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void open(Account account) {
    app = APPS.startForSuite(RunningApp.Start.of(Apps.named("fs")).as(account).driven());
    page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    page.evaluate(HELP + ";1");
    data = Path.of(page.evaluate("data").asText());
  }

  private Path file(String name, int length) throws IOException {
    Path file = data.resolve(name);
    Files.write(file, RandomSource.seeded(length).bytes(length));
    account.own(data);
    return file;
  }

  private static String quoted(Path path) throws IOException {
    return JSON.writeValueAsString(path.toString());
  }

  private static String sha(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void bytesComeWholeByEveryLane() throws IOException {
    for (int length :
        new int[] {0, 1, 16_383, 16_384, 16_385, 2 * MIB, 2 * MIB + 1, 5 * MIB, 40 * MIB + 7}) {
      Path file = file("whole-" + length, length);
      String wanted = sha(Files.readAllBytes(file));
      String read = "lanes(async () => sha(await fs.promises.readFile(" + quoted(file) + ")))";
      JsonNode said = page.evaluate(read, LONG);
      assertEquals(wanted, said.path(0).asText(), length + " bytes");
      // Neither fetch; a file of no known length may be a pipe or the like.
      assertEquals(length == 0 ? "call,stream" : "call", said.path(1).asText(), length + " bytes");
      assertEquals(
          wanted, page.evaluate("sha(fs.readFileSync(" + quoted(file) + "))", LONG).asText());
      JsonNode rest =
          page.run(
              "const handle = await fs.promises.open("
                  + quoted(file)
                  + """
                  )
                  const first = await handle.read(Buffer.alloc(1), 0, 1)
                  const rest = await handle.readFile()
                  const end = await handle.read(Buffer.alloc(1), 0, 1)
                  await handle.close()
                  return [first.bytesRead, await sha(Buffer.concat([first.buffer.subarray(0, first.bytesRead), rest])), end.bytesRead]
                  """,
              LONG);
      assertEquals("[" + Math.min(1, length) + ",\"" + wanted + "\",0]", rest.toString());
    }
  }

  @Test
  void manyBigFilesAtOnceDoNotMix() throws IOException {
    StringBuilder wanted = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      Path file = file("one-of-many-" + i, 3 * MIB + i);
      wanted.append(sha(Files.readAllBytes(file))).append(' ');
    }
    JsonNode said =
        page.run(
            "return (await Promise.all(Array.from({ length: 20 }, async (_, i) => sha(await"
                + " fs.promises.readFile(path.join(data, 'one-of-many-' + i)))))).join(' ') + ' '",
            LONG);
    assertEquals(wanted.toString(), said.asText());
  }

  @Test
  void aWorkerReadsByTheStreamLane() throws IOException {
    Path file = file("for-a-worker", 5 * MIB);
    JsonNode said =
        page.run(
            """
            const worker = new Worker('/reader.js', { type: 'module' })
            const answer = new Promise((resolve, reject) => { worker.onmessage = e => resolve(e.data); worker.onerror = e => reject(new Error(e.message)) })
            worker.postMessage(%s)
            return answer
            """
                .formatted(quoted(file)),
            LONG);
    assertEquals(sha(Files.readAllBytes(file)), said.asText());
  }

  @Test
  void nothingStaysOpenAndNoNameStaysBehind() throws IOException {
    Path file = file("released", 6 * MIB);
    String read = "fs.promises.readFile(" + quoted(file) + ").then(bytes => bytes.length)";
    assertEquals(6 * MIB, page.evaluate(read, LONG).asInt());
    for (int i = 0; i < 20; i++) {
      page.evaluate(read, LONG);
    }
    app.await(() -> opened(file) == 0, "the descriptors closed", RunningApp.SOON);
    app.await(() -> names() == 0, "the names gone", RunningApp.SOON);
  }

  /** Descriptors of the app for a file. */
  private static long opened(Path file) {
    try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(app.pid()), "fd"))) {
      return all.filter(fd -> file.equals(target(fd))).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Names by which Chromium may open what the host holds. */
  private static long names() {
    try {
      String environment =
          Files.readString(
              Path.of("/proc", Long.toString(app.pid()), "environ"), StandardCharsets.ISO_8859_1);
      Path temp =
          Stream.of(environment.split("\0"))
              .filter(variable -> variable.startsWith("TMPDIR="))
              .map(variable -> Path.of(variable.substring("TMPDIR=".length())))
              .findFirst()
              .orElseThrow();
      try (Stream<Path> all = Files.list(temp)) {
        return all.filter(Files::isSymbolicLink).count();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException closedMeanwhile) {
      return link;
    }
  }

  @Test
  void aFileThatAScriptGotHoldOfCanNotBeReadLater() throws IOException {
    Path file = file("borrowed", 6 * MIB);
    file("other", 6 * MIB);
    String read = "fs.promises.readFile(" + quoted(file) + ").then(bytes => bytes.length)";
    page.evaluate(read, LONG);
    // What no script of the page can do: find the elements.
    page.call(
        "Runtime.evaluate",
        JSON.createObjectNode()
            .put(
                "expression",
                "globalThis.kept = []; for (const [type, [one]] of Object.entries(getEventListeners(window))) if"
                    + " (type.startsWith('dunlin:') && type !== 'dunlin:park') { const input = one.listener();"
                    + " input.addEventListener('change', () => kept.push(...input.files)) }")
            .put("includeCommandLineAPI", true));
    assertEquals(6 * MIB, page.evaluate(read, LONG).asInt());
    app.await(() -> names() == 0, "the names gone", RunningApp.SOON);
    JsonNode said =
        page.run(
            """
            // Others take the number of the descriptor that was closed.
            const handles = await Promise.all(Array.from({ length: 50 }, () => fs.promises.open(path.join(data, 'other'))))
            const later = await kept[0].arrayBuffer().then(b => 'read ' + b.byteLength, error => error.name)
            for (const handle of handles) await handle.close()
            return [kept.length, kept[0].size, later]
            """,
            LONG);
    assertEquals("[1," + 6 * MIB + ",\"NotFoundError\"]", said.toString());
  }

  @Test
  void aFileThatChangesWhileItIsReadComesOrFailsAndNeverHangs() throws IOException {
    Path file = file("changing", 24 * MIB);
    page.evaluate(
        """
        globalThis.outcomes = []
        globalThis.reading = (async () => {
          while (!globalThis.enough) {
            await fs.promises.readFile(%s).then(b => outcomes.push(b.length), e => outcomes.push(e.code ?? e.name))
          }
        })(); 1
        """
            .formatted(quoted(file)));
    for (int i = 0; i < 30; i++) {
      int before = page.evaluate("outcomes.length").asInt();
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.setLength(i % 3 == 0 ? 0 : i % 3 == 1 ? 24L * MIB : 3L * MIB);
        open.write(i);
      }
      page.await("outcomes.length > " + before);
    }
    JsonNode said = page.run("globalThis.enough = true; await reading; return outcomes", LONG);
    for (JsonNode outcome : said) {
      assertTrue(
          outcome.isInt() && outcome.asInt() <= 24 * MIB
              || outcome.asText().matches("ERR_NO_BRIDGE|NetworkError|ENOENT|EIO"),
          said.toString());
    }
    assertEquals(
        3 * MIB,
        page.evaluate("fs.promises.readFile(" + quoted(file) + ").then(b => b.length)", LONG)
            .asInt());
  }

  /** The page says so by one thread while the bytes are under way by another. */
  @Test
  void aReadThatIsGivenUpWhileItsBytesAreSentHasOneEnd() throws IOException {
    Path file = file("given-up", 2 * MIB);
    long seed = System.nanoTime();
    JsonNode said =
        page.run(
            """
            let state = %d
            const random = () => (state = state * 48271 %% 2147483647) / 2147483647
            const outcomes = {}
            for (let i = 0; i < 400; i++) {
              const giveUp = new AbortController()
              const read = fs.promises.readFile(%s, { signal: giveUp.signal })
                .then(bytes => bytes.length, error => error.name)
              const until = performance.now() + random() * 8
              while (performance.now() < until) await new Promise(resolve => { const c = new MessageChannel(); c.port1.onmessage = () => { c.port1.close(); resolve() }; c.port2.postMessage(0) })
              giveUp.abort()
              const outcome = await read
              outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
            }
            return outcomes
            """
                .formatted(Math.floorMod(seed, 1_000_000) + 1, quoted(file)),
            LONG);
    said.fieldNames()
        .forEachRemaining(
            outcome ->
                assertTrue(
                    outcome.equals("AbortError") || outcome.equals(String.valueOf(2 * MIB)),
                    said + ", seed " + seed));
    System.out.println("given up: " + said);
  }

  @Test
  void copyingTwoGibibytesTakesNoMemory() throws IOException {
    assumeTrue(account.equals(Account.all().get(0)), "what it takes is not the user's affair");
    Path small = file("small-copy", 16 * MIB);
    long length = 2048L * MIB;
    Path source = data.resolve("huge");
    byte[] mark = "in the middle".getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile sparse = new RandomAccessFile(source.toFile(), "rw")) {
      sparse.setLength(length);
      sparse.seek(length / 2);
      sparse.write(mark);
      sparse.seek(length - mark.length);
      sparse.write(mark);
    }
    account.own(data);
    Path target = data.resolve("huge-copy");
    String[] ways = {
      "await fs.promises.copyFile(%1$s, %2$s)",
      """
      const { pipeline } = await import('socket:stream/promises')
      await pipeline(fs.createReadStream(%1$s), fs.createWriteStream(%2$s))
      """,
      """
      const from = await fs.promises.open(%1$s), to = await fs.promises.open(%2$s, 'w'), part = new Uint8Array(1 << 20)
      for (let got; (got = (await from.read(part)).bytesRead) > 0;) await to.write(part, 0, got)
      await Promise.all([from.close(), to.close()])
      """
    };
    try {
      for (String way : ways) {
        // Modules and compiled code are no part of it.
        page.run(way.formatted(quoted(small), quoted(target)), LONG);
        long before = app.allocatedBytes();
        page.evaluate(
            "globalThis.copied = ''; globalThis.copying = (async () => {"
                + way.formatted(quoted(source), quoted(target))
                + "\n})().then(() => { copied = 'done' }, error => { copied = String(error) }); 1");
        long[] most = {before};
        for (int i = 0; i < SAMPLES && page.evaluate("copied").asText().isEmpty(); i++) {
          page.run("await Promise.race([copying, new Promise(r => setTimeout(r, 200))]); return 1");
          most[0] = Math.max(most[0], app.allocatedBytes());
        }
        assertEquals("done", page.evaluate("copied").asText());
        System.out.println(
            account
                + ": copying 2 GiB took "
                + (most[0] - before) / MIB
                + " MiB more, by "
                + way.strip().lines().reduce((first, last) -> last).orElse(""));
        assertTrue(most[0] - before < COPY_BYTES, (most[0] - before) / MIB + " MiB by " + way);
        assertEquals(length, Files.size(target));
        try (RandomAccessFile copy = new RandomAccessFile(target.toFile(), "r")) {
          for (long at : new long[] {length / 2, length - mark.length}) {
            byte[] there = new byte[mark.length];
            copy.seek(at);
            copy.readFully(there);
            assertEquals(
                new String(mark, StandardCharsets.UTF_8),
                new String(there, StandardCharsets.UTF_8));
          }
        }
        Files.delete(target);
      }
    } finally {
      Files.deleteIfExists(source);
      Files.deleteIfExists(target);
    }
  }

  @Test
  void aFullDiskIsSaidAndLeavesTheOldFileWhereItWasAskedSo() throws IOException {
    assumeTrue(Account.isRoot(), "needs root for a small disk");
    Path disk = Files.createDirectories(data.resolve("disk"));
    Account.run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0777", "small", disk.toString());
    try {
      JsonNode said =
          page.run(
              """
              const file = path.join(data, 'disk/file'), big = new Uint8Array(4 << 20)
              const code = work => Promise.resolve().then(work).then(() => 'done', e => e.code + ' ' + e.syscall)
              await fs.promises.writeFile(file, 'old')
              const atomic = await code(() => fs.promises.writeFile(file, big, { atomic: true }))
              const kept = await fs.promises.readFile(file, 'utf8')
              const left = (await fs.promises.readdir(path.join(data, 'disk'))).join()
              const handle = await fs.promises.open(path.join(data, 'disk/other'), 'w')
              const written = await code(() => handle.write(big))
              await handle.close()
              await fs.promises.rm(path.join(data, 'disk/other'))
              const plain = await code(() => fs.promises.writeFile(path.join(data, 'disk/third'), big))
              await fs.promises.rm(path.join(data, 'disk/third'))
              const copied = await (async () => { await fs.promises.writeFile(path.join(data, 'four'), big); return code(() => fs.promises.copyFile(path.join(data, 'four'), path.join(data, 'disk/copy'))) })()
              await fs.promises.rm(path.join(data, 'disk/copy'), { force: true })
              const streamed = await new Promise(resolve => { const out = fs.createWriteStream(path.join(data, 'disk/fourth')); out.on('error', e => resolve(e.code)); out.on('finish', () => resolve('done')); out.end(big) })
              const sync = (() => { try { fs.writeFileSync(path.join(data, 'disk/fifth'), big) } catch (e) { return e.code } })()
              return { atomic, kept, left, written, plain, copied, streamed, sync }
              """,
              LONG);
      assertEquals(
          "{\"atomic\":\"ENOSPC write\",\"kept\":\"old\",\"left\":\"file\",\"written\":\"ENOSPC"
              + " write\",\"plain\":\"ENOSPC write\",\"copied\":\"ENOSPC"
              + " copyfile\",\"streamed\":\"ENOSPC\",\"sync\":\"ENOSPC\"}",
          said.toString());
    } finally {
      Account.run("umount", "-l", disk.toString());
    }
  }

  @Test
  void aFolderOfAHundredThousandIsListed() throws IOException {
    Path folder = Files.createDirectories(data.resolve("crowd"));
    for (int i = 0; i < 100_000; i++) {
      Files.createFile(folder.resolve("entry-" + i));
    }
    account.own(folder);
    JsonNode said =
        page.run(
            """
            const folder = path.join(data, 'crowd')
            const names = await fs.promises.readdir(folder)
            const typed = await fs.promises.readdir(folder, { withFileTypes: true })
            let walked = 0
            for await (const entry of await fs.promises.opendir(folder, { bufferSize: 4096 })) walked += entry.isFile()
            return [new Set(names).size, typed.filter(e => e.isFile()).length, walked, fs.readdirSync(folder).length]
            """,
            LONG);
    assertEquals("[100000,100000,100000,100000]", said.toString());
    page.run("await fs.promises.rm(path.join(data, 'crowd'), { recursive: true }); return 1", LONG);
    assertTrue(Files.notExists(folder, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void namesThatAreNotUtf8AreListedAsBytesAndSaidToBeUnusable() throws IOException {
    Path folder = Files.createDirectories(data.resolve("names"));
    String made =
        Account.run(
            "perl", "-e", "open(F, '>', $ARGV[0] . qq(/a\\xff)) or die $!", folder.toString());
    assertEquals("", made);
    account.own(folder);
    JsonNode said =
        page.run(
            """
            const folder = path.join(data, 'names')
            const [bytes] = await fs.promises.readdir(folder, 'buffer')
            const [entry] = fs.readdirSync(folder, { encoding: 'buffer', withFileTypes: true })
            const [text] = await fs.promises.readdir(folder)
            const whole = Buffer.concat([Buffer.from(folder + '/'), bytes])
            const used = await Promise.resolve().then(() => fs.promises.stat(whole)).catch(e => e.code + ': ' + e.message)
            const lossy = await fs.promises.stat(path.join(folder, text)).catch(e => e.code)
            await fs.promises.rm(folder, { recursive: true })
            return [bytes.toString('hex'), entry.name.toString('hex'), text, used, lossy, fs.existsSync(folder)]
            """);
    assertEquals(
        "[\"61ff\",\"61ff\",\"a\uFFFD\",\"ERR_INVALID_ARG_VALUE: The argument 'path' is not UTF-8, and"
            + " no policy can name such a path: rename the file with another"
            + " tool.\",\"ENOENT\",false]",
        said.toString());
  }

  @Test
  void foldersWhoseNamesAreNotUtf8AreListedToTheEnd() throws IOException {
    Path folder = Files.createDirectories(data.resolve("deep"));
    Account.run(
        "perl",
        "-e",
        "$d = $ARGV[0]; for (qq($d/a\\xff), qq($d/a\\xff/b), qq($d/u)) { mkdir $_ or die $! }"
            + " for (qq($d/a\\xff/b/c\\xfe), qq($d/u/x)) { open(F, '>', $_) or die $! }"
            + " symlink('/etc', qq($d/a\\xff/away)) or die $!",
        folder.toString());
    account.own(folder);
    JsonNode said =
        page.run(
            """
            const folder = path.join(data, 'deep'), hex = names => names.map(name => name.toString('latin1')).sort().join()
            const options = { encoding: 'buffer', recursive: true }
            const names = await fs.promises.readdir(folder, options)
            const entries = fs.readdirSync(folder, { ...options, withFileTypes: true })
            const walked = []
            for await (const entry of await fs.promises.opendir(folder, options)) walked.push(entry.name)
            const call = (name, below) => ipc.send('fs.' + name, { path: folder, bytes: true, below }).then(({ err }) => err?.code ?? 'done')
            const attacks = []
            for (const below of ['..', 'u/..', '', '/etc', 'u//x', 'a\\xff/away', 'u\\0', '\\u0261']) attacks.push(await call('readdir', below), await call('opendir', below))
            await fs.promises.rm(folder, { recursive: true })
            return [hex(names), hex(entries.map(entry => entry.name)), hex(walked), attacks.join(), await call('readdir', 'u')]
            """);
    assertEquals(
        "[\"a\u00ff,a\u00ff/away,a\u00ff/b,a\u00ff/b/c\u00fe,u,u/x\","
            + "\"away,a\u00ff,b,c\u00fe,u,x\",\"away,a\u00ff,b,c\u00fe,u,x\",\""
            + "EINVAL,EINVAL,EINVAL,EINVAL,EINVAL,EINVAL,EINVAL,EINVAL,EINVAL,EINVAL,ENOTDIR,ENOTDIR,EINVAL,EINVAL,EINVAL,EINVAL\",\"ENOENT\"]",
        said.toString());
  }

  @Test
  void aKilledAtomicWriteLeavesTheOldOrTheNewAndNoLitterThatGrows() throws IOException {
    Path folder = null;
    for (int i = 0; i < KILLS; i++) {
      RunningApp killed = APPS.start(RunningApp.Start.of(Apps.named("fs")).as(account).driven());
      Page itsPage = killed.page();
      itsPage.await("document.documentElement.dataset.ready === 'true'");
      folder = folder == null ? Files.createDirectories(data.resolve("killed")) : folder;
      account.own(folder);
      itsPage.evaluate(
          """
          globalThis.written = 0
          globalThis.failed = ''
          ;(async () => {
            const big = new Uint8Array(6 << 20)
            for (let i = 1; ; i++) { big.fill(i); await fs.promises.writeFile(%s, big, { atomic: true }); written = i }
          })().catch(e => { failed = String(e) }); 1
          """
              .formatted(quoted(folder.resolve("file"))));
      itsPage.await("written > 1 || failed !== ''");
      assertEquals("", itsPage.evaluate("failed").asText());
      Path drafts = folder;
      killed.await(() -> names(drafts) > 1, "a draft", RunningApp.SOON);
      killed.signal("KILL", killed.pid());
      assertEquals(137, killed.awaitExit());
      killed.awaitNoProcess();
      killed.destroy();
      byte[] left = Files.readAllBytes(folder.resolve("file"));
      assertEquals(6 * MIB, left.length);
      for (byte one : left) {
        assertEquals(left[0], one);
      }
      assertTrue(names(folder) <= 2, "litter: " + names(folder));
    }
    page.run(
        "await fs.promises.writeFile("
            + quoted(folder.resolve("file"))
            + ", 'whole', { atomic: true }); return 1");
    assertEquals("whole", Files.readString(folder.resolve("file")));
    assertEquals(1, names(folder));
  }

  private static long names(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLinkThatIsSwappedWhileItIsReadLeadsNowhereElse() throws IOException {
    Path mine = file("mine", 3 * MIB);
    Path other = file("theirs", 3 * MIB);
    Path way = data.resolve("way");
    Files.createSymbolicLink(way, mine);
    String one = sha(Files.readAllBytes(mine));
    String two = sha(Files.readAllBytes(other));
    page.evaluate(
        """
        globalThis.seen = {}
        globalThis.stop = false
        globalThis.looking = (async () => {
          while (!stop) {
            const was = await fs.promises.readFile(%s).then(sha, e => e.code)
            seen[was] = (seen[was] ?? 0) + 1
          }
        })(); 1
        """
            .formatted(quoted(way)));
    Path next = data.resolve("next");
    for (int i = 0; i < 400; i++) {
      Files.createSymbolicLink(next, i % 2 == 0 ? other : mine);
      Files.move(next, way, StandardCopyOption.ATOMIC_MOVE);
      if (i % 20 == 0) {
        page.evaluate("1");
      }
    }
    JsonNode seen = page.run("stop = true; await looking; return seen", LONG);
    seen.fieldNames()
        .forEachRemaining(
            was -> assertTrue(was.equals(one) || was.equals(two) || was.equals("ELOOP"), was));
  }
}
