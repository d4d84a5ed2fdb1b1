package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.CallLane;
import dev.dunlin.bridge.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * As much at once as the named limits allow (docs/limits.md) works; what is beyond gets the named
 * error, and afterwards all is as before. The page's clock ticks meanwhile.
 */
class LoadSuite {
  private static final Duration LONG = Duration.ofMinutes(2);

  /** A page whose clock stands that long is frozen, on a busy machine too. */
  private static final int FROZEN_MS = 10_000;

  /** Calls beyond the bound. */
  private static final int WAITING = 2_000;

  private static final int OPEN_FILES = 1_000;
  private static final int SOCKETS = 500;
  private static final int ENTRIES = 100_000;
  private static final long LARGE = 4L << 30;
  private static final int MIB = 1 << 20;

  @RegisterExtension static final Apps APPS = new Apps();

  private static RunningApp app;
  private static Page page;
  private static Path data;

  @BeforeAll
  static void open() {
    app = APPS.startForSuite(RunningApp.Start.of(Apps.named("faults")).driven());
    page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    data = Path.of(page.evaluate("data").asText());
  }

  @BeforeEach
  void startClock() {
    page.run(
        """
        globalThis.longest = 0
        let last = performance.now()
        globalThis.clock = setInterval(() => {
          const now = performance.now()
          longest = Math.max(longest, now - last)
          last = now
        }, 10)
        """);
  }

  @AfterEach
  void readClock() {
    double longest = page.evaluate("clearInterval(clock), longest").asDouble();
    System.out.printf("load: the page's clock stood for %.0f ms at most%n", longest);
    assertTrue(longest < FROZEN_MS, "the page's clock stood for " + longest + " ms");
    assertEquals("", page.evaluate("silent()", LONG).asText());
  }

  private static JsonNode run(String body) {
    return page.run(body, LONG);
  }

  @Test
  void tenThousandCallsAreInFlightAndMoreWaitTheirTurn() {
    JsonNode seen =
        run(
            """
            const { child, pid } = await ipc.call('ipc://child-process/spawn/usr/bin/sleep',
              { args: ['1000'], stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
            const d = performance.getEntriesByType('navigation')[0].serverTiming.find(({ name }) => name === 'dunlin').description
            const wait = () => ipc.call(`ipc://handle/child-process/wait/${child}`)
            globalThis.waits = Array.from({ length: %d }, wait)
            // The host has them all when it refuses what it else answers at once.
            const code = async (url) => (await (await fetch(`${url}?_d=${d}`)).json()).err?.code
            while (await code('ipc://application/versions') !== 'ERR_TOO_MANY_CALLS') await new Promise((resolve) => setTimeout(resolve, 20))
            // Who sends more, past the module that keeps count, is refused.
            const beyond = await new Promise((resolve) => __dunlinQuery({
              request: JSON.stringify({ d, c: [[1_000_000, `ipc://handle/child-process/wait/${child}`]] }), persistent: false,
              onSuccess: resolve, onFailure: (code) => resolve(code) }))
            return { pid, beyond, stream: await code(`ipc://handle/child-process/wait/${child}`) }
            """
                .formatted(Limits.CALLS_IN_FLIGHT + WAITING));
    assertEquals(CallLane.TOO_MANY, seen.path("beyond").asInt(), seen::toString);
    assertEquals("ERR_TOO_MANY_CALLS", seen.path("stream").asText(), seen::toString);
    app.signal("KILL", seen.path("pid").asLong());
    JsonNode ends =
        run(
            "const ends = await Promise.all(waits); return [ends.length,"
                + " ends.filter(end => end.signal === 'SIGKILL').length]");
    assertEquals("[12000,12000]", ends.toString());
  }

  @Test
  void aThousandFilesAreOpenAndAsManyAsAWindowMayHave() {
    JsonNode seen =
        run(
            """
            const name = (i) => join(data, 'open', String(i))
            await fs.mkdir(join(data, 'open'))
            const open = async (i) => {
              const handle = await fs.open(name(i), 'w+')
              await handle.write(`file ${i}`)
              return handle
            }
            const handles = await Promise.all(Array.from({ length: %d }, (none, i) => open(i)))
            const texts = await Promise.all(handles.map(async (handle) => {
              const { buffer, bytesRead } = await handle.read(new Uint8Array(20), 0, 20, 0)
              return new TextDecoder().decode(buffer.subarray(0, bytesRead))
            }))
            const right = texts.filter((text, i) => text === `file ${i}`).length
            const more = await Promise.all(Array.from({ length: %d }, (none, i) => outcome(fs.open(name(0), 'r'))))
            const refused = more.filter(({ code }) => code === 'EMFILE').length
            const taken = more.filter(({ value }) => value).map(({ value }) => value)
            await Promise.all([...handles, ...taken].map((handle) => handle.close()))
            const again = await fs.open(name(0), 'r')
            await again.close()
            return [right, taken.length, refused]
            """
                .formatted(OPEN_FILES, Limits.HANDLES_PER_WINDOW - OPEN_FILES + 10));
    assertEquals(OPEN_FILES, seen.path(0).asInt(), seen::toString);
    // The document may have something open of its own.
    assertTrue(seen.path(1).asInt() > Limits.HANDLES_PER_WINDOW - OPEN_FILES - 10, seen::toString);
    assertTrue(seen.path(2).asInt() >= 10, seen::toString);
  }

  @Test
  void fiveHundredUdpSocketsHearEachOther() {
    JsonNode seen =
        run(
            """
            const bound = () => new Promise((resolve, reject) => {
              const socket = dgram.createSocket('udp4').on('error', reject)
              socket.bind(0, '127.0.0.1', () => resolve(socket))
            })
            const close = (socket) => new Promise((resolve) => socket.close(resolve))
            const sockets = await Promise.all(Array.from({ length: %d }, bound))
            let heard = 0
            await new Promise((resolve) => {
              sockets.forEach((socket, i) => socket.on('message', (message) => {
                if (String(message) === `to ${i}` && ++heard === sockets.length) resolve()
              }))
              sockets.forEach((socket, i) => {
                const to = (i + 1) %% sockets.length
                socket.send(`to ${to}`, sockets[to].address().port, '127.0.0.1')
              })
            })
            const more = await Promise.all(Array.from({ length: %d }, () => outcome(bound())))
            const refused = more.filter(({ code }) => code === 'ERR_TOO_MANY_CALLS').length
            const taken = more.filter(({ value }) => value).map(({ value }) => value)
            await Promise.all([...sockets, ...taken].map(close))
            await close(await bound())
            return [heard, taken.length, refused]
            """
                .formatted(SOCKETS, Limits.PUSH_CHANNELS - SOCKETS + 10));
    assertEquals(SOCKETS, seen.path(0).asInt(), seen::toString);
    assertTrue(seen.path(1).asInt() > 0, seen::toString);
    assertTrue(seen.path(2).asInt() >= 10, seen::toString);
  }

  @Test
  void aFolderOfAHundredThousandEntriesIsReadAtOnceAndOneByOne() throws IOException {
    Path folder = Files.createDirectories(data.resolve("many"));
    for (int i = 0; i < ENTRIES; i++) {
      Files.createFile(folder.resolve("entry-" + i));
    }
    JsonNode seen =
        run(
            """
            const folder = join(data, 'many')
            const names = new Set(await fs.readdir(folder))
            let typed = 0
            for (const entry of await fs.readdir(folder, { withFileTypes: true })) typed += entry.isFile() ? 1 : 0
            let one = 0
            for await (const entry of await fs.opendir(folder)) one += names.has(entry.name) ? 1 : 0
            return [names.size, typed, one]
            """);
    assertEquals("[100000,100000,100000]", seen.toString());
  }

  private static void makeLarge() throws IOException {
    try (FileChannel file =
        FileChannel.open(
            data.resolve("large"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {42}), LARGE - 1);
    }
  }

  @Test
  void aFileOfFourGibibytesIsReadAnywhereAndRefusedAsAWhole() throws IOException {
    makeLarge();
    JsonNode seen =
        run(
            """
            const file = join(data, 'large')
            const { size } = await fs.stat(file)
            const handle = await fs.open(file, 'r')
            const { buffer, bytesRead } = await handle.read(new Uint8Array(%1$d), 0, %1$d, size - %1$d)
            await handle.close()
            const { body } = await ipc.openStream(ipc.commandUrl('fs', 'readFile', ipc.pathResource(file)))
            const reader = body.getReader()
            let bytes = 0
            while (bytes < 64 * %1$d) bytes += (await reader.read()).value.byteLength
            await reader.cancel()
            const whole = await outcome(fs.readFile(file).then(({ length }) => length))
            return { size, bytesRead, last: buffer[bytesRead - 1], whole }
            """
                .formatted(MIB));
    assertEquals(LARGE, seen.path("size").asLong(), seen::toString);
    assertEquals(MIB, seen.path("bytesRead").asInt(), seen::toString);
    assertEquals(42, seen.path("last").asInt(), seen::toString);
    assertEquals("ERR_FS_FILE_TOO_LARGE", seen.path("whole").path("code").asText(), seen::toString);
  }

  @Tag("nightly")
  @Test
  void aFileOfFourGibibytesIsStreamedWhole() throws IOException {
    makeLarge();
    JsonNode seen =
        page.run(
            """
            const { body } = await ipc.openStream(ipc.commandUrl('fs', 'readFile', ipc.pathResource(join(data, 'large'))))
            let bytes = 0, last
            for await (const part of body) { bytes += part.byteLength; last = part.at(-1) }
            return [bytes, last]
            """,
            Duration.ofMinutes(10));
    assertEquals("[4294967296,42]", seen.toString());
  }
}
