package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.CommandUrl;
import dev.dunlin.bridge.PolicyHeader;
import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.resources.DirectorySource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The app that everybody's first app is a copy of. */
class TemplateTest {
  private static final Path TEMPLATE =
      Path.of("").toAbsolutePath().getParent().resolve("templates").resolve("vanilla");

  @TempDir Path home;
  private final AppConfig config = AppConfig.load(TEMPLATE);

  /** Every command that an app has, by module and function. */
  private static Map<String, Command> commands() {
    List<CommandModule> modules = new ArrayList<>();
    modules.add(
        new ApplicationModule(
            code -> {}, Map::of, Map::of, Map::of, Map.of(), UpdateCommands.none()));
    modules.addAll(DeclaredModules.windows());
    try (Console console = new Console(System.out, System.err)) {
      modules.addAll(StandardModules.of(console, RandomSource.seeded(1), Path.of("data")));
    }
    Map<String, Command> commands = new HashMap<>();
    for (CommandModule module : modules) {
      module
          .commands()
          .forEach(command -> commands.put(module.name() + "/" + command.function(), command));
    }
    return commands;
  }

  private String header() {
    return new PolicyHeader(folders().policyNames()).value(config.security().policy());
  }

  private UserFolders folders() {
    return UserFolders.of(
        Os.LINUX,
        Map.of(),
        home,
        home,
        config.build().resources(),
        config.meta().bundleIdentifier());
  }

  private List<String> ipcSources() {
    return List.of(config.security().policy().split("[\\s;]+")).stream()
        .filter(word -> word.startsWith("ipc:"))
        .toList();
  }

  @Test
  void isReadWithoutAWarning() {
    assertEquals(List.of(), config.warnings());
    assertEquals("dev.dunlin.tour", config.meta().bundleIdentifier());
  }

  @Test
  void hasThePagesThatItsConfigurationNames() throws Exception {
    assertTrue(Files.isRegularFile(config.build().resources().resolve("index.html")));
    assertTrue(Files.isRegularFile(TEMPLATE.resolve(config.values().get("linux_icon"))));
    assertEquals("/", config.webview().root());
    new DirectorySource(config.build().resources()).below(config.webview().root());
  }

  @Test
  void namesOnlyFoldersThatThePolicyKnows() {
    assertFalse(header().contains("$"), header());
    assertFalse(ipcSources().stream().noneMatch(source -> source.contains("$")));
  }

  @Test
  void grantsOnlyCommandsThatThereAre() {
    Map<String, Command> commands = commands();
    assertFalse(ipcSources().isEmpty());
    for (String source : ipcSources()) {
      String[] parts = source.substring("ipc://".length()).split("/", 3);
      Command command = commands.get(parts[0] + "/" + parts[1]);
      assertTrue(command != null, () -> source + " names none of " + commands.keySet());
      assertEquals(
          parts.length == 3,
          !(command.resource() instanceof Command.Resource.None),
          () -> source + " must name what it grants, and only if there is anything to name");
    }
  }

  @Test
  void grantsNeitherScriptsFromTextNorAnythingByASourceForAll() {
    for (String word : header().split("[\\s;]+")) {
      assertFalse(
          List.of("*", "ipc:", "https:", "'unsafe-inline'", "'unsafe-eval'").contains(word), word);
    }
  }

  @Test
  void allowsTheNoteAndNotTheShadowFile() {
    PolicySet policy = PolicySet.of(List.of(header()));
    Path data = home.resolve(".local/share/dev.dunlin.tour");
    assertTrue(policy.allows(url("ipc://fs/writeFile" + data.resolve("note.txt"))));
    assertTrue(policy.allows(url("ipc://fs/readdir" + config.build().resources())));
    assertFalse(policy.allows(url("ipc://fs/readFile/etc/shadow")));
    assertFalse(policy.allows(url("ipc://fs/unlink" + data.resolve("note.txt"))));
    assertFalse(policy.allows(url("ipc://fs/writeFile" + config.build().resources())));
  }

  private static CommandUrl url(String text) {
    return CommandUrl.parse(text);
  }
}
