package dev.dunlin.shell.cli;

import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.VertxScheduler;
import dev.dunlin.shell.Printable;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.resources.ChangeWatch;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code dunlin test}: each test file is a {@code dunlin run --test} of its own, in a process of
 * its own, because Chromium starts once in a process and because one that dies must not take the
 * report with it.
 */
@Command(
    name = "test",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin test [OPTIONS] [DIR] [-- ARGUMENT...]",
    description = {
      "",
      "Runs the tests of the app in DIR, or of the current folder, in the real runtime, unseen. It",
      "prints their TAP and ends with 0 if all passed, else with 1.",
      "Which files: test/index.js of the app's resources if it is there, else each test/**/*.test.js.",
      ""
    },
    footer = {
      "",
      "Which tests: those of an app where the current folder or DIR has a socket.ini, or with one of",
      "the options above. Anything else, typed with the ./dunlin of Dunlin's sources, passes every",
      "test of Dunlin itself: its words then go to Maven (mvn verify)."
    })
final class TestCommand implements Callable<Integer> {
  /** Starts Dunlin anew with words of its command line. */
  @FunctionalInterface
  interface Runner {
    /**
     * @param lines takes each line of its output
     * @return its exit code, once all its output was taken
     */
    int run(Consumer<String> lines, String... words);
  }

  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = {"-t", "--test"},
      paramLabel = "FILE",
      description = "Run only FILE, a path in the app's resources. May be repeated.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = {"-w", "--watch"},
      description = "When a file of the app changes, run again. Ctrl-C ends it.")
  private boolean watch;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write the results to FILE, as JUnit's XML.")
  private Path junit;

  @Option(
      names = {"-H", "--headless"},
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Show no window. This is so unless --no-headless is given.")
  private boolean headless;

  @Option(
      names = {"-P", "--prod"},
      description = "As users get it: no DevTools.")
  private boolean production;

  @Option(
      names = {"-E", "--env"},
      paramLabel = "KEY=VALUE",
      description = "A variable for process.env. May be repeated.")
  private Map<String, String> environment = new LinkedHashMap<>();

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

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Load the app from a dev server at this port.")
  private Integer port;

  @Option(names = "--host", paramLabel = "HOST", description = "Host of the dev server.")
  private String host;

  @CommandLine.Mixin private PlatformOption platform;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final Shell shell;
  private final Runner runner;
  private final List<String> arguments;

  TestCommand(Shell shell, Runner runner, List<String> arguments) {
    this.shell = shell;
    this.runner = runner;
    this.arguments = arguments;
  }

  @Override
  // The watch is there to be closed.
  @SuppressWarnings("try")
  public Integer call() throws IOException, InterruptedException {
    platform.check(spec);
    Path here = shell.workingDirectory();
    Path folder = directory == null ? here : here.resolve(directory).normalize();
    if (junit != null) {
      junit = here.resolve(junit).normalize();
      if (!Files.isDirectory(junit.getParent()) || Files.isDirectory(junit)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "--junit " + junit + ": its folder does not exist, or it is one");
      }
    }
    if (!watch) {
      return once(folder);
    }
    AppConfig.load(folder);
    Semaphore changes = new Semaphore(0);
    // As the watch spells it.
    Path report =
        junit == null ? null : junit.getParent().toRealPath().resolve(junit.getFileName());
    PrintWriter err = spec.commandLine().getErr();
    Vertx vertx = EventLoops.create();
    try (ChangeWatch watching =
        ChangeWatch.start(
            folder.toRealPath(),
            path -> !path.equals(report),
            new VertxScheduler(vertx, Lane.create(vertx, "watch")),
            changes::release,
            err::println)) {
      while (true) {
        runAndTell(folder, err);
        err.println("dunlin: waiting for a change in " + folder + ". Ctrl-C ends it.");
        changes.acquire();
        changes.drainPermits();
      }
    } finally {
      vertx.close();
    }
  }

  /** A fault that the next change may mend, such as a typing error in socket.ini, ends no watch. */
  private void runAndTell(Path folder, PrintWriter err) throws IOException {
    try {
      int code = once(folder);
      err.println(code == 0 ? "dunlin: all tests passed" : "dunlin: tests failed");
    } catch (ConfigException | NoTests e) {
      err.println("dunlin: " + Printable.of(e.getMessage()));
    }
  }

  private int once(Path folder) throws IOException {
    AppConfig config = AppConfig.load(folder);
    PrintWriter out = spec.commandLine().getOut();
    List<JunitXml.Suite> suites = new ArrayList<>();
    for (String file : files.isEmpty() ? found(config) : files) {
      TapReader tap = new TapReader();
      int code =
          runner.run(
              line -> {
                tap.line(line);
                out.println(line);
              },
              words(folder, file));
      suites.add(new JunitXml.Suite(file, tap, code));
    }
    if (junit != null) {
      write(JunitXml.of(config.meta().bundleIdentifier(), suites));
    }
    return suites.stream().allMatch(suite -> suite.exit() == 0 && suite.tap().failed() == 0)
        ? CommandLine.ExitCode.OK
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** There is nothing to run. */
  private static final class NoTests extends HostException {
    private static final long serialVersionUID = 1;

    NoTests(Path resources) {
      super(
          "the app has no tests: write "
              + resources.resolve(RunCommand.DEFAULT_TEST)
              + ", or files that end in .test.js beside it, or name one with --test FILE");
    }
  }

  private static List<String> found(AppConfig config) throws IOException {
    Path resources = config.build().resources();
    if (Files.isRegularFile(resources.resolve(RunCommand.DEFAULT_TEST))) {
      return List.of(RunCommand.DEFAULT_TEST);
    }
    Path tests = resources.resolve("test");
    List<String> found = List.of();
    if (Files.isDirectory(tests)) {
      try (Stream<Path> all = Files.walk(tests)) {
        found =
            all.filter(file -> file.toString().endsWith(".test.js") && Files.isRegularFile(file))
                .map(file -> resources.relativize(file).toString().replace('\\', '/'))
                .sorted()
                .toList();
      }
    }
    if (found.isEmpty()) {
      throw new NoTests(resources);
    }
    return found;
  }

  private String[] words(Path folder, String file) {
    List<String> words = new ArrayList<>(List.of("run", "--test=" + file));
    if (headless) {
      words.add("--headless");
    }
    if (production) {
      words.add("--prod");
    }
    if (debug) {
      words.add("--debug");
    }
    if (verbose) {
      words.add("--verbose");
    }
    environment.forEach((name, value) -> words.add("--env=" + name + "=" + value));
    if (port != null) {
      words.add("--port=" + port);
    }
    if (host != null) {
      words.add("--host=" + host);
    }
    words.add(folder.toString());
    words.add("--");
    words.addAll(arguments);
    return words.toArray(String[]::new);
  }

  private void write(String xml) throws IOException {
    // The dot keeps it from those who watch the folder; who reads meanwhile sees the one before.
    Path temporary = junit.resolveSibling("." + junit.getFileName() + ".tmp");
    Files.writeString(temporary, xml);
    Files.move(temporary, junit, StandardCopyOption.REPLACE_EXISTING);
  }
}
