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
  void aLinkThatAWebsiteWritesIsNeverAFileWhateverLiesWhereItsWordsLead() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "");
    Files.createDirectories(folder.resolve("my-app:x"));
    Files.writeString(folder.resolve("my-app:plain"), "");
    List<String> links =
        List.of(
            "my-app:x/../secret",
            "MY-APP:x/../secret",
            "my-app:no-such/../secret",
            "my-app:../secret",
            "m:no-such/../secret",
            "my-app:plain",
            "http:no-such/../secret",
            "a+b.c-1:no-such/../secret");
    assertEquals(List.of(), OpenedFiles.among(links, folder));
    assertEquals(links, OpenedFiles.absolute(links, folder));
    assertEquals(
        List.of(secret, folder.resolve("./my-app:plain")),
        OpenedFiles.among(List.of("secret", "./my-app:plain"), folder));
  }

  @Test
  void aFolderThatIsNotThereIsNotLeftOutOfAPath() throws IOException {
    Files.writeString(folder.resolve("a.note"), "");
    List<String> words =
        List.of("no-such/../a.note", folder.toUri() + "no-such/../a.note", "no-such/../../x");
    assertEquals(List.of(), OpenedFiles.among(words, folder));
    assertEquals(words, OpenedFiles.absolute(words, folder));
  }

  @Test
  void ofAnotherProcessOnlyWholePathsAreFiles() throws IOException {
    Path file = Files.writeString(folder.resolve("a.note"), "");
    Path here = Path.of("").toAbsolutePath();
    String relative = here.relativize(file).toString();
    assertEquals(
        List.of(Path.of("/").resolve(file)),
        OpenedFiles.amongAbsolute(
            List.of(relative, file.toString().substring(1), "pom.xml", file.toString())));
    assertEquals(
        List.of(file), OpenedFiles.amongAbsolute(List.of("a.note", file.toUri().toString())));
  }

  @Test
  void ofTooManyFilesTheRestIsNotOpened() throws IOException {
    Files.writeString(folder.resolve("a.note"), "");
    assertEquals(
        OpenedFiles.FILES,
        OpenedFiles.among(Collections.nCopies(OpenedFiles.FILES + 1, "a.note"), folder).size());
  }
}
