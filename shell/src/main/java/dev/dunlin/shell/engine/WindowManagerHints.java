package dev.dunlin.shell.engine;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.awt.Frame;
import java.awt.Window;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/**
 * What AWT does not tell an X11 window manager: that a window is a utility, and which buttons it
 * has no use for, by the property that all of them read since Motif. A window manager that does not
 * read it leaves the button, and {@link BrowserWindow} undoes or ignores what it does.
 */
final class WindowManagerHints {
  private static final String BUTTONS = "_MOTIF_WM_HINTS";
  private static final String TYPE = "_NET_WM_WINDOW_TYPE";

  /** Atoms of types and of the property for the class (X11/Xatom.h). */
  private static final int ATOM = 4;

  private static final int STRING = 31;
  private static final int WINDOW = 33;
  private static final int WM_CLASS = 67;

  private static final String STATE = "_NET_WM_STATE";

  /** Of the root window, while a window manager is there. */
  private static final String MANAGER = "_NET_SUPPORTING_WM_CHECK";

  /** Over the whole screen. */
  static final String FULLSCREEN = "_NET_WM_STATE_FULLSCREEN";

  /** Its parent is not to be used. */
  static final String MODAL = "_NET_WM_STATE_MODAL";

  private static final int CLIENT_MESSAGE = 33;
  private static final int SUBSTRUCTURE = 1 << 19 | 1 << 20;

  private static final int FIRST_BUTTON = 1 << 8;

  /** Of an {@code XEvent}. */
  private static final int EVENT_BYTES = 192;

  /** EWMH knows thirteen. */
  private static final int MOST_STATES = 64;

  /** Five longs: flags, functions, decorations, input mode, status. */
  private static final int LONGS = 5;

  private static final int HAS_FUNCTIONS = 1;
  private static final int RESIZE = 2;
  private static final int MOVE = 4;
  private static final int MINIMIZE = 8;
  private static final int MAXIMIZE = 16;
  private static final int CLOSE = 32;
  private static final int REPLACE = 0;

  /** Mapped directly: for an interface JNA makes a proxy, which takes time of each start. */
  private static final class X11 {
    static {
      Native.register(X11.class, "libX11.so.6");
    }

    private X11() {}

    static native Pointer XOpenDisplay(String name);

    static native NativeLong XInternAtom(Pointer display, String name, boolean onlyIfExists);

    static native int XChangeProperty(
        Pointer display,
        NativeLong window,
        NativeLong property,
        NativeLong type,
        int format,
        int mode,
        Pointer data,
        int count);

    static native int XGetWindowProperty(
        Pointer display,
        NativeLong window,
        NativeLong property,
        NativeLong offset,
        NativeLong length,
        boolean delete,
        NativeLong type,
        Memory actualType,
        Memory actualFormat,
        Memory count,
        Memory bytesAfter,
        Memory data);

    static native NativeLong XDefaultRootWindow(Pointer display);

    static native int XSendEvent(
        Pointer display, NativeLong window, boolean propagate, NativeLong mask, Memory event);

    static native boolean XQueryPointer(
        Pointer display,
        NativeLong window,
        Memory root,
        Memory child,
        Memory rootX,
        Memory rootY,
        Memory x,
        Memory y,
        Memory mask);

    static native int XFree(Pointer data);

    static native int XSync(Pointer display, boolean discard);

    static native int XCloseDisplay(Pointer display);
  }

  private WindowManagerHints() {}

  /**
   * Says whose window it is (ICCCM 4.1.2.5), by which desktops group windows and find the app's
   * icon: AWT writes the same for all programs. To be said before the window is shown. Thread:
   * event dispatch.
   */
  static void setClass(Window window, String id) {
    byte[] value = (id + '\0' + id + '\0').getBytes(StandardCharsets.US_ASCII);
    change(
        window,
        (display, xid) -> {
          Memory text = new Memory(value.length);
          text.write(0, value, 0, value.length);
          X11.XChangeProperty(
              display,
              xid,
              new NativeLong(WM_CLASS),
              new NativeLong(STRING),
              8,
              REPLACE,
              text,
              value.length);
        });
  }

  /** Takes the buttons of a frame that is shown. Thread: event dispatch. */
  static void takeButtons(Frame frame, WindowSettings settings) {
    change(
        frame,
        (display, window) -> {
          NativeLong property = X11.XInternAtom(display, BUTTONS, false);
          Memory hints = present(display, window, property);
          hints.setNativeLong(
              0, new NativeLong(hints.getNativeLong(0).longValue() | HAS_FUNCTIONS));
          hints.setNativeLong(NativeLong.SIZE, new NativeLong(functions(settings)));
          X11.XChangeProperty(display, window, property, property, 32, REPLACE, hints, LONGS);
        });
  }

  /**
   * Makes a utility of a frame that is shown; AWT does so for its dialogs only. Thread: event
   * dispatch.
   */
  static void makeUtility(Frame frame) {
    change(
        frame,
        (display, window) -> {
          Memory type = new Memory(NativeLong.SIZE);
          type.setNativeLong(0, X11.XInternAtom(display, TYPE + "_UTILITY", false));
          NativeLong atoms = new NativeLong(ATOM);
          NativeLong property = X11.XInternAtom(display, TYPE, false);
          X11.XChangeProperty(display, window, property, atoms, 32, REPLACE, type, 1);
        });
  }

  /**
   * Asks the window manager for a state of a frame that is shown (EWMH 1.5, {@code _NET_WM_STATE}).
   * Thread: event dispatch.
   */
  static void ask(Frame frame, String state, boolean on) {
    change(
        frame,
        (display, window) -> {
          Memory event = new Memory(EVENT_BYTES);
          event.clear();
          event.setInt(0, CLIENT_MESSAGE);
          event.setNativeLong(32, window);
          event.setNativeLong(40, X11.XInternAtom(display, STATE, false));
          event.setInt(48, 32);
          event.setNativeLong(56, new NativeLong(on ? 1 : 0));
          event.setNativeLong(64, X11.XInternAtom(display, state, false));
          event.setNativeLong(80, new NativeLong(1));
          X11.XSendEvent(
              display, X11.XDefaultRootWindow(display), false, new NativeLong(SUBSTRUCTURE), event);
        });
  }

  /** Whether the first button of the mouse is pressed. Thread: event dispatch. */
  static boolean isPressed(Frame frame) {
    AtomicBoolean pressed = new AtomicBoolean();
    change(
        frame,
        (display, window) -> {
          Memory mask = new Memory(Integer.BYTES);
          mask.clear();
          X11.XQueryPointer(
              display,
              window,
              new Memory(NativeLong.SIZE),
              new Memory(NativeLong.SIZE),
              new Memory(Integer.BYTES),
              new Memory(Integer.BYTES),
              new Memory(Integer.BYTES),
              new Memory(Integer.BYTES),
              mask);
          pressed.set((mask.getInt(0) & FIRST_BUTTON) != 0);
        });
    return pressed.get();
  }

  /** Whether the window manager says that it is in this state. Thread: event dispatch. */
  static boolean is(Frame frame, String state) {
    AtomicBoolean found = new AtomicBoolean();
    change(
        frame,
        (display, window) -> {
          long wanted = X11.XInternAtom(display, state, false).longValue();
          found.set(LongStream.of(values(display, window, STATE, ATOM)).anyMatch(a -> a == wanted));
        });
    return found.get();
  }

  /**
   * Whether a window manager says that it is there (EWMH 1.5); one that has crashed may still seem
   * so. Thread: event dispatch.
   */
  static boolean isManaged(Frame frame) {
    AtomicBoolean managed = new AtomicBoolean();
    change(
        frame,
        (display, window) -> {
          NativeLong root = X11.XDefaultRootWindow(display);
          managed.set(values(display, root, MANAGER, WINDOW).length > 0);
        });
    return managed.get();
  }

  private static long[] values(Pointer display, NativeLong window, String name, long type) {
    Memory data = new Memory(Native.POINTER_SIZE);
    data.clear();
    Memory count = new Memory(NativeLong.SIZE);
    count.clear();
    X11.XGetWindowProperty(
        display,
        window,
        X11.XInternAtom(display, name, false),
        new NativeLong(0),
        new NativeLong(MOST_STATES),
        false,
        new NativeLong(type),
        new Memory(NativeLong.SIZE),
        new Memory(Integer.BYTES),
        count,
        new Memory(NativeLong.SIZE),
        data);
    Pointer found = data.getPointer(0);
    if (found == null) {
      return new long[0];
    }
    long[] values = new long[count.getNativeLong(0).intValue()];
    for (int i = 0; i < values.length; i++) {
      values[i] = found.getNativeLong((long) i * NativeLong.SIZE).longValue();
    }
    X11.XFree(found);
    return values;
  }

  private interface Change {
    void of(Pointer display, NativeLong window);
  }

  private static void change(Window frame, Change change) {
    Pointer display = X11.XOpenDisplay(null);
    if (display == null) {
      throw new EngineException("the X display has gone");
    }
    try {
      change.of(display, new NativeLong(Native.getWindowID(frame)));
      X11.XSync(display, false);
    } finally {
      X11.XCloseDisplay(display);
    }
  }

  /** What AWT has set (a window without a frame), or nothing set. */
  private static Memory present(Pointer display, NativeLong window, NativeLong property) {
    Memory hints = new Memory((long) LONGS * NativeLong.SIZE);
    hints.clear();
    Memory type = new Memory(NativeLong.SIZE);
    Memory format = new Memory(Integer.BYTES);
    Memory count = new Memory(NativeLong.SIZE);
    Memory after = new Memory(NativeLong.SIZE);
    Memory data = new Memory(Native.POINTER_SIZE);
    data.clear();
    int status =
        X11.XGetWindowProperty(
            display,
            window,
            property,
            new NativeLong(0),
            new NativeLong(LONGS),
            false,
            property,
            type,
            format,
            count,
            after,
            data);
    Pointer found = data.getPointer(0);
    if (found != null) {
      if (status == 0 && count.getNativeLong(0).intValue() == LONGS && format.getInt(0) == 32) {
        hints.write(0, found.getByteArray(0, (int) hints.size()), 0, (int) hints.size());
      }
      X11.XFree(found);
    }
    return hints;
  }

  private static int functions(WindowSettings settings) {
    int functions = MOVE;
    functions |= settings.is(WindowSettings.Trait.RESIZABLE) ? RESIZE : 0;
    functions |= settings.is(WindowSettings.Trait.MINIMIZABLE) ? MINIMIZE : 0;
    functions |= settings.is(WindowSettings.Trait.MAXIMIZABLE) ? MAXIMIZE : 0;
    functions |= settings.is(WindowSettings.Trait.CLOSABLE) ? CLOSE : 0;
    return functions;
  }
}
