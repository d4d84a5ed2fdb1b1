package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenedFilesTest {
  @TempDir Path folder;

  @Test
  void pathsAndFileUrlsOfFilesThatAreThereAreOpenedAndOtherWordsAreNot() throws IOException {
    Path file = Files.writeString(folder.resolve("a b.note"), "");
    assertEquals(
        List.of(file, file, file),
        OpenedFiles.among(
            List.of(
                "a b.note",
                file.toString(),
                file.toUri().toString(),
                "file://elsewhere" + file.toUri().getRawPath(),
                "file:relative",
                "file:///%zz",
                "missing.note",
                "--a b.note",
                "",
                "my-app://x",
                "nul\0",
                folder.toString()),
            folder));
  }

  @Test
  void wordsForAProcessInAnotherFolderNameFilesByTheirWholePath() throws IOException {
    Path file = Files.writeString(folder.resolve("a.note"), "");
    assertEquals(
        List.of(file.toString(), "missing.note", "my-app://x"),
        OpenedFiles.absolute(List.of("a.note", "missing.note", "my-app://x"), folder));
  }

  @Test
  void ofTooManyFilesTheRestIsNotOpened() throws IOException {
    Files.writeString(folder.resolve("a.note"), "");
    assertEquals(
        OpenedFiles.FILES,
        OpenedFiles.among(Collections.nCopies(OpenedFiles.FILES + 1, "a.note"), folder).size());
  }
}
