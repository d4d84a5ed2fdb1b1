package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dunlin.shell.cli.RunOptions;
import dev.dunlin.shell.cli.RunOptions.Flag;
import dev.dunlin.shell.config.AppConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorAccessTest {
  private static final String INI =
      """
      [build]
      name = a
      [meta]
      title = A
      bundle_identifier = com.example.a
      version = 1.0.0
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeApp() throws IOException {
    Files.writeString(folder.resolve("socket.ini"), INI);
  }

  private boolean isGranted(String test, Map<String, String> environment, Flag... flags) {
    Set<Flag> all = EnumSet.noneOf(Flag.class);
    all.addAll(List.of(flags));
    return OperatorAccess.isGranted(
        new RunOptions(
            AppConfig.load(folder),
            all,
            Optional.empty(),
            Optional.of(test).filter(file -> !file.isEmpty()),
            Optional.empty(),
            Map.of(),
            List.of(),
            Optional.empty()),
        environment);
  }

  @Test
  void whoMakesAnAppMayWatchItAndWhoUsesItIsNotWatched() {
    assertEquals(true, isGranted("", Map.of()));
    assertEquals(true, isGranted("", Map.of(), Flag.HEADLESS, Flag.DEBUG));
    assertEquals(false, isGranted("", Map.of(), Flag.PRODUCTION));
    assertEquals(false, isGranted("test/index.js", Map.of()));
    assertEquals(false, isGranted("", Map.of(), Flag.EXIT_AFTER_SCREENSHOT));
  }

  @Test
  void theOptionOpensTheDoor() {
    assertEquals(true, isGranted("", Map.of(), Flag.PRODUCTION, Flag.OPERATOR));
    assertEquals(true, isGranted("test/index.js", Map.of(), Flag.OPERATOR));
  }

  @Test
  void thePersonWhoStartsItHasTheLastWord() {
    Map<String, String> open = Map.of(OperatorAccess.VARIABLE, "1");
    Map<String, String> shut = Map.of(OperatorAccess.VARIABLE, "0");
    assertEquals(true, isGranted("", open, Flag.PRODUCTION));
    assertEquals(false, isGranted("", shut));
    assertEquals(false, isGranted("", shut, Flag.OPERATOR));
    // Anything else says nothing.
    assertEquals(false, isGranted("", Map.of(OperatorAccess.VARIABLE, "yes"), Flag.PRODUCTION));
  }

  @Test
  void socketIniOpensItForUsers() throws IOException {
    Files.writeString(folder.resolve("socket.ini"), INI + "[security]\noperator = true\n");
    assertEquals(true, isGranted("", Map.of(), Flag.PRODUCTION));
  }
}
