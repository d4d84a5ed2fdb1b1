package dev.dunlin.shell.app;

import dev.dunlin.shell.config.AppConfig;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files among the words of a start: paths, and {@code file:} URLs as desktops give them for
 * {@code %U}.
 */
final class OpenedFiles {
  /** Files of one start. Over: the rest is not opened. */
  static final int FILES = GivenFiles.FILES;

  private OpenedFiles() {}

  /** Whether the app says that it opens files at all: to others, words are words. */
  static boolean areWanted(AppConfig config) {
    return !config.values().getOrDefault("meta_mime_types", "").isBlank()
        || !config.values().getOrDefault("meta_file_associations", "").isBlank();
  }

  /**
   * Those that are files now.
   *
   * @param from the folder of relative paths
   */
  static List<Path> among(List<String> words, Path from) {
    List<Path> files = new ArrayList<>();
    for (String word : words) {
      if (files.size() < FILES) {
        path(word, from).filter(Files::isRegularFile).ifPresent(files::add);
      }
    }
    return files;
  }

  /** The words for a process that stands in another folder. */
  static List<String> absolute(List<String> words, Path from) {
    return words.stream()
        .map(word -> path(word, from).filter(Files::isRegularFile).map(Path::toString).orElse(word))
        .toList();
  }

  private static Optional<Path> path(String word, Path from) {
    try {
      if (word.regionMatches(true, 0, "file:", 0, "file:".length())) {
        URI uri = URI.create(word);
        boolean here = uri.getHost() == null || uri.getHost().equalsIgnoreCase("localhost");
        return here && uri.getPath() != null
            ? Optional.of(Path.of(uri.getPath()).normalize()).filter(Path::isAbsolute)
            : Optional.empty();
      }
      return word.isEmpty() || word.startsWith("-")
          ? Optional.empty()
          : Optional.of(from.resolve(word).normalize());
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      // A word like any other.
      return Optional.empty();
    }
  }
}
