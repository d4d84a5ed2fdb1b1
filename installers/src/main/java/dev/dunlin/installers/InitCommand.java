package dev.dunlin.installers;

import dev.dunlin.shell.host.NativeProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dunlin init}. */
@Command(
    name = "init",
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "dunlin init [OPTIONS] [DIR]",
    description = {
      "",
      "Makes a new app in DIR, or in the current folder, from a template: vanilla, react, svelte,",
      "vue or tonic. What is not given is asked for if there is a terminal; else it follows from",
      "the name of the folder. Nothing is overwritten.",
      ""
    })
final class InitCommand implements Callable<Integer> {
  private static final String DEFAULT_TEMPLATE = "vanilla";

  @Parameters(arity = "0..1", paramLabel = "DIR", hidden = true)
  private Path directory;

  @Option(
      names = {"-t", "--template"},
      paramLabel = "NAME",
      description = "The template (" + DEFAULT_TEMPLATE + ").")
  private String template;

  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "Name of the program: A-Z a-z 0-9 _ -.")
  private String name;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Bundle identifier, as com.example.my-app.")
  private String id;

  @Option(names = "--title", paramLabel = "TEXT", description = "What people call it.")
  private String title;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Lines of a person, if one is there. */
  interface Person {
    Optional<String> line() throws IOException;
  }

  private Optional<Person> person =
      NativeProcess.stdinIsTerminal() ? Optional.of(new Terminal()) : Optional.empty();

  private static final class Terminal implements Person {
    private final BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));

    @Override
    public Optional<String> line() throws IOException {
      return Optional.ofNullable(in.readLine());
    }
  }

  /** For tests: somebody, or nobody, at the terminal. */
  InitCommand askedBy(Optional<Person> asked) {
    person = asked;
    return this;
  }

  @Override
  public Integer call() throws IOException {
    Path home = BuildCommand.home();
    Path templates = home.resolve("templates");
    List<String> there = NewApp.templates(templates);
    Path folder =
        (directory == null ? Path.of(ask("Folder", ".")) : directory).toAbsolutePath().normalize();
    String base = Optional.ofNullable(folder.getFileName()).map(Path::toString).orElse("my-app");
    String chosen =
        template != null
            ? template
            : ask("Template (" + String.join(", ", there) + ")", DEFAULT_TEMPLATE);
    if (!there.contains(chosen)) {
      throw new BuildException(
          "there is no template '" + chosen + "'; there are " + String.join(", ", there));
    }
    String called = title != null ? title : ask("Title", base);
    String program = name != null ? name : ask("Name", NewApp.nameFor(called));
    String identifier = id != null ? id : ask("Identifier", NewApp.idFor(program));
    new NewApp(templates.resolve(chosen), program, identifier, called).write(folder);
    Path script = home.resolve("dunlin");
    PrintWriter out = spec.commandLine().getOut();
    out.println("Made " + folder + " from the template " + chosen + ". Open it:");
    out.println(
        "  "
            + (Files.isExecutable(script) ? quoted(script.toString()) : "dunlin")
            + " run "
            + quoted(folder.toString()));
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private String ask(String question, String otherwise) throws IOException {
    if (person.isEmpty()) {
      return otherwise;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.print(question + " [" + otherwise + "]: ");
    err.flush();
    return person.get().line().map(String::strip).filter(line -> !line.isEmpty()).orElse(otherwise);
  }

  /** As a shell takes it. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
