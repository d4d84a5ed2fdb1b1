package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dunlin.bridge.spi.BridgeError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreePathsTest {
  @TempDir Path folder;

  private final FreePaths free = new FreePaths(3);

  @Test
  void twoOfOneNameUnderWayTogetherGetTwoPaths() {
    assertEquals(folder.resolve("a.txt"), free.take(folder, "a.txt"));
    assertEquals(folder.resolve("a (1).txt"), free.take(folder, "a.txt"));
    free.giveBack(folder.resolve("a.txt"));
    assertEquals(folder.resolve("a.txt"), free.take(folder, "a.txt"));
  }

  @Test
  void whatIsThereIsNotTakenAndTooManyAreRefused() throws IOException {
    Files.writeString(folder.resolve("a"), "there");
    Files.createSymbolicLink(folder.resolve("a (1)"), folder.resolve("nowhere"));
    assertEquals(folder.resolve("a (2)"), free.take(folder, "a"));
    assertEquals("EEXIST", assertThrows(BridgeError.class, () -> free.take(folder, "a")).code());
    free.giveBack(folder.resolve("a (2)"));
    assertEquals(folder.resolve("a (2)"), free.take(folder, "a"));
  }
}
