package dev.dunlin.shell.resources;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModulesTest {
  private final Modules modules = new Modules("/dev/dunlin/shell/resources/js/");

  @Test
  void saysThatTheJavaScriptIsNotBuilt() {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> new Modules("/no/such/folder/"));
    assertTrue(e.getMessage().contains("build the bridge's JavaScript"), e.getMessage());
  }

  @Test
  void keepsWhatItHasRead() {
    assertArrayEquals(modules.socket("fs").orElseThrow(), modules.socket("fs").orElseThrow());
  }

  @Test
  void neverProposesAnInternalModuleOrOneThatIsFarOff() {
    assertEquals(Optional.empty(), modules.nearest("internal/ipx", false));
    assertEquals(Optional.of("test"), modules.nearest("tst", false));
    assertEquals(Optional.empty(), modules.nearest("tst", true));
  }
}
