package dev.dunlin.shell.spelling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionariesTest {
  private static final Language GERMAN = new Language("de");

  @TempDir Path folder;
  private Path own;
  private Path system;
  private Path kept;
  private Path profile;
  private Dictionaries dictionaries;

  @BeforeEach
  void make() throws IOException {
    own = Files.createDirectory(folder.resolve("own"));
    system = Files.createDirectory(folder.resolve("system"));
    kept = folder.resolve("kept");
    profile = folder.resolve("profile");
    dictionaries = new Dictionaries(List.of(own, folder.resolve("none"), system), kept);
  }

  private static void write(Path folder, String name, String words) throws IOException {
    Files.writeString(folder.resolve(name + ".aff"), "SET UTF-8\n");
    Files.writeString(folder.resolve(name + ".dic"), "1\n" + words);
  }

  private Path given() {
    return profile.resolve("Dictionaries/de-DE-3-0.bdic");
  }

  private List<String> words() throws IOException {
    return List.copyOf(BdicReader.of(Files.readAllBytes(given())).words().keySet());
  }

  private static long files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }

  @Test
  void theAppsOwnDictionaryComesBeforeTheSystems() throws Exception {
    write(system, "de_DE", "ente\n");
    assertTrue(dictionaries.give(GERMAN, profile));
    assertEquals(List.of("ente"), words());
    write(own, "de", "gans\n");
    assertTrue(dictionaries.give(GERMAN, profile));
    assertEquals(List.of("gans"), words());
    assertEquals(List.of("de", "de-DE"), dictionaries.languages());
  }

  @Test
  void whatWasMadeIsKeptAndMadeAnewWhenTheFilesAreOthers() throws Exception {
    write(system, "de_DE", "ente\n");
    assertTrue(dictionaries.give(GERMAN, profile));
    assertFalse(dictionaries.give(GERMAN, profile), "it is the same");
    // For another app there is nothing to be made: what is kept is taken, whatever it is.
    Path made;
    try (Stream<Path> all = Files.list(kept)) {
      made = all.findFirst().orElseThrow();
    }
    Files.writeString(made, "kept");
    assertTrue(dictionaries.give(GERMAN, folder.resolve("other")));
    assertEquals("kept", Files.readString(folder.resolve("other/Dictionaries/de-DE-3-0.bdic")));
    write(system, "de_DE", "ente\nerpel\n");
    assertTrue(dictionaries.give(GERMAN, profile));
    assertEquals(List.of("ente", "erpel"), words());
    assertEquals(1, files(kept), "the older one is gone");
    assertEquals(1, files(given().getParent()), "no draft is left");
  }

  @Test
  void aFileThatChromiumHasDeletedOrSomebodyChangedIsGivenAgain() throws Exception {
    write(system, "de_DE", "ente\n");
    dictionaries.give(GERMAN, profile);
    byte[] right = Files.readAllBytes(given());
    Files.delete(given());
    assertTrue(dictionaries.give(GERMAN, profile));
    Files.writeString(given(), "half of i");
    assertTrue(dictionaries.give(GERMAN, profile));
    assertArrayEquals(right, Files.readAllBytes(given()));
  }

  @Test
  void draftsOfProcessesThatHaveEndedAreTakenAway() throws Exception {
    write(system, "de_DE", "ente\n");
    Files.createDirectories(kept);
    Files.writeString(kept.resolve("fr.abc.bdic.999999999999.tmp"), "half");
    Files.createDirectories(given().getParent());
    Files.writeString(given().resolveSibling("fr-FR-3-0.bdic.999999999999.tmp"), "half");
    dictionaries.give(GERMAN, profile);
    assertEquals(1, files(kept));
    assertEquals(1, files(given().getParent()));
  }

  @Test
  void anotherAppsDictionaryOfTheLanguageStaysInTheFolderOfAll() throws Exception {
    write(system, "de_DE", "ente\n");
    write(own, "de_DE", "gans\n");
    Dictionaries others = new Dictionaries(List.of(system), kept);
    assertTrue(dictionaries.give(GERMAN, profile));
    assertTrue(others.give(GERMAN, folder.resolve("other")));
    assertEquals(2, files(kept));
    write(own, "de_DE", "gans\nganter\n");
    assertTrue(dictionaries.give(GERMAN, profile));
    assertEquals(2, files(kept), "the older one of the app's own is gone, the other is not");
    assertFalse(others.give(GERMAN, folder.resolve("other")));
    assertEquals(List.of("gans", "ganter"), words());
  }

  @Test
  void namesOfOneDictionaryShareWhatWasMadeOfIt() throws Exception {
    write(system, "de_DE", "ente\n");
    dictionaries.give(GERMAN, profile);
    dictionaries.give(new Language("de-AT"), profile);
    assertEquals(1, files(kept));
  }

  @Test
  void whatAnotherProcessTakesAwayMeanwhileIsMadeOnceMore() throws Exception {
    write(system, "de_DE", "ente\n");
    List<Path> taken = new ArrayList<>();
    Dictionaries raced =
        new Dictionaries(
            List.of(system),
            kept,
            () -> {
              if (taken.isEmpty()) {
                try (Stream<Path> all = Files.list(kept)) {
                  taken.add(all.findFirst().orElseThrow());
                  Files.delete(taken.get(0));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    assertTrue(raced.give(GERMAN, profile));
    assertEquals(1, taken.size());
    assertEquals(List.of("ente"), words());
  }

  @Test
  void aDictionaryOfOneFileOrOfNoneIsNotThere() throws IOException {
    assertFalse(dictionaries.isThere(GERMAN));
    Files.writeString(system.resolve("de_DE.aff"), "");
    assertFalse(dictionaries.isThere(GERMAN));
    assertEquals(List.of(), dictionaries.languages());
    assertThrows(NoSuchFileException.class, () -> dictionaries.give(GERMAN, profile));
  }

  @Test
  void aDictionaryThatCantBeReadLeavesTheFileThatWasThere() throws Exception {
    write(system, "de_DE", "ente\n");
    dictionaries.give(GERMAN, profile);
    write(own, "de_DE", "");
    SpellingException told =
        assertThrows(SpellingException.class, () -> dictionaries.give(GERMAN, profile));
    assertTrue(told.getMessage().contains(own.toString()), told.getMessage());
    assertEquals(List.of("ente"), words());
  }
}
