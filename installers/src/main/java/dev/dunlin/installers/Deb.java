package dev.dunlin.installers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A Debian package, by dpkg-deb. Not by jpackage, which makes neither a package that depends on a
 * shared runtime nor the same bytes twice.
 *
 * @param name of the package
 * @param version as {@code Version} has it
 * @param architecture {@code all} or that of {@link #machine()}
 * @param maintainer name and address
 * @param depends {@code Depends}; empty for none
 * @param summary one line
 * @param details further lines of the description; may be empty
 * @param scripts maintainer scripts by name
 */
record Deb(
    String name,
    String version,
    String architecture,
    String maintainer,
    String depends,
    String summary,
    String details,
    Map<String, String> scripts) {

  private static final int KIB = 1024;

  /** Debian's name of this machine's architecture. */
  static String machine() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
  }

  String fileName() {
    return name + "_" + version + "_" + architecture + ".deb";
  }

  /**
   * Writes the package; one of the same name is replaced when it is whole.
   *
   * @param tree what it installs, settled; gets a folder DEBIAN
   * @param time of all its files
   */
  Path write(Tree tree, Instant time, Path folder) throws IOException {
    long size = tree.size();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Package", name);
    fields.put("Version", version);
    fields.put("Architecture", architecture);
    fields.put("Maintainer", maintainer);
    fields.put("Installed-Size", String.valueOf((size + KIB - 1) / KIB));
    fields.put("Depends", depends);
    fields.put("Section", "misc");
    fields.put("Priority", "optional");
    fields.put(
        "Description", summary + details.lines().map(l -> "\n " + l).reduce("", String::concat));
    StringBuilder control = new StringBuilder();
    fields.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            control.append(key).append(": ").append(value).append('\n');
          }
        });
    tree.write("DEBIAN/control", control.toString());
    for (Map.Entry<String, String> script : scripts.entrySet()) {
      tree.program("DEBIAN/" + script.getKey(), script.getValue());
    }
    tree.settle(time);
    Files.createDirectories(folder);
    Path unfinished = Files.createTempFile(folder, "." + name, ".deb");
    try {
      Tool.of(
              "dpkg-deb",
              "--root-owner-group",
              "-Zxz",
              "--build",
              tree.root().toString(),
              unfinished.toString())
          .with(Map.of("SOURCE_DATE_EPOCH", String.valueOf(time.getEpochSecond())))
          .run();
      // A temporary file is its owner's alone.
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
      return Files.move(
          unfinished,
          folder.resolve(fileName()),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }
}
