package dev.dunlin.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("run.jsonl");
  }

  private void assertRecorded() throws IOException {
    assertEquals(Recording.HEAD + "\n", Files.readString(file));
  }

  @Test
  void aRecordingIsItsUsersAlone() throws IOException {
    new Recorder(file).close();
    assertRecorded();
    // Elsewhere it has what its folder gives it.
    PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (posix != null) {
      assertEquals(
          "rw-------", PosixFilePermissions.toString(posix.readAttributes().permissions()));
    }
  }

  @Test
  void whatIsThereIsKeptUnlessThePersonSaysSo() throws IOException {
    Files.writeString(file, "of somebody");
    IOException refused = assertThrows(IOException.class, () -> new Recorder(file));
    assertTrue(refused.getMessage().contains("name another"), refused.getMessage());
    assertEquals("of somebody", Files.readString(file));
    Recorder.replacing(file).close();
    assertRecorded();
  }
}
