package dev.dunlin.shell.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
      Pattern.compile("^\\s*XDG_([A-Z]+)_DIR=\"(\\$HOME)?/?([^\"]*)\"\\s*$");

  private final Map<String, Path> folders = new LinkedHashMap<>();
  private final Path cache;

  private UserFolders(Path cache) {
    this.cache = cache;
  }

  /**
   * Folders of the app with this bundle identifier.
   *
   * @param home the person's home folder
   * @param temporary folder for temporary files
   * @param resources folder with the app's pages
   */
  public static UserFolders of(
      String os,
      Map<String, String> environment,
      Path home,
      Path temporary,
      Path resources,
      String bundle) {
    UserFolders result;
    if (os.startsWith("Windows")) {
      Path roaming = variable(environment, "APPDATA", home.resolve("AppData\\Roaming"));
      Path local = variable(environment, "LOCALAPPDATA", home.resolve("AppData\\Local"));
      result = new UserFolders(local.resolve(bundle).resolve("cache"));
      result.put("data", roaming.resolve(bundle));
      result.put("config", roaming.resolve(bundle).resolve("config"));
      result.put("log", local.resolve(bundle).resolve("log"));
    } else if (os.startsWith("Mac")) {
      Path library = home.resolve("Library");
      result = new UserFolders(library.resolve("Caches").resolve(bundle));
      result.put("data", library.resolve("Application Support").resolve(bundle));
      result.put("config", library.resolve("Preferences").resolve(bundle));
      result.put("log", library.resolve("Logs").resolve(bundle));
    } else {
      Path caches = variable(environment, "XDG_CACHE_HOME", home.resolve(".cache"));
      result = new UserFolders(caches.resolve(bundle));
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
    for (String name :
        List.of("documents", "downloads", "desktop", "pictures", "music", "videos")) {
      result.put(
          name, home.resolve(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)));
    }
    if (os.startsWith("Linux")) {
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
    String value = environment.getOrDefault(name, "");
    return !value.isEmpty() && Path.of(value).isAbsolute() ? Path.of(value) : otherwise;
  }

  private void readUserDirs(Path file, Path home) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      // Most systems without a desktop have no such file; the defaults stand.
      return;
    }
    for (String line : lines) {
      Matcher matcher = USER_DIR.matcher(line);
      if (matcher.matches()) {
        String name = matcher.group(1).toLowerCase(Locale.ROOT);
        String key = name.equals("download") ? "downloads" : name;
        if (folders.containsKey(key)) {
          put(key, (matcher.group(2) != null ? home : Path.of("/")).resolve(matcher.group(3)));
        }
      }
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
      Files.createDirectories(get(own));
    }
  }
}
