package dev.dunlin.shell.engine;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Os;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Chromium's accessibility tree on the bus of assistive technologies (AT-SPI), for screen readers.
 * Chromium makes the tree and {@code libatk-bridge} serves it, both at Chromium's start or never;
 * and the bridge waits for GLib's default loop, which Chromium's UI thread runs only where it is
 * the process's first thread. Here that is Java's, so nobody would ever hear of the tree. So the
 * bridge is kept from its bus at the start ({@link NativeProcess#holdAccessibility}), begun when
 * somebody is there to read, and given the loop of the UI thread, as Java's own wrapper of ATK
 * gives it one.
 *
 * <p>Functions and structures are those of {@code atk.h}, {@code atk-bridge.h}, {@code gobject.h}
 * and {@code glib.h}, whose binary interfaces do not change; the libraries are there, as libcef
 * needs them.
 */
final class AccessibilityTree {
  /** Public because JNA reads the callback's method by reflection. */
  public interface GetName extends Callback {
    Pointer invoke(Pointer object);
  }

  /** Public because JNA reads the callback's method by reflection. */
  public interface RefChild extends Callback {
    Pointer invoke(Pointer object, int index);
  }

  /** Public because JNA reads the callback's method by reflection. */
  public interface Finalize extends Callback {
    void invoke(Pointer object);
  }

  /**
   * How long the bus of assistive technologies may take to let the app in. Over: no assistive
   * technology reads the app until the next one comes.
   */
  static final Duration BUS = Duration.ofSeconds(5);

  /** {@code GTypeQuery}: type, name, size of the class, size of an instance. */
  private static final int QUERY_SIZE = 24;

  private static final int QUERY_CLASS_SIZE = 16;

  /** Places of functions in {@code GObjectClass}, and in {@code AtkObjectClass}, which has it. */
  private static final int FINALIZE = 6 * Native.POINTER_SIZE;

  private static final int GET_NAME = 17 * Native.POINTER_SIZE;
  private static final int REF_CHILD = 21 * Native.POINTER_SIZE;

  /** How far below a window its document is looked for; today it is two. */
  private static final int DEEPEST = 4;

  private static final String GLIB = "libglib-2.0.so.0";
  private static final String ATK = "libatk-1.0.so.0";
  private static final String BRIDGE = "libatk-bridge-2.0.so.0";

  private static final String DBUS = "libdbus-1.so.3";
  private static final String GOBJECT = "libgobject-2.0.so.0";

  /** Of the part of the bridge that looks for the bus. */
  private static final String LOG_DOMAIN = "dbind";

  /** {@code G_LOG_LEVEL_WARNING}. */
  private static final int LOG_WARNING = 1 << 4;

  private static final Object[] NOTHING = {};

  /** The handler of messages that {@link #hold} has set, or 0. */
  private static volatile int muted;

  /** The one there is, as what native code points at lives as long as the process. */
  private static Optional<AccessibilityTree> served = Optional.empty();

  private final GetName appName = object -> name();
  private final GetName windowName = this::windowName;
  private final RefChild windowAt = this::windowAt;
  private final Finalize forget = this::forget;
  private final Memory name;

  /** The application's class, and its copy. */
  private final Pointer application;

  private final Memory ours;

  /** Classes of windows by their copies. */
  private final Map<Pointer, Memory> copies = new HashMap<>();

  private final Map<Pointer, Pointer> originals = new HashMap<>();

  private AccessibilityTree(Pointer root, String app) {
    byte[] text = app.getBytes(StandardCharsets.UTF_8);
    name = new Memory(text.length + 1L);
    name.write(0, text, 0, text.length);
    name.setByte(text.length, (byte) 0);
    application = root.getPointer(0);
    ours = copy(application);
    for (Callback own : List.of(appName, windowName, windowAt, forget)) {
      Native.setCallbackThreadInitializer(
          own, new CallbackThreadInitializer(true, false, "chromium"));
    }
  }

  private static Function function(String library, String name) {
    return NativeLibrary.getInstance(library).getFunction(name);
  }

  /** Keeps the bridge from its bus. Thread: before Chromium is initialised. */
  static void hold() {
    if (Os.here() != Os.LINUX) {
      return;
    }
    NativeProcess.holdAccessibility();
    if (NativeProcess.isUnread(System.getenv())) {
      return;
    }
    // It says on standard error that it has no bus. What looks at nothing and does nothing is the
    // same as what takes a message and does nothing.
    muted =
        function(GLIB, "g_log_set_handler")
            .invokeInt(
                new Object[] {
                  LOG_DOMAIN, LOG_WARNING, function(ATK, "atk_get_major_version"), Pointer.NULL
                });
  }

  /**
   * Whether the bus lets us in, as it shall the bridge, by the same library. That waits 25 s for
   * one that hangs, which is not for Chromium's UI thread.
   *
   * @param address of the bus
   * @return fails with {@link EngineException} if it does not, within {@link #BUS}
   */
  static Future<Void> reached(String address) {
    Promise<Void> reached = Promise.promise();
    Threads.start(
        "accessibility-bus",
        () -> {
          try {
            reach(address);
            reached.complete();
          } catch (RuntimeException | LinkageError e) {
            reached.fail(e);
          }
        });
    return reached
        .future()
        .timeout(BUS.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            fault ->
                Future.failedFuture(
                    fault instanceof TimeoutException ? unreachable(address) : fault));
  }

  /** Blocks. */
  private static void reach(String address) {
    Pointer connection =
        function(DBUS, "dbus_connection_open_private").invokePointer(new Object[] {address, null});
    if (connection == null) {
      throw unreachable(address);
    }
    try {
      if (function(DBUS, "dbus_bus_register").invokeInt(new Object[] {connection, null}) == 0) {
        throw unreachable(address);
      }
    } finally {
      function(DBUS, "dbus_connection_close").invokeVoid(new Object[] {connection});
      function(DBUS, "dbus_connection_unref").invokeVoid(new Object[] {connection});
    }
  }

  private static EngineException unreachable(String address) {
    return new EngineException("the bus of assistive technologies does not answer: " + address);
  }

  /**
   * Puts the tree on the bus. Thread: Chromium's UI thread.
   *
   * @param app what the application is called there; Chromium says "Chromium"
   * @param address of the bus, which has answered ({@link #reached})
   * @return whether Chromium makes a tree, and may
   * @throws EngineException if the bus can't be reached
   */
  static boolean serve(String app, String address) {
    Pointer root = function(ATK, "atk_get_root").invokePointer(NOTHING);
    if (root == null || NativeProcess.isUnread(System.getenv())) {
      return false;
    }
    if (muted != 0) {
      function(GLIB, "g_log_remove_handler").invokeVoid(new Object[] {LOG_DOMAIN, muted});
      muted = 0;
    }
    NativeProcess.releaseAccessibility(address);
    if (function(BRIDGE, "atk_bridge_adaptor_init").invokeInt(new Object[] {null, null}) != 0) {
      throw unreachable(address);
    }
    if (served.isEmpty()) {
      AccessibilityTree tree = new AccessibilityTree(root, app);
      // First: from the next line on others ask for it.
      tree.name(root);
      served = Optional.of(tree);
    }
    Pointer loop = function(GLIB, "g_main_context_get_thread_default").invokePointer(NOTHING);
    function(BRIDGE, "atk_bridge_set_event_context").invokeVoid(new Object[] {loop});
    return true;
  }

  /**
   * The application gets a class of its own, a copy in which two functions are ours. It is never
   * freed, so GObject does not miss the other.
   */
  private void name(Pointer root) {
    ours.setPointer(GET_NAME, CallbackReference.getFunctionPointer(appName));
    ours.setPointer(REF_CHILD, CallbackReference.getFunctionPointer(windowAt));
    root.setPointer(0, ours);
  }

  private static Memory copy(Pointer original) {
    Memory query = new Memory(QUERY_SIZE);
    function(GOBJECT, "g_type_query").invokeVoid(new Object[] {original.getPointer(0), query});
    int size = query.getInt(QUERY_CLASS_SIZE);
    Memory copy = new Memory(size);
    copy.write(0, original.getByteArray(0, size), 0, size);
    return copy;
  }

  private Pointer name() {
    return name;
  }

  /**
   * Chromium gives windows that are parts of others no name: they get one as they are asked for.
   */
  private Pointer windowAt(Pointer root, int index) {
    Pointer window =
        Function.getFunction(application.getPointer(REF_CHILD))
            .invokePointer(new Object[] {root, index});
    if (window != null && !originals.containsKey(window.getPointer(0))) {
      Pointer original = window.getPointer(0);
      Memory copy = copies.computeIfAbsent(original, this::ofWindow);
      originals.put(copy, original);
      window.setPointer(0, copy);
    }
    return window;
  }

  private Memory ofWindow(Pointer original) {
    Memory copy = copy(original);
    copy.setPointer(GET_NAME, CallbackReference.getFunctionPointer(windowName));
    copy.setPointer(FINALIZE, CallbackReference.getFunctionPointer(forget));
    return copy;
  }

  /** Its own, or its document's; the app's while that has none. */
  private Pointer windowName(Pointer window) {
    Pointer own =
        Function.getFunction(originals.get(window.getPointer(0)).getPointer(GET_NAME))
            .invokePointer(new Object[] {window});
    return isName(own) ? own : nameBelow(window, DEEPEST);
  }

  private Pointer nameBelow(Pointer object, int depth) {
    Pointer child =
        depth == 0
            ? null
            : function(ATK, "atk_object_ref_accessible_child")
                .invokePointer(new Object[] {object, 0});
    if (child == null) {
      return name;
    }
    try {
      Pointer own = function(ATK, "atk_object_get_name").invokePointer(new Object[] {child});
      return isName(own) ? own : nameBelow(child, depth - 1);
    } finally {
      // Chromium holds it, and its name, for as long as this thread does nothing else.
      function(GOBJECT, "g_object_unref").invokeVoid(new Object[] {child});
    }
  }

  private static boolean isName(Pointer text) {
    return text != null && text.getByte(0) != 0;
  }

  /** A window has closed. GObject frees only what has the class that it was made with. */
  private void forget(Pointer window) {
    Pointer original = originals.get(window.getPointer(0));
    window.setPointer(0, original);
    Function.getFunction(original.getPointer(FINALIZE)).invokeVoid(new Object[] {window});
  }
}
