package dev.dunlin.installers;

import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a runtime is made of, in words: the same words, the same runtime. */
final class RuntimeInputs {
  private RuntimeInputs() {}

  static String of(Path jdk, List<Path> jars) throws IOException {
    StringBuilder words = new StringBuilder();
    words.append(BuildInfo.engine()).append('\n');
    words.append(Files.readString(jdk.resolve("release"))).append('\n');
    for (Path jar : jars) {
      add(words, jar);
    }
    // With the list of classes in it.
    words
        .append(RuntimeBuilder.own("classes-24.lst").hashCode())
        .append(RuntimeBuilder.own("classes.lst").hashCode())
        .append(Sbom.known().toString().hashCode());
    return words.toString();
  }

  private static void add(StringBuilder words, Path file) throws IOException {
    words
        .append(file.getFileName())
        .append(' ')
        .append(Files.size(file))
        .append(' ')
        .append(Files.getLastModifiedTime(file))
        .append('\n');
  }
}
