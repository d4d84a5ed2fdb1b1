package dev.dunlin.shell.host;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;

/**
 * The person's keyboard, as the X server has it now: which keysym a key gives. Chromium tells a key
 * and what it types, which for a dead key is nothing.
 *
 * <p><i>Thread:</i> one at a time. Asks the server, which takes a tenth of a millisecond.
 */
public final class XKeyboard {
  /** As X has them in its {@code KeyButMask}. */
  public static final int SHIFT = 1;

  public static final int LOCK = 2;
  public static final int CONTROL = 4;
  public static final int ALT = 8;
  public static final int NUM_LOCK = 16;
  public static final int SUPER = 64;

  /** AltGr, which reaches the third level. */
  public static final int LEVEL_3 = 128;

  /** Where the group stands in a state. */
  private static final int GROUP_SHIFT = 13;

  private static final int GROUPS = 3;
  private static final int CORE_KEYBOARD = 0x100;
  private static final int STATE_BYTES = 32;
  private static final int EVENT_BYTES = 192;
  private static final int MAPPING_NOTIFY = 34;

  /** Mapped directly: for an interface JNA makes a proxy, which takes time of each start. */
  private static final class X11 {
    static {
      Native.register(X11.class, "libX11.so.6");
    }

    private X11() {}

    static native Pointer XOpenDisplay(String name);

    static native int XPending(Pointer display);

    static native int XNextEvent(Pointer display, Memory event);

    static native int XRefreshKeyboardMapping(Memory event);

    static native int XkbGetState(Pointer display, int device, Memory state);

    static native int XkbLookupKeySym(
        Pointer display, byte key, int state, IntByReference used, Memory keysym);
  }

  private final Pointer display;
  private final Memory event = new Memory(EVENT_BYTES);
  private final Memory state = new Memory(STATE_BYTES);
  private final Memory keysym = new Memory(NativeLong.SIZE);
  private final IntByReference used = new IntByReference();

  /**
   * @param name as in {@code DISPLAY}
   * @throws HostException if the server does not let us in
   */
  public XKeyboard(String name) {
    display = X11.XOpenDisplay(name);
    if (display == null) {
      throw new HostException("the X server " + name + " does not tell its keyboard", null);
    }
  }

  /**
   * A state in X's words: what is held, and the layout that is chosen now.
   *
   * @param held of the constants above
   */
  public int state(int held) {
    refresh();
    X11.XkbGetState(display, CORE_KEYBOARD, state);
    return held & 0xff | (state.getByte(0) & GROUPS) << GROUP_SHIFT;
  }

  /**
   * What the key gives, 0 for nothing.
   *
   * @param code as X counts the keys
   * @param state as {@link #state} tells
   */
  public long keysym(int code, int state) {
    keysym.setNativeLong(0, new NativeLong(0));
    return X11.XkbLookupKeySym(display, (byte) code, state, used, keysym) == 0
        ? 0
        : keysym.getNativeLong(0).longValue();
  }

  /** Every X client hears of another layout, and Xlib keeps the old one until it is told. */
  private void refresh() {
    while (X11.XPending(display) > 0) {
      X11.XNextEvent(display, event);
      if (event.getInt(0) == MAPPING_NOTIFY) {
        X11.XRefreshKeyboardMapping(event);
      }
    }
  }
}
