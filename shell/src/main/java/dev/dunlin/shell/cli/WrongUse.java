package dev.dunlin.shell.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Errors of who wrote the command line. Apart from the commands: picocli is compiled for a Java so
 * old that none of its classes can be archived, and a command that throws one has the JVM look for
 * it in all jars at each start, to verify that it can be thrown.
 */
final class WrongUse {
  private WrongUse() {}

  static RuntimeException of(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
