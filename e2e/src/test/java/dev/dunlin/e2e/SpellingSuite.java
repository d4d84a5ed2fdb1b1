package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
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

  /** As wide as a line is below a word of this size; what is not marked has none. */
  private static final int MARK = 20;

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
    desktop.type(words);
    page.await("area.value === '" + words + "'");
  }

  private void awaitMarked() {
    page.await("red().then(points => points > " + MARK + ")");
  }

  private void awaitUnmarked() {
    page.await("red().then(points => points === 0)");
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
    type("hello ");
    awaitUnmarked();
    type("recieve ");
    awaitMarked();
    openMenu();
    choose(1);
    page.await("area.value === 'receive '");
    awaitUnmarked();
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
    type("ente ");
    awaitMarked();
    page.run("return session.setSpellChecker({ languages: ['de'] })");
    type("enten ");
    awaitUnmarked();
    type("entr ");
    awaitMarked();
    openMenu();
    choose(1);
    page.await("area.value === 'ente '");
    awaitUnmarked();
    page.run("return session.setSpellChecker({ languages: ['de', 'en-US'] })");
    type("hello ente ");
    awaitUnmarked();
    type("helo ente ");
    awaitMarked();
    page.run("return session.setSpellChecker({ enabled: false })");
    type("helo ente ");
    awaitUnmarked();
    assertFalse(page.run("return session.spellChecker()").path("enabled").asBoolean(true));
    page.run("return session.setSpellChecker({ enabled: true })");
    type("helo ente ");
    awaitMarked();
  }

  @Test
  @Shows(Feature.SPELL_CHECK)
  void aWordThatThePersonAddsIsMarkedNoMore() throws IOException {
    start(ALLOWED);
    // So far from any word that nothing stands above the item.
    type("qzxjwvk ");
    awaitMarked();
    openMenu();
    choose(1);
    type("qzxjwvk too ");
    awaitUnmarked();
    type("qzxjwv too ");
    awaitMarked();
  }

  @Test
  void aLanguageWithoutADictionaryIsToldWithItsPackageAndNothingChanges() throws IOException {
    start(ALLOWED + "[spellcheck]\nlanguages = xx-YY\n");
    JsonNode line = page.run("return application.capabilities()").path("spellChecker");
    assertFalse(line.path("available").asBoolean(true), line::toString);
    assertEquals("no-dictionary", line.path("reason").asText());
    assertTrue(line.path("cure").asText().contains("apt-get install hunspell-xx"), line::toString);
    type("recieve ");
    page.run("return session.setSpellChecker({ languages: ['en-US'] })");
    type("recieve ");
    awaitMarked();
    for (String[] wrong :
        new String[][] {
          {"{ languages: ['xx'] }", "ERR_NO_DICTIONARY"},
          {"{ languages: ['../../etc/passwd'] }", "ERR_INVALID_CALL"},
          {"{ languages: Array(9).fill('en-US') }", "ERR_INVALID_CALL"}
        }) {
      JsonNode outcome =
          page.run("return outcome(() => session.setSpellChecker(" + wrong[0] + "))");
      assertEquals(wrong[1], outcome.path("code").asText(), outcome::toString);
    }
    assertEquals(
        "[\"en-US\"]", page.run("return session.spellChecker()").path("languages").toString());
    type("wrold ");
    awaitMarked();
  }

  @Test
  void thePolicyDecidesWhoChangesIt() throws IOException {
    start("policy[] = connect-src 'self' ipc://session/spellChecker\n");
    assertTrue(page.run("return session.spellChecker()").path("enabled").asBoolean());
    JsonNode denied = page.run("return outcome(() => session.setSpellChecker({ enabled: false }))");
    assertEquals("ERR_ACCESS_DENIED", denied.path("code").asText(), denied::toString);
  }
}
