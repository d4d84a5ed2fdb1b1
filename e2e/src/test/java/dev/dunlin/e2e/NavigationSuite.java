package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A reply is for the document that asked: neither for the one that came after it in its frame, nor
 * for another frame; and what another frame says is no reply.
 */
class NavigationSuite {
  /** So many calls wait in the next document that their numbers cover those of the one before. */
  private static final int WAITING = 100;

  /** Waits as long as a child lives; whoever gets an answer before got one that is not its own. */
  private static final String WAIT =
      """
      const { child, pid } = await ipc.call('ipc://child-process/spawn/usr/bin/sleep',
        { args: ['1000'], stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
      globalThis.answers = []
      globalThis.waits = Array.from({ length: %d }, () => ipc.call(`ipc://handle/child-process/wait/${child}`)
        .then((answer) => answers.push(JSON.stringify(answer)), (error) => answers.push(String(error))))
      return pid
      """
          .formatted(WAITING);

  /** A raw message as page script can send it: what came of it. */
  private static final String SEND =
      """
      const send = (scope, message) => typeof scope.__dunlinQuery !== 'function' ? 'no function' : new Promise((resolve) => {
        scope.__dunlinQuery({ request: JSON.stringify(message), persistent: false,
          onSuccess: (text) => resolve('answer ' + text), onFailure: (code) => resolve('refused ' + code) })
      })
      const idOf = (scope) => scope.performance.getEntriesByType('navigation')[0].serverTiming
        .find(({ name }) => name === 'dunlin')?.description
      """;

  @RegisterExtension static final Apps APPS = new Apps();

  private RunningApp app;
  private Page page;
  private Path data;

  @BeforeEach
  void open() {
    app = APPS.start(RunningApp.Start.of(Apps.named("faults")).driven());
    page = app.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
    data = Path.of(page.evaluate("data").asText());
  }

  @Test
  void aLateReplyIsNotForTheDocumentThatCameAfter() throws IOException {
    Path late = data.resolve("late");
    Account.run("mkfifo", late.toString());
    page.run(
        SEND
            + "sessionStorage.setItem('before', idOf(globalThis));"
            + "for (let i = 0; i < "
            + WAITING
            + "; i++) fs.readFile(join(data, 'late'), 'utf8');"
            // Its message has left when this is answered.
            + "await ipc.call('ipc://os/hrtime')");
    page.evaluate("void (delete document.documentElement.dataset.ready, location.reload())");
    page.await("document.documentElement?.dataset.ready === 'true'");
    long pid = page.run(WAIT).asLong();
    JsonNode replayed =
        page.run(
            SEND
                + "const before = sessionStorage.getItem('before'); return [before.length, before !== idOf(globalThis),"
                + "await send(globalThis, { d: before, o: 1 }),"
                + "await send(globalThis, { d: before, c: [[1, 'ipc://os/hrtime']] })]");
    assertEquals("[32,true,\"refused 4\",\"refused 4\"]", replayed.toString());
    // Whoever still reads it for the document that has gone gets it now.
    Account.run(
        "timeout", "1", "sh", "-c", "exec 3<>\"$1\"; printf 'late secret' >&3", "sh", "" + late);
    page.run("for (let i = 0; i < 50; i++) await ipc.call('ipc://os/hrtime'); await fs.stat(data)");
    assertEquals("[]", page.evaluate("answers").toString());
    // The honest twin: their own answer reaches them.
    app.signal("KILL", pid);
    JsonNode answers = page.run("await Promise.all(waits); return [...new Set(answers)]");
    assertEquals("[\"{\\\"code\\\":null,\\\"signal\\\":\\\"SIGKILL\\\"}\"]", answers.toString());
  }

  @Test
  void anotherFrameCanNeitherAnswerNorHearNorAskInThePagesName() {
    long pid = page.run(WAIT).asLong();
    JsonNode seen =
        page.run(
            SEND
                + """
                const frame = (attributes) => new Promise((resolve) => {
                  const made = Object.assign(document.createElement('iframe'), attributes)
                  made.addEventListener('load', () => resolve(made), { once: true })
                  document.body.append(made)
                })
                const ours = await frame({ src: 'empty.html' })
                const mine = idOf(globalThis)
                // As a frame may: messages and events in all shapes of the wire.
                const forged = []
                for (let seq = 1; seq < 300; seq++) forged.push([seq, 0, 'forged'])
                for (const message of [{ r: forged }, JSON.stringify({ r: forged }), { e: [['echo', 'forged']] }, JSON.stringify({ e: [['echo', 'forged']] })]) {
                  ours.contentWindow.parent.postMessage(message, '*')
                  globalThis.dispatchEvent(new MessageEvent('message', { data: message }))
                }
                await new Promise((resolve) => setTimeout(resolve))
                const inFrame = ours.contentWindow
                return {
                  park: await send(inFrame, { d: mine, o: 1 }),
                  ask: await send(inFrame, { d: mine, c: [[1, 'ipc://os/hrtime']] }),
                  cancel: await send(inFrame, { d: mine, x: [1, 2, 3, 4, 5, 6, 7, 8, 9] }),
                  own: await send(inFrame, { d: idOf(inFrame), c: [[1, 'ipc://os/hrtime']] }),
                  stream: await inFrame.fetch('ipc://os/hrtime?_d=' + mine).then(({ status }) => status, (error) => error.name),
                  honest: await inFrame.fetch('ipc://os/hrtime?_d=' + idOf(inFrame)).then(({ status }) => status, (error) => error.name),
                  self: (await send(globalThis, { d: mine, c: [[1_000_000, 'ipc://os/hrtime']] })).startsWith('answer {"r":[[1000000,0,'),
                  answers, echoes,
                }
                """);
    for (String way : new String[] {"park", "ask", "cancel", "own"}) {
      assertTrue(seen.path(way).asText().matches("refused -1|no function"), way + " in " + seen);
    }
    assertTrue(seen.path("stream").asInt() != 200, seen::toString);
    assertEquals(200, seen.path("honest").asInt(), seen::toString);
    assertTrue(seen.path("self").asBoolean(), seen::toString);
    assertEquals("[]", seen.path("answers").toString());
    assertEquals("[]", seen.path("echoes").toString());
    app.signal("KILL", pid);
    assertEquals(WAITING, page.run("await Promise.all(waits); return answers.length").asInt());
  }
}
