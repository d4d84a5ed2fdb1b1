package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferencesTest {
  @TempDir Path profile;

  @Test
  void aNewProfileBeginsWithoutASpellingChecker() throws IOException {
    Preferences.begin(profile);
    JsonNode first =
        new ObjectMapper().readTree(Files.readString(profile.resolve(Preferences.FILE)));
    assertFalse(first.path("browser").path("enable_spellchecking").asBoolean(true));
    assertTrue(first.path("spellcheck").path("dictionaries").isArray());
    assertTrue(first.path("spellcheck").path("dictionaries").isEmpty());
  }

  @Test
  void whatAnEarlierRunLeftStays() throws IOException {
    Path file = profile.resolve(Preferences.FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"zoom\":1}");
    Preferences.begin(profile);
    assertEquals("{\"zoom\":1}", Files.readString(file));
  }
}
