package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.CommandModule;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Everything between the pages of one app and the host.
 *
 * <p><i>Thread:</i> any, for every method; none blocks.
 */
public final class Bridge implements AutoCloseable {
  /**
   * @param modules every command module of the app; names must differ
   */
  public Bridge(Vertx vertx, BridgeConfig config, List<CommandModule> modules) {
    throw new UnsupportedOperationException("signatures first: the dispatcher follows");
  }

  /**
   * A document is about to be served.
   *
   * @return its id, for the {@code Server-Timing} header
   */
  public String registerDocument(int window, PolicySet policy) {
    throw new UnsupportedOperationException();
  }

  /** The document is gone: its calls are cancelled, its handles closed, its id is worthless. */
  public void documentGone(String id) {
    throw new UnsupportedOperationException();
  }

  /** The window is closed: all its documents and handles go. */
  public void windowGone(int window) {
    throw new UnsupportedOperationException();
  }

  public CallLane callLane() {
    throw new UnsupportedOperationException();
  }

  public StreamLane streamLane() {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends an event to every document of a window that opened its channel.
   *
   * @param detail a JSON value as in {@link dev.dunlin.bridge.spi.Reply.Data}
   */
  public void emit(int window, String event, Object detail) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
