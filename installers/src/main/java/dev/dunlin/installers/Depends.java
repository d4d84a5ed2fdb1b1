package dev.dunlin.installers;

import dev.dunlin.shell.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which Debian packages a folder of programs needs: what their libraries' headers name. */
final class Depends {
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  /**
   * Chromium loads them by name, so that no header tells (the first ends it without a word where it
   * is missing; themes and file dialogs), a page without any font shows nothing, and the sandbox is
   * made by bubblewrap, which knows all of its options since 0.5.
   */
  private static final List<String> BY_NAME =
      List.of(
          "libx11-xcb1",
          "libgtk-3-0 | libgtk-3-0t64",
          "fonts-dejavu-core | fontconfig",
          "bubblewrap (>= 0.5)");

  private Depends() {}

  /**
   * The {@code Depends} field, by dpkg-shlibdeps.
   *
   * @throws BuildException when it is not there
   */
  static String of(Path folder) throws IOException {
    if (!Tool.isThere("dpkg-shlibdeps")) {
      throw new BuildException(
          "dpkg-shlibdeps is not there, which finds the packages that libraries need: install dpkg-dev");
    }
    Path scratch = Files.createTempDirectory("dunlin-depends-");
    try {
      Files.createDirectories(scratch.resolve("debian"));
      Files.writeString(
          scratch.resolve("debian").resolve("control"),
          "Source: dunlin\n\nPackage: dunlin\nArchitecture: any\n");
      List<String> argv =
          new ArrayList<>(List.of("dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0"));
      // Libraries that the folder has itself.
      for (String own : List.of("engine", "jre/lib", "jre/lib/server")) {
        argv.add("-l" + folder.resolve(own));
      }
      for (Path file : Tree.files(folder)) {
        if (isElf(file)) {
          argv.add("-e" + file);
        }
      }
      List<String> found = new ArrayList<>();
      for (String line : Tool.of(argv).in(scratch).run()) {
        if (line.startsWith("shlibs:Depends=")) {
          found.addAll(Arrays.asList(line.substring("shlibs:Depends=".length()).split(", ")));
        }
      }
      if (found.isEmpty()) {
        throw new BuildException("dpkg-shlibdeps found no package that " + folder + " needs");
      }
      found.addAll(BY_NAME);
      return String.join(", ", found);
    } finally {
      Trees.delete(scratch);
    }
  }

  private static boolean isElf(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ELF.length), ELF);
    }
  }
}
