package dev.dunlin.installers;

import dev.dunlin.shell.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A package of Fedora, openSUSE and their like, by rpmbuild; the same files as in a {@link Deb}.
 */
record Rpm(Packages packages) {
  /**
   * @param runtime that the package has; null: a thin one
   */
  Path write(AppPackage app, AppFiles files, Runtime runtime, Path output) throws IOException {
    if (!Tool.isThere("rpmbuild")) {
      throw new BuildException(
          "rpmbuild is not there, which makes rpm packages: install it (Debian, Ubuntu: apt-get install -y rpm)");
    }
    Path work = packages.scratch().resolve("rpm");
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      if (runtime == null) {
        packages.fillThin(tree, app, files);
      } else {
        packages.fillFat(tree, app, files, runtime, false);
      }
      tree.settle(app.time(files));
      Path spec = Files.writeString(work.resolve("app.spec"), spec(app, tree, runtime));
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
              "--buildroot",
              work.resolve("root").toString(),
              spec.toString())
          .with(Map.of("SOURCE_DATE_EPOCH", String.valueOf(app.time(files).getEpochSecond())))
          .run();
      Path rpm =
          Tree.files(made).stream()
              .filter(file -> file.toString().endsWith(".rpm"))
              .findFirst()
              .orElseThrow();
      Files.createDirectories(output);
      return Files.move(
          rpm, output.resolve(rpm.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Trees.delete(work);
    }
  }

  private static String spec(AppPackage app, Tree tree, Runtime runtime) throws IOException {
    String version = app.config().meta().version();
    String files =
        Tree.files(tree.root()).stream()
            .map(file -> "\"/" + escaped(tree.root().relativize(file).toString()) + "\"\n")
            .collect(Collectors.joining());
    String archive = "/opt/" + app.name() + "/runtime/" + Runtime.ARCHIVE;
    return String.join(
        "\n",
        List.of(
            "Name: " + app.name(),
            "Version: " + version,
            "Release: 1",
            "Summary: " + escaped(app.summary()),
            "License: see /usr/share/doc/" + app.name() + "/copyright",
            runtime == null ? "BuildArch: noarch" : "%global __requires_exclude_from ^/opt/.*/jre/",
            // Its own libraries are nobody else's.
            runtime == null
                ? "Requires: dunlin-runtime-" + Runtime.lineOf(dev.dunlin.shell.BuildInfo.dunlin())
                : "%global __provides_exclude_from ^/opt/",
            runtime == null
                ? "AutoReqProv: no"
                : "%global __requires_exclude ^lib(cef|jcef|EGL|GLESv2|jvm|java|jli|awt|net|nio)",
            // Loaded by name, so that no header tells.
            runtime == null
                ? ""
                : "Requires: libX11-xcb.so.1()(64bit), libgtk-3.so.0()(64bit), bubblewrap >= 0.5",
            "%global _binary_payload w6.xzdio",
            "%global __os_install_post %{nil}",
            "%global debug_package %{nil}",
            "%global source_date_epoch_from_changelog 0",
            "%global use_source_date_epoch_as_buildtime 1",
            "%global clamp_mtime_to_source_date_epoch 1",
            "%global _buildhost localhost",
            "%description",
            escaped(app.title()) + ": " + escaped(app.summary()),
            "%install",
            "cp -a '" + tree.root().toString().replace("'", "'\\''") + "/.' %{buildroot}/",
            runtime == null
                ? ""
                : "%post\n"
                    + archive.replace(Runtime.ARCHIVE, "bin/make-archive")
                    + "\n%preun\n[ \"$1\" -gt 0 ] || rm -f "
                    + archive,
            "%files",
            "%defattr(-,root,root)",
            files));
  }

  private static String escaped(String text) {
    return text.replace("%", "%%");
  }
}
