package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarXzTest {
  /** More than may wait, so that the one who cuts has to. */
  private static final int LARGE_FILES = 70;

  private static final Instant TIME = Instant.parse("2026-11-22T00:00:00Z");

  @TempDir Path folder;

  private Tree tree() throws IOException {
    Tree tree = Tree.empty(folder.resolve("tree"));
    byte[] bytes = new byte[(int) TarXz.LARGE];
    for (int i = 0; i < LARGE_FILES; i++) {
      Arrays.fill(bytes, (byte) i);
      tree.write("%02d/large".formatted(i), bytes);
      tree.write("%02d/small".formatted(i), "small " + i);
    }
    return tree;
  }

  private Path write(Tree tree) throws IOException {
    Path scratch = Files.createTempDirectory(folder, "scratch-");
    return new TarXz(folder.resolve("kept"), scratch, TarXz.Effort.FAST).write(tree, TIME);
  }

  @Test
  void whatIsCompressedSideBySideIsWholeInItsOrderAndTheSameWithAndWithoutWhatWasKept()
      throws IOException {
    Tree tree = tree();
    Path first = write(tree);
    assertEquals(-1, Files.mismatch(first, write(tree)), "with what was kept");
    Trees.delete(folder.resolve("kept"));
    assertEquals(-1, Files.mismatch(first, write(tree)), "from scratch");
    Path to = Files.createDirectories(folder.resolve("unpacked"));
    Tool.of("tar", "-C", to.toString(), "-xJf", first.toString()).run();
    List<Path> files = Tree.files(tree.root());
    assertEquals(2 * LARGE_FILES, files.size());
    for (Path file : files) {
      assertEquals(
          -1, Files.mismatch(file, to.resolve(tree.root().relativize(file))), file::toString);
    }
  }

  @Test
  void aPartThatCannotBeCompressedFailsTheWholeWithItsReason() throws IOException {
    Tree tree = tree();
    Path kept = Files.writeString(folder.resolve("kept"), "a file where a folder should be");
    IOException failed = assertThrows(IOException.class, () -> write(tree));
    assertTrue(failed.getMessage().contains(kept.toString()), failed.getMessage());
  }
}
