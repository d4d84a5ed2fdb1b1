package dev.dunlin.bridge.extension;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * An extension as a Maven project has it: {@code src/main/java} is compiled into {@code
 * target/classes} when there is something newer in it, so that a developer changes a class and
 * starts the app.
 */
final class ExtensionSources {
  /** What is told of the compiler's complaints, in characters. Over: the rest is left out. */
  static final int COMPLAINT_LENGTH = 8 << 10;

  /** Classes that every Java runs which runs Dunlin: the next start may be another's. */
  private static final String RELEASE = "17";

  private final Path project;
  private final Path sources;
  private final Path classes;
  private final Path resources;

  ExtensionSources(Path project) {
    this.project = project;
    sources = project.resolve("src/main/java");
    classes = project.resolve("target/classes");
    resources = project.resolve("src/main/resources");
  }

  /** What there is of it: nothing if this is no such project. */
  List<Path> folders() {
    return Files.isDirectory(sources) || Files.isDirectory(classes)
        ? Stream.of(classes, sources, resources).filter(Files::isDirectory).toList()
        : List.of();
  }

  /**
   * Compiles what has changed.
   *
   * @return where the classes and resources are
   * @throws IllegalArgumentException if it can't be compiled, with the compiler's words
   */
  List<Path> build() throws IOException {
    Optional<FileTime> changed = newest(sources, ".java");
    Optional<FileTime> built = newest(classes, ".class");
    if (changed.isPresent() && built.filter(at -> at.compareTo(changed.get()) >= 0).isEmpty()) {
      compile();
    }
    return List.of(classes, resources);
  }

  private void compile() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalArgumentException(
          "this Java has no compiler: start the app with a JDK, or build the extension as a jar");
    }
    Files.createDirectories(classes);
    if (!classes.toRealPath().startsWith(project.toRealPath())) {
      throw new IllegalArgumentException(classes + " leads out of it by a link");
    }
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files =
            compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        Stream<Path> all = Files.walk(sources)) {
      List<Path> java = all.filter(path -> path.toString().endsWith(".java")).toList();
      List<String> options =
          List.of(
              "-proc:none",
              "--release",
              RELEASE,
              "-encoding",
              "UTF-8",
              "-cp",
              System.getProperty("java.class.path"),
              "-d",
              classes.toString());
      boolean done =
          compiler
              .getTask(said, files, null, options, null, files.getJavaFileObjectsFromPaths(java))
              .call();
      if (!done) {
        String complaint = said.toString();
        throw new IllegalArgumentException(
            "it does not compile:\n"
                + complaint.substring(0, Math.min(complaint.length(), COMPLAINT_LENGTH)));
      }
    }
  }

  private static Optional<FileTime> newest(Path folder, String suffix) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    Optional<FileTime> newest = Optional.empty();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(one -> one.toString().endsWith(suffix)).toList()) {
        FileTime time = Files.getLastModifiedTime(path);
        newest = newest.filter(other -> other.compareTo(time) >= 0).or(() -> Optional.of(time));
      }
    }
    return newest;
  }
}
