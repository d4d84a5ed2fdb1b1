package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A page whose built-ins an attacker has replaced, before any other script of it ran. */
class IdentitySuite {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Whatever passes through the usual built-ins is noted, and what is asked for is made another.
   */
  private static final String ATTACK =
      """
      globalThis.noted = []
      globalThis.forged = false
      {
        const push = Array.prototype.push, apply = Reflect.apply, includes = String.prototype.includes
        const text = value => { try { return typeof value === 'string' ? value : '' } catch { return '' } }
        const note = value => { if (text(value)) apply(push, noted, [value]) }
        const other = value => globalThis.forged && typeof value === 'string' && apply(includes, value, ['/open/a.txt'])
          ? value.replaceAll('/open/a.txt', '/secret.txt') : value
        const wrap = (owner, name) => {
          const original = owner[name]
          owner[name] = function (...values) {
            for (const value of values) note(value)
            const result = apply(original, this, values)
            note(result)
            return name === 'stringify' ? other(result) : result
          }
        }
        wrap(JSON, 'parse')
        wrap(JSON, 'stringify')
        wrap(String.prototype, 'replace')
        wrap(Array.prototype, 'join')
        const then = Promise.prototype.then
        Promise.prototype.then = function (...callbacks) { return apply(then, this, callbacks) }
        const { fetch } = globalThis
        globalThis.fetch = (url, ...more) => { note(String(url)); return fetch(other(String(url)), ...more) }
        const { open } = XMLHttpRequest.prototype
        XMLHttpRequest.prototype.open = function (method, url, ...more) {
          note(String(url))
          return apply(open, this, [method, other(String(url)), ...more])
        }
        for (const name of ['data', 'err', 'code', 'source'])
          Object.defineProperty(Object.prototype, name, { configurable: true, get() { return undefined },
            set(value) { note(value); Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true }) } })
      }
      """;

  @RegisterExtension static final Apps APPS = new Apps();

  private static RunningApp app;
  private static Page page;
  private static Path data;
  private String attack;

  @BeforeAll
  static void open() throws IOException {
    app = APPS.startForSuite(RunningApp.Start.of(Apps.named("fence")).driven());
    page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    page.call("Page.enable", JSON.createObjectNode());
    data = Path.of(page.evaluate("data").asText());
    Files.createDirectories(data.resolve("open"));
    Files.writeString(data.resolve("open/a.txt"), "open");
    Files.writeString(data.resolve("secret.txt"), "the secret");
  }

  @BeforeEach
  void attack() {
    attack =
        page.call(
                "Page.addScriptToEvaluateOnNewDocument",
                JSON.createObjectNode().put("source", ATTACK))
            .path("identifier")
            .asText();
    reload();
    page.await("Array.isArray(globalThis.noted)");
  }

  @AfterEach
  void heal() {
    page.call(
        "Page.removeScriptToEvaluateOnNewDocument",
        JSON.createObjectNode().put("identifier", attack));
    reload();
  }

  private static void reload() {
    page.evaluate("delete document.documentElement.dataset.ready, location.reload()");
    page.await("document.documentElement.dataset.ready === 'true'");
  }

  private static JsonNode read(String how) {
    return page.evaluate("outcome(" + how + ")");
  }

  @Test
  void aPageThatReplacesBuiltInsGainsNothing() {
    String[] lanes = {
      "fs.readFile(data + '%s', 'utf8')",
      "fs.readFile(data + '%s').then(bytes => new TextDecoder().decode(bytes))",
      "fetch('ipc://fs/readFile' + data + '%s').then(r => r.text())",
      "(async () => { const x = new XMLHttpRequest(); x.open('GET', 'ipc://fs/readFile' + data + '%s?encoding=utf8', false);"
          + " x.send(); return x.responseText })()"
    };
    for (String lane : lanes) {
      // The honest twin: what the policy allows is read, in spite of all.
      page.evaluate("void (globalThis.forged = false)");
      JsonNode honest = read(lane.formatted("/open/a.txt"));
      assertTrue(honest.path("value").asText().contains("open"), lane + ": " + honest);
      for (boolean forged : new boolean[] {false, true}) {
        page.evaluate("void (globalThis.forged = " + forged + ")");
        JsonNode answer = read(lane.formatted(forged ? "/open/a.txt" : "/secret.txt"));
        assertFalse(answer.toString().contains("the secret"), lane + ": " + answer);
      }
    }
    String noted = page.evaluate("noted.join('\\n')").asText();
    assertFalse(noted.contains("the secret"));
  }

  @Test
  void theBridgesFunctionsAreNeitherListedNorReplaceable() {
    for (String name : new String[] {"__dunlinQuery", "__dunlinQueryCancel"}) {
      JsonNode seen =
          page.run(
              "'use strict'; const name = '"
                  + name
                  + "', before = globalThis[name]; const errors = [];"
                  + "for (const attempt of [() => { globalThis[name] = () => {} }, () => { delete globalThis[name] },"
                  + " () => Object.defineProperty(globalThis, name, { value: () => {} })])"
                  + " { try { attempt() } catch (error) { errors.push(error.name) } }"
                  + "const listed = []; for (const key in globalThis) if (key === name) listed.push(key);"
                  + "return { same: before === globalThis[name], kind: typeof before, errors,"
                  + " listed: listed.length + Object.keys(globalThis).filter(key => key === name).length,"
                  + " text: Function.prototype.toString.call(before) }");
      assertTrue(seen.path("same").asBoolean(), seen::toString);
      assertEquals("function", seen.path("kind").asText(), seen::toString);
      assertEquals(0, seen.path("listed").asInt(), seen::toString);
      assertEquals(3, seen.path("errors").size(), seen::toString);
      assertTrue(seen.path("text").asText().contains("[native code]"), seen::toString);
    }
  }

  @Test
  void noLiveObjectCrossesTheBridge() {
    JsonNode seen =
        page.run(
            "const ask = params => outcome(ipc.call('ipc://os/hrtime', params));"
                + "return { thrown: await ask({ get encoding() { throw new Error('boom') } }),"
                + " live: await ask({ f() {}, proxy: new Proxy({}, { get() { return () => {} } }) }),"
                + " cycle: await (() => { const a = {}; a.a = a; return ask(a) })(),"
                + " after: await ask({}) }");
    assertTrue(seen.path("thrown").path("message").asText().contains("boom"), seen::toString);
    assertTrue(seen.path("cycle").has("message"), seen::toString);
    assertTrue(seen.path("after").has("value"), seen::toString);
  }
}
