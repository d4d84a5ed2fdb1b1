package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.resources.ResourceSource.Found;
import dev.dunlin.shell.update.AlteredException;
import dev.dunlin.shell.update.AppFolder;
import dev.dunlin.shell.update.InstalledApp;
import dev.dunlin.shell.update.Manifest;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiedSourceTest {
  /** Larger than what is served from memory. */
  private static final int LARGE = 9 << 20;

  @TempDir private Path app;

  private ResourceSource source;

  @BeforeEach
  void install() throws IOException {
    Files.createDirectories(app.resolve("src/deep"));
    Files.createDirectories(app.resolve("extensions"));
    Files.writeString(
        app.resolve("socket.ini"),
        "[build]\nname = app\ncopy = src\n[meta]\nbundle_identifier = com.example.app\n");
    Files.writeString(app.resolve("src/index.html"), "<h1>Hello</h1>");
    Files.writeString(app.resolve("src/deep/a.js"), "export {}");
    Files.write(app.resolve("src/large.bin"), new byte[LARGE]);
    Files.writeString(app.resolve("extensions/e.jar"), "a jar");
    writeManifest();
    source = source(app.resolve("src"));
  }

  private void writeManifest() throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(app)) {
      all.filter(Files::isRegularFile)
          .filter(file -> !file.endsWith(Manifest.FILE))
          .forEach(file -> files.put(app.relativize(file).toString(), file));
    }
    Files.write(
        app.resolve(Manifest.FILE),
        Manifest.ofFiles("com.example.app", "1.0.0", AppFolder.entries(files)).toBytes());
  }

  private ResourceSource source(Path resources) throws IOException {
    return new VerifiedSource(new DirectorySource(resources), AppFolder.open(app), resources);
  }

  private byte[] read(String... names) throws IOException {
    Found.File file = assertInstanceOf(Found.File.class, source.find(List.of(names)));
    try (SeekableByteChannel channel = file.opener().open()) {
      return Channels.newInputStream(channel).readAllBytes();
    }
  }

  private AlteredException refuses(String... names) {
    return assertThrows(AlteredException.class, () -> read(names));
  }

  @Test
  void givesWhatWasInstalledAndKnowsWhatIsMissingFromTheStart() throws IOException {
    assertEquals("<h1>Hello</h1>", new String(read("index.html"), StandardCharsets.UTF_8));
    assertEquals("export {}", new String(read("deep", "a.js"), StandardCharsets.UTF_8));
    assertEquals(LARGE, read("large.bin").length);
    assertEquals(LARGE, read("large.bin").length);
    assertInstanceOf(Found.Directory.class, source.find(List.of("deep")));
    assertInstanceOf(Found.Missing.class, source.find(List.of("none.js")));
    Found.File part =
        assertInstanceOf(
            Found.File.class, source(app.resolve("src")).below("/deep").find(List.of("a.js")));
    try (SeekableByteChannel channel = part.opener().open()) {
      assertEquals(9, channel.size());
      channel.position(7);
      assertEquals(
          "{}",
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void refusesAFileThatWasChangedEvenToTheSameLengthAndTime() throws IOException {
    Path file = app.resolve("src/index.html");
    FileTime time = Files.getLastModifiedTime(file);
    read("index.html");
    Files.writeString(file, "<h1>hELLO</h1>");
    Files.setLastModifiedTime(file, time);
    assertEquals("its content was changed", refuses("index.html").why());
    Files.writeString(file, "<h1>Hello</h1>!");
    assertTrue(refuses("index.html").why().contains("14 bytes"));
    Files.writeString(file, "<h1>Hello</h1>");
    read("index.html");
  }

  @Test
  void refusesALargeFileThatWasChanged() throws IOException {
    read("large.bin");
    byte[] changed = new byte[LARGE];
    changed[LARGE - 1] = 1;
    Files.write(app.resolve("src/large.bin"), changed);
    refuses("large.bin");
  }

  @Test
  void refusesAFileThatWasAddedOrTakenAway() throws IOException {
    Files.writeString(app.resolve("src/evil.js"), "x");
    assertEquals("it was added", refuses("evil.js").why());
    Files.delete(app.resolve("src/deep/a.js"));
    assertEquals("it is missing", refuses("deep", "a.js").why());
    Files.createSymbolicLink(app.resolve("src/deep/a.js"), app.resolve("src/evil.js"));
    refuses("deep", "a.js");
  }

  // ---- at the start

  private String notOpened() {
    return assertThrows(IOException.class, () -> InstalledApp.open(app)).getMessage();
  }

  @Test
  void opensAnAppThatIsAsItWasInstalled() throws IOException {
    assertEquals("1.0.0", InstalledApp.open(app).version().toString());
    // Pages are looked at when they are served.
    Files.writeString(app.resolve("src/index.html"), "other");
    InstalledApp.open(app);
  }

  @Test
  void opensNoAppWhoseSettingsOrExtensionsWereChanged() throws IOException {
    Path jar = app.resolve("extensions/e.jar");
    Files.writeString(jar, "b jar");
    assertTrue(notOpened().contains("e.jar"));
    Files.writeString(jar, "a jar");
    Path added = Files.writeString(app.resolve("extensions/added.jar"), "x");
    assertTrue(notOpened().contains("added.jar"));
    Files.delete(added);
    Files.createSymbolicLink(added, jar);
    assertTrue(notOpened().contains("link"));
    Files.delete(added);
    InstalledApp.open(app);
    Files.delete(app.resolve(Manifest.FILE));
    assertTrue(notOpened().contains("missing"));
    Files.writeString(app.resolve(Manifest.FILE), "dunlin-manifest 1\n");
    assertTrue(notOpened().contains("cut off"));
  }

  @Test
  void opensNoAppWithABackEndWhoseFilesWereChanged() throws IOException {
    Files.writeString(
        app.resolve("socket.ini"),
        Files.readString(app.resolve("socket.ini")) + "[linux]\ncmd = ./backend\n");
    Files.writeString(app.resolve("backend"), "#!/bin/sh\n");
    writeManifest();
    InstalledApp.open(app);
    Files.createDirectories(app.resolve("node_modules"));
    Path added = Files.writeString(app.resolve("node_modules/evil.js"), "x");
    assertTrue(notOpened().contains("evil.js"));
    Files.delete(added);
    Files.writeString(app.resolve("backend"), "#!/bin/no\n");
    assertTrue(notOpened().contains("backend"));
  }
}
