package dev.dunlin.installers;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.update.AppFolder;
import dev.dunlin.shell.update.Manifest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of an app that a package has, in the folders they have in the app's own: {@code
 * socket.ini}, the pages ({@code [build] copy}), {@code extensions}, its dictionaries, the icon,
 * and what the words of the back end's command name. Of an app whose pages lie beside its {@code
 * socket.ini}, all but hidden files and what builds make.
 */
final class AppFiles {
  /** Folders of the dev loop, wherever they are. */
  private static final Set<String> DEV_FOLDERS = Set.of("node_modules", "target");

  private final SortedMap<String, Path> files = new TreeMap<>();
  private final AppConfig config;

  /**
   * @param output folder of packages, which is never part of one
   */
  AppFiles(AppConfig config, Path output) throws IOException {
    this.config = config;
    Path folder = config.directory();
    Path pages = config.build().resources();
    add(folder, folder.resolve(AppConfig.FILE));
    if (pages.equals(folder)) {
      addAll(folder, folder, output, true);
    } else {
      addAll(folder, pages, output, false);
    }
    addAll(folder, folder.resolve("extensions"), output, false);
    if (config.spelling().dictionaries().isPresent()) {
      addDictionaries(folder, config.spelling().dictionaries().get(), output);
    }
    for (String key : List.of("linux_icon", "mac_icon", "win_icon")) {
      addNamed(folder, config.values().getOrDefault(key, ""), output);
    }
    for (String key : List.of("linux_cmd", "mac_cmd", "win_cmd")) {
      for (String word : config.values().getOrDefault(key, "").split("[\\s'\"]+")) {
        addNamed(folder, word, output);
      }
    }
  }

  /** All of their folder, licences among it; of the app's own folder, dictionaries alone. */
  private void addDictionaries(Path folder, Path from, Path output) throws IOException {
    if (!from.equals(folder)) {
      addAll(folder, from, output, false);
      return;
    }
    try (DirectoryStream<Path> dictionaries = Files.newDirectoryStream(from, "*.{aff,dic}")) {
      for (Path file : dictionaries) {
        addAll(folder, file, output, true);
      }
    }
  }

  /** A file that a setting names; with the folder it is in, if that is not the app's own. */
  private void addNamed(Path folder, String name, Path output) throws IOException {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      return;
    }
    Path file = folder.resolve(name).normalize();
    if (!file.startsWith(folder) || file.equals(folder) || !Files.exists(file)) {
      return;
    }
    Path top = folder.resolve(folder.relativize(file).getName(0));
    addAll(folder, top, output, true);
    if (Files.isRegularFile(file)) {
      // Wherever it is: back ends are built into folders such as target.
      add(folder, file);
    }
  }

  private void addAll(Path folder, Path from, Path output, boolean isSource) throws IOException {
    if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    for (Path file : Tree.files(from)) {
      if (file.startsWith(output)) {
        continue;
      }
      boolean skipped = false;
      for (Path part : folder.relativize(file)) {
        String name = part.toString();
        skipped |= name.startsWith(".") || isSource && DEV_FOLDERS.contains(name);
      }
      if (!skipped) {
        add(folder, file);
      }
    }
  }

  private void add(Path folder, Path file) throws IOException {
    if (file.equals(folder.resolve(Manifest.FILE))) {
      return;
    }
    Path real = file.toRealPath();
    if (!real.startsWith(folder.toRealPath())) {
      throw new BuildException(
          file + " is a link that leads out of the app's folder: copy what it points to");
    }
    if (Files.isDirectory(real)) {
      throw new BuildException(
          file + " is a link to a folder, which packages don't have: copy the folder");
    }
    files.put(folder.relativize(file).toString().replace('\\', '/'), real);
  }

  /** The time of the newest. */
  Instant newest() throws IOException {
    Instant newest = Instant.EPOCH;
    for (Path file : files.values()) {
      Instant time = Files.getLastModifiedTime(file).toInstant();
      newest = time.isAfter(newest) ? time : newest;
    }
    // Archives have whole seconds.
    return Instant.ofEpochSecond(newest.getEpochSecond());
  }

  SortedMap<String, Path> files() {
    return Collections.unmodifiableSortedMap(files);
  }

  /** What they are, to be checked where they are opened. */
  Manifest manifest() throws IOException {
    return Manifest.ofFiles(
        config.meta().bundleIdentifier(), config.meta().version(), AppFolder.entries(files));
  }

  /** With their manifest. */
  void copy(Tree tree, String to) throws IOException {
    tree.write(to + "/" + Manifest.FILE, manifest().toBytes());
    for (var file : files.entrySet()) {
      tree.copy(file.getValue(), to + "/" + file.getKey());
    }
  }
}
