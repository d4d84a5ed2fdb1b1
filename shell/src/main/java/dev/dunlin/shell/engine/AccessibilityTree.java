package dev.dunlin.shell.engine;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;

/**
 * Chromium's accessibility tree on the person's accessibility bus (AT-SPI), for screen readers.
 * Chromium makes it and hands it to {@code libatk-bridge} if {@code org.a11y.Status} says at its
 * start that an assistive technology is there. The bridge waits for GLib's default loop, which
 * Chromium's UI thread runs only where it is the process's first thread; here that is Java's, and
 * nobody would ever hear of the tree. So the bridge gets the loop of the UI thread, as Java's own
 * wrapper of ATK gives it one.
 *
 * <p>Functions and structures are those of {@code atk.h}, {@code atk-bridge.h} and {@code
 * gobject.h}, whose binary interfaces do not change; the libraries are there, as libcef needs them.
 *
 * <p><i>Thread:</i> Chromium's UI thread.
 */
final class AccessibilityTree {
  /** Public because JNA reads the callback's method by reflection. */
  public interface GetName extends Callback {
    Pointer invoke(Pointer object);
  }

  /** {@code GTypeQuery}: type, name, size of the class, size of an instance. */
  private static final int QUERY_SIZE = 24;

  private static final int QUERY_CLASS_SIZE = 16;

  /** {@code get_name}: the first function of {@code AtkObjectClass}, after {@code GObjectClass}. */
  private static final int GET_NAME = 17 * Native.POINTER_SIZE;

  // What native code points at, for as long as the process lives.
  private static GetName getName;
  private static Memory name;
  private static Memory named;

  private static final String BRIDGE = "libatk-bridge-2.0.so.0";

  private static final Object[] NOTHING = {};

  private AccessibilityTree() {}

  private static Function function(String library, String name) {
    return NativeLibrary.getInstance(library).getFunction(name);
  }

  /**
   * Puts the tree on the bus, if Chromium has made one.
   *
   * @param app what the application is called there; Chromium says "Chromium"
   * @return whether it has
   */
  static boolean serve(String app) {
    Pointer root = function("libatk-1.0.so.0", "atk_get_root").invokePointer(NOTHING);
    if (root == null
        // Does nothing where Chromium has done it.
        || function(BRIDGE, "atk_bridge_adaptor_init").invokeInt(new Object[] {null, null}) != 0) {
      return false;
    }
    // First: from then on others ask for it.
    name(root, app);
    Pointer loop =
        function("libglib-2.0.so.0", "g_main_context_get_thread_default").invokePointer(NOTHING);
    function(BRIDGE, "atk_bridge_set_event_context").invokeVoid(new Object[] {loop});
    return true;
  }

  /**
   * The object gets a class of its own, a copy in which one function is ours. It is never freed, so
   * GObject does not miss the other.
   */
  private static void name(Pointer root, String app) {
    byte[] text = app.getBytes(StandardCharsets.UTF_8);
    name = new Memory(text.length + 1L);
    name.write(0, text, 0, text.length);
    name.setByte(text.length, (byte) 0);
    getName = object -> name;
    Native.setCallbackThreadInitializer(
        getName, new CallbackThreadInitializer(true, false, "chromium"));
    Pointer original = root.getPointer(0);
    Memory query = new Memory(QUERY_SIZE);
    function("libgobject-2.0.so.0", "g_type_query")
        .invokeVoid(new Object[] {original.getPointer(0), query});
    named = new Memory(Integer.toUnsignedLong(query.getInt(QUERY_CLASS_SIZE)));
    named.write(0, original.getByteArray(0, (int) named.size()), 0, (int) named.size());
    named.setPointer(GET_NAME, CallbackReference.getFunctionPointer(getName));
    root.setPointer(0, named);
  }
}
