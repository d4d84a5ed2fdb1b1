package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class BoxMemoryTest {
  @TempDir Path folder;
  private Path bwrap;
  private Path setting;

  @BeforeEach
  void makeFiles() throws IOException {
    bwrap = Files.writeString(folder.resolve("bwrap"), "a program");
    setting = Files.writeString(folder.resolve("max_user_namespaces"), "15000");
  }

  private BoxMemory of(String engine) {
    return BoxMemory.of(folder.resolve("notes"), bwrap, folder, List.of(setting), engine).get();
  }

  @Test
  void isUsedByOneStartAlone() throws IOException {
    assertFalse(of("engine").claim(), "nobody has noted anything");
    of("engine").confirm();
    assertTrue(of("engine").claim());
    assertFalse(of("engine").claim(), "a start that fails leaves none");
    try (Stream<Path> left = Files.list(folder.resolve("notes"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void holdsOnlyForTheSameEngineProgramAndSettings() throws IOException {
    of("engine").confirm();
    assertFalse(of("another").claim());
    of("engine").confirm();
    Files.writeString(bwrap, "another program");
    assertFalse(of("engine").claim());
    of("engine").confirm();
    Files.writeString(setting, "0");
    assertFalse(of("engine").claim());
  }

  @Test
  void isOfNoUseWithoutTheProgram() throws IOException {
    Files.delete(bwrap);
    assertTrue(
        BoxMemory.of(folder.resolve("notes"), bwrap, folder, List.of(setting), "engine").isEmpty());
  }
}
