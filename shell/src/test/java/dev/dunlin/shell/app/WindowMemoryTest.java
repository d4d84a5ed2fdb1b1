package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.engine.WindowPlace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowMemoryTest {
  private static final WindowPlace PLACE = new WindowPlace(1, -2, 300, 400, true);

  @TempDir Path folder;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Console console;
  private Path file;
  private WindowMemory memory;

  @BeforeEach
  void make() {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    console = new Console(out, out);
    file = folder.resolve("new").resolve("windows.json");
    memory = new WindowMemory(file, console);
  }

  @AfterEach
  void close() {
    console.close();
  }

  private void note(String name, WindowPlace place) {
    memory.note(name, place);
    memory.write();
  }

  @Test
  void knowsWhereAWindowWasInTheNextRun() {
    assertEquals(Optional.empty(), memory.of("main"));
    note("main", PLACE);
    note("page:a\"b", new WindowPlace(5, 6, 7, 8, false));
    assertEquals(Optional.of(PLACE), new WindowMemory(file, console).of("main"));
    assertEquals(Optional.of(new WindowPlace(5, 6, 7, 8, false)), memory.of("page:a\"b"));
  }

  @Test
  void knowsWhatIsNotedBeforeItIsWrittenAndWritesItOnce() throws IOException {
    memory.note("main", PLACE);
    assertEquals(Optional.of(PLACE), memory.of("main"));
    assertFalse(Files.exists(file), "who notes does not wait for a disk");
    memory.write();
    assertEquals(Optional.of(PLACE), new WindowMemory(file, console).of("main"));
    Files.delete(file);
    memory.write();
    assertFalse(Files.exists(file));
    assertEquals(Optional.empty(), memory.of("main"));
  }

  @Test
  void goesOnWhateverTheFileHolds() throws IOException {
    note("main", PLACE);
    for (String odd : new String[] {"", "[]", "{", "{\"main\":3}", "\0", "{\"main\":[]}"}) {
      Files.writeString(file, odd);
      assertEquals(Optional.empty(), memory.of("main"), odd);
    }
    Files.writeString(file, "x".repeat(WindowMemory.FILE_BYTES + 1));
    assertEquals(Optional.empty(), memory.of("main"));
    note("main", PLACE);
    assertEquals(Optional.of(PLACE), memory.of("main"));
    Files.writeString(file, "{\"main\":{\"x\":\"y\",\"width\":1e99}}");
    assertTrue(memory.of("main").isPresent());
  }

  @Test
  void forgetsTheFirstOfTooManyNames() {
    for (int i = 0; i <= WindowMemory.MOST_NAMES; i++) {
      note("name " + i, PLACE);
    }
    assertEquals(Optional.empty(), memory.of("name 0"));
    assertEquals(Optional.of(PLACE), memory.of("name 1"));
  }

  @Test
  void saysThatNothingCanBeNotedAndGoesOn() throws IOException {
    Files.writeString(folder.resolve("new"), "a file where the folder should be");
    note("main", PLACE);
    assertEquals(Optional.empty(), memory.of("main"));
    console.close();
    assertTrue(said.toString(StandardCharsets.UTF_8).contains("can't be noted"), said::toString);
  }
}
