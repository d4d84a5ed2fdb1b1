package dev.dunlin.installers;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.Trees;
import dev.dunlin.shell.app.NpmSetup;
import dev.dunlin.shell.cli.SscBuildOptions;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.engine.EngineInstallation;
import dev.dunlin.shell.host.Os;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code dunlin build}. */
@Command(
    name = "build",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin build [OPTIONS] [DIR]",
    description = {
      "",
      "Makes a package of the app in DIR, or of the current folder, in the folder that [build]",
      "output of its socket.ini names (build). A package has all that the app needs; with --thin",
      "it has the app's files, and needs the package dunlin-runtime.",
      ""
    })
final class BuildCommand implements Callable<Integer> {
  /** What can be made. */
  enum Target {
    APP_IMAGE,
    DEB,
    RPM,
    MSI,
    EXE,
    DMG,
    PKG,
    /** Dunlin's own: what thin packages share. */
    RUNTIME,
    /** The same for systems that have rpm. */
    RUNTIME_RPM,
    /** Dunlin's own: the command line. */
    SDK;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isDunlins() {
      return this == RUNTIME || this == RUNTIME_RPM || this == SDK;
    }

    static Target ofThisSystem() {
      return switch (Os.here()) {
        case LINUX -> DEB;
        case MAC -> DMG;
        case WINDOWS -> MSI;
      };
    }
  }

  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = {"-f", "--target", "--package-format"},
      paramLabel = "KIND",
      description =
          "app-image, deb, rpm, msi, exe, dmg or pkg; without: that of this system. May be repeated.")
  private List<Target> targets = new ArrayList<>();

  @Option(names = "--thin", description = "The app's files alone (deb and rpm).")
  private boolean thin;

  @Option(
      names = "--fast",
      description = "Compress less: a tenth of the time, a third more bytes. For trying.")
  private boolean fast;

  @Option(names = "--output", paramLabel = "DIR", description = "Where packages go.")
  private Path output;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but faults.")
  private boolean quiet;

  @CommandLine.Mixin private SscBuildOptions ssc;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ssc.check(spec);
    if (targets.isEmpty()) {
      targets = List.of(Target.ofThisSystem());
    }
    for (Target target : targets) {
      if (thin && target != Target.DEB && target != Target.RPM) {
        throw new ParameterException(
            spec.commandLine(), "--thin goes with deb and rpm, not with " + target);
      }
    }
    for (Target target : targets) {
      Path made = target.isDunlins() ? dunlins(target) : app(target);
      if (!quiet) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
            Locale.ROOT, "%s  %s%n", made, Files.isDirectory(made) ? "" : size(Files.size(made)));
        out.flush();
      }
    }
    return CommandLine.ExitCode.OK;
  }

  static String size(long bytes) {
    double kib = bytes / 1024.0;
    return kib < 1024
        ? String.format(Locale.ROOT, "%.1f KiB", kib)
        : String.format(Locale.ROOT, "%.1f MiB", kib / 1024);
  }

  private Packages packages(Path scratch) {
    return new Packages(scratch, fast ? TarXz.Effort.FAST : TarXz.Effort.SMALL);
  }

  private Path dunlins(Target target) throws IOException {
    Path home = home();
    Path to = output == null ? home.resolve("installers").resolve("target") : output;
    Path scratch = cache().resolve("work");
    return locked(
        cache(),
        () -> {
          Runtime runtime = runtimeOfThis();
          Path folder = to.toAbsolutePath();
          return switch (target) {
            case RUNTIME -> packages(scratch).runtime(runtime, folder);
            case RUNTIME_RPM -> packages(scratch).runtimeRpm(runtime, folder);
            default -> packages(scratch).sdk(runtime, home, ownJar(), folder);
          };
        });
  }

  private Path app(Target target) throws IOException {
    Path folder = directory == null ? Path.of("") : directory;
    AppConfig config = AppConfig.load(folder);
    if (!quiet) {
      config
          .warnings()
          .forEach(warning -> spec.commandLine().getErr().println("dunlin: " + warning));
    }
    Path to =
        output == null
            ? config
                .directory()
                .resolve(config.values().getOrDefault("build_output", "build"))
                .normalize()
            : output.toAbsolutePath().normalize();
    if (output == null && !to.startsWith(config.directory()) || to.equals(config.directory())) {
      throw new BuildException(
          "[build] output = "
              + config.values().get("build_output")
              + " is no folder inside the app's: write, for example, output = build");
    }
    AppPackage app = AppPackage.of(config);
    if (target == Target.APP_IMAGE) {
      Packages.place(app, to);
    } else if (target != Target.DEB && target != Target.RPM) {
      jpackage(target).check(app);
    }
    script(config);
    AppFiles files = new AppFiles(config, to);
    return locked(
        to,
        () -> {
          Packages packages = packages(Files.createTempDirectory(to, ".dunlin-"));
          try {
            return switch (target) {
              case DEB ->
                  thin
                      ? packages.thin(app, files, to)
                      : packages.fat(app, files, runtimeOfThis(), to);
              case APP_IMAGE -> packages.image(app, files, runtimeOfThis(), to);
              case RPM ->
                  thin
                      ? packages.thinRpm(app, files, to)
                      : packages.fatRpm(app, files, runtimeOfThis(), to);
              default -> jpackage(target).write(app, files, runtimeOfThis(), to);
            };
          } finally {
            Trees.delete(packages.scratch());
          }
        });
  }

  private static Jpackage jpackage(Target target) {
    return new Jpackage(jdk(), target.toString());
  }

  /** {@code [build] script}: the app's own build, before its files are copied. */
  private void script(AppConfig config) {
    String script = config.values().getOrDefault("build_script", "");
    if (script.isBlank()) {
      requirePages(config);
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    NpmSetup.prepare(
        config.directory(),
        line -> {
          if (!quiet) {
            err.println("dunlin: " + line);
          }
        });
    if (!quiet) {
      err.println("dunlin: [build] script: " + script);
    }
    Tool shell =
        Os.here() == Os.WINDOWS ? Tool.of("cmd", "/c", script) : Tool.of("sh", "-c", script);
    shell
        .in(config.directory())
        .with(Map.of("PREFIX", config.build().resources().toString()))
        .run();
    requirePages(config);
  }

  private static void requirePages(AppConfig config) {
    if (!Files.isDirectory(config.build().resources())) {
      throw new BuildException(
          "[build] script has not made "
              + config.build().resources()
              + ", which [build] copy names: correct one of them");
    }
  }

  // ---- where this command is run from ----

  /** Folder of Dunlin's sources. */
  static Path home() {
    String home = System.getProperty("dunlin.home", "");
    if (home.isEmpty()) {
      throw new BuildException(
          "the folder of Dunlin is not known: start this by the script dunlin");
    }
    return Path.of(home);
  }

  private static Path jdk() {
    return Path.of(System.getProperty("java.home"));
  }

  /** False where Maven runs us for an app that is not among Dunlin's sources. */
  static boolean isOfSources() {
    return !System.getProperty("dunlin.home", "").isEmpty();
  }

  private static Path cache() {
    return isOfSources()
        ? home().resolve("installers").resolve("target")
        : EngineInstallation.caches().resolve("runtime-" + BuildInfo.dunlin());
  }

  private static Path ownJar() {
    try {
      return Path.of(
          BuildCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new BuildException("the jar of this command has no place: " + e.getMessage(), e);
    }
  }

  /** The installed one (the SDK has one), or that of this build, made if need be. */
  private static Runtime runtimeOfThis() throws IOException {
    String installed = System.getProperty("dunlin.runtime", "");
    if (!installed.isEmpty()) {
      return Runtime.at(Path.of(installed));
    }
    Path cache = cache();
    List<Path> jars = jars();
    Path made = cache.resolve("runtime");
    String inputs = RuntimeInputs.of(jdk(), jars, ownJar());
    Path note = cache.resolve("runtime.inputs");
    return locked(
        cache,
        () -> {
          if (Files.isRegularFile(note)
              && Files.isDirectory(made)
              && Files.readString(note).equals(inputs)) {
            return Runtime.at(made);
          }
          Files.deleteIfExists(note);
          System.err.println("dunlin: making the runtime, once for each build of Dunlin");
          Runtime runtime =
              new RuntimeBuilder(jdk(), jars, EngineInstallation.locate()).build(made);
          Files.writeString(note, inputs);
          return runtime;
        });
  }

  /** Dunlin's and those it stands on: of this build, or as Maven has named them to us. */
  private static List<Path> jars() throws IOException {
    if (isOfSources()) {
      return Tree.files(home().resolve("shell").resolve("target").resolve("dunlin").resolve("lib"));
    }
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::isRegularFile)
        .sorted(Comparator.comparing(Path::getFileName))
        .toList();
  }

  /** Work that gives something. */
  interface Work<T> {
    T run() throws IOException;
  }

  /** A lock on a file keeps other processes out; this one, other threads of ours. */
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  /** Folders whose lock the thread that builds holds. */
  private static final List<Path> LOCKED = new ArrayList<>();

  /** Two builds into one folder follow each other. */
  private static <T> T locked(Path folder, Work<T> work) throws IOException {
    ONE_AT_A_TIME.lock();
    try {
      return LOCKED.contains(folder) ? work.run() : lockedFile(folder, work);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static <T> T lockedFile(Path folder, Work<T> work) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(".lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new BuildException("lost the lock " + file + ": try again");
      }
      LOCKED.add(folder);
      return work.run();
    } finally {
      LOCKED.remove(folder);
    }
  }
}
