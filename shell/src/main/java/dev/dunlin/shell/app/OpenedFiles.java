package dev.dunlin.shell.app;

import dev.dunlin.shell.config.AppConfig;
import java.io.File;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
    return files(words, word -> path(word).map(from::resolve));
  }

  /** As {@link #among}, of words from a process that stands in a folder nobody knows. */
  static List<Path> amongAbsolute(List<String> words) {
    return files(words, word -> path(word).filter(Path::isAbsolute));
  }

  private static List<Path> files(List<String> words, Function<String, Optional<Path>> path) {
    List<Path> files = new ArrayList<>();
    for (String word : words) {
      if (files.size() < FILES) {
        path.apply(word).filter(Files::isRegularFile).ifPresent(files::add);
      }
    }
    return files;
  }

  /** The words for a process that stands in another folder. */
  static List<String> absolute(List<String> words, Path from) {
    return words.stream()
        .map(
            word ->
                path(word)
                    .map(from::resolve)
                    .filter(Files::isRegularFile)
                    .map(Path::toString)
                    .orElse(word))
        .toList();
  }

  /**
   * As it is written: {@code x/../a} without its {@code ..} may be another file than the system
   * finds there.
   */
  private static Optional<Path> path(String word) {
    try {
      if (word.regionMatches(true, 0, "file:", 0, "file:".length())) {
        URI uri = URI.create(word);
        boolean here = uri.getHost() == null || uri.getHost().equalsIgnoreCase("localhost");
        return here && uri.getPath() != null
            ? Optional.of(Path.of(uri.getPath())).filter(Path::isAbsolute)
            : Optional.empty();
      }
      return word.isEmpty() || word.startsWith("-") || isUrl(word)
          ? Optional.empty()
          : Optional.of(Path.of(word));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      // A word like any other.
      return Optional.empty();
    }
  }

  /**
   * Whether a word begins as a URL does: a website chooses what follows, so it is never a file,
   * whatever is there. A file of such a name is opened by its whole path.
   */
  private static boolean isUrl(String word) {
    int end = 0;
    while (end < word.length() && isOfScheme(word.charAt(end), end)) {
      end++;
    }
    // One letter is a disk where there are such.
    return end > (File.separatorChar == '\\' ? 1 : 0)
        && end < word.length()
        && word.charAt(end) == ':';
  }

  private static boolean isOfScheme(char c, int at) {
    boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    return letter || at > 0 && (c >= '0' && c <= '9' || "+-.".indexOf(c) >= 0);
  }
}
