package dev.dunlin.shell.engine;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * Chromium's preferences, by CEF's C interface ({@code include/capi/cef_preference_capi.h}): JCEF
 * hands on no lists.
 */
final class Preferences {
  /** In {@code cef_preference_manager_t}, which {@code cef_request_context_t} begins with. */
  private static final int SET_PREFERENCE = 9;

  private final ChromiumThreads threads;

  Preferences(ChromiumThreads threads) {
    this.threads = threads;
  }

  /**
   * Sets one.
   *
   * <p><i>Fails with:</i> {@link EngineException} when Chromium refuses, in its words
   *
   * @param json the value
   */
  Future<Void> set(String name, String json) {
    Promise<Void> done = Promise.promise();
    threads.onUi(
        () -> {
          try {
            setNow(name, json);
            done.complete();
          } catch (RuntimeException | LinkageError e) {
            done.fail(e instanceof EngineException ? e : new EngineException(name + ": " + e, e));
          }
        });
    return done.future();
  }

  private void setNow(String name, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    Memory text = new Memory(bytes.length);
    text.write(0, bytes, 0, bytes.length);
    try (CefObject context =
        CefObject.of(pointer("cef_request_context_get_global_context"), "profile yet")) {
      Pointer value = pointer("cef_parse_json_buffer", text, (long) bytes.length, 0);
      if (value == null) {
        throw new EngineException("the value of " + name + " is no JSON");
      }
      CefString called = CefString.of(name);
      CefString error = CefString.empty();
      // The callee has our reference of the value.
      int set =
          context
              .function(SET_PREFERENCE)
              .invokeInt(
                  new Object[] {context.pointer(), called.pointer(), value, error.pointer()});
      Reference.reachabilityFence(called);
      if (set != 1) {
        String told = error.told();
        threads
            .library()
            .getFunction("cef_string_utf16_clear")
            .invokeVoid(new Object[] {error.pointer()});
        throw new EngineException("Chromium does not take " + name + ": " + told);
      }
    } finally {
      Reference.reachabilityFence(text);
    }
  }

  private Pointer pointer(String function, Object... arguments) {
    return threads.library().getFunction(function).invokePointer(arguments);
  }
}
