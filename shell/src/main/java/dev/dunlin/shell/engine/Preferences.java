package dev.dunlin.shell.engine;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Chromium's preferences, by CEF's C interface ({@code include/capi/cef_preference_capi.h}): JCEF
 * hands on no lists.
 */
final class Preferences {
  /** Functions of {@code cef_base_ref_counted_t} and {@code cef_preference_manager_t}, by word. */
  private static final int RELEASE = 2;

  private static final int SET_PREFERENCE = 9;

  /** {@code cef_string_utf16_t}: characters, their number, and who frees them. */
  private static final int STRING_SIZE = 3 * Native.POINTER_SIZE;

  /** Of an error that is told, in UTF-16 units. Over: the rest is left out. */
  private static final int ERROR_LENGTH = 1000;

  private final NativeLibrary libcef;
  private final ChromiumThreads threads;

  /**
   * @param libcef the library, loaded already
   */
  Preferences(Path libcef, ChromiumThreads threads) {
    this.libcef = NativeLibrary.getInstance(libcef.toString());
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
    Pointer context = pointer("cef_request_context_get_global_context");
    if (context == null) {
      throw new EngineException("Chromium has no profile yet");
    }
    try {
      if (context.getLong(0) <= (long) SET_PREFERENCE * Native.POINTER_SIZE) {
        throw new EngineException("this version of CEF has its preferences elsewhere");
      }
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      Memory text = new Memory(bytes.length);
      text.write(0, bytes, 0, bytes.length);
      Pointer value = pointer("cef_parse_json_buffer", text, (long) bytes.length, 0);
      if (value == null) {
        throw new EngineException("the value of " + name + " is no JSON");
      }
      Memory error = new Memory(STRING_SIZE);
      error.clear();
      Memory characters = new Memory((long) name.length() * Short.BYTES);
      // The callee has our reference of the value.
      int set =
          function(context, SET_PREFERENCE)
              .invokeInt(new Object[] {context, string(name, characters), value, error});
      if (set != 1) {
        String told = read(error);
        libcef.getFunction("cef_string_utf16_clear").invokeVoid(new Object[] {error});
        throw new EngineException("Chromium does not take " + name + ": " + told);
      }
    } finally {
      function(context, RELEASE).invokeInt(new Object[] {context});
    }
  }

  private Pointer pointer(String function, Object... arguments) {
    return libcef.getFunction(function).invokePointer(arguments);
  }

  private static Function function(Pointer object, int word) {
    return Function.getFunction(object.getPointer((long) word * Native.POINTER_SIZE));
  }

  /** It points into the characters, which must live as long. */
  private static Memory string(String text, Memory characters) {
    // Not as characters: those of JNA are wchar_t, which has 32 bits on Linux.
    for (int i = 0; i < text.length(); i++) {
      characters.setShort((long) i * Short.BYTES, (short) text.charAt(i));
    }
    Memory string = new Memory(STRING_SIZE);
    string.clear();
    string.setPointer(0, characters);
    string.setLong(Native.POINTER_SIZE, text.length());
    return string;
  }

  private static String read(Memory string) {
    Pointer characters = string.getPointer(0);
    long length = Math.min(string.getLong(Native.POINTER_SIZE), ERROR_LENGTH);
    if (characters == null || length <= 0) {
      return "it does not say why";
    }
    StringBuilder text = new StringBuilder();
    for (short unit : characters.getShortArray(0, (int) length)) {
      text.append((char) unit);
    }
    return text.toString();
  }
}
