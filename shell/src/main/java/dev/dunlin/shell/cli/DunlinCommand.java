package dev.dunlin.shell.cli;

import dev.dunlin.shell.BuildInfo;
import dev.dunlin.shell.Printable;
import dev.dunlin.shell.Relaunch;
import dev.dunlin.shell.host.Doctor;
import dev.dunlin.shell.host.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code dunlin …}. Exit codes: 0 done, 1 failed with a message, 2 the command line is wrong; else
 * what the app says.
 */
@Command(
    name = "dunlin",
    versionProvider = DunlinCommand.Version.class,
    subcommands = {
      DunlinCommand.InitCommand.class,
      DunlinCommand.BuildCommand.class,
      DunlinCommand.DocsCommand.class,
      DunlinCommand.KeygenCommand.class,
      DunlinCommand.SignCommand.class,
      DunlinCommand.VerifyCommand.class,
      DunlinCommand.SeedCommand.class,
      DunlinCommand.OperatorCommand.class,
      DunlinCommand.BenchCommand.class,
    })
public final class DunlinCommand implements Callable<Integer> {
  private static final Set<String> NAMES =
      Set.of(
          "init",
          "run",
          "build",
          "docs",
          "keygen",
          "sign",
          "verify",
          "seed",
          "peer",
          "relay",
          "bt",
          "simulate",
          "operator",
          "test",
          "bench",
          "doctor",
          "setup",
          "env",
          "print-build-dir");

  /** What those who mistyped one are told; the scripts say the same. */
  static final String COMMANDS =
      "init, run, build, docs, keygen, sign, verify, seed, test, doctor, setup, env, print-build-dir, peer, relay, bt, simulate, operator and bench";

  @Option(names = {"-h", "--help"})
  private boolean help;

  @Option(
      names = {"-v", "--version"},
      versionHelp = true)
  private boolean version;

  private final Launcher launcher;
  private final Shell shell;
  private final Predicate<Throwable> isExpected;
  private final List<String> arguments = new ArrayList<>();
  private TestCommand.Runner tests = Relaunch::run;
  private PrintWriter out = new PrintWriter(System.out, true);
  private PrintWriter err = new PrintWriter(System.err, true);

  /**
   * @param isExpected whether an exception's message says all that a person needs; any other is
   *     shown with its stack trace
   */
  public DunlinCommand(Launcher launcher, Shell shell, Predicate<Throwable> isExpected) {
    this.launcher = launcher;
    this.shell = shell;
    this.isExpected = isExpected;
  }

  private CommandLine line() {
    CommandLine line = new CommandLine(this);
    line.addSubcommand(new RunCommand(launcher, shell, arguments));
    line.addSubcommand(new TestCommand(shell, tests, arguments));
    line.addSubcommand(new DoctorCommand(shell));
    line.addSubcommand(new PrintBuildDirCommand(shell));
    line.addSubcommand(new EnvCommand(shell));
    line.addSubcommand(new SetupCommand(shell));
    line.addSubcommand(new PeerCommand());
    line.addSubcommand(new BtCommand());
    line.addSubcommand(new SimulateCommand());
    CommandLine relay = new CommandLine(new RelayCommand());
    relay.setUnmatchedOptionsArePositionalParams(true);
    line.addSubcommand(relay);
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (fault, args) -> {
          PrintWriter err = fault.getCommandLine().getErr();
          err.println("dunlin: " + Printable.of(fault.getMessage()));
          UnmatchedArgumentException.printSuggestions(fault, err);
          String name = fault.getCommandLine().getCommandSpec().qualifiedName();
          err.println("'" + name + " --help' tells what there is.");
          return ExitCode.USAGE;
        });
    line.setExecutionExceptionHandler(
        (fault, command, result) -> tell(fault, isExpected, command.getErr()));
    return line;
  }

  /**
   * Says what went wrong.
   *
   * @param isExpected see {@link #DunlinCommand}
   * @return the exit code
   */
  public static int tell(Throwable fault, Predicate<Throwable> isExpected, PrintWriter err) {
    if (isExpected.test(fault)) {
      err.println("dunlin: " + Printable.of(fault.getMessage()));
    } else {
      err.println("dunlin: this is a fault of Dunlin, please report it:");
      StringWriter trace = new StringWriter();
      fault.printStackTrace(new PrintWriter(trace));
      err.print(Printable.of(trace.toString()));
      err.flush();
    }
    return ExitCode.SOFTWARE;
  }

  /** For tests: what runs an app's. */
  DunlinCommand testingBy(TestCommand.Runner runner) {
    this.tests = runner;
    return this;
  }

  /** For tests: where it prints. */
  DunlinCommand printingTo(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
    return this;
  }

  /** Does what the words say. Blocks until it is done. */
  public int execute(String... words) {
    List<String> own = new ArrayList<>(Arrays.asList(words));
    int end = own.indexOf("--");
    if (end >= 0) {
      arguments.addAll(own.subList(end + 1, own.size()));
      own = own.subList(0, end);
    }
    if (!own.isEmpty() && !own.get(0).startsWith("-") && !NAMES.contains(own.get(0))) {
      // The script says the same.
      err.println("dunlin: there is no command '" + own.get(0) + "'; there are " + COMMANDS + ".");
      return ExitCode.USAGE;
    }
    if (!own.isEmpty() && own.get(0).equals("run")) {
      // A file may follow --test only after '=', else '--test DIR' would take the folder for it.
      own.replaceAll(
          word ->
              word.equals("--test") || word.equals("-t")
                  ? "--test=" + RunCommand.DEFAULT_TEST
                  : word);
    }
    shell.removeTemporaryAtExit();
    try {
      return isPlainRun(own) ? plainRun(own) : line().execute(own.toArray(String[]::new));
    } finally {
      shell.removeUnusedTemporary();
    }
  }

  /**
   * Opens an installed app. Blocks until it ends.
   *
   * @param isExpected see {@link #DunlinCommand}
   * @param words the app's own: process.argv
   * @return the exit code
   */
  public static int installed(
      Launcher launcher,
      Shell shell,
      Predicate<Throwable> isExpected,
      Path folder,
      String... words) {
    shell.removeTemporaryAtExit();
    try {
      return new RunCommand(launcher, shell, List.of(words)).installed(folder);
    } catch (RuntimeException | Error fault) {
      return tell(fault, isExpected, new PrintWriter(System.err, true));
    } finally {
      shell.removeUnusedTemporary();
    }
  }

  /** The usual start has no options: picocli would add a tenth to its time. */
  private static boolean isPlainRun(List<String> words) {
    return !words.isEmpty()
        && words.size() <= 2
        && words.get(0).equals("run")
        && words.stream().noneMatch(word -> word.startsWith("-") || word.startsWith("@"));
  }

  private int plainRun(List<String> words) {
    Optional<Path> folder;
    try {
      folder = words.stream().skip(1).findFirst().map(Path::of);
    } catch (InvalidPathException e) {
      // The parser says it with the name of the parameter.
      return line().execute(words.toArray(String[]::new));
    }
    try {
      return new RunCommand(launcher, shell, arguments).plain(folder, err);
    } catch (RuntimeException | Error fault) {
      return tell(fault, isExpected, err);
    }
  }

  @Override
  public Integer call() {
    // The script prints the same file before anything is built.
    try (InputStream in = DunlinCommand.class.getResourceAsStream("help.txt")) {
      out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      out.flush();
      return ExitCode.OK;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "dunlin " + BuildInfo.dunlin(),
        "Chromium " + BuildInfo.chromium() + ", Java " + System.getProperty("java.version")
      };
    }
  }

  @Command(
      name = "doctor",
      description = "Looks at this machine: one line for each thing that Dunlin needs.")
  static final class DoctorCommand implements Callable<Integer> {
    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this.")
    private boolean help;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    private final Shell shell;

    DoctorCommand(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      List<Finding> findings =
          new Doctor(shell.environment(), shell.engine(), BuildInfo.chromium()).examine();
      PrintWriter out = spec.commandLine().getOut();
      findings.forEach(out::println);
      boolean fails = findings.stream().anyMatch(f -> f.verdict() == Finding.Verdict.FAIL);
      out.println(
          fails
              ? "Something is missing: see the lines with 'fail'."
              : "All that is needed is there.");
      return fails ? ExitCode.SOFTWARE : ExitCode.OK;
    }
  }

  /** Those that need Maven and the sources. */
  private abstract static class SourceCommand implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @CommandLine.Parameters(arity = "0..*", hidden = true)
    private List<String> ignored;

    @Override
    public Integer call() {
      spec.commandLine()
          .getErr()
          .println(
              "dunlin: '"
                  + spec.name()
                  + "' builds Dunlin with Maven, which the script ./dunlin at the root of its sources does: run ./dunlin "
                  + spec.name()
                  + " there.");
      return ExitCode.USAGE;
    }
  }

  @Command(name = "init", description = "Makes a new app (module installers).")
  static final class InitCommand extends SourceCommand {}

  @Command(name = "build", description = "Makes packages of an app (module installers).")
  static final class BuildCommand extends SourceCommand {}

  @Command(name = "docs", description = "Opens the documentation (module installers).")
  static final class DocsCommand extends SourceCommand {}

  @Command(name = "keygen", description = "Makes a key that signs updates (module installers).")
  static final class KeygenCommand extends SourceCommand {}

  @Command(name = "sign", description = "Makes and signs an update (module installers).")
  static final class SignCommand extends SourceCommand {}

  @Command(name = "verify", description = "Checks a signed update (module installers).")
  static final class VerifyCommand extends SourceCommand {}

  @Command(name = "seed", description = "Gives an update to peers (module installers).")
  static final class SeedCommand extends SourceCommand {}

  @Command(name = "operator", description = "Watches a running app (module operator).")
  static final class OperatorCommand extends SourceCommand {}

  @Command(name = "bench", description = "Measures (from the sources).")
  static final class BenchCommand extends SourceCommand {}
}
