package dev.dunlin.installers;

import dev.dunlin.shell.engine.EngineFitting;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * All that an app needs besides its own files: {@code jre}, {@code engine} (Chromium), {@code lib}
 * and {@code bin/dunlin-app}, which opens the app in a folder. It can be moved, and never changes.
 *
 * @param folder absolute
 * @param version of Dunlin
 * @param line apps of one line run on any version of it, so versions of a line replace each other
 * @param depends Debian packages that its libraries need, as a {@code Depends} field has them
 */
public record Runtime(Path folder, String version, String line, String depends) {
  /** The file that says what it is. */
  static final String FILE = "runtime.properties";

  /** The class-data archive, below {@link #folder}; made where the runtime is installed. */
  static final String ARCHIVE = "lib/dunlin.jsa";

  /** What {@code make-archive installed} may add to a runtime, as words of a shell. */
  static String madeWhereInstalled(String runtime) {
    return runtime + "/" + ARCHIVE + " " + runtime + "/engine/" + EngineFitting.UNFINISHED;
  }

  /**
   * @throws BuildException when the folder is no runtime
   */
  static Runtime at(Path folder) {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(folder.resolve(FILE))) {
      properties.load(in);
    } catch (IOException e) {
      throw new BuildException(
          folder + " is no runtime of Dunlin: " + e.getMessage() + ". Install it again.", e);
    }
    return new Runtime(
        folder.toAbsolutePath(),
        properties.getProperty("version", ""),
        properties.getProperty("line", ""),
        properties.getProperty("depends", ""));
  }

  /** The line of a version: while it is 0.x, 0. */
  static String lineOf(String version) {
    return version.replaceFirst("[.].*", "");
  }

  /** Name of the Debian package that all apps of this line share. */
  String packageName() {
    return "dunlin-runtime-" + line;
  }

  /** Where that package puts it. */
  String installedAt() {
    return "/usr/lib/dunlin/" + line;
  }

  void write() throws IOException {
    Properties properties = new Properties();
    properties.setProperty("version", version);
    properties.setProperty("line", line);
    properties.setProperty("depends", depends);
    try (OutputStream out = Files.newOutputStream(folder.resolve(FILE))) {
      // Not Properties.store, which writes the date.
      out.write(
          properties.stringPropertyNames().stream()
              .sorted()
              .map(name -> name + "=" + properties.getProperty(name) + "\n")
              .collect(Collectors.joining())
              .getBytes(StandardCharsets.UTF_8));
    }
  }
}
