package dev.dunlin.shell.engine;

import io.vertx.core.Future;
import java.util.function.BiConsumer;
import org.cef.browser.CefDevToolsClient;

/**
 * The DevTools protocol of one page, inside the process: no port is opened. Parameters and results
 * are JSON texts.
 */
public final class DevToolsSession implements AutoCloseable {
  private final CefDevToolsClient client;

  DevToolsSession(CefDevToolsClient client) {
    this.client = client;
  }

  /** Calls a method such as {@code Page.captureScreenshot}. */
  public Future<String> call(String method, String parameters) {
    return Future.fromCompletionStage(client.executeDevToolsMethod(method, parameters));
  }

  /** Calls a method without parameters. */
  public Future<String> call(String method) {
    return Future.fromCompletionStage(client.executeDevToolsMethod(method));
  }

  /** Hears every event: its name and its parameters. On Chromium's UI thread. */
  public void onEvent(BiConsumer<String, String> listener) {
    client.addEventListener(listener::accept);
  }

  @Override
  public void close() {
    client.close();
  }
}
