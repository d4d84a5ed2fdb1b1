package dev.dunlin.shell.engine;

import com.sun.jna.Callback;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.awt.Component;
import java.awt.Dialog;
import java.awt.Frame;
import java.awt.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * The keys that a window manager offers to a window ({@code WM_TAKE_FOCUS}, ICCCM 4.1.7), for its
 * page. AWT takes them itself, twice, and hands them on; and some window managers (openbox, jwm)
 * offer them at every press of the mouse, to the window that has them too. The page would lose them
 * then for a moment, just after the press, and so close the list that this has opened.
 *
 * <p>Here they stay in the page, or go there straight away when the mouse is pressed, and AWT does
 * not hear of the offer: by a filter of Xlib, which AWT asks before it handles an event ({@code
 * XFilterEvent}). A dialog that blocks the window, and what of AWT's own has the keys (an open
 * menu), are AWT's business as before.
 *
 * <p>So is Alt-Tab, by {@link KeyHandover}; but AWT's answer leaves as late as 100 ms after the
 * offer, and Chromium asks for its last page once more 100 ms after a window manager has let go of
 * the keyboard, as it does when Alt is released (CEF, {@code CefWindowX11::ContinueFocus}). It asks
 * by the time that the server has then, and the server refuses whoever asks by an earlier one: the
 * keys would stay in the window that was left. So the answer goes out from here at once, and what
 * Chromium asks for a page after the keys were offered to another one is not done.
 */
final class TakeFocus {
  private static final int CLIENT_MESSAGE = 33;
  private static final int REVERT_TO_PARENT = 2;

  /** The five that X knows, in its {@code KeyButMask}. */
  private static final int BUTTONS = 0x1f << 8;

  /** What {@code XGetInputFocus} says in place of a window, at most. */
  private static final long POINTER_ROOT = 1;

  /** Offsets in {@code XClientMessageEvent} of a 64-bit system. */
  private static final int MESSAGE_TYPE = 40;

  private static final int PROTOCOL = 56;
  private static final int TIME = 64;

  /** Windows within each other from a page to where the keys are in it; Chromium has two. */
  private static final int MOST_DEEP = 8;

  /** The window below AWT's own in which AWT has the keys, as it calls it for X. */
  private static final String PROXY = "FocusProxy";

  private static final NativeLong NOW = new NativeLong(0);

  /** Those of the open windows. */
  private static final List<TakeFocus> ALL = new CopyOnWriteArrayList<>();

  /** That of the window which has been offered the keys last; null: not known. */
  private static volatile TakeFocus last;

  /** Mapped directly: for an interface JNA makes a proxy, which takes time of each start. */
  private static final class X11 {
    static {
      Native.register(X11.class, "libX11.so.6");
    }

    private X11() {}

    /** Made for input methods, which are libraries of their own: Xlib keeps it for them. */
    static native void _XRegisterFilterByType(
        Pointer display, NativeLong window, int first, int last, Filter filter, Pointer data);

    static native void _XUnregisterFilter(
        Pointer display, NativeLong window, Filter filter, Pointer data);

    static native NativeLong XInternAtom(Pointer display, String name, boolean onlyIfExists);

    static native int XGetInputFocus(Pointer display, Memory focus, Memory revert);

    static native int XSetInputFocus(
        Pointer display, NativeLong window, int revert, NativeLong time);

    static native int XQueryTree(
        Pointer display,
        NativeLong window,
        Memory root,
        Memory parent,
        Memory children,
        Memory count);

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

    static native int XGetClassHint(Pointer display, NativeLong window, Memory hint);

    static native int XFlush(Pointer display);

    static native int XFree(Pointer data);
  }

  /** Whether nobody else gets the event. Public because JNA reads the method by reflection. */
  public interface Filter extends Callback {
    boolean invoke(Pointer display, NativeLong window, Pointer event, Pointer data);
  }

  private final Frame frame;
  private final NativeLong window;
  private final NativeLong page;
  private final long protocols;
  private final long takeFocus;

  /** What native code points at until {@link #end}. */
  private final Filter filter = (display, of, event, data) -> takes(display, event);

  private TakeFocus(Frame frame, Component place, Pointer display) {
    this.frame = frame;
    this.window = new NativeLong(Native.getWindowID(frame));
    this.page = new NativeLong(Native.getComponentID(place));
    this.protocols = X11.XInternAtom(display, "WM_PROTOCOLS", false).longValue();
    this.takeFocus = X11.XInternAtom(display, "WM_TAKE_FOCUS", false).longValue();
  }

  /**
   * From now on the page gets them. Thread: event dispatch.
   *
   * @param place what Chromium's window is in, heavyweight
   * @throws EngineException if AWT does not say how it talks to the X server
   */
  static TakeFocus on(Frame frame, Component place) {
    return AwtDisplay.use(
        frame,
        display -> {
          TakeFocus made = new TakeFocus(frame, place, display);
          X11._XRegisterFilterByType(
              display, made.window, CLIENT_MESSAGE, CLIENT_MESSAGE, made.filter, Pointer.NULL);
          ALL.add(made);
          last = null;
          return made;
        });
  }

  /**
   * Whether they are in the page: AWT counts a window as left when Chromium has them. Thread: event
   * dispatch.
   */
  boolean isWithPage() {
    return frame.isDisplayable()
        && AwtDisplay.use(
            frame,
            display -> {
              long focus = focus(display);
              return focus > POINTER_ROOT && isInPage(display, focus);
            });
  }

  /** AWT has given them to the page, whoever has offered them. */
  void gained() {
    if (last != null) {
      last = this;
    }
  }

  /** Whether they have been offered to another window since. Any thread. */
  boolean isLeft() {
    TakeFocus now = last;
    return now != null && now != this;
  }

  /** The window goes. Thread: event dispatch. */
  void end() {
    ALL.remove(this);
    if (last == this) {
      last = null;
    }
    if (!frame.isDisplayable()) {
      // Its window has gone: of that there are no more events.
      return;
    }
    AwtDisplay.<Void>use(
        frame,
        display -> {
          X11._XUnregisterFilter(display, window, filter, Pointer.NULL);
          return null;
        });
  }

  /** AWT's thread of events, which has AWT's lock: nothing here may wait for another thread. */
  private boolean takes(Pointer display, Pointer event) {
    try {
      if (event.getNativeLong(MESSAGE_TYPE).longValue() != protocols
          || event.getNativeLong(PROTOCOL).longValue() != takeFocus
          || isBlocked()) {
        return false;
      }
      last = this;
      NativeLong time = event.getNativeLong(TIME);
      long focus = focus(display);
      if (focus > POINTER_ROOT) {
        OptionalLong around = parent(display, focus);
        if (around.isPresent() && around.getAsLong() == window.longValue()) {
          // AWT's own, which may have them for a menu.
          return false;
        }
        if (isInPage(display, focus)) {
          return true;
        }
      }
      if (!isPressed(display)) {
        // Not by the mouse: AWT has a place for keys that are typed before the page has the focus.
        boolean ours = ALL.stream().anyMatch(other -> other.isInPage(display, focus));
        proxy(display).ifPresent(id -> set(display, id, ours ? NOW : time));
        return false;
      }
      OptionalLong target = chromium(display);
      target.ifPresent(id -> set(display, id, time));
      return target.isPresent();
    } catch (RuntimeException | LinkageError e) {
      System.getLogger(TakeFocus.class.getName())
          .log(System.Logger.Level.WARNING, "the keys go to the page by way of AWT: " + e);
      return false;
    }
  }

  /** Flushed, as AWT does so by a timer of its own. */
  private static void set(Pointer display, long id, NativeLong time) {
    X11.XSetInputFocus(display, new NativeLong(id), REVERT_TO_PARENT, time);
    X11.XFlush(display);
  }

  /** The dialog has the keys then, or AWT gives them to it. */
  private static boolean isBlocked() {
    return Stream.of(Window.getWindows())
        .anyMatch(window -> window instanceof Dialog d && d.isVisible() && d.isModal());
  }

  /** Whether a button of the mouse is. */
  private boolean isPressed(Pointer display) {
    Memory mask = new Memory(Integer.BYTES);
    mask.clear();
    Memory id = new Memory(NativeLong.SIZE);
    Memory place = new Memory(Integer.BYTES);
    X11.XQueryPointer(display, window, id, id, place, place, place, place, mask);
    return (mask.getInt(0) & BUTTONS) != 0;
  }

  private long focus(Pointer display) {
    Memory focus = new Memory(NativeLong.SIZE);
    X11.XGetInputFocus(display, focus, new Memory(Integer.BYTES));
    return focus.getNativeLong(0).longValue();
  }

  private boolean isInPage(Pointer display, long focus) {
    OptionalLong at = OptionalLong.of(focus);
    for (int deep = 0; deep < MOST_DEEP && at.isPresent(); deep++) {
      if (at.getAsLong() == page.longValue()) {
        return true;
      }
      at = parent(display, at.getAsLong());
    }
    return false;
  }

  /** Where CEF puts the keys: Chromium's window, in CEF's, in ours. Empty before it is there. */
  private OptionalLong chromium(Pointer display) {
    OptionalLong cef = first(display, page.longValue());
    return cef.isPresent() ? first(display, cef.getAsLong()) : cef;
  }

  private OptionalLong proxy(Pointer display) {
    return tree(display, window.longValue()).children().stream()
        .mapToLong(Long::longValue)
        .filter(child -> className(display, child).equals(PROXY))
        .findFirst();
  }

  private static String className(Pointer display, long of) {
    Memory hint = new Memory(2L * Native.POINTER_SIZE);
    if (X11.XGetClassHint(display, new NativeLong(of), hint) == 0) {
      return "";
    }
    Pointer instance = hint.getPointer(0);
    Pointer name = hint.getPointer(Native.POINTER_SIZE);
    try {
      return name.getString(0);
    } finally {
      X11.XFree(instance);
      X11.XFree(name);
    }
  }

  private OptionalLong first(Pointer display, long of) {
    return tree(display, of).children().stream().mapToLong(Long::longValue).findFirst();
  }

  private OptionalLong parent(Pointer display, long of) {
    return tree(display, of).parent();
  }

  /**
   * @param children the lowest first
   */
  private record Tree(OptionalLong parent, List<Long> children) {}

  /** Empty of a window that has gone. */
  private Tree tree(Pointer display, long of) {
    Memory parent = new Memory(NativeLong.SIZE);
    Memory children = new Memory(Native.POINTER_SIZE);
    children.clear();
    Memory count = new Memory(Integer.BYTES);
    Memory root = new Memory(NativeLong.SIZE);
    if (X11.XQueryTree(display, new NativeLong(of), root, parent, children, count) == 0) {
      return new Tree(OptionalLong.empty(), List.of());
    }
    List<Long> found = new ArrayList<>();
    Pointer list = children.getPointer(0);
    if (list != null) {
      for (int i = 0; i < count.getInt(0); i++) {
        found.add(list.getNativeLong((long) i * NativeLong.SIZE).longValue());
      }
      X11.XFree(list);
    }
    return new Tree(OptionalLong.of(parent.getNativeLong(0).longValue()), found);
  }
}
