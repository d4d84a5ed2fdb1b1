package dev.dunlin.shell.cli;

import dev.dunlin.shell.cli.RunOptions.DevServer;
import dev.dunlin.shell.cli.RunOptions.Flag;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.host.Display;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.update.InstalledApp;
import dev.dunlin.shell.update.UpdateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin run}. */
@Command(
    name = "run",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin run [OPTIONS] [DIR] [-- ARGUMENT...]",
    description = {
      "",
      "Opens the app in DIR, the folder with its socket.ini. Without DIR: the current folder if it",
      "has one, else the tour in templates/vanilla. Arguments after -- are the app's (process.argv).",
      ""
    },
    footer = {
      "",
      "Without a display the app runs unseen, and the first painted page is saved as a PNG. Then",
      "Dunlin ends, unless it was started from a terminal."
    })
final class RunCommand implements Callable<Integer> {
  /** The file that {@code --test} alone means. */
  static final String DEFAULT_TEST = "test/index.js";

  /** What the picture of an app that nobody sees is called. */
  static final String SCREENSHOT = "dunlin-screenshot.png";

  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = {"-H", "--headless"},
      description = "Show no window (on Linux, in an Xvfb of its own).")
  private boolean headless;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Load the app from a dev server at this port.")
  private Integer port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Host of the dev server (localhost; port 80 if none is given).")
  private String host;

  @Option(
      names = {"-P", "--prod"},
      description = "As users get it: no DevTools.")
  private boolean production;

  @Option(
      names = {"-t", "--test"},
      paramLabel = "FILE",
      description =
          "Import FILE (a path in the app's resources, --test alone: "
              + DEFAULT_TEST
              + ") after the"
              + " page has loaded, and end with its result.")
  private String test;

  @Option(
      names = "--screenshot",
      paramLabel = "FILE",
      description = "Save the first painted page as a PNG, then end.")
  private Path screenshot;

  @Option(
      names = {"-E", "--env"},
      paramLabel = "KEY=VALUE",
      description = "A variable for process.env. May be repeated.")
  private Map<String, String> environment = new LinkedHashMap<>();

  @Option(
      names = "--operator",
      description =
          "Let dunlin operator watch the app, which it may anyway without --prod, --test and"
              + " --screenshot.")
  private boolean operator;

  @Option(
      names = {"-D", "--debug"},
      description = "Tell the app it is debugged (application.debug).")
  private boolean debug;

  @Option(
      names = {"-V", "--verbose"},
      description = "Tell more, Chromium's own messages too.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Mixin private PlatformOption platform;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final Launcher launcher;
  private final Shell shell;
  private final List<String> arguments;

  RunCommand(Launcher launcher, Shell shell, List<String> arguments) {
    this.launcher = launcher;
    this.shell = shell;
    this.arguments = arguments;
  }

  /**
   * The command without options.
   *
   * @param folder as it was typed
   * @param err where people look
   */
  int plain(Optional<Path> folder, PrintWriter err) {
    directory = folder.orElse(null);
    return run(err);
  }

  /**
   * As users get it: a window or nothing.
   *
   * @throws HostException when there is no display
   */
  int installed(Path folder) {
    InstalledApp app = open(folder);
    AppConfig config = app.config();
    if (Os.here() == Os.LINUX && shell.environment().getOrDefault("DISPLAY", "").isEmpty()) {
      throw new HostException(
          "there is no display (DISPLAY is not set): start "
              + config.meta().title()
              + " in a desktop session");
    }
    shell.displays().open(false);
    return launcher.run(
        new RunOptions(
            config,
            EnumSet.of(Flag.PRODUCTION),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            arguments,
            Optional.of(app)));
  }

  private static InstalledApp open(Path folder) {
    try {
      return InstalledApp.open(folder);
    } catch (IOException | UpdateException e) {
      throw new HostException(
          "the app is damaged and is not opened: " + e.getMessage() + ". Install it again.", e);
    }
  }

  @Override
  public Integer call() {
    platform.check(spec);
    return run(spec.commandLine().getErr());
  }

  private int run(PrintWriter err) {
    Path folder = folder();
    Optional<DevServer> server = devServer();
    environment.keySet().forEach(this::requireName);
    Optional<Path> picture =
        Optional.ofNullable(screenshot)
            .map(file -> shell.workingDirectory().resolve(file).normalize());
    picture.ifPresent(this::requireFolder);
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    set(flags, Flag.PRODUCTION, production);
    set(flags, Flag.DEBUG, debug);
    set(flags, Flag.OPERATOR, operator);
    set(flags, Flag.VERBOSE, verbose);
    set(flags, Flag.EXIT_AFTER_SCREENSHOT, picture.isPresent());
    // Here: a fault in socket.ini is said before a display is made for it.
    AppConfig config = AppConfig.load(folder);
    // Not closed here: AWT holds on to it until the process ends, see Xvfb.
    Display display = shell.displays().open(headless);
    set(flags, Flag.HEADLESS, headless || display.isSubstitute());
    if (display.isSubstitute()) {
      flags.add(Flag.SUBSTITUTE_DISPLAY);
      if (picture.isEmpty() && test == null) {
        boolean stay = shell.stdinIsTerminal().getAsBoolean();
        picture = Optional.of(ownPicture());
        set(flags, Flag.EXIT_AFTER_SCREENSHOT, !stay);
      }
      tellOfNoDisplay(picture, flags, err);
    }
    return launcher.run(
        new RunOptions(
            config,
            flags,
            server,
            Optional.ofNullable(test),
            picture,
            environment,
            arguments,
            Optional.empty()));
  }

  private static void tellOfNoDisplay(Optional<Path> picture, Set<Flag> flags, PrintWriter err) {
    String end =
        flags.contains(Flag.EXIT_AFTER_SCREENSHOT) || picture.isEmpty() ? "" : " Ctrl-C ends it.";
    err.println(
        "dunlin: there is no display (DISPLAY is not set), so the app runs unseen."
            + picture.map(file -> " Its first page goes to " + file + ".").orElse("")
            + end);
  }

  private Path folder() {
    Path here = shell.workingDirectory();
    if (directory != null) {
      return here.resolve(directory).normalize();
    }
    if (Files.exists(here.resolve(AppConfig.FILE))) {
      return here;
    }
    return shell
        .home()
        .map(home -> home.resolve("templates").resolve("vanilla"))
        .filter(Files::isDirectory)
        .orElse(here);
  }

  private Optional<DevServer> devServer() {
    if (port == null && host == null) {
      return Optional.empty();
    }
    if (port != null && (port < 1 || port > 65_535)) {
      throw wrong("--port is 1 to 65535, this is " + port);
    }
    if (host != null && !host.matches("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]")) {
      throw wrong(
          "--host is a host name or address without scheme and port, this is '" + host + "'");
    }
    return Optional.of(
        new DevServer(
            host == null ? DevServer.DEFAULT_HOST : host,
            port == null ? DevServer.DEFAULT_PORT : port));
  }

  private void requireName(String name) {
    if (name.isEmpty()) {
      throw wrong("--env needs a name before '='");
    }
  }

  private void requireFolder(Path file) {
    Path parent = file.getParent();
    if (parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
      throw wrong("--screenshot " + file + ": its folder does not exist or can't be written");
    }
  }

  private Path ownPicture() {
    Path here = shell.workingDirectory();
    return (Files.isWritable(here) ? here : shell.temporary()).resolve(SCREENSHOT);
  }

  private RuntimeException wrong(String message) {
    return WrongUse.of(spec, message);
  }

  private static void set(Set<Flag> flags, Flag flag, boolean on) {
    if (on) {
      flags.add(flag);
    }
  }
}
