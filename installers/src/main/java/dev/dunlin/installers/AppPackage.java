package dev.dunlin.installers;

import dev.dunlin.shell.config.AppConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What packages say of an app.
 *
 * @param name of the package and the program: lower case, as Debian wants it
 * @param config of the app
 * @param categories of the menu, by the freedesktop menu specification
 * @param mimeTypes of the files it opens
 * @param associations those of its types that no desktop knows without it
 * @param icon PNG or SVG; empty: Dunlin's
 */
record AppPackage(
    String name,
    AppConfig config,
    List<String> categories,
    List<String> mimeTypes,
    List<FileAssociation> associations,
    Optional<Path> icon) {
  /** Debian Policy 5.6.7. */
  private static final Pattern DEBIAN_NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

  private static final Pattern CATEGORY = Pattern.compile("[A-Za-z0-9-]+");

  /** RFC 822 as far as Debian's tools read it. */
  private static final Pattern MAINTAINER =
      Pattern.compile("[^<>\\p{Cntrl}]+ <[^<>\\s@]+@[^<>\\s@]+>");

  static AppPackage of(AppConfig config) {
    Map<String, String> values = config.values();
    String name = config.build().name().toLowerCase(Locale.ROOT).replace('_', '-');
    if (!DEBIAN_NAME.matcher(name).matches()) {
      throw wrong(
          config,
          "build_name",
          "'" + name + "' is no name for a package",
          "Write two letters or more, the first a letter or digit: name = my-app.");
    }
    // The reference's default, Apple's name for it, is no category of the specification.
    String written = values.getOrDefault("linux_categories", "");
    List<String> categories =
        written.isBlank() || written.equals("Developer Tools")
            ? List.of("Utility")
            : Arrays.stream(written.split("[;,]"))
                .map(String::strip)
                .filter(c -> !c.isEmpty())
                .toList();
    for (String category : categories) {
      if (!CATEGORY.matcher(category).matches()) {
        throw wrong(
            config,
            "linux_categories",
            "'" + category + "' is no category of the freedesktop menu specification",
            "Write names such as Utility;Development, with ';' between them.");
      }
    }
    List<String> mimeTypes =
        new ArrayList<>(
            Arrays.stream(values.getOrDefault("meta_mime_types", "").split("[\\s;,]+"))
                .filter(type -> !type.isEmpty())
                .toList());
    for (String type : mimeTypes) {
      if (!FileAssociation.MIME_TYPE.matcher(type).matches()) {
        throw wrong(
            config,
            "meta_mime_types",
            "'" + type + "' is no MIME type",
            "Write, for example, mime_types = text/markdown image/png.");
      }
    }
    List<FileAssociation> associations = new ArrayList<>();
    for (String line : values.getOrDefault("meta_file_associations", "").split("\n")) {
      if (!line.isBlank()) {
        FileAssociation one =
            FileAssociation.of(line)
                .orElseThrow(
                    () ->
                        wrong(
                            config,
                            "meta_file_associations",
                            "'" + line + "' is no MIME type with suffixes",
                            "Write, for example, file_associations[] = application/x-note .note A"
                                + " note."));
        associations.add(one);
        if (!mimeTypes.contains(one.type())) {
          mimeTypes.add(one.type());
        }
      }
    }
    return new AppPackage(
        name, config, categories, mimeTypes, List.copyOf(associations), icon(config));
  }

  private static Optional<Path> icon(AppConfig config) {
    String written = config.values().getOrDefault("linux_icon", "");
    if (written.isEmpty()) {
      return Optional.empty();
    }
    Path icon = config.directory().resolve(written).normalize();
    if (!Files.isRegularFile(icon)) {
      throw wrong(config, "linux_icon", "there is no file " + icon, "Name a PNG or an SVG.");
    }
    if (!Icon.isIcon(icon)) {
      throw wrong(config, "linux_icon", icon + " is neither a PNG nor an SVG", "Name one.");
    }
    return Optional.of(icon);
  }

  private static BuildException wrong(AppConfig config, String key, String what, String cure) {
    return new BuildException(
        config.directory().resolve(AppConfig.FILE)
            + ": "
            + AppConfig.written(key)
            + ": "
            + what
            + ". "
            + cure);
  }

  String id() {
    return config.meta().bundleIdentifier();
  }

  String title() {
    return oneLine(config.meta().title());
  }

  /** What it is, in one line. */
  String summary() {
    String description = oneLine(config.meta().description());
    return description.isEmpty() ? title() : description;
  }

  /** Name and address, as a {@code Maintainer} field wants them. */
  String maintainer() {
    String written = oneLine(config.meta().maintainer());
    return MAINTAINER.matcher(written).matches()
        ? written
        : (written.isEmpty() ? title() : written.replaceAll("[<>]", "")) + " <nobody@localhost>";
  }

  /**
   * The time of all its files in packages: {@code SOURCE_DATE_EPOCH}, else that of its newest file,
   * so that the same files make the same package.
   */
  Instant time(AppFiles files) throws IOException {
    String epoch = System.getenv().getOrDefault("SOURCE_DATE_EPOCH", "");
    if (!epoch.isEmpty()) {
      try {
        return Instant.ofEpochSecond(Long.parseLong(epoch));
      } catch (NumberFormatException e) {
        throw new BuildException(
            "SOURCE_DATE_EPOCH is '" + epoch + "', which is no number of seconds: unset it", e);
      }
    }
    return files.newest();
  }

  static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
  }
}
