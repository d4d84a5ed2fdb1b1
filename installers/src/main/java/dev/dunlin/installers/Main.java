package dev.dunlin.installers;

import dev.dunlin.shell.cli.DunlinCommand;
import dev.dunlin.shell.config.ConfigException;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.host.HostException;
import dev.dunlin.shell.update.UpdateException;
import java.io.PrintWriter;
import picocli.CommandLine;

/** The commands of the command line that make packages and releases. */
public final class Main {
  private Main() {}

  /** Does what the words say and ends the process with their exit code. */
  public static void main(String[] words) {
    System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), words));
  }

  /**
   * @return the exit code
   */
  static int run(PrintWriter out, PrintWriter err, String... words) {
    CommandLine line = new CommandLine(new Commands());
    line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(
        BuildCommand.Target.class,
        text -> {
          for (BuildCommand.Target target : BuildCommand.Target.values()) {
            if (target.toString().equals(text)) {
              return target;
            }
          }
          throw new CommandLine.TypeConversionException(
              "'" + text + "' is none of app-image, deb, rpm, msi, exe, dmg, pkg");
        });
    line.setExecutionExceptionHandler(
        (fault, command, result) ->
            DunlinCommand.tell(
                fault,
                f ->
                    f instanceof BuildException
                        || f instanceof UpdateException
                        || f instanceof ConfigException
                        || f instanceof EngineException
                        || f instanceof HostException,
                command.getErr()));
    return line.execute(words);
  }

  @CommandLine.Command(
      name = "dunlin",
      subcommands = {
        BuildCommand.class,
        InitCommand.class,
        KeygenCommand.class,
        SeedCommand.class,
        SignCommand.class,
        VerifyCommand.class
      })
  private static final class Commands {}
}
