package dev.dunlin.installers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A package of Fedora, openSUSE and their like, by rpmbuild; the same files as in a {@link Deb}.
 *
 * @param name of the package
 * @param version as {@code Version} has it
 * @param requires further packages and libraries, as a {@code Requires} field has them; those that
 *     the headers of programs name are found by rpmbuild
 * @param summary one line
 * @param details the description
 * @param runtime where the runtime is that it has; empty: it has none, and runs on any machine
 * @param home folders that are the package's own, with all that is in them
 */
record Rpm(
    String name,
    String version,
    String requires,
    String summary,
    String details,
    Optional<String> runtime,
    List<String> home) {

  /** Loaded by name, so that no header tells. */
  static final String LOADED =
      "libX11-xcb.so.1()(64bit), libgtk-3.so.0()(64bit), bubblewrap >= 0.5";

  /** Says how to get what makes it. */
  static void check() {
    if (!Tool.isThere("rpmbuild")) {
      throw new BuildException(
          "rpmbuild is not there, which makes rpm packages: install it (Debian, Ubuntu: apt-get install -y rpm)");
    }
  }

  /**
   * Of a version with a hyphen, which rpm has for its own use, the part behind it sorts before the
   * release, as a tilde says.
   */
  static String rpmVersion(String version) {
    return version.replace('-', '~');
  }

  /**
   * Writes the package; one of the same name is replaced when it is whole.
   *
   * @param tree what it installs
   * @param time of all its files
   * @param effort how well it is compressed
   * @param work folder for what is being put together
   */
  Path write(Tree tree, Instant time, TarXz.Effort effort, Path work, Path output)
      throws IOException {
    tree.settle(time);
    Path spec = Files.writeString(work.resolve("package.spec"), spec(tree));
    Path made = Files.createDirectories(work.resolve("made"));
    Tool.of(
            "rpmbuild",
            "-bb",
            "--define",
            "_rpmdir " + made,
            "--define",
            "_topdir " + work.resolve("top"),
            "--define",
            "_build_id_links none",
            "--define",
            "_binary_payload w" + (effort == TarXz.Effort.FAST ? 1 : 6) + ".xzdio",
            "--buildroot",
            work.resolve("root").toString(),
            spec.toString())
        .with(Map.of("SOURCE_DATE_EPOCH", String.valueOf(time.getEpochSecond())))
        .run();
    Path rpm =
        Tree.files(made).stream()
            .filter(file -> file.toString().endsWith(".rpm"))
            .findFirst()
            .orElseThrow();
    Files.createDirectories(output);
    return Files.move(rpm, output.resolve(rpm.getFileName()), StandardCopyOption.REPLACE_EXISTING);
  }

  private String spec(Tree tree) throws IOException {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "Name: " + name,
                "Version: " + rpmVersion(version),
                "Release: 1",
                "Summary: " + escaped(summary),
                "License: see /usr/share/doc/" + name + "/copyright",
                "Requires: " + requires,
                "%global __os_install_post %{nil}",
                "%global debug_package %{nil}",
                "%global source_date_epoch_from_changelog 0",
                "%global use_source_date_epoch_as_buildtime 1",
                "%global clamp_mtime_to_source_date_epoch 1",
                "%global _buildhost localhost"));
    if (runtime.isPresent()) {
      // Its own libraries are nobody else's.
      lines.add("%global __provides_exclude_from ^(/opt|/usr/lib/dunlin)/");
      lines.add("%global __requires_exclude_from ^(/opt|/usr/lib/dunlin)/.*/jre/");
      lines.add("%global __requires_exclude ^lib(cef|jcef|EGL|GLESv2|jvm|java|jli|awt|net|nio)");
    } else {
      lines.add("BuildArch: noarch");
      lines.add("AutoReqProv: no");
    }
    lines.addAll(
        List.of(
            "%description",
            escaped(details),
            "%install",
            "cp -a '" + tree.root().toString().replace("'", "'\\''") + "/.' %{buildroot}/"));
    runtime.ifPresent(
        at ->
            lines.addAll(
                List.of(
                    "%post",
                    at + "/bin/make-archive installed",
                    "%preun",
                    "[ \"$1\" -gt 0 ] || rm -f " + Runtime.madeWhereInstalled(at))));
    lines.addAll(List.of("%files", "%defattr(-,root,root)", files(tree)));
    return String.join("\n", lines) + "\n";
  }

  /** Every file, and the folders that go with the package. */
  private String files(Tree tree) throws IOException {
    TreeSet<String> folders = new TreeSet<>(home);
    StringBuilder list = new StringBuilder();
    for (Path file : Tree.files(tree.root())) {
      Path at = Path.of("/").resolve(tree.root().relativize(file));
      list.append('"').append(escaped(at.toString())).append("\"\n");
      for (Path folder = at.getParent(); isOwn(folder); folder = folder.getParent()) {
        folders.add(folder.toString());
      }
    }
    return folders.stream()
            .filter(folder -> Files.isDirectory(tree.at(folder.substring(1))))
            .map(folder -> "%dir \"" + escaped(folder) + "\"\n")
            .collect(Collectors.joining())
        + list;
  }

  private boolean isOwn(Path folder) {
    return home.stream().anyMatch(folder::startsWith);
  }

  private static String escaped(String text) {
    return text.replace("%", "%%");
  }
}
