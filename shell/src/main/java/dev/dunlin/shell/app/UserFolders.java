package dev.dunlin.shell.app;

import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the person's and the app's files are: the XDG base and user directories on Linux, the
 * platform's own on macOS and Windows.
 */
public final class UserFolders {
  private static final Pattern USER_DIR =
      Pattern.compile("\\s*XDG_([A-Z]+)_DIR=\"(\\$HOME)?/((?:[^\"\\\\$`]|\\\\.)*)\"\\s*");

  /** Folders of the person, and what user-dirs.dirs calls them. */
  private static final Map<String, String> USER_FOLDERS =
      Map.of(
          "documents", "DOCUMENTS",
          "downloads", "DOWNLOAD",
          "desktop", "DESKTOP",
          "pictures", "PICTURES",
          "music", "MUSIC",
          "videos", "VIDEOS");

  private final Map<String, Path> folders = new LinkedHashMap<>();
  private Path cache;

  private UserFolders() {}

  /**
   * Folders of the app with this bundle identifier.
   *
   * @param home the person's home folder
   * @param temporary folder for temporary files
   * @param resources folder with the app's pages
   */
  public static UserFolders of(
      Os os,
      Map<String, String> environment,
      Path home,
      Path temporary,
      Path resources,
      String bundle) {
    UserFolders result = new UserFolders();
    if (os == Os.WINDOWS) {
      Path roaming = variable(environment, "APPDATA", home.resolve("AppData").resolve("Roaming"));
      Path local = variable(environment, "LOCALAPPDATA", home.resolve("AppData").resolve("Local"));
      result.cache = local.resolve(bundle).resolve("cache");
      result.put("data", roaming.resolve(bundle));
      result.put("config", roaming.resolve(bundle).resolve("config"));
      result.put("log", local.resolve(bundle).resolve("log"));
    } else if (os == Os.MAC) {
      Path library = home.resolve("Library");
      result.cache = library.resolve("Caches").resolve(bundle);
      result.put("data", library.resolve("Application Support").resolve(bundle));
      result.put("config", library.resolve("Preferences").resolve(bundle));
      result.put("log", library.resolve("Logs").resolve(bundle));
    } else {
      Path caches = variable(environment, "XDG_CACHE_HOME", home.resolve(".cache"));
      result.cache = caches.resolve(bundle);
      result.put(
          "data",
          variable(environment, "XDG_DATA_HOME", home.resolve(".local/share")).resolve(bundle));
      result.put(
          "config",
          variable(environment, "XDG_CONFIG_HOME", home.resolve(".config")).resolve(bundle));
      result.put(
          "log",
          variable(environment, "XDG_STATE_HOME", home.resolve(".local/state"))
              .resolve(bundle)
              .resolve("log"));
    }
    result.put("home", home);
    result.put("tmp", temporary);
    result.put("resources", resources);
    result.put("media", resources);
    USER_FOLDERS.keySet().stream()
        .sorted()
        .forEach(name -> result.put(name, home.resolve(capitalised(name))));
    if (os == Os.LINUX) {
      result.readUserDirs(
          variable(environment, "XDG_CONFIG_HOME", home.resolve(".config"))
              .resolve("user-dirs.dirs"),
          home);
    }
    return result;
  }

  private void put(String name, Path folder) {
    folders.put(name, folder.toAbsolutePath().normalize());
  }

  /** XDG wants absolute paths; a relative one is to be ignored. */
  private static Path variable(Map<String, String> environment, String name, Path otherwise) {
    try {
      Path value = Path.of(environment.getOrDefault(name, ""));
      return value.isAbsolute() ? value : otherwise;
    } catch (InvalidPathException e) {
      // No more a folder than a relative path is.
      return otherwise;
    }
  }

  private static String capitalised(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  /** A shell's assignments; a line that is none, or not of an absolute path, says nothing. */
  private void readUserDirs(Path file, Path home) {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      // Most systems without a desktop have no such file; the defaults stand.
      return;
    }
    text.lines()
        .map(USER_DIR::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                USER_FOLDERS.forEach(
                    (name, key) -> {
                      if (key.equals(line.group(1))) {
                        putUserFolder(
                            name,
                            home,
                            line.group(2) == null ? "/" : home.toString(),
                            line.group(3).replaceAll("\\\\(.)", "$1"));
                      }
                    }));
  }

  private void putUserFolder(String name, Path home, String base, String rest) {
    Path folder;
    try {
      folder = Path.of(base, rest).normalize();
    } catch (InvalidPathException e) {
      // Not a path; the default stands.
      return;
    }
    // The home folder itself is how xdg-user-dirs says that there is none. A policy that grants the
    // documents must not come to grant all that the person has.
    if (!home.startsWith(folder)) {
      put(name, folder);
    }
  }

  /** The folder with this name, such as {@code data}. */
  public Path get(String name) {
    return folders.get(name);
  }

  /** Folder for what can be made again; the engine's profile is in it. */
  public Path cache() {
    return cache;
  }

  /** All of them as text, for {@code socket:internal/host}. */
  public Map<String, Object> toFacts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    folders.forEach((name, folder) -> facts.put(name, folder.toString()));
    return facts;
  }

  /** For policies: {@code DATA} and so on, each as written and, where it differs, its real path. */
  public Map<String, List<Path>> policyNames() {
    Map<String, List<Path>> names = new LinkedHashMap<>();
    folders.forEach((name, folder) -> names.put(name.toUpperCase(Locale.ROOT), forms(folder)));
    return names;
  }

  private static List<Path> forms(Path folder) {
    try {
      Path real = folder.toRealPath();
      return real.equals(folder) ? List.of(folder) : List.of(folder, real);
    } catch (IOException e) {
      // A folder that is not there has one form only.
      return List.of(folder);
    }
  }

  /** Makes the app's own folders, for the person alone. */
  public void create() throws IOException {
    for (String own : List.of("data", "config")) {
      if (get(own).getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            get(own),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(get(own));
      }
    }
  }
}
