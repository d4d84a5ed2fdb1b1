package dev.dunlin.installers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;

/**
 * A Debian package (deb(5)). Not by jpackage, which makes neither a package that depends on a
 * shared runtime nor the same bytes twice; not by dpkg-deb, which would compress Chromium each
 * time.
 *
 * @param name of the package
 * @param version as {@code Version} has it
 * @param architecture {@code all} or that of {@link #machine()}
 * @param maintainer name and address
 * @param depends {@code Depends}; empty for none
 * @param summary one line
 * @param details further line of the description; may be empty
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

  private static final int PLAIN_FILE = 0100644;

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
   * @param tree what it installs
   * @param time of all its files
   * @param xz compresses it
   */
  Path write(Tree tree, Instant time, TarXz xz, Path folder) throws IOException {
    Tree control = Tree.empty(xz.scratch().resolve("control"));
    control.write("control", fields(tree.size()));
    for (Map.Entry<String, String> script : scripts.entrySet()) {
      control.program(script.getKey(), script.getValue());
    }
    Files.createDirectories(folder);
    Path unfinished = Files.createTempFile(folder, "." + name, ".deb");
    try {
      try (ArArchiveOutputStream ar =
          new ArArchiveOutputStream(Files.newOutputStream(unfinished))) {
        add(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII), time);
        add(ar, "control.tar.xz", Files.readAllBytes(xz.write(control, time)), time);
        Path data = xz.write(tree, time);
        ar.putArchiveEntry(entry("data.tar.xz", Files.size(data), time));
        Files.copy(data, ar);
        ar.closeArchiveEntry();
      }
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

  private String fields(long size) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Package", name);
    fields.put("Version", version);
    fields.put("Architecture", architecture);
    fields.put("Maintainer", maintainer);
    fields.put("Installed-Size", String.valueOf((size + KIB - 1) / KIB));
    fields.put("Depends", depends);
    fields.put("Section", "misc");
    fields.put("Priority", "optional");
    fields.put("Description", details.isEmpty() ? summary : summary + "\n " + details);
    return fields.entrySet().stream()
        .filter(field -> !field.getValue().isEmpty())
        .map(field -> field.getKey() + ": " + field.getValue() + "\n")
        .collect(Collectors.joining());
  }

  private static void add(ArArchiveOutputStream ar, String name, byte[] bytes, Instant time)
      throws IOException {
    ar.putArchiveEntry(entry(name, bytes.length, time));
    ar.write(bytes);
    ar.closeArchiveEntry();
  }

  private static ArArchiveEntry entry(String name, long size, Instant time) {
    return new ArArchiveEntry(name, size, 0, 0, PLAIN_FILE, time.getEpochSecond());
  }
}
