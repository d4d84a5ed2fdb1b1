package dev.dunlin.shell.engine;

import io.vertx.core.Future;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.cef.browser.CefDevToolsClient;

/**
 * The DevTools protocol of one page, inside the process: no port is opened. Parameters and results
 * are JSON texts.
 */
public final class DevToolsSession implements AutoCloseable {
  private final CefDevToolsClient client;

  DevToolsSession(CefDevToolsClient client) {
    this.client = client;
    Meeting.arrange(client);
  }

  /**
   * Where a call and its result find each other. JCEF's own map forgets a result that comes before
   * the calling thread has asked for it, and the call is never answered (seen in 146, one call in
   * some hundreds). Here, whoever comes second takes the entry away.
   */
  private static final class Meeting extends HashMap<Integer, CompletableFuture<String>> {
    private static final long serialVersionUID = 1;

    static synchronized void arrange(CefDevToolsClient client) {
      try {
        Field field = CefDevToolsClient.class.getDeclaredField("queuedCommands_");
        field.setAccessible(true);
        if (!(field.get(client) instanceof Meeting)) {
          field.set(client, new Meeting());
        }
      } catch (NoSuchFieldException | IllegalAccessException e) {
        throw new EngineException("this version of JCEF keeps its DevTools calls elsewhere", e);
      }
    }

    @Override
    public synchronized CompletableFuture<String> computeIfAbsent(
        Integer id, Function<? super Integer, ? extends CompletableFuture<String>> maker) {
      CompletableFuture<String> first = super.remove(id);
      if (first != null) {
        return first;
      }
      CompletableFuture<String> made = maker.apply(id);
      put(id, made);
      return made;
    }

    /** JCEF removes what it has just completed; the caller may not have seen it. */
    @Override
    public synchronized CompletableFuture<String> remove(Object id) {
      return null;
    }

    @Override
    public synchronized void clear() {
      super.clear();
    }
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
