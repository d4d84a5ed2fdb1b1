package dev.dunlin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RelaunchTest {
  @Test
  void theFreshJvmHasTheFlagsAndKnowsThatItIsFresh() {
    assertTrue(Relaunch.isNeeded());
    List<String> argv = Relaunch.argv("run", "two words");
    assertTrue(argv.contains("-XX:+UseSerialGC"), argv.toString());
    assertTrue(argv.contains("-Ddunlin.launched=relaunch"), argv.toString());
    assertEquals(
        List.of("dev.dunlin.shell.Main", "run", "two words"),
        argv.subList(argv.size() - 3, argv.size()));
  }

  /** In a runtime JNA's library lies beside the JVM's own, and in no jar. */
  @Test
  void theFreshJvmIsToldWhereTheRuntimeHasItsLibraries() {
    assertFalse(Relaunch.argv("test").contains("-Djna.nosys=false"));
    System.setProperty("jna.nosys", "false");
    try {
      assertTrue(Relaunch.argv("test").contains("-Djna.nosys=false"));
    } finally {
      System.clearProperty("jna.nosys");
    }
  }

  @Test
  void itsExitCodeIsOurs() {
    assertEquals(0, Relaunch.run("--version"));
    assertEquals(2, Relaunch.run("no-such-command"));
  }
}
