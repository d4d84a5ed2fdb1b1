package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Year;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class BackEndCommandTest {
  @TempDir Path folder;

  private Optional<BackEndCommand> of(String line) {
    String ini =
        "[build]\nname = a\n[meta]\nbundle_identifier = a.b\n[linux]\ncmd = " + line + "\n";
    return BackEndCommand.of(
        AppConfig.parse(
            folder,
            ini.getBytes(StandardCharsets.UTF_8),
            AppConfig.systemVariables(),
            Year.of(2026)));
  }

  @Test
  void splitsWordsAndKeepsQuotedOnesTogether() {
    assertEquals(
        List.of("node", "a b.js", "", "it's", "x=\"y\""),
        BackEndCommand.words(" node  'a b.js' \"\"  \"it's\" x='\"y\"' "));
    assertEquals(List.of("echo", "$HOME;", "`id`"), BackEndCommand.words("echo $HOME; `id`"));
    assertEquals(List.of(), BackEndCommand.words("  "));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anAppWithoutOneHasNone() {
    assertEquals(List.of("sleep", "1"), of("sleep 1").orElseThrow().argv());
    assertEquals(Optional.empty(), of(""));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void refusesAQuoteThatDoesNotEnd() {
    assertThrows(ConfigException.class, () -> of("node 'backend.js"));
  }
}
