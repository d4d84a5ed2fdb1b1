package dev.dunlin.installers;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.Trees;
import dev.dunlin.shell.engine.EngineFitting;
import dev.dunlin.shell.engine.EngineInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Puts packages together. Blocks.
 *
 * @param scratch folder for what is being put together; each package has one of its own in it
 * @param effort how well they are compressed
 */
record Packages(Path scratch, TarXz.Effort effort) {
  /** The runtime that thin packages need. */
  private static final Runtime SHARED =
      new Runtime(Path.of("/"), BuildInfo.dunlin(), Runtime.lineOf(BuildInfo.dunlin()), "");

  private static final String SHARED_SUMMARY = "Desktop runtime for web apps (Chromium, Java)";

  private static final String SHARED_DETAILS =
      "What apps made with Dunlin share. Chromium " + BuildInfo.chromium() + ".";

  private static final String MAINTAINER = "Dunlin <nobody@localhost>";

  /** Chromium's languages that an app has without naming any. */
  private static final String FALLBACK_LOCALE = "en-US";

  /**
   * Where {@link #image} goes.
   *
   * @throws BuildException when something else is there
   */
  static Path place(AppPackage app, Path output) {
    Path image = output.resolve(app.name() + "-" + app.config().meta().version());
    if (Files.exists(image)
        && !Files.isRegularFile(image.resolve("runtime").resolve(Runtime.FILE))) {
      throw new BuildException(
          image
              + " is in the way, and no app that was built: move it, or give --output another folder");
    }
    return image;
  }

  /** The app with its runtime, as a folder that can be moved and started where it is. */
  Path image(AppPackage app, AppFiles files, Runtime runtime, Path output) throws IOException {
    Path image = place(app, output);
    Path work = workplace(app.name());
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      files.copy(tree, "app");
      runtimeFiles(tree, "runtime", runtime, localeFilter(app), false);
      tree.program("bin/" + app.name(), fatStart());
      RuntimeBuilder.makeArchive(Runtime.at(tree.at("runtime")));
      Files.createDirectories(output);
      Trees.delete(image);
      return Files.move(tree.root(), image);
    } finally {
      Trees.delete(work);
    }
  }

  /** The app with its runtime. */
  Path fat(AppPackage app, AppFiles files, Runtime runtime, Path output) throws IOException {
    Path work = workplace(app.name());
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      fillFat(tree, app, files, runtime, true);
      return deb(app, Deb.machine(), runtime.depends(), scripts(app.name(), home(app) + "/runtime"))
          .write(tree, app.time(files), xz(work), output);
    } finally {
      Trees.delete(work);
    }
  }

  /** The app's files alone. */
  Path thin(AppPackage app, AppFiles files, Path output) throws IOException {
    Path work = workplace(app.name());
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      fillThin(tree, app, files);
      String needs = SHARED.packageName() + " (>= " + SHARED.version() + ")";
      return deb(app, "all", needs, Map.of()).write(tree, app.time(files), xz(work), output);
    } finally {
      Trees.delete(work);
    }
  }

  /** {@link #fat}, for systems that have rpm. */
  Path fatRpm(AppPackage app, AppFiles files, Runtime runtime, Path output) throws IOException {
    return rpm(
        app,
        files,
        Rpm.LOADED,
        Optional.of(home(app) + "/runtime"),
        tree -> fillFat(tree, app, files, runtime, false),
        output);
  }

  /** {@link #thin}, for systems that have rpm. */
  Path thinRpm(AppPackage app, AppFiles files, Path output) throws IOException {
    String needs = SHARED.packageName() + " >= " + Rpm.rpmVersion(SHARED.version());
    return rpm(app, files, needs, Optional.empty(), tree -> fillThin(tree, app, files), output);
  }

  /** Puts an app's files in place. */
  private interface Filling {
    void fill(Tree tree) throws IOException;
  }

  private Path rpm(
      AppPackage app,
      AppFiles files,
      String requires,
      Optional<String> runtime,
      Filling filling,
      Path output)
      throws IOException {
    Rpm.check();
    Path work = workplace(app.name());
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      filling.fill(tree);
      return new Rpm(
              app.name(),
              app.config().meta().version(),
              requires,
              app.summary(),
              app.title() + ": " + app.summary(),
              runtime,
              List.of(home(app), "/usr/share/" + app.name(), "/usr/share/doc/" + app.name()))
          .write(tree, app.time(files), effort, work, output);
    } finally {
      Trees.delete(work);
    }
  }

  /**
   * @param isOnlyRead whether nobody changes the files, nor their times
   */
  void fillFat(Tree tree, AppPackage app, AppFiles files, Runtime runtime, boolean isOnlyRead)
      throws IOException {
    files.copy(tree, home(app) + "/app");
    tree.program(home(app) + "/bin/" + app.name(), fatStart());
    tree.link("usr/bin/" + app.name(), home(app) + "/bin/" + app.name());
    runtimeFiles(tree, home(app) + "/runtime", runtime, localeFilter(app), isOnlyRead);
    bill(tree, app.name(), home(app) + "/runtime");
    desktop(tree, app, app.time(files));
  }

  void fillThin(Tree tree, AppPackage app, AppFiles files) throws IOException {
    String at = "/usr/share/" + app.name() + "/app";
    files.copy(tree, at);
    tree.program(
        "usr/bin/" + app.name(),
        "#!/bin/sh\nexec " + SHARED.installedAt() + "/bin/dunlin-app " + at + " \"$@\"\n");
    desktop(tree, app, app.time(files));
  }

  private static String home(AppPackage app) {
    return "/opt/" + app.name();
  }

  /** What thin packages depend on. */
  Path runtime(Runtime runtime, Path output) throws IOException {
    Path work = workplace("runtime");
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      runtimeFiles(tree, runtime.installedAt(), runtime, file -> true, true);
      bill(tree, runtime.packageName(), runtime.installedAt());
      licences(tree, runtime.packageName());
      return new Deb(
              runtime.packageName(),
              runtime.version(),
              Deb.machine(),
              MAINTAINER,
              runtime.depends(),
              SHARED_SUMMARY,
              SHARED_DETAILS,
              scripts(runtime.packageName(), runtime.installedAt()))
          .write(tree, BuildInfo.timestamp(), xz(work), output);
    } finally {
      Trees.delete(work);
    }
  }

  /** {@link #runtime}, for systems that have rpm. */
  Path runtimeRpm(Runtime runtime, Path output) throws IOException {
    Rpm.check();
    Path work = workplace("runtime");
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      // Not linked: their times are set.
      runtimeFiles(tree, runtime.installedAt(), runtime, file -> true, false);
      licences(tree, runtime.packageName());
      return new Rpm(
              runtime.packageName(),
              runtime.version(),
              Rpm.LOADED,
              SHARED_SUMMARY,
              SHARED_DETAILS,
              Optional.of(runtime.installedAt()),
              List.of(
                  Path.of(runtime.installedAt()).getParent().toString(),
                  "/usr/share/doc/" + runtime.packageName()))
          .write(tree, BuildInfo.timestamp(), effort, work, output);
    } finally {
      Trees.delete(work);
    }
  }

  /**
   * The command {@code dunlin} for people without Java and Maven.
   *
   * @param home of Dunlin's sources
   * @param jar of this module
   */
  Path sdk(Runtime runtime, Path home, Path jar, Path output) throws IOException {
    String at = "/usr/lib/dunlin/sdk-" + runtime.line();
    Path work = workplace("sdk");
    Tree tree = Tree.empty(work.resolve("tree"));
    try {
      tree.copy(jar, at + "/lib/dunlin-installers.jar");
      for (Path library : Tree.files(home.resolve("shell/target/dunlin/lib"))) {
        if (library.getFileName().toString().startsWith("commons-")) {
          tree.copy(library, at + "/lib/" + library.getFileName());
        }
      }
      tree.copyTree(home.resolve("templates"), at + "/templates", Packages::isTemplateSource);
      tree.copyTree(home.resolve("installers/target/docs-app"), at + "/docs", file -> true);
      tree.program(
          at + "/bin/dunlin",
          RuntimeBuilder.own("dunlin-sdk.sh").replace("@RUNTIME@", runtime.installedAt()));
      tree.link("usr/bin/dunlin", at + "/bin/dunlin");
      licences(tree, "dunlin-sdk");
      return new Deb(
              "dunlin-sdk",
              runtime.version(),
              "all",
              MAINTAINER,
              runtime.packageName() + " (= " + runtime.version() + "), dpkg, xz-utils",
              "Make desktop apps of web pages",
              "The command dunlin: runs, tests and packages apps. Needs neither Java nor Maven.",
              Map.of())
          .write(tree, BuildInfo.timestamp(), xz(work), output);
    } finally {
      Trees.delete(work);
    }
  }

  private TarXz xz(Path work) {
    return new TarXz(EngineInstallation.caches().resolve("packages"), work, effort);
  }

  private static boolean isTemplateSource(Path file) {
    return Stream.of("node_modules", "target", "dist", "build", ".dunlin")
        .noneMatch(skipped -> file.toString().contains(skipped + "/"));
  }

  /** An archive is made where it is used: it names the time and place of the jars. */
  private static boolean isShipped(Path file) {
    return !file.equals(Path.of(Runtime.ARCHIVE));
  }

  private Path workplace(String name) throws IOException {
    Files.createDirectories(scratch);
    return Files.createTempDirectory(scratch, name + "-");
  }

  /** The runtime as any system can have it: what is made where it is installed is left out. */
  private static void runtimeFiles(
      Tree tree, String to, Runtime runtime, Predicate<Path> wanted, boolean isOnlyRead)
      throws IOException {
    Predicate<Path> shipped = file -> isShipped(file) && wanted.test(file);
    if (isOnlyRead) {
      tree.linkTree(runtime.folder(), to, shipped);
    } else {
      tree.copyTree(runtime.folder(), to, shipped);
    }
    // An installed one, as the SDK has, is fitted to this system, and its address is nobody else's.
    EngineFitting.undoEngine(tree.at(to + "/engine"));
  }

  static Predicate<Path> localeFilter(AppPackage app) {
    Set<String> languages = new TreeSet<>();
    languages.add(app.config().meta().lang());
    app.config().values().keySet().stream()
        .filter(key -> key.startsWith("i18n_locales_"))
        .forEach(key -> languages.add(key.substring("i18n_locales_".length())));
    return file -> {
      Path name = file.getFileName();
      if (!file.startsWith(Path.of("engine", "locales"))) {
        return true;
      }
      // en-US.pak, en-US_FEMININE.pak, de.pak
      String locale = name.toString().replaceFirst("[._].*", "");
      return locale.equals(FALLBACK_LOCALE)
          || languages.stream()
              .map(language -> language.replace('_', '-'))
              .anyMatch(
                  language ->
                      language.equalsIgnoreCase(locale)
                          || language.replaceFirst("-.*", "").equalsIgnoreCase(locale));
    };
  }

  private static String fatStart() {
    return "#!/bin/sh\nhere=$(readlink -f -- \"$0\")\nhere=${here%/bin/*}\nexec \"$here/runtime/bin/dunlin-app\" \"$here/app\" \"$@\"\n";
  }

  private static Deb deb(
      AppPackage app, String architecture, String depends, Map<String, String> scripts) {
    return new Deb(
        app.name(),
        app.config().meta().version(),
        architecture,
        app.maintainer(),
        depends,
        app.title().equals(app.summary()) ? app.title() : app.title() + ": " + app.summary(),
        "",
        scripts);
  }

  /**
   * What is made where the package is installed: the archive of classes, and Chromium's library
   * fitted to the system ({@link EngineFitting}); and where AppArmor keeps user namespaces from
   * programs that have no profile (Ubuntu 24.04), one for this Java, since bubblewrap has none of
   * its own there. Older ones of AppArmor do not know the rule.
   */
  static Map<String, String> scripts(String name, String runtime) {
    String profile = "/etc/apparmor.d/" + name;
    return Map.of(
        "postinst",
        """
        #!/bin/sh
        set -e
        [ "$1" = configure ] || exit 0
        @runtime@/bin/make-archive installed
        if [ -f /etc/apparmor.d/abi/4.0 ]; then
          cat >@profile@ <<'END'
        abi <abi/4.0>,
        include <tunables/global>
        profile @name@ @runtime@/jre/bin/java flags=(unconfined) {
          userns,
        }
        END
          ! command -v apparmor_parser >/dev/null || apparmor_parser -r -T -W @profile@ || :
        fi
        """
            .replace("@runtime@", runtime)
            .replace("@profile@", profile)
            .replace("@name@", name),
        "prerm",
        """
        #!/bin/sh
        set -e
        rm -f @made@
        if [ -f @profile@ ]; then
          ! command -v apparmor_parser >/dev/null || apparmor_parser -R @profile@ || :
          rm -f @profile@
        fi
        """
            .replace("@made@", Runtime.madeWhereInstalled(runtime))
            .replace("@profile@", profile));
  }

  private static void desktop(Tree tree, AppPackage app, Instant time) throws IOException {
    tree.write(
        "usr/share/applications/" + app.id() + ".desktop",
        DesktopEntry.of(app, "/usr/bin/" + app.name()));
    if (!app.associations().isEmpty()) {
      // What reads it where it is installed is run by dpkg and rpm, by shared-mime-info's triggers.
      tree.write(
          "usr/share/mime/packages/" + app.id() + ".xml",
          FileAssociation.sharedMimeInfo(app.associations()));
    }
    if (app.icon().isPresent()) {
      Path icon = app.icon().get();
      tree.copy(icon, "usr/share/" + Icon.place(icon, app.id()));
    } else {
      tree.write(
          "usr/share/icons/hicolor/scalable/apps/" + app.id() + ".svg",
          RuntimeBuilder.own("app.svg"));
    }
    tree.write("usr/share/man/man1/" + app.name() + ".1.gz", ManPage.of(app, time));
    tree.write(
        "usr/share/doc/" + app.name() + "/copyright",
        app.title() + "\n" + AppPackage.oneLine(app.config().meta().copyright()) + "\n");
  }

  /** Where those who look for it look. */
  private static void bill(Tree tree, String name, String runtime) throws IOException {
    tree.link("usr/share/doc/" + name + "/" + Sbom.FILE, runtime + "/" + Sbom.FILE);
  }

  private static void licences(Tree tree, String name) throws IOException {
    tree.write(
        "usr/share/doc/" + name + "/copyright",
        "Dunlin: Apache-2.0, see /usr/share/common-licenses/Apache-2.0.\n"
            + "Chromium, CEF and JCEF: see LICENSE.txt in the folder engine. Java: see jre/legal.\n");
  }
}
