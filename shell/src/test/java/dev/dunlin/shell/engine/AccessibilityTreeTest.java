package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bt.bluez.MockBus;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whether a bus lets the app in, before Chromium's UI thread waits for it. */
@EnabledOnOs(OS.LINUX)
class AccessibilityTreeTest {
  /** Sooner than libdbus would give up. */
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  private static EngineException unreached(Future<Void> bus) {
    Throwable fault =
        assertThrows(
                ExecutionException.class,
                () ->
                    bus.toCompletionStage()
                        .toCompletableFuture()
                        .get(SOON.toSeconds(), TimeUnit.SECONDS))
            .getCause();
    assertTrue(fault instanceof EngineException, fault::toString);
    return (EngineException) fault;
  }

  @Test
  void aBusThatIsThereLetsTheAppIn() throws Exception {
    MockBus.assumeThere();
    try (MockBus bus = MockBus.start("")) {
      AccessibilityTree.reached(bus.address())
          .toCompletionStage()
          .toCompletableFuture()
          .get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void aBusThatHangsIsGivenUp() throws IOException {
    Path socket = folder.resolve("bus");
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket));
      unreached(AccessibilityTree.reached("unix:path=" + socket));
    }
  }

  @Test
  void aBusThatIsNotThereFailsAtOnceAndIsNamed() {
    String address = "unix:path=" + folder.resolve("none");
    String said = unreached(AccessibilityTree.reached(address)).getMessage();
    assertTrue(said.contains(address), said);
  }
}
