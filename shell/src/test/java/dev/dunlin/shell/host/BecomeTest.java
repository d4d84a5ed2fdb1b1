package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** An app that starts anew, in the place of the one before. */
@EnabledOnOs(OS.LINUX)
class BecomeTest {
  private static final String SESSION = "unix:path=/run/user/7/bus";
  private static final String SYSTEM = "unix:path=/run/system";

  /** What becomes another program, after it has kept Chromium from the buses. */
  static final class Before {
    private Before() {}

    public static void main(String[] words) throws IOException {
      NativeProcess.hideSystemBus();
      NativeProcess.holdAccessibility();
      // As Chromium does.
      NativeProcess.setEnvironment("NO_AT_BRIDGE", "");
      NativeProcess.setEnvironment(NativeProcess.SESSION_BUS, "unix:path=/gone");
      NativeProcess.become(
          Path.of("/bin/sh"),
          List.of(
              "sh",
              "-c",
              "echo $DBUS_SESSION_BUS_ADDRESS $DBUS_SYSTEM_BUS_ADDRESS"
                  + " $ACCESSIBILITY_ENABLED-$AT_SPI_BUS_ADDRESS-$NO_AT_BRIDGE",
              ""));
    }
  }

  @Test
  void whatComesAfterHasWhatChromiumWasKeptFrom() throws IOException {
    assertEquals(SESSION + " " + SYSTEM + " --\n", after(Map.of()));
  }

  @Test
  void whatComesAfterHasWhatThePersonSaidOfAssistiveTechnologies() throws IOException {
    for (String enabled : List.of("0", "1")) {
      assertEquals(
          SESSION + " " + SYSTEM + " " + enabled + "-unix:path=/mine-1\n",
          after(
              Map.of(
                  "ACCESSIBILITY_ENABLED",
                  enabled,
                  "AT_SPI_BUS_ADDRESS",
                  "unix:path=/mine",
                  "NO_AT_BRIDGE",
                  "1")));
    }
  }

  @Test
  void nobodyReadsWhereThePersonHasSaidSo() {
    assertFalse(NativeProcess.isUnread(Map.of()));
    assertFalse(NativeProcess.isUnread(Map.of("NO_AT_BRIDGE", "0", "ACCESSIBILITY_ENABLED", "1")));
    assertTrue(NativeProcess.isUnread(Map.of("NO_AT_BRIDGE", "1")));
    assertTrue(NativeProcess.isUnread(Map.of("ACCESSIBILITY_ENABLED", "0")));
  }

  private static String after(Map<String, String> said) throws IOException {
    ProcessSpec spec =
        ProcessSpec.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Before.class.getName())
            .withVariable("DBUS_SESSION_BUS_ADDRESS", SESSION)
            .withVariable("DBUS_SYSTEM_BUS_ADDRESS", SYSTEM)
            .withStdio(Stdio.NULL, Stdio.PIPE, Stdio.INHERIT);
    for (Map.Entry<String, String> variable : said.entrySet()) {
      spec = spec.withVariable(variable.getKey(), variable.getValue());
    }
    ChildProcess child =
        ProcessStarter.get().start(spec).toCompletionStage().toCompletableFuture().join();
    return new String(child.stdout().readAllBytes(), StandardCharsets.UTF_8);
  }
}
