package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.shell.host.Os;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SystemThemeTest {
  private static final long SOON = 20;
  private static final Duration LONG = Duration.ofSeconds(SOON);

  @Test
  void readsGtkThemeAsGtkDoes() {
    assertTrue(SystemTheme.isForcedDark(Map.of("GTK_THEME", "Adwaita:dark")));
    assertTrue(SystemTheme.isForcedDark(Map.of("GTK_THEME", "Yaru-dark")));
    assertFalse(SystemTheme.isForcedDark(Map.of("GTK_THEME", "Adwaita")));
    assertFalse(SystemTheme.isForcedDark(Map.of()));
  }

  @Test
  void asksThePortalOnlyWhereThereIsASessionBus() {
    assertEquals(
        Optional.empty(),
        SystemTheme.question(Os.LINUX, Map.of("DBUS_SESSION_BUS_ADDRESS", "disabled:")));
    assertEquals(Optional.empty(), SystemTheme.question(Os.LINUX, Map.of()));
    assertEquals(
        "gdbus",
        SystemTheme.question(Os.LINUX, Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus"))
            .orElseThrow()
            .command()
            .get(0));
  }

  @Test
  void asksEachSystemInItsOwnWay() {
    assertEquals("reg", SystemTheme.question(Os.WINDOWS, Map.of()).orElseThrow().command().get(0));
    assertEquals("defaults", SystemTheme.question(Os.MAC, Map.of()).orElseThrow().command().get(0));
  }

  private static SystemTheme.Question shell(String script) {
    return new SystemTheme.Question(List.of("sh", "-c", script), "uint32 1");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void takesTheAnswerForWhatItHolds() throws Exception {
    assertTrue(answer("echo '(<<uint32 1>>,)'"));
    assertFalse(answer("echo '(<<uint32 0>>,)'"));
    assertFalse(answer("exit 1"));
    assertFalse(
        SystemTheme.ask(new SystemTheme.Question(List.of("no-such-program"), ""), LONG)
            .get(SOON, TimeUnit.SECONDS));
  }

  private static boolean answer(String script) throws Exception {
    return SystemTheme.ask(shell(script), LONG).get(SOON, TimeUnit.SECONDS);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void endsWhoeverDoesNotAnswerInTime(@TempDir Path folder) throws Exception {
    Path pids = folder.resolve("pids");
    var answer =
        SystemTheme.ask(
            shell("sleep 600 & echo $$ $! > '" + pids + "' && wait"), Duration.ofSeconds(2));
    assertFalse(answer.get(SOON, TimeUnit.SECONDS));
    for (String pid : Files.readString(pids).strip().split(" ")) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(process -> process.onExit().orTimeout(SOON, TimeUnit.SECONDS).join());
    }
  }
}
