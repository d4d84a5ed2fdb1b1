package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.CommandModule;
import java.util.List;

/** The command modules that every app has. */
final class StandardModules {
  private StandardModules() {}

  static List<CommandModule> of(Console console) {
    return List.of();
  }
}
