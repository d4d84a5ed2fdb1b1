package dev.dunlin.installers;

import dev.dunlin.shell.Trees;
import dev.dunlin.shell.host.Os;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Packages of Windows and macOS, by jpackage over the {@link Runtime}. Each can be made on its own
 * system only.
 *
 * @param jdk with {@code bin/jpackage}
 * @param type of package: {@code app-image}, or as jpackage's {@code --type}
 */
record Jpackage(Path jdk, String type) {
  private static final Pattern VERSION = Pattern.compile("([0-9]+)[.]([0-9]+)[.]([0-9]+)");

  /** Windows Installer, ProductVersion: 255.255.65535. */
  private static final int[] MSI_LARGEST = {255, 255, 65_535};

  private static final Map<String, Os> SYSTEMS =
      Map.of("msi", Os.WINDOWS, "exe", Os.WINDOWS, "dmg", Os.MAC, "pkg", Os.MAC);

  /**
   * What would fail, before any work is done.
   *
   * @throws BuildException for another system, a JDK without jpackage, a version that the system
   *     can't say
   */
  void check(AppPackage app) {
    Os system = SYSTEMS.get(type);
    if (system != null && system != Os.here()) {
      throw new BuildException(
          "a package of the kind "
              + type
              + " can be made on "
              + (system == Os.MAC ? "macOS" : "Windows")
              + " only: build it there (the workflow in docs/shipping.md does it for all systems)");
    }
    if (!Files.isExecutable(program())) {
      throw new BuildException(
          jdk + " has no jpackage. Install a whole JDK, and set JAVA_HOME to it.");
    }
    checkVersion(app.config().meta().version());
  }

  private Path program() {
    return jdk.resolve("bin").resolve("jpackage" + (Os.here() == Os.WINDOWS ? ".exe" : ""));
  }

  Path write(AppPackage app, AppFiles files, Runtime runtime, Path output) throws IOException {
    Path work = Files.createTempDirectory(output, ".jpackage-");
    try {
      Tree input = Tree.empty(work.resolve("input"));
      files.copy(input, "app");
      input.copyTree(runtime.folder().resolve("lib"), "lib", file -> true);
      input.copyTree(
          runtime.folder().resolve("engine"),
          "engine",
          file -> Packages.localeFilter(app).test(Path.of("engine").resolve(file)));
      input.settle(app.time(files));
      Path made = Files.createDirectory(work.resolve("made"));
      List<String> argv = new ArrayList<>(List.of(program().toString()));
      argv.addAll(arguments(app, runtime, input.root(), made));
      Tool.of(argv).run();
      try (Stream<Path> all = Files.list(made)) {
        Path result = all.findFirst().orElseThrow();
        Path to = output.resolve(result.getFileName());
        Trees.delete(to);
        return Files.move(result, to);
      }
    } finally {
      Trees.delete(work);
    }
  }

  List<String> arguments(AppPackage app, Runtime runtime, Path input, Path made)
      throws IOException {
    String version = app.config().meta().version();
    List<String> argv =
        new ArrayList<>(
            List.of(
                "--type", type,
                "--name", app.config().build().name(),
                "--app-version", version,
                "--description", app.summary(),
                "--vendor", app.maintainer().replaceFirst(" <.*", ""),
                "--copyright", AppPackage.oneLine(app.config().meta().copyright()),
                "--dest", made.toString(),
                "--input", input.toString(),
                "--runtime-image", runtime.folder().resolve("jre").toString(),
                "--main-jar", RuntimeBuilder.CLASS_PATH,
                "--main-class", "dev.dunlin.shell.Main"));
    for (String flag : Files.readAllLines(runtime.folder().resolve("lib/java.args"))) {
      argv.addAll(List.of("--java-options", flag));
    }
    for (String property :
        List.of("launched=jpackage", "app=$APPDIR/app", "engine=$APPDIR/engine")) {
      argv.addAll(List.of("--java-options", "-Ddunlin." + property));
    }
    String key =
        Os.here() == Os.MAC ? "mac_icon" : Os.here() == Os.WINDOWS ? "win_icon" : "linux_icon";
    String icon = app.config().values().getOrDefault(key, "");
    if (!icon.isEmpty()) {
      argv.addAll(List.of("--icon", app.config().directory().resolve(icon).toString()));
    }
    if (Os.here() == Os.WINDOWS && !type.equals("app-image")) {
      argv.addAll(List.of("--win-menu", "--win-shortcut", "--win-per-user-install"));
    }
    if (Os.here() == Os.MAC) {
      argv.addAll(List.of("--mac-package-identifier", app.id()));
      String identity = app.config().values().getOrDefault("mac_codesign_identity", "");
      if (!identity.isEmpty()) {
        argv.addAll(List.of("--mac-sign", "--mac-signing-key-user-name", identity));
      }
    }
    return argv;
  }

  /**
   * @throws BuildException for what the systems' own version numbers can't say
   */
  void checkVersion(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      throw new BuildException(
          "[meta] version = " + version + ": packages want three numbers, such as 1.0.0");
    }
    int[] numbers;
    try {
      numbers = Stream.of(1, 2, 3).mapToInt(i -> Integer.parseInt(parts.group(i))).toArray();
    } catch (NumberFormatException e) {
      throw new BuildException(
          "[meta] version = " + version + " has a number that is too large", e);
    }
    boolean mac = type.equals("dmg") || type.equals("pkg");
    if (mac && numbers[0] == 0) {
      throw new BuildException(
          "[meta] version = " + version + ": on macOS the first number is 1 or more");
    }
    boolean windows = type.equals("msi") || type.equals("exe");
    for (int i = 0; windows && i < numbers.length; i++) {
      if (numbers[i] > MSI_LARGEST[i]) {
        throw new BuildException(
            "[meta] version = "
                + version
                + ": on Windows the largest is "
                + String.join(".", Arrays.stream(MSI_LARGEST).mapToObj(String::valueOf).toList()));
      }
    }
  }
}
