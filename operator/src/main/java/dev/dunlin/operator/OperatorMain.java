package dev.dunlin.operator;

import dev.dunlin.shell.operator.OperatorException;
import dev.dunlin.shell.operator.RunningApps;
import dev.dunlin.shell.operator.RunningApps.RunningApp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javafx.application.Application;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin operator}. */
@Command(
    name = "operator",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin operator [OPTIONS] [APP]",
    description = {
      "",
      "Watches a running app: its calls, what its policy denies, its sockets, peers, devices,",
      "processes and console. APP is its bundle id, title, folder or process id. Without APP: the",
      "one that runs; of several, their list.",
      ""
    },
    footer = {
      "",
      "Apps that 'dunlin run' has started can be watched. One that is installed, or that runs with",
      "--prod, is when it was started with DUNLIN_OPERATOR=1 in its environment, or when its",
      "socket.ini has [security] operator = true."
    })
public final class OperatorMain implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "APP", hidden = true)
  private String app;

  @Option(
      names = "--open",
      paramLabel = "FILE",
      description = "Show a recording, in place of a running app.")
  private Path open;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Write what is seen to FILE, lines of JSON.")
  private Path record;

  @Option(names = "--list", description = "Only print the apps that can be watched.")
  private boolean list;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final Finder finder;
  private final Launch launch;

  /** Opens the window and blocks until it closes. */
  interface Launch {
    void window(Wanted wanted);
  }

  OperatorMain(Finder finder, Launch launch) {
    this.finder = finder;
    this.launch = launch;
  }

  /** Does what the words say and ends the process with their exit code. */
  public static void main(String[] words) {
    OperatorMain main =
        new OperatorMain(
            OperatorMain::running,
            wanted -> {
              OperatorApplication.wanted = wanted;
              Application.launch(OperatorApplication.class);
            });
    System.exit(
        main.execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), words));
  }

  int execute(PrintWriter out, PrintWriter err, String... words) {
    CommandLine line = new CommandLine(this);
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (fault, args) -> {
          err.println("dunlin: " + fault.getMessage());
          err.println("'dunlin operator --help' tells what there is.");
          return ExitCode.USAGE;
        });
    line.setExecutionExceptionHandler(
        (fault, command, result) -> {
          if (fault instanceof OperatorException) {
            err.println("dunlin: " + fault.getMessage());
          } else {
            fault.printStackTrace(err);
          }
          return ExitCode.SOFTWARE;
        });
    return line.execute(words);
  }

  /** Where runs of this user have their folders. */
  private static List<RunningApp> running() throws IOException {
    Set<Path> folders = new LinkedHashSet<>();
    String own = System.getenv().getOrDefault("TMPDIR", "");
    if (!own.isEmpty()) {
      folders.add(Path.of(own));
    }
    folders.add(Path.of(System.getProperty("java.io.tmpdir")));
    return RunningApps.in(List.copyOf(folders));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (open != null && (app != null || list || record != null)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--open shows a recording: it goes with no APP, --list or --record");
    }
    if (open != null) {
      // Here: a file that is none is said before a window opens.
      Recording.open(open).close();
      launch.window(new Wanted(Optional.empty(), Optional.of(open), Optional.empty()));
      return ExitCode.OK;
    }
    if (record != null && Files.exists(record, LinkOption.NOFOLLOW_LINKS)) {
      throw new OperatorException(Recorder.isThere(record));
    }
    List<RunningApp> running = finder.running();
    if (list) {
      running.forEach(out::println);
      return ExitCode.OK;
    }
    List<RunningApp> meant =
        running.stream().filter(one -> app == null || one.isCalled(app)).toList();
    if (meant.isEmpty()) {
      throw new OperatorException(
          (app == null
                  ? "no app runs that can be watched"
                  : "no app called '" + app + "' runs that can be watched")
              + ". Start one with dunlin run"
              + (running.isEmpty() ? "" : "; there are: " + names(running))
              + ". One that is installed is watched if it was started with DUNLIN_OPERATOR=1, or"
              + " its socket.ini has [security] operator = true.");
    }
    if (meant.size() > 1) {
      err.println("dunlin: several apps run; say which, by its id, folder or process:");
      meant.forEach(err::println);
      return ExitCode.USAGE;
    }
    launch.window(
        new Wanted(Optional.of(meant.get(0)), Optional.empty(), Optional.ofNullable(record)));
    return ExitCode.OK;
  }

  private static String names(List<RunningApp> apps) {
    return String.join(", ", apps.stream().map(RunningApp::bundleId).toList());
  }

  /** Finds the apps that can be watched. */
  interface Finder {
    List<RunningApp> running() throws IOException;
  }

  /** What to show: an app or a recording; and where to record it. */
  record Wanted(Optional<RunningApp> app, Optional<Path> recording, Optional<Path> record) {}

  /** Makes JavaFX' thread, and the window on it. */
  public static final class OperatorApplication extends Application {
    private static volatile Wanted wanted;

    @Override
    public void start(javafx.stage.Stage stage) {
      new OperatorWindow(stage, OperatorMain::running).show(wanted);
    }
  }
}
