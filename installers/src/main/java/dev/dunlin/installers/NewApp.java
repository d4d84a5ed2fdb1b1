package dev.dunlin.installers;

import dev.dunlin.shell.config.AppConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Year;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A new app: a template with names of its own. {@code create-dunlin-app} (src/main/npm) does the
 * same in JavaScript, and a test compares the two.
 *
 * @param template folder of the template
 * @param name program name, {@code [A-Za-z0-9_-]+}
 * @param id reverse DNS, lower case
 * @param title any text of one line
 */
record NewApp(Path template, String name, String id, String title) {
  /** Longest name. Over: refused. */
  static final int NAME_LENGTH = 64;

  /** Longest title. Over: refused. */
  static final int TITLE_LENGTH = 200;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern ID =
      Pattern.compile(
          "[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)+");

  /** What would be a comment, or quotes that are taken off. */
  private static final Pattern NEEDS_QUOTES = Pattern.compile("^[\"']|(^|\\s)[;#]");

  /** What builds and the dev loop make; and what a new app gets from us. */
  private static final Set<String> LEFT_OUT =
      Set.of("node_modules", "target", "dist", "build", ".dunlin", ".gitignore");

  /** What git shall not see. */
  static final String GITIGNORE = ".dunlin/\nbuild/\ndist/\nnode_modules/\n";

  NewApp {
    if (!NAME.matcher(name).matches() || name.length() > NAME_LENGTH) {
      throw new BuildException(
          "the name '"
              + name
              + "' is not 1 to "
              + NAME_LENGTH
              + " of A-Z a-z 0-9 _ -: give one with --name; the title may be anything");
    }
    if (!ID.matcher(id).matches()) {
      throw new BuildException(
          "'"
              + id
              + "' is no identifier: give one with --id that begins with a domain of yours, as"
              + " com.example.my-app, in lower case");
    }
    if (title.isBlank()
        || title.length() > TITLE_LENGTH
        || title.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new BuildException(
          "the title must be a text of one line with at most "
              + TITLE_LENGTH
              + " characters: give one with --title");
    }
  }

  /** A name for the app of this title: {@code Über uns} is {@code Uber-uns}. */
  static String nameFor(String title) {
    String plain =
        Normalizer.normalize(title, Normalizer.Form.NFKD)
            .replaceAll("\\p{M}+", "")
            .replaceAll("[^A-Za-z0-9_-]+", "-")
            .replaceAll("^-+|-+$", "");
    return plain.isEmpty()
        ? "my-app"
        : plain.substring(0, Math.min(plain.length(), NAME_LENGTH)).replaceAll("-+$", "");
  }

  /** An identifier for the app of this name, to be changed before anybody else gets the app. */
  static String idFor(String name) {
    String label = name.toLowerCase(Locale.ROOT).replaceAll("^[_-]+|[_-]+$", "");
    return "com.example."
        + (label.isEmpty() ? "my-app" : label.substring(0, Math.min(label.length(), 60)));
  }

  /** The templates in this folder. */
  static List<String> templates(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> Files.isRegularFile(path.resolve(AppConfig.FILE)))
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /**
   * Writes it. Nothing is written if anything is wrong.
   *
   * @param folder is made; may be there if it is empty, but for {@code .git}
   */
  void write(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BuildException(folder + " is a file: name a folder that does not exist yet");
    }
    if (Files.isDirectory(folder)) {
      try (Stream<Path> there = Files.list(folder)) {
        if (there.anyMatch(path -> !path.getFileName().toString().equals(".git"))) {
          throw new BuildException(
              folder + " is not empty, and nothing is overwritten: name another folder");
        }
      }
    }
    Map<String, byte[]> files = files(folder);
    for (var file : files.entrySet()) {
      Path to = folder.resolve(file.getKey());
      Files.createDirectories(to.getParent());
      Files.write(to, file.getValue());
    }
  }

  /**
   * What {@link #write} writes, by path.
   *
   * @param folder need not exist
   */
  Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (Path file : Tree.files(template)) {
      Path relative = template.relativize(file);
      boolean leftOut = false;
      for (Path part : relative) {
        leftOut |= LEFT_OUT.contains(part.toString());
      }
      if (!leftOut) {
        String path = relative.toString().replace('\\', '/');
        files.put(path, renamed(path, Files.readAllBytes(file), folder));
      }
    }
    files.put(".gitignore", GITIGNORE.getBytes(StandardCharsets.UTF_8));
    return files;
  }

  private byte[] renamed(String path, byte[] content, Path folder) {
    String npm = name.toLowerCase(Locale.ROOT);
    return switch (path) {
      case AppConfig.FILE -> ini(text(content), folder).getBytes(StandardCharsets.UTF_8);
      case "package.json" ->
          replaced(content, "(?m)^  \"name\": \"[^\"]*\"", "  \"name\": \"" + npm + '"');
      // Its own name stands there twice; those of packages are indented deeper.
      case "package-lock.json" ->
          replaced(
              replaced(content, "(?m)^  \"name\": \"[^\"]*\"", "  \"name\": \"" + npm + '"'),
              "(?m)^    \"\": \\{\n      \"name\": \"[^\"]*\"",
              "    \"\": {\n      \"name\": \"" + npm + '"');
      case "pom.xml" ->
          replaced(
              content,
              "(?m)^  <artifactId>[^<]*</artifactId>",
              "  <artifactId>" + name + "</artifactId>");
      case "index.html", "src/index.html" ->
          replaced(content, "<title>[^<]*</title>", "<title>" + escaped(title) + "</title>");
      default -> content;
    };
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }

  private static byte[] replaced(byte[] content, String pattern, String by) {
    return Pattern.compile(pattern)
        .matcher(text(content))
        .replaceFirst(Matcher.quoteReplacement(by))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private String ini(String text, Path folder) {
    String named = set(set(text, "name", name), "bundle_identifier", id);
    boolean plain = title.equals(title.strip()) && !NEEDS_QUOTES.matcher(title).find();
    // A value in quotes has no way to hold them.
    return Stream.of(plain ? title : '"' + title + '"', "'" + title + "'")
        .map(written -> set(named, "title", written))
        .filter(ini -> isRead(ini, folder))
        .findFirst()
        .orElseThrow(
            () ->
                new BuildException(
                    "socket.ini has no way to write the title "
                        + title
                        + ": leave out one kind of its quotes, or {{"));
  }

  private boolean isRead(String ini, Path folder) {
    // Only the title is looked at: whatever else is wrong there is told when the app is opened.
    String probe =
        "[build]\nname = a\nscript = a\ncopy = a\n[meta]\nbundle_identifier = com.example.a\n"
            + Optional.of(Pattern.compile("(?m)^title = .*$").matcher(ini))
                .filter(Matcher::find)
                .map(Matcher::group)
                .orElseThrow();
    AppConfig read =
        AppConfig.parse(
            folder.toAbsolutePath().normalize(),
            probe.getBytes(StandardCharsets.UTF_8),
            AppConfig.systemVariables(),
            Year.of(2000));
    return read.meta().title().equals(title);
  }

  private static String set(String ini, String key, String value) {
    return Pattern.compile("(?m)^" + key + " = .*$")
        .matcher(ini)
        .replaceFirst(Matcher.quoteReplacement(key + " = " + value));
  }
}
