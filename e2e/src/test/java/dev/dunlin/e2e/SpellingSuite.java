package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.scheduler.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person types is looked at: by hunspell's dictionary of American English, which the machine
 * has, and by one that the app ships.
 */
class SpellingSuite {
  private static final String ALLOWED = "policy[] = connect-src 'self' ipc:\n";
  private static final String OWN = "[spellcheck]\ndictionaries = dictionaries\n";

  /** No word of any language: it stands behind the others, so that they are looked at before. */
  private static final String CONTROL = "xqvzj";

  @RegisterExtension static final Apps APPS = new Apps();

  private static Desktop desktop;

  @TempDir Path folder;
  private RunningApp app;
  private Page page;
  private Desktop.Area area;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  private void start(String lines) throws IOException {
    app = APPS.startOn(desktop, "spelling", lines, folder);
    begin();
  }

  /** The person's next start of it. */
  private void startAgain() {
    app.signal("INT", app.pid());
    app.awaitExit();
    app =
        APPS.start(
            RunningApp.Start.of(folder.resolve("spelling"))
                .withWords()
                .driven()
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority())
                .in(app));
    app.page().await("document.documentElement?.dataset.ready === 'true'");
    begin();
  }

  private void begin() {
    page = app.page();
    AtomicReference<Desktop.Seen> seen = new AtomicReference<>();
    app.await(
        () -> {
          desktop.window("Spelling").filter(Desktop.Seen::isViewable).ifPresent(seen::set);
          return seen.get() != null;
        },
        "the window",
        RunningApp.SOON);
    page.await("performance.getEntriesByType('paint').length > 0");
    area = seen.get().area();
    desktop.click(area.x() + 300, area.y() + 300);
    page.await("document.hasFocus() && document.activeElement === area");
    // Words that were there before the dictionary are looked at when they change.
    page.run("return session.spellChecker()");
  }

  private void type(String words) {
    page.evaluate("void (area.value = '')");
    desktop.type(words + " ");
    page.await("area.value === '" + words + " '");
  }

  /** These, and no others of the text. */
  private void awaitMarked(String words) {
    page.await("marked().then(words => words === '" + words + "')");
  }

  /** The menu of the word that begins the text. */
  private void openMenu() {
    desktop.click(3, area.x() + 40, area.y() + 30);
    app.await(desktop::isPopupShown, "its menu", RunningApp.SOON);
  }

  private void choose(int downs) {
    for (int i = 0; i < downs; i++) {
      desktop.press("Down");
    }
    desktop.press("Return");
    app.await(() -> !desktop.isPopupShown(), "its end", RunningApp.SOON);
    page.await("document.hasFocus()");
  }

  @Test
  @Shows(Feature.SPELL_CHECK)
  void aMisspeltWordIsMarkedAndASuggestionOfItsMenuTakesItsPlace() throws IOException {
    start(ALLOWED);
    type("hello " + CONTROL);
    awaitMarked(CONTROL);
    type("recieve " + CONTROL);
    awaitMarked("recieve " + CONTROL);
    openMenu();
    choose(1);
    page.await("area.value === 'receive " + CONTROL + " '");
    awaitMarked(CONTROL);
    assertTrue(
        page.run("return application.capabilities()")
            .path("spellChecker")
            .path("available")
            .asBoolean());
  }

  @Test
  @Shows(Feature.SPELL_CHECK)
  void aPageChoosesLanguagesWhileItRunsAmongThemOneThatTheAppShips() throws IOException {
    start(ALLOWED + OWN);
    JsonNode first = page.run("return session.spellChecker()");
    assertEquals("[\"en-US\"]", first.path("languages").toString(), first::toString);
    assertTrue(first.path("available").toString().contains("\"de-DE\""), first::toString);
    type("ente " + CONTROL);
    awaitMarked("ente " + CONTROL);
    page.run("return session.setSpellChecker({ languages: ['de'] })");
    type("enten " + CONTROL);
    awaitMarked(CONTROL);
    type("entr " + CONTROL);
    awaitMarked("entr " + CONTROL);
    openMenu();
    choose(1);
    page.await("area.value === 'ente " + CONTROL + " '");
    awaitMarked(CONTROL);
    page.run("return session.setSpellChecker({ languages: ['de', 'en-US'] })");
    type("hello ente " + CONTROL);
    awaitMarked(CONTROL);
    type("helo ente " + CONTROL);
    awaitMarked("helo " + CONTROL);
    page.run("return session.setSpellChecker({ enabled: false })");
    type("helo ente " + CONTROL);
    awaitMarked("");
    assertFalse(page.run("return session.spellChecker()").path("enabled").asBoolean(true));
    page.run("return session.setSpellChecker({ enabled: true })");
    type("helo ente " + CONTROL);
    awaitMarked("helo " + CONTROL);
  }

  @Test
  @Shows(Feature.SPELL_CHECK)
  void aWordThatThePersonAddsIsMarkedNoMoreNorWhenTheAppStartsAgain() throws IOException {
    start(ALLOWED);
    // So far from any word that nothing stands above the item.
    type("qzxjwvk " + CONTROL);
    awaitMarked("qzxjwvk " + CONTROL);
    openMenu();
    choose(1);
    type("qzxjwvk qzxjwv");
    awaitMarked("qzxjwv");
    startAgain();
    type("qzxjwvk qzxjwv");
    awaitMarked("qzxjwv");
  }

  /** Where a proxy looks names up, no rule about names keeps Chromium from a server. */
  @Test
  void behindAProxyNoServerIsAskedForADictionaryNeitherAtFirstNorWhenItsFileIsGone()
      throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Threads.start("proxy", () -> answer(proxy, asked));
      start(
          ALLOWED
              + "[webview]\nproxy = 127.0.0.1:"
              + proxy.getLocalPort()
              + "\n[webview.navigator.policies]\nallowed[] = http://site.test/*\n");
      type("hello " + CONTROL);
      awaitMarked(CONTROL);
      Files.delete(
          app.base().resolve("cache/dev.dunlin.e2e.spelling/engine/Dictionaries/en-US-10-1.bdic"));
      startAgain();
      type("hello " + CONTROL);
      awaitMarked(CONTROL);
      // What it asked for at its start is there before what a page asks for now.
      page.tell("location.href = 'http://site.test/a'");
      app.await(
          () -> asked.stream().anyMatch(line -> line.contains("site.test")),
          "the page's request",
          RunningApp.SOON);
      assertFalse(asked.toString().contains("gvt1"), asked::toString);
    }
  }

  /** Notes each request's first line, and has nothing. */
  private static void answer(ServerSocket proxy, List<String> asked) {
    while (!proxy.isClosed()) {
      try (Socket client = proxy.accept()) {
        asked.add(
            new BufferedReader(
                    new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1))
                .readLine());
        client
            .getOutputStream()
            .write(
                "HTTP/1.1 404 None\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // The test is over, or this client is gone: there may be another.
        continue;
      }
    }
  }

  @Test
  void aLanguageWithoutADictionaryIsToldWithItsPackageAndNothingChanges() throws IOException {
    start(ALLOWED + "[spellcheck]\nlanguages = xx-YY\n");
    JsonNode line = page.run("return application.capabilities()").path("spellChecker");
    assertFalse(line.path("available").asBoolean(true), line::toString);
    assertEquals("no-dictionary", line.path("reason").asText());
    assertFalse(line.toString().contains("xx"), line::toString);
    assertEquals(
        "[\"hunspell-xx\"]", page.run("return session.spellChecker()").path("packages").toString());
    type("recieve");
    page.run("return session.setSpellChecker({ languages: ['en-US'] })");
    type("recieve");
    awaitMarked("recieve");
    for (String[] wrong :
        new String[][] {
          {"{ languages: ['xx'] }", "ERR_NO_DICTIONARY"},
          {"{ languages: ['../../etc/passwd'] }", "ERR_INVALID_CALL"},
          {"{ languages: Array(9).fill('en-US') }", "ERR_INVALID_CALL"},
          {"{ languages: 'en-US' }", "ERR_INVALID_CALL"},
          {"{ languages: [] }", "ERR_INVALID_CALL"}
        }) {
      JsonNode outcome =
          page.run("return outcome(() => session.setSpellChecker(" + wrong[0] + "))");
      assertEquals(wrong[1], outcome.path("code").asText(), outcome::toString);
    }
    assertEquals(
        "[\"en-US\"]", page.run("return session.spellChecker()").path("languages").toString());
    type("wrold");
    awaitMarked("wrold");
  }

  @Test
  void thePolicyDecidesWhoChangesIt() throws IOException {
    start("policy[] = connect-src 'self' ipc://session/spellChecker\n");
    assertTrue(page.run("return session.spellChecker()").path("enabled").asBoolean());
    JsonNode denied = page.run("return outcome(() => session.setSpellChecker({ enabled: false }))");
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
  }
}
