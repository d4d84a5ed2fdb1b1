package dev.dunlin.shell.spelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LanguageTest {
  private static Language language(String name) {
    return Language.named(name).orElseThrow();
  }

  private static List<String> ofPerson(String... variables) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return Language.ofPerson(environment).stream().map(Language::tag).toList();
  }

  @Test
  void aLocaleSaysWhatThePersonReads() {
    assertEquals(List.of("de-AT"), ofPerson("LANG", "de_AT.UTF-8@euro"));
    assertEquals(List.of("fr-FR"), ofPerson("LANG", "de_DE", "LC_ALL", "fr_FR.UTF-8"));
    assertEquals(List.of("fr-FR"), ofPerson("LANG", "de_DE", "LC_MESSAGES", "fr_FR"));
    assertEquals(List.of("de", "en-GB"), ofPerson("LANG", "en_GB", "LANGUAGE", "de:en"));
    assertEquals(List.of("sr-Latn-RS"), ofPerson("LANG", "sr_Latn_RS"));
  }

  @Test
  void withoutALocaleItIsEnglishOfTheUnitedStates() {
    assertEquals(List.of("en-US"), ofPerson());
    assertEquals(List.of("en-US"), ofPerson("LANG", "C.UTF-8", "LANGUAGE", "de"));
    assertEquals(List.of("en-US"), ofPerson("LC_ALL", "POSIX"));
    assertEquals(List.of("en-US"), ofPerson("LANG", "../../etc"));
  }

  @Test
  void whatIsNoLanguageIsNone() {
    for (String name :
        List.of(
            "", "d", "german", "de/at", "de-", "../de", "de_DE.UTF-8", "de-DE-x-long-one", "d\0")) {
      assertEquals(Optional.empty(), Language.named(name), name);
    }
    assertEquals("en-GB", language("EN_gb").tag());
    assertEquals("es-419", language("es-419").tag());
  }

  @Test
  void chromiumsFileHasItsRegionAndVersion() {
    assertEquals("en-US-10-1.bdic", language("en-US").file());
    assertEquals("en-US-10-1.bdic", language("en").file());
    assertEquals("de-DE-3-0.bdic", language("de").file());
    assertEquals("de-AT-3-0.bdic", language("de-AT").file());
    assertEquals("es-ES-3-0.bdic", language("es-MX").file());
    assertEquals("uk-UA-5-0.bdic", language("uk").file());
    assertEquals("fi-3-0.bdic", language("fi").file());
  }

  @Test
  void ofLanguagesWithTheSameFileTheFirstIsKept() {
    assertEquals(
        List.of("de-DE", "en", "es-MX", "de-AT", "en-GB"),
        Language.oneForEachFile(
                List.of("de-DE", "en", "de", "es-MX", "en-US", "es-ES", "de-AT", "en-GB").stream()
                    .map(LanguageTest::language)
                    .toList())
            .stream()
            .map(Language::tag)
            .toList());
  }

  @Test
  void aDictionaryOfAnotherRegionWillDoUnlessItMarksWhatIsRight() {
    assertEquals(List.of("de_AT", "de-AT", "de", "de_DE", "de-DE"), language("de-AT").names());
    assertTrue(language("es-MX").names().contains("es_ES"));
    assertTrue(language("en-ZA").names().contains("en_US"));
    assertEquals(List.of("en_GB", "en-GB"), language("en-GB").names());
    assertEquals(List.of("pt_PT", "pt-PT"), language("pt-PT").names());
  }

  @Test
  void thePackageIsDebians() {
    assertEquals("hunspell-en-us", language("en").debianPackage());
    assertEquals("hunspell-en-gb", language("en-GB").debianPackage());
    assertEquals("hunspell-fr", language("fr-FR").debianPackage());
    assertEquals("hunspell-no", language("nb-NO").debianPackage());
  }
}
