package dev.dunlin.installers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.config.AppConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code dunlin build --thin}, which needs no runtime; packages that have one are InstallSuite's.
 */
class BuildCommandTest {
  private static final byte[] PNG = {
    (byte) 0x89,
    'P',
    'N',
    'G',
    13,
    10,
    26,
    10,
    0,
    0,
    0,
    13,
    'I',
    'H',
    'D',
    'R',
    0,
    0,
    0,
    64,
    0,
    0,
    0,
    64,
    8,
    6,
    0,
    0,
    0
  };

  @TempDir Path folder;
  private Path app;

  /** What a command said and how it ended. */
  private record Outcome(int code, String out, String err) {}

  private static Outcome dunlin(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new Outcome(code, out.toString(), err.toString());
  }

  @BeforeEach
  void makeApp() throws IOException {
    app = Files.createDirectory(folder.resolve("my app"));
    Files.createDirectories(app.resolve("src/deep"));
    Files.writeString(app.resolve("src/index.html"), "<title>x</title>");
    Files.writeString(app.resolve("src/deep/a.js"), "1");
    Files.writeString(app.resolve("src/.hidden"), "secret");
    Files.createDirectories(app.resolve("node_modules/x"));
    Files.writeString(app.resolve("node_modules/x/index.js"), "dev");
    Files.write(app.resolve("src/icon.png"), PNG);
    ini("");
  }

  private void ini(String more) throws IOException {
    Files.writeString(
        app.resolve("socket.ini"),
        """
        [build]
        name = My_App
        [meta]
        bundle_identifier = com.example.my-app
        title = 日本語 App's "best" \\\\ of 100%%
        description = It works
        version = 1.2.3
        [linux]
        icon = src/icon.png
        """
            + more);
  }

  private Path deb() throws IOException {
    try (Stream<Path> files = Files.list(app.resolve("build"))) {
      return files.filter(file -> file.toString().endsWith(".deb")).findFirst().orElseThrow();
    }
  }

  private List<String> contents() throws IOException {
    return Tool.of("dpkg-deb", "--contents", deb().toString()).run().stream()
        .map(line -> line.replaceFirst(".* \\./", ""))
        .filter(name -> !name.isEmpty() && !name.endsWith("/"))
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private Path unpacked() throws IOException {
    Path to = folder.resolve("unpacked");
    Tool.of("dpkg-deb", "--extract", deb().toString(), to.toString()).run();
    return to;
  }

  @Test
  void aThinPackageHasTheAppsFilesAndWhatDesktopsWant() throws IOException {
    Outcome made = dunlin("build", "--thin", app.toString());
    assertEquals(0, made.code(), made.err());
    assertTrue(made.out().contains("my-app_1.2.3_all.deb"), made.out());
    assertEquals(
        List.of(
            "usr/bin/my-app",
            "usr/share/applications/com.example.my-app.desktop",
            "usr/share/doc/my-app/copyright",
            "usr/share/icons/hicolor/64x64/apps/com.example.my-app.png",
            "usr/share/man/man1/my-app.1.gz",
            "usr/share/my-app/app/dunlin.manifest",
            "usr/share/my-app/app/socket.ini",
            "usr/share/my-app/app/src/deep/a.js",
            "usr/share/my-app/app/src/icon.png",
            "usr/share/my-app/app/src/index.html"),
        contents());
    String entry =
        Files.readString(unpacked().resolve("usr/share/applications/com.example.my-app.desktop"));
    assertTrue(entry.contains("\nName=日本語 App's \"best\" "), entry);
    assertTrue(entry.contains("\nStartupWMClass=com.example.my-app\n"), entry);
    assertTrue(entry.contains("\nMimeType=x-scheme-handler/com-example-my-app;\n"), entry);
  }

  @Test
  void filesOfAnAppsOwnKindAreKnownToTheDesktopWhereItIsInstalled() throws IOException {
    ini(
        "[meta]\nmime_types = text/markdown\n"
            + "file_associations[] = application/x-note .note .nt.txt A <note> & more\n");
    Outcome made = dunlin("build", "--thin", app.toString());
    assertEquals(0, made.code(), made.err());
    Path root = unpacked();
    String entry =
        Files.readString(root.resolve("usr/share/applications/com.example.my-app.desktop"));
    assertTrue(
        entry.contains(
            "\nMimeType=text/markdown;application/x-note;x-scheme-handler/com-example-my-app;\n"),
        entry);
    assertTrue(entry.contains(" %U\n"), entry);
    String types = Files.readString(root.resolve("usr/share/mime/packages/com.example.my-app.xml"));
    assertTrue(types.contains("<mime-type type=\"application/x-note\">"), types);
    assertTrue(types.contains("<comment>A &lt;note&gt; &amp; more</comment>"), types);
    assertTrue(types.contains("<glob pattern=\"*.note\"/>"), types);
    assertTrue(types.contains("<glob pattern=\"*.nt.txt\"/>"), types);
    assertFalse(types.contains("text/markdown"), types);
  }

  @Test
  void theSameFilesMakeTheSameBytes() throws IOException {
    assertEquals(0, dunlin("build", "--thin", app.toString()).code());
    byte[] first = Files.readAllBytes(deb());
    Files.delete(deb());
    assertEquals(0, dunlin("build", "--thin", app.toString()).code());
    assertArrayEquals(first, Files.readAllBytes(deb()));
    Files.writeString(app.resolve("src/deep/a.js"), "2");
    Files.setLastModifiedTime(
        app.resolve("src/deep/a.js"), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    assertEquals(0, dunlin("build", "--thin", app.toString()).code());
    assertFalse(Arrays.equals(first, Files.readAllBytes(deb())));
  }

  @Test
  void dictionariesBesideThePagesAreInThePackageWhereverTheyAre() throws IOException {
    Path words = Files.createDirectory(app.resolve("words"));
    for (Path in : List.of(words, app)) {
      Files.writeString(in.resolve("de_DE.aff"), "SET UTF-8\n");
      Files.writeString(in.resolve("de_DE.dic"), "1\nente\n");
    }
    Files.writeString(words.resolve("LICENSE"), "free");
    assertFalse(packed("").contains("words/de_DE.dic"));
    List<String> files = packed("[spellcheck]\ndictionaries = words\n");
    assertTrue(files.containsAll(List.of("words/de_DE.aff", "words/LICENSE")), files::toString);
    assertFalse(files.contains("de_DE.aff"), files::toString);
    files = packed("[spellcheck]\ndictionaries = .\n");
    assertTrue(files.containsAll(List.of("de_DE.aff", "de_DE.dic")), files::toString);
    assertFalse(files.toString().contains("node_modules"), files::toString);
    assertFalse(files.contains("words/LICENSE"), files::toString);
  }

  private List<String> packed(String more) throws IOException {
    ini("[build]\ncopy = src\n" + more);
    return List.copyOf(new AppFiles(AppConfig.load(app), app.resolve("build")).files().keySet());
  }

  @Test
  void twoBuildsAtOnceFollowEachOther() throws IOException {
    List<CompletableFuture<Outcome>> builds = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      builds.add(Threads.async("build-" + i, () -> dunlin("build", "--thin", app.toString())));
    }
    builds.forEach(build -> assertEquals(0, build.join().code(), build.join().err()));
    assertEquals(10, contents().size());
  }

  /** Threads wait for each other in memory, processes at the file. */
  @Test
  void buildsOfTwoProcessesIntoOneFolderFollowEachOther() throws IOException {
    List<CompletableFuture<List<String>>> builds = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      builds.add(
          Threads.async(
              "process-" + i,
              () ->
                  Tool.of(
                          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                          "-cp",
                          System.getProperty("java.class.path"),
                          "dev.dunlin.installers.Main",
                          "build",
                          "--thin",
                          app.toString())
                      .run()));
    }
    builds.forEach(build -> assertTrue(build.join().toString().contains("my-app_1.2.3_all.deb")));
    assertEquals(10, contents().size());
  }

  @Test
  void theAppsOwnBuildRunsBeforeItsFilesAreCopied() throws IOException {
    ini("[build]\nscript = echo made > \"$PREFIX/made.txt\"\n");
    assertEquals(0, dunlin("build", "--thin", app.toString()).code());
    assertTrue(contents().contains("usr/share/my-app/app/src/made.txt"));
    ini("[build]\nscript = echo no way >&2; exit 3\n");
    Outcome failed = dunlin("build", "--thin", app.toString());
    assertEquals(1, failed.code());
    assertTrue(failed.err().contains("no way"), failed.err());
  }

  @Test
  void badInputIsSaidWithItsCureAndMakesNothing() throws IOException {
    check("[linux]\nicon = src/none.png\n", "there is no file", "Name a PNG");
    check("[linux]\nicon = src/deep/a.js\n", "neither a PNG nor an SVG");
    check("[linux]\ncategories = Büro;\n", "no category", "Utility");
    check("[meta]\nmime_types = text\n", "no MIME type", "text/markdown");
    check("[meta]\nfile_associations[] = text/x .*\n", "no MIME type", "application/x-note");
    check("[build]\nname = 日本語 App's \"best\"\n", "[build] name", "A-Z a-z 0-9 _ -");
    check("[build]\nname = x\n", "no name for a package", "two letters");
    for (String version : List.of("1", "1.0", "1.0.0-beta", "v1.0.0", "1.0.0; rm -rf /", "一.〇.〇")) {
      check("[meta]\nversion = " + version + "\n", "[meta] version", "version = 1.0.0");
    }
    check("[build]\noutput = ../out\n", "no folder inside the app's", "output = build");
    ini("");
    Files.createSymbolicLink(app.resolve("src/link"), Path.of("/etc/hostname"));
    Outcome outcome = dunlin("build", "--thin", app.toString());
    assertEquals(1, outcome.code());
    assertTrue(outcome.err().contains("leads out of the app's folder"), outcome.err());
    assertEquals(1, dunlin("build", "--thin", folder.resolve("none").toString()).code());
    assertEquals(2, dunlin("build", "--target", "floppy", app.toString()).code());
    assertEquals(2, dunlin("build", "--thin", "--target", "msi", app.toString()).code());
  }

  private void check(String lines, String... words) throws IOException {
    ini(lines);
    Outcome outcome = dunlin("build", "--thin", app.toString());
    assertEquals(1, outcome.code(), outcome.out());
    for (String word : words) {
      assertTrue(outcome.err().contains(word), outcome.err());
    }
    assertFalse(Files.exists(app.resolve("build")) && !contentsOfBuild().isEmpty());
  }

  private List<Path> contentsOfBuild() throws IOException {
    try (Stream<Path> files = Files.list(app.resolve("build"))) {
      return files.filter(file -> !file.endsWith(".lock")).toList();
    }
  }

  @Test
  void whatABackEndIsBuiltIntoIsPackedAndWhatWasPackedBeforeIsNot() throws IOException {
    Files.createDirectories(app.resolve("backend/target/classes"));
    Files.writeString(app.resolve("backend/target/backend.jar"), "jar");
    Files.writeString(app.resolve("backend/target/classes/A.class"), "class");
    ini("cmd = java -jar backend/target/backend.jar\n[build]\ncopy = .\n");
    for (int i = 0; i < 2; i++) {
      Path dotted = app.resolve(".").resolve("build");
      assertEquals(
          0, dunlin("build", "--thin", "--output", dotted.toString(), app.toString()).code());
    }
    List<String> contents = contents();
    assertTrue(
        contents.contains("usr/share/my-app/app/backend/target/backend.jar"), contents::toString);
    assertFalse(contents.toString().contains("A.class"), contents::toString);
    assertFalse(contents.toString().contains(".deb"), contents::toString);
  }

  @Test
  void nothingThatABuildDidNotMakeIsDeleted() throws IOException {
    Path mine = Files.createDirectories(folder.resolve("my-app-1.2.3/.git"));
    Path work = Files.createDirectories(folder.resolve(".work"));
    Outcome outcome =
        dunlin("build", "--target", "app-image", "--output", folder.toString(), app.toString());
    assertEquals(1, outcome.code());
    assertTrue(outcome.err().contains("my-app-1.2.3 is in the way"), outcome.err());
    assertTrue(Files.exists(mine));
    assertEquals(
        0, dunlin("build", "--thin", "--output", folder.toString(), app.toString()).code());
    assertTrue(Files.exists(work));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          List.of(),
          left.filter(file -> file.getFileName().toString().startsWith(".dunlin")).toList());
    }
  }

  @Test
  void aJdkWithoutItsToolsIsNamedWithTheCure() throws IOException {
    AppConfig config = AppConfig.load(app);
    Path jdk = Files.createDirectories(folder.resolve("jre/bin")).getParent();
    Jpackage jpackage = new Jpackage(jdk, "app-image");
    BuildException none =
        assertThrows(BuildException.class, () -> jpackage.check(AppPackage.of(config)));
    assertTrue(none.getMessage().contains(jdk + " has no jpackage"), none.getMessage());
    assertTrue(none.getMessage().contains("JAVA_HOME"), none.getMessage());
    RuntimeBuilder builder = new RuntimeBuilder(jdk, List.of(), folder);
    BuildException jlink =
        assertThrows(BuildException.class, () -> builder.build(folder.resolve("runtime")));
    assertTrue(jlink.getMessage().contains("no jlink"), jlink.getMessage());
    assertFalse(Files.exists(folder.resolve("runtime")));
    Outcome elsewhere = dunlin("build", "--target", "msi", app.toString());
    assertEquals(1, elsewhere.code());
    assertTrue(elsewhere.err().contains("on Windows only"), elsewhere.err());
  }

  @Test
  void versionsThatASystemCannotSayAreRefusedBeforeTheWork() {
    Jpackage msi = new Jpackage(Path.of("jdk"), "msi");
    Jpackage dmg = new Jpackage(Path.of("jdk"), "dmg");
    msi.checkVersion("255.255.65535");
    dmg.checkVersion("1.0.0");
    for (String wrong : List.of("256.0.0", "1.256.0", "1.0.65536", "1.0", "99999999999.0.0")) {
      assertThrows(BuildException.class, () -> msi.checkVersion(wrong), wrong);
    }
    assertThrows(BuildException.class, () -> dmg.checkVersion("0.9.0"));
  }
}
