package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.shell.host.Os;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserFoldersTest {
  private static final String ID = "com.example.demo";

  @TempDir Path temporary;
  private Path home;

  @BeforeEach
  void makeHome() throws IOException {
    home = Files.createDirectories(temporary.toRealPath().resolve("home").resolve("u"));
  }

  private UserFolders folders(Os os, Map<String, String> environment) {
    return UserFolders.of(os, environment, home, temporary, home.resolve("app"), ID);
  }

  private UserFolders withUserDirs(String lines) throws IOException {
    Path file = Files.createDirectories(home.resolve(".config")).resolve("user-dirs.dirs");
    Files.write(file, lines.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    return folders(Os.LINUX, Map.of());
  }

  @Test
  void followTheXdgDefaultsOnLinux() {
    UserFolders folders = folders(Os.LINUX, Map.of());
    assertEquals(home.resolve(".local/share").resolve(ID), folders.get("data"));
    assertEquals(home.resolve(".config").resolve(ID), folders.get("config"));
    assertEquals(home.resolve(".local/state").resolve(ID).resolve("log"), folders.get("log"));
    assertEquals(home.resolve(".cache").resolve(ID), folders.cache());
    assertEquals(home, folders.get("home"));
    assertEquals(home.resolve("Documents"), folders.get("documents"));
    assertEquals(home.resolve("Downloads"), folders.get("downloads"));
    assertEquals(home.resolve("app"), folders.get("resources"));
  }

  @Test
  void followTheXdgVariables() {
    Path other = temporary.toAbsolutePath().resolve("other");
    UserFolders folders =
        folders(
            Os.LINUX,
            Map.of(
                "XDG_DATA_HOME", other.resolve("d").toString(),
                "XDG_CONFIG_HOME", other.resolve("x/../c").toString(),
                "XDG_STATE_HOME", other.resolve("s").toString(),
                "XDG_CACHE_HOME", other.resolve("k").toString()));
    assertEquals(other.resolve("d").resolve(ID), folders.get("data"));
    assertEquals(other.resolve("c").resolve(ID), folders.get("config"));
    assertEquals(other.resolve("s").resolve(ID).resolve("log"), folders.get("log"));
    assertEquals(other.resolve("k").resolve(ID), folders.cache());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "relative", "./x", "../x", "~/x", "$HOME/x", "a\0b"})
  void ignoreAnXdgVariableThatIsNoAbsolutePath(String value) {
    UserFolders folders =
        folders(Os.LINUX, Map.of("XDG_DATA_HOME", value, "XDG_CACHE_HOME", value));
    assertEquals(home.resolve(".local/share").resolve(ID), folders.get("data"));
    assertEquals(home.resolve(".cache").resolve(ID), folders.cache());
  }

  @Test
  void readUserDirs() throws IOException {
    UserFolders folders =
        withUserDirs(
            """
            # This file is written by xdg-user-dirs-update
            XDG_DESKTOP_DIR="$HOME/Schreibtisch"
              XDG_DOWNLOAD_DIR="/srv/downloads/"\s\s
            XDG_DOCUMENTS_DIR="$HOME/first"
            XDG_DOCUMENTS_DIR="$HOME/a b/\\"c\\\\d\\$"
            XDG_MUSIC_DIR="$HOME/x/../Musik"
            """);
    assertEquals(home.resolve("Schreibtisch"), folders.get("desktop"));
    assertEquals(Path.of("/srv/downloads"), folders.get("downloads"));
    assertEquals(home.resolve("a b/\"c\\d$"), folders.get("documents"));
    assertEquals(home.resolve("Musik"), folders.get("music"));
    assertEquals(home.resolve("Videos"), folders.get("videos"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "XDG_DOCUMENTS_DIR=\"relative\"",
        "XDG_DOCUMENTS_DIR=\"$HOMEx\"",
        "XDG_DOCUMENTS_DIR=\"$OTHER/x\"",
        "XDG_DOCUMENTS_DIR=\"$HOME/$OTHER\"",
        "XDG_DOCUMENTS_DIR=\"$HOME/`id`\"",
        "XDG_DOCUMENTS_DIR=\"$HOME/open",
        "XDG_DOCUMENTS_DIR=$HOME/bare",
        "XDG_DOCUMENTS_DIR='$HOME/x'",
        "XDG_DOCUMENTS_DIR=\"$HOME/x\" ; rm",
        "XDG_DOCUMENTS_DIR =\"$HOME/x\"",
        "XDG_DOCUMENTS_DIR=\"\"",
        "XDG_DOCUMENTS_DIR=\"$HOME/a\0b\"",
        "xdg_documents_dir=\"$HOME/x\"",
        "#XDG_DOCUMENTS_DIR=\"$HOME/x\"",
        "XDG_DOCUMENTS_DIR",
        "\u00FF\u00FE"
      })
  void ignoreAMalformedLineAndReadTheNext(String line) throws IOException {
    UserFolders folders = withUserDirs(line + "\nXDG_MUSIC_DIR=\"$HOME/Musik\"\n");
    assertEquals(home.resolve("Documents"), folders.get("documents"));
    assertEquals(home.resolve("Musik"), folders.get("music"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"$HOME/", "$HOME/.", "$HOME/x/..", "$HOME/..", "$HOME/../..", "/"})
  void neverTakeTheWholeHomeForTheDocuments(String folder) throws IOException {
    UserFolders folders = withUserDirs("XDG_DOCUMENTS_DIR=\"" + folder + "\"\n");
    assertEquals(home.resolve("Documents"), folders.get("documents"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DATA", "CONFIG", "HOME", "TMP", "RESOURCES", "LOG", "MEDIA"})
  void letUserDirsNameNoFolderOfTheApp(String name) throws IOException {
    Map<String, Object> before = folders(Os.LINUX, Map.of()).toFacts();
    assertEquals(before, withUserDirs("XDG_" + name + "_DIR=\"/elsewhere\"\n").toFacts());
  }

  @Test
  void findUserDirsWhereXdgConfigHomeSays() throws IOException {
    Path config = Files.createDirectories(temporary.toRealPath().resolve("config"));
    Files.writeString(config.resolve("user-dirs.dirs"), "XDG_VIDEOS_DIR=\"$HOME/Filme\"\n");
    UserFolders folders = folders(Os.LINUX, Map.of("XDG_CONFIG_HOME", config.toString()));
    assertEquals(home.resolve("Filme"), folders.get("videos"));
  }

  @Test
  void followThePlatformOnMacOs() throws IOException {
    withUserDirs("XDG_MUSIC_DIR=\"$HOME/Musik\"\n");
    UserFolders folders = folders(Os.MAC, Map.of("XDG_DATA_HOME", "/ignored"));
    Path library = home.resolve("Library");
    assertEquals(library.resolve("Application Support").resolve(ID), folders.get("data"));
    assertEquals(library.resolve("Preferences").resolve(ID), folders.get("config"));
    assertEquals(library.resolve("Logs").resolve(ID), folders.get("log"));
    assertEquals(library.resolve("Caches").resolve(ID), folders.cache());
    assertEquals(home.resolve("Music"), folders.get("music"));
  }

  @Test
  void followThePlatformOnWindows() {
    Path roaming = home.resolve("Roaming profile");
    UserFolders folders = folders(Os.WINDOWS, Map.of("APPDATA", roaming.toString()));
    Path local = home.resolve("AppData").resolve("Local").resolve(ID);
    assertEquals(roaming.resolve(ID), folders.get("data"));
    assertEquals(roaming.resolve(ID).resolve("config"), folders.get("config"));
    assertEquals(local.resolve("log"), folders.get("log"));
    assertEquals(local.resolve("cache"), folders.cache());
    assertEquals(home.resolve("Pictures"), folders.get("pictures"));
    assertEquals(
        home.resolve("AppData").resolve("Roaming").resolve(ID),
        folders(Os.WINDOWS, Map.of()).get("data"));
  }

  @Test
  void aLinkedFolderHasBothFormsInPolicies() throws IOException {
    Path real = Files.createDirectories(temporary.toRealPath().resolve("disk"));
    Files.createSymbolicLink(home.resolve("Documents"), real);
    Files.createDirectories(home.resolve("Music"));
    Map<String, List<Path>> names = folders(Os.LINUX, Map.of()).policyNames();
    assertEquals(List.of(home.resolve("Documents"), real), names.get("DOCUMENTS"));
    assertEquals(List.of(home.resolve("Music")), names.get("MUSIC"));
    assertEquals(List.of(home.resolve("Videos")), names.get("VIDEOS"));
  }

  @Test
  void makeTheAppsOwnFoldersForThePersonAlone() throws IOException {
    assumeTrue(File.separatorChar == '/', "Windows has no such permissions");
    UserFolders folders = folders(Os.LINUX, Map.of());
    folders.create();
    folders.create();
    for (String name : List.of("data", "config")) {
      assertTrue(Files.isDirectory(folders.get(name)));
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(folders.get(name))));
    }
  }
}
