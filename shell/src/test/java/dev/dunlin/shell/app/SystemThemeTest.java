package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemThemeTest {
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
        SystemTheme.question("Linux", Map.of("DBUS_SESSION_BUS_ADDRESS", "disabled:")));
    assertEquals(Optional.empty(), SystemTheme.question("Linux", Map.of()));
    assertEquals(
        "gdbus",
        SystemTheme.question("Linux", Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus"))
            .orElseThrow()
            .command()
            .get(0));
  }

  @Test
  void asksEachSystemInItsOwnWay() {
    assertEquals(
        "reg", SystemTheme.question("Windows 11", Map.of()).orElseThrow().command().get(0));
    assertEquals(
        "defaults", SystemTheme.question("Mac OS X", Map.of()).orElseThrow().command().get(0));
  }
}
