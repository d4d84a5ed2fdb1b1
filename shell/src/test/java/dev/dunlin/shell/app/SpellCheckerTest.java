package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.spelling.Dictionaries;
import dev.dunlin.shell.spelling.Language;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The dictionaries are real files; Chromium's preferences are a map. */
@EnabledOnOs(OS.LINUX)
class SpellCheckerTest {
  private static final String DICTIONARIES = "spellcheck.dictionaries";
  private static final String ENABLED = "browser.enable_spellchecking";

  @TempDir Path folder;
  private Path system;
  private Path profile;
  private final Map<String, String> chromium = new LinkedHashMap<>();
  private final List<String> said = new ArrayList<>();
  private Optional<RuntimeException> refusal = Optional.empty();

  @BeforeEach
  void make() throws IOException {
    system = Files.createDirectory(folder.resolve("system"));
    profile = folder.resolve("profile");
    write("de_DE", "");
    write("fr_FR", "IGNORE abc\n");
  }

  private void write(String name, String rules) throws IOException {
    Files.writeString(system.resolve(name + ".aff"), "SET UTF-8\n" + rules);
    Files.writeString(system.resolve(name + ".dic"), "1\nente\n");
  }

  private static final class AtOnce implements PageServices.Blocking {
    @Override
    public <T> Future<T> run(Callable<T> work) {
      try {
        return Future.succeededFuture(work.call());
      } catch (Exception e) {
        return Future.failedFuture(e);
      }
    }
  }

  private Future<Void> set(String name, String json) {
    if (refusal.isPresent()) {
      return Future.failedFuture(refusal.get());
    }
    chromium.put(name, json);
    return Future.succeededFuture();
  }

  private static List<Language> languages(String... tags) {
    return List.of(tags).stream().map(Language::new).toList();
  }

  private SpellChecker checker(boolean enabled, String... tags) {
    return new SpellChecker(
        enabled,
        languages(tags),
        new Dictionaries(List.of(system), folder.resolve("kept")),
        profile,
        this::set,
        new AtOnce(),
        said::add);
  }

  private static String code(Future<?> failed) {
    assertTrue(failed.failed(), "it went well");
    return ((BridgeError) failed.cause()).code();
  }

  private static Object told(SpellChecker checker, String name) {
    return checker.told().result().get(name);
  }

  private static List<Language> parsed(String json) throws IOException {
    return SpellChecker.languagesOf(new ObjectMapper().readTree(json));
  }

  @Test
  void aCallsLanguagesAreAListOfTextsWithAtLeastOne() throws IOException {
    assertEquals(languages("de", "en-US"), parsed("[\"de\", \"en_us\"]"));
    for (String wrong :
        List.of(
            "\"de\"",
            "7",
            "true",
            "{\"0\": \"de\"}",
            "[]",
            "[7]",
            "[null]",
            "[[\"de\"]]",
            "[\"../../etc\"]",
            "[\"a1\"]",
            "[" + "\"de\",".repeat(8) + "\"de\"]")) {
      BridgeError told = assertThrows(BridgeError.class, () -> parsed(wrong), wrong);
      assertEquals("ERR_INVALID_CALL", told.code(), wrong);
    }
  }

  @Test
  void ofLanguagesThatShareAFileTheFirstIsGivenWhereverTheyCameFrom() throws IOException {
    assertEquals(languages("de", "es-MX"), parsed("[\"de\", \"de-DE\", \"es-MX\", \"es-ES\"]"));
    SpellChecker checker = checker(true, "de-DE", "de");
    checker.begin();
    assertEquals("[\"de-DE\"]", chromium.get(DICTIONARIES));
    assertEquals(List.of("de-DE"), told(checker, "languages"));
  }

  @Test
  void aDictionaryThatCantBeUsedIsToldAsMissing() {
    SpellChecker checker = checker(true, "de", "fr");
    checker.begin();
    assertEquals("[\"de\"]", chromium.get(DICTIONARIES));
    assertEquals("true", chromium.get(ENABLED));
    assertEquals(List.of("de"), told(checker, "languages"));
    assertEquals(List.of("fr"), told(checker, "missing"));
    assertEquals(List.of("hunspell-fr"), told(checker, "packages"));
    assertTrue(said.get(0).contains("IGNORE"), said::toString);
    Map<String, Object> line = checker.capability().result();
    assertEquals(true, line.get("available"));
    assertEquals("no-dictionary", line.get("reason"));
  }

  @Test
  void withoutAnyDictionaryThatCanBeUsedTheCapabilityIsNotAvailableAndSaysWhy() {
    for (String tag : List.of("fr", "xx")) {
      SpellChecker checker = checker(true, tag);
      checker.begin();
      assertEquals("false", chromium.get(ENABLED));
      Map<String, Object> line = checker.capability().result();
      assertEquals(false, line.get("available"));
      assertEquals("no-dictionary", line.get("reason"));
      assertFalse(((String) line.get("message")).isBlank());
      assertFalse(((String) line.get("cure")).isBlank());
    }
  }

  @Test
  void theCapabilityNamesNoLanguageOfThePerson() {
    SpellChecker checker = checker(true, "xx-YY", "de");
    assertFalse(checker.capability().result().toString().contains("xx"));
    checker.begin();
    assertFalse(checker.capability().result().toString().contains("xx"));
    assertEquals(List.of("xx-YY"), told(checker, "missing"));
    assertEquals(List.of("hunspell-xx"), told(checker, "packages"));
  }

  @Test
  void aCallForALanguageWithoutADictionaryThatCanBeUsedFailsAndChangesNothing() {
    SpellChecker checker = checker(true, "de");
    checker.begin();
    Map<String, String> before = Map.copyOf(chromium);
    for (String[] each :
        new String[][] {{"xx", "ERR_NO_DICTIONARY"}, {"fr", "ERR_BAD_DICTIONARY"}}) {
      for (boolean on : new boolean[] {true, false}) {
        Future<Void> asked = checker.change(Optional.of(on), Optional.of(languages("de", each[0])));
        assertEquals(each[1], code(asked));
        assertTrue(asked.cause().getMessage().contains(each[0]), asked.cause().getMessage());
        assertFalse(asked.cause().getMessage().contains(folder.toString()), "paths are not told");
      }
    }
    assertEquals(before, chromium);
    assertEquals(true, told(checker, "enabled"));
    assertEquals(List.of("de"), told(checker, "languages"));
    assertEquals(List.of(), told(checker, "missing"));
  }

  @Test
  void whereTheFilesCantBeWrittenNothingIsToldToBeInUse() throws IOException {
    Files.writeString(profile, "no folder");
    SpellChecker checker = checker(true, "de");
    checker.begin();
    assertEquals("[]", chromium.get(DICTIONARIES));
    assertEquals(List.of(), told(checker, "languages"));
    assertEquals(
        "ERR_BAD_DICTIONARY", code(checker.change(Optional.empty(), Optional.of(languages("de")))));
  }

  @Test
  void whatChromiumDoesNotTakeIsNotTold() {
    SpellChecker checker = checker(true, "de");
    checker.begin();
    refusal = Optional.of(new IllegalStateException("no"));
    assertTrue(checker.change(Optional.of(false), Optional.empty()).failed());
    assertEquals(true, told(checker, "enabled"));
    refusal = Optional.empty();
    assertTrue(checker.change(Optional.of(false), Optional.empty()).succeeded());
    assertEquals(false, told(checker, "enabled"));
    assertEquals("false", chromium.get(ENABLED));
  }

  @Test
  void whereNothingCouldBeToldAtFirstThereIsNoSpellingChecker() {
    refusal = Optional.of(new IllegalStateException("the engine is broken"));
    SpellChecker checker = checker(true, "de");
    checker.begin();
    assertEquals(List.of("there is no spelling checker: the engine is broken"), said);
    assertEquals(List.of(), told(checker, "languages"));
    assertEquals(false, checker.capability().result().get("available"));
  }

  @Test
  void aCheckerThatIsOffMakesNoDictionaryUntilItIsTurnedOn() {
    SpellChecker checker = checker(false, "de");
    checker.begin();
    assertEquals("false", chromium.get(ENABLED));
    assertFalse(Files.exists(profile));
    assertEquals(true, checker.capability().result().get("available"));
    assertTrue(checker.change(Optional.of(true), Optional.empty()).succeeded());
    assertEquals("[\"de\"]", chromium.get(DICTIONARIES));
    assertEquals("true", chromium.get(ENABLED));
  }

  @Test
  void anAppThatClosesMeanwhileSaysNothing() {
    Promise<Void> answer = Promise.promise();
    SpellChecker checker =
        new SpellChecker(
            true,
            languages("de", "fr"),
            new Dictionaries(List.of(system), folder.resolve("kept")),
            profile,
            (name, json) -> answer.future(),
            new AtOnce(),
            said::add);
    checker.begin();
    said.clear();
    checker.end();
    answer.fail("the engine is CLOSING");
    assertEquals(List.of(), said);
  }
}
