package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What several keys make together, in fields of a page: dead keys and the Compose key. */
class DeadKeysSuite {
  /** Places of keys, as X counts them: of a US keyboard E, U, O, A, X, space and so on. */
  static final int E = 26;

  private static final int U = 30;
  private static final int O = 32;
  private static final int A = 38;
  private static final int X = 53;
  private static final int SPACE = 65;
  private static final int SHIFT = 50;
  private static final int ALT_GR = 108;

  /** Where a French and a Brazilian keyboard have their dead key, and a German and a US one. */
  private static final int RIGHT_OF_P = 34;

  private static final int RIGHT_OF_ZERO = 21;
  static final int APOSTROPHE = 48;

  static final String FIELDS =
      "document.body.innerHTML = '<input id=\"one\"><textarea id=\"two\"></textarea>"
          + "<p id=\"three\" contenteditable></p><iframe id=\"four\"></iframe>';"
          + "four.contentDocument.body.innerHTML = '<input id=\"inner\">';"
          + "globalThis.inner = four.contentDocument.getElementById('inner');"
          + "globalThis.seen = []; "
          + "one.focus()";

  static final String LISTEN =
      "for (const type of ['keydown', 'keypress', 'beforeinput', 'compositionstart', 'compositionupdate', 'compositionend'])"
          + " addEventListener(type, event => seen.push(type + ' ' + (event.key ?? event.data)), true)";

  @RegisterExtension static final Apps APPS = new Apps();

  @TempDir static Path folder;

  private static Desktop desktop;
  private static RunningApp app;
  private static Page page;

  @BeforeAll
  static void open() throws IOException {
    desktop = Desktop.startFull();
    // The tables of keymaps are not on every system.
    Map<String, String> none = Map.of("XKB_CONFIG_ROOT", folder.resolve("none").toString());
    app = APPS.startOnForSuite(desktop, "windows", "", folder, none);
    page = app.page();
    page.await("document.hasFocus()");
    // Until what looks at the keys first is there: it comes after the page.
    desktop.layout("us", "-variant", "intl");
    page.run(FIELDS);
    page.run(LISTEN);
    app.await(
        () -> {
          page.evaluate("one.value = ''");
          desktop.strike(APOSTROPHE, E);
          page.await("one.value !== ''");
          return page.evaluate("one.value").asText().equals("é");
        },
        "dead keys",
        RunningApp.SOON);
  }

  @AfterAll
  static void close() {
    if (desktop != null) {
      app.close();
      desktop.close();
    }
  }

  @BeforeEach
  void clear() {
    desktop.layout("us", "-variant", "intl");
    page.run(FIELDS);
  }

  private static void awaitValue(String field, String value) {
    page.await(field + ".value === " + quoted(value));
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("'");
    text.chars().forEach(c -> quoted.append("\\u%04x".formatted(c)));
    return quoted.append('\'').toString();
  }

  @Test
  @Shows(Feature.DEAD_KEYS)
  void aDeadKeyAndALetterAreTheLetterWithItsAccent() {
    desktop.layout("fr");
    desktop.strike(RIGHT_OF_P, E);
    awaitValue("one", "ê");
    desktop.strikeWith(SHIFT, RIGHT_OF_P);
    desktop.strike(U);
    awaitValue("one", "êü");
    desktop.layout("br");
    desktop.strike(RIGHT_OF_P, E);
    awaitValue("one", "êüé");
    desktop.strike(APOSTROPHE, A);
    awaitValue("one", "êüéã");
    desktop.layout("de");
    desktop.strike(RIGHT_OF_ZERO);
    desktop.strikeWith(SHIFT, E);
    awaitValue("one", "êüéãÉ");
    desktop.strike(RIGHT_OF_ZERO, SPACE);
    awaitValue("one", "êüéãÉ'");
    desktop.strike(RIGHT_OF_ZERO, RIGHT_OF_ZERO);
    awaitValue("one", "êüéãÉ'´");
  }

  @Test
  @Shows(Feature.DEAD_KEYS)
  void thePageSeesTheKeysThatWerePressedAndOneCharacter() {
    desktop.strike(APOSTROPHE, E);
    awaitValue("one", "é");
    assertEquals(
        "[\"keydown Dead\",\"keydown e\",\"keypress é\",\"beforeinput é\"]",
        page.evaluate("seen").toString());
  }

  @Test
  void whatThePageKeepsIsNotTyped() {
    page.evaluate(
        "one.addEventListener('keydown', event => { if (event.key === 'e') event.preventDefault() })");
    desktop.strike(APOSTROPHE, E, A);
    awaitValue("one", "a");
    desktop.strike(APOSTROPHE, A);
    awaitValue("one", "aá");
  }

  @Test
  @Shows(Feature.DEAD_KEYS)
  void areaParagraphAndFrameTakeThemToo() {
    page.evaluate("two.focus()");
    desktop.strike(APOSTROPHE, E);
    awaitValue("two", "é");
    page.evaluate("three.focus()");
    desktop.strike(APOSTROPHE, E);
    page.await("three.textContent === '\\u00e9'");
    page.evaluate("inner.focus()");
    desktop.strike(APOSTROPHE, E);
    awaitValue("inner", "é");
  }

  @Test
  void aLetterThatHasNoSuchAccentIsTypedAlone() {
    desktop.strike(APOSTROPHE, X, X);
    awaitValue("one", "xx");
    desktop.layout("us");
    desktop.strike(APOSTROPHE, E);
    awaitValue("one", "xx'e");
  }

  @Test
  void outsideAFieldThePageSeesWhatTheyMake() {
    page.evaluate("one.blur()");
    desktop.strike(APOSTROPHE, E);
    page.await("seen.includes('keypress é')");
  }

  /** There Chromium does not say that the keys are in a field. */
  @Test
  void aFieldThatHasTheKeysWhenItsPageOpensTakesThem() {
    page.run("setTimeout(() => location.assign('field.html'))");
    page.await("location.pathname.endsWith('field.html') && document.activeElement.id === 't'");
    app.await(
        () -> {
          // X gives the keys to the new page when it likes.
          boolean there = page.evaluate("t.value").asText().contains("é");
          if (!there) {
            desktop.strike(APOSTROPHE, E);
          }
          return there;
        },
        "dead keys after a navigation",
        RunningApp.SOON);
    page.run("setTimeout(() => history.back())");
    page.await("!location.pathname.endsWith('field.html') && document.readyState === 'complete'");
    page.run(LISTEN);
  }

  @Test
  @Shows(Feature.DEAD_KEYS)
  void theComposeKeyMakesOneOfTwo() {
    desktop.layout("us", "-option", "compose:ralt");
    desktop.strike(ALT_GR, O, E);
    awaitValue("one", "œ");
    desktop.strike(E);
    awaitValue("one", "œe");
  }
}
