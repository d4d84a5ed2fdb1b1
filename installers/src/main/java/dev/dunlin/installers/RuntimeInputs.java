package dev.dunlin.installers;

import dev.dunlin.shell.BuildInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

/** What a runtime is made of, in words: the same words, the same runtime. */
final class RuntimeInputs {
  private RuntimeInputs() {}

  /**
   * @param maker what makes it: this jar, or a folder where its classes are not packed yet
   */
  static String of(Path jdk, List<Path> jars, Path maker) throws IOException {
    StringBuilder words = new StringBuilder();
    if (Files.isRegularFile(maker)) {
      // By what is in it: each build of Dunlin writes it anew.
      CRC32 content = new CRC32();
      content.update(Files.readAllBytes(maker));
      words.append(content.getValue()).append('\n');
    }
    words.append(BuildInfo.engine()).append('\n');
    words.append(Files.readString(jdk.resolve("release"))).append('\n');
    for (Path jar : jars) {
      add(words, jar);
    }
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
