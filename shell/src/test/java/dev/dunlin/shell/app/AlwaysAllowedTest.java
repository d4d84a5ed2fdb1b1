package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.bridge.AlwaysAllowed;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.scheduler.RandomSource;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AlwaysAllowedTest {
  @Test
  void theListHoldsWhatTheAppsModulesDeclareAndNothingElse() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Set<String> declared = new TreeSet<>();
    try (Console console = new Console(nowhere, nowhere)) {
      List<CommandModule> modules =
          new ArrayList<>(StandardModules.of(console, RandomSource.secure(), Path.of("data")));
      modules.add(
          new ApplicationModule(
              code -> {}, List::of, List::of, List::of, Map.of(), UpdateCommands.none()));
      modules.addAll(DeclaredModules.windows());
      for (CommandModule module : modules) {
        for (Command command : module.commands()) {
          if (command.permission() == Command.Permission.ALWAYS) {
            declared.add(module.name() + "/" + command.function());
          }
        }
      }
    }
    Set<String> listed = new TreeSet<>();
    for (AlwaysAllowed one : AlwaysAllowed.values()) {
      listed.add(one.command());
    }
    assertEquals(listed, declared);
  }
}
