package dev.dunlin.shell.desktop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bt.bluez.MockBus;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A private bus, and a desktop on it that does what it is asked: see desktop.py. */
final class MockDesktop implements AutoCloseable {
  /** Longest wait for an answer or a signal. */
  static final long PATIENCE_SECONDS = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final MockBus bus;
  private final MockBus.Peer peer;

  private MockDesktop(MockBus bus, MockBus.Peer peer) {
    this.bus = bus;
    this.peer = peer;
  }

  static MockDesktop start() throws IOException {
    MockBus.assumeThere();
    MockBus bus = MockBus.start("");
    return new MockDesktop(
        bus, bus.startPeer(Path.of("src/test/resources/desktop.py"), bus.address()));
  }

  String address() {
    return bus.address();
  }

  /** Has it do something; what it answers. */
  String tell(String command) throws IOException {
    return peer.tell(command);
  }

  JsonNode ask(String command) throws IOException {
    return JSON.readTree(tell(command));
  }

  /** It answers nothing any more, or goes on. */
  void stop(boolean stopped) throws IOException, InterruptedException {
    peer.stop(stopped);
  }

  /** The bus passes nothing on any more, or goes on. */
  void stopBus(boolean stopped) throws IOException, InterruptedException {
    bus.stop(stopped);
  }

  @Override
  public void close() {
    bus.close();
  }

  /** What it comes to; what it fails with is thrown. */
  static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
