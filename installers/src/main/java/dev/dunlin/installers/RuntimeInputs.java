package dev.dunlin.installers;

import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a runtime is made of, in words: the same words, the same runtime. */
final class RuntimeInputs {
  private RuntimeInputs() {}

  static String of(Path jdk, Path jars, Path classes) throws IOException {
    StringBuilder words = new StringBuilder();
    words.append(BuildInfo.engine()).append('\n');
    words.append(Files.readString(jdk.resolve("release"))).append('\n');
    for (Path jar : Tree.files(jars)) {
      add(words, jar);
    }
    add(words, classes);
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
