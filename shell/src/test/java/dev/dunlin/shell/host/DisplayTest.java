package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.scheduler.Threads;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class DisplayTest {
  private static void needXvfb() {
    assumeTrue(ProcessStarter.find("Xvfb").isPresent(), "needs Xvfb");
  }

  @Test
  void xvfbPicksAFreeNumberEachLetsInWhoHasItsKeyAndLeavesNothing() {
    needXvfb();
    Xvfb first = Xvfb.start();
    Xvfb second = Xvfb.start();
    assertFalse(first.display().equals(second.display()));
    Map<String, String> key = Map.of("XAUTHORITY", first.authority().toString());
    assertEquals(Optional.empty(), XDisplay.fault(first.display(), key));
    assertEquals(Optional.empty(), XDisplay.fault("unix" + first.display() + ".0", key));
    Map<String, String> otherKey = Map.of("XAUTHORITY", second.authority().toString());
    assertTrue(XDisplay.fault(first.display(), otherKey).orElseThrow().contains("refuses"));
    assertTrue(
        XDisplay.fault(first.display(), Map.of("HOME", "/nonexistent"))
            .orElseThrow()
            .contains("refuses"));
    first.close();
    second.close();
    for (Xvfb xvfb : List.of(first, second)) {
      assertTrue(ProcessHandle.of(xvfb.pid()).isEmpty());
      assertFalse(Files.exists(xvfb.authority()));
      assertTrue(XDisplay.fault(xvfb.display(), key).isPresent());
    }
  }

  @Test
  void onlyItsOwnerMayReadTheKey() throws IOException {
    needXvfb();
    try (Xvfb xvfb = Xvfb.start()) {
      assertEquals(
          "[OWNER_READ, OWNER_WRITE]",
          new java.util.TreeSet<>(Files.getPosixFilePermissions(xvfb.authority())).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":59000",
        "localhost:59000",
        "no-such-host.invalid:1",
        "nonsense",
        ":",
        ":99999",
        "a:b"
      })
  void aDeadDisplayIsAnErrorThatNamesItAndTheCure(String name) {
    HostException e =
        assertThrows(
            HostException.class,
            () -> Display.open(Map.of("DISPLAY", name, "HOME", "/nonexistent"), false));
    assertTrue(e.getMessage().contains("DISPLAY=" + name + " "), e.getMessage());
    assertTrue(e.getMessage().contains("--headless"), e.getMessage());
  }

  @Test
  void aServerThatTakesTheConnectionButNeverAnswersIsDeadAfterTheTimeout() throws Exception {
    try (ServerSocket server = tcpServer()) {
      String fault =
          XDisplay.fault(
                  "127.0.0.1:" + (server.getLocalPort() - 6000), Map.of("HOME", "/nonexistent"))
              .orElseThrow();
      assertTrue(fault.contains("no answer within"), fault);
    }
  }

  @Test
  void aServerThatIsNoXServerIsDead() throws Exception {
    try (ServerSocket server = tcpServer()) {
      Thread answer =
          Threads.start(
              "answer",
              () -> {
                try (Socket socket = server.accept()) {
                  socket.getInputStream().readNBytes(12);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      String fault =
          XDisplay.fault(
                  "127.0.0.1:" + (server.getLocalPort() - 6000), Map.of("HOME", "/nonexistent"))
              .orElseThrow();
      answer.join();
      assertTrue(fault.contains("nothing answers"), fault);
    }
  }

  private static ServerSocket tcpServer() throws IOException {
    // Port 0 gives an ephemeral port, which is above 6000.
    return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  }

  @Test
  void aDamagedKeyFileHasTheKeysBeforeTheDamage(@TempDir Path folder) throws IOException {
    byte[] good = Xauthority.of(new byte[] {1, 2, 3, 4});
    byte[] damaged = new byte[good.length + 7];
    System.arraycopy(good, 0, damaged, 0, good.length);
    damaged[good.length + 3] = 100;
    Path file = Files.write(folder.resolve("auth"), damaged);
    assertEquals(1, Xauthority.cookies(file, 5).size());
    assertEquals(0, Xauthority.cookies(folder.resolve("none"), 5).size());
  }
}
