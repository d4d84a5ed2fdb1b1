package dev.dunlin.shell.host;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.dunlin.scheduler.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keys of an X server that come to us whatever window has the focus, by passive grabs on its root
 * window. By XCB, which answers each request with its own error: Xlib's one handler of errors is
 * AWT's. The server releases the grabs when the process ends, however it does.
 *
 * <p><i>Thread:</i> any. The listener is called on a thread of its own, which stays.
 */
public final class XKeyGrabs {
  private static final Logger LOG = System.getLogger(XKeyGrabs.class.getName());

  /** As X has them in its {@code KeyButMask}. */
  public static final int SHIFT = 1;

  public static final int CONTROL = 4;

  private static final int LOCK = 2;

  /** Where nobody says otherwise: what the first and the fourth free modifier are by custom. */
  private static final int MOD1 = 8;

  private static final int MOD4 = 64;

  private static final long ALT_L = 0xffe9;
  private static final long SUPER_L = 0xffeb;
  private static final long NUM_LOCK = 0xff7f;
  private static final long SCROLL_LOCK = 0xff14;

  private static final int KEY_PRESS = 2;
  private static final int KEY_RELEASE = 3;
  private static final int MAPPING_NOTIFY = 34;
  private static final int EVENT_CODE = 0x7f;
  private static final int BAD_ACCESS = 10;
  private static final byte ASYNCHRONOUS = 1;

  /** Modifiers that X knows. */
  private static final int MODIFIERS = 8;

  /** Fixed part of a reply. */
  private static final int REPLY_BYTES = 32;

  /** Offsets in {@code xcb_setup_t} and {@code xcb_key_press_event_t}. */
  private static final int FIRST_CODE = 34;

  private static final int LAST_CODE = 35;
  private static final int TIME = 4;
  private static final int STATE = 28;

  /** Public because JNA makes a proxy of it. Cookies are structures of one number. */
  public interface Xcb extends Library {
    Pointer xcb_connect(String display, Memory screen);

    int xcb_connection_has_error(Pointer connection);

    Pointer xcb_get_setup(Pointer connection);

    int xcb_grab_key_checked(
        Pointer connection,
        byte ownerEvents,
        int window,
        short modifiers,
        byte key,
        byte pointerMode,
        byte keyboardMode);

    int xcb_ungrab_key_checked(Pointer connection, byte key, int window, short modifiers);

    Pointer xcb_request_check(Pointer connection, int cookie);

    int xcb_get_keyboard_mapping(Pointer connection, byte first, byte count);

    Pointer xcb_get_keyboard_mapping_reply(Pointer connection, int cookie, Pointer error);

    int xcb_get_modifier_mapping(Pointer connection);

    Pointer xcb_get_modifier_mapping_reply(Pointer connection, int cookie, Pointer error);

    Pointer xcb_wait_for_event(Pointer connection);

    void xcb_disconnect(Pointer connection);
  }

  /** Public because JNA makes a proxy of it. */
  public interface LibC extends Library {
    void free(Pointer data);
  }

  /** What is held with a key. */
  public enum Held {
    SHIFT,
    CONTROL,
    ALT,
    SUPER
  }

  /**
   * A key, and what is held with it.
   *
   * @param keysym its name in X (keysymdef.h)
   */
  public record Chord(long keysym, Set<Held> held) {
    public Chord {
      held = Set.copyOf(held);
    }
  }

  /** Why a chord can't be had. */
  public enum Refusal {
    /** Another program has it. */
    TAKEN,
    /** No key of this keyboard is that. */
    NO_SUCH_KEY
  }

  /** A chord that can't be had. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    RefusedException(Refusal refusal) {
      super(refusal.name(), null, false, false);
      this.refusal = refusal;
    }

    public Refusal refusal() {
      return refusal;
    }
  }

  private record Grab(int code, int modifiers) {}

  private final Xcb xcb;
  private final LibC libc;
  private final Pointer connection;
  private final int root;
  private final int firstCode;
  private final int codes;
  private final Consumer<Chord> pressed;

  // Guarded by this.
  private final Set<Chord> chords = new LinkedHashSet<>();
  private final Map<Grab, Chord> grabs = new HashMap<>();
  private final Map<Long, Integer> codeOf = new HashMap<>();
  private final Map<Held, Integer> masks = new HashMap<>();
  private Set<Integer> locks = Set.of();
  private int ignored;

  /**
   * Connects.
   *
   * @param display as {@code DISPLAY} has it
   * @param pressed hears of a chord that was grabbed; may not block
   * @throws HostException if there is none, or no libxcb
   */
  public XKeyGrabs(String display, Consumer<Chord> pressed) {
    this(load("libxcb.so.1", Xcb.class), load("c", LibC.class), display, pressed);
  }

  XKeyGrabs(Xcb xcb, LibC libc, String display, Consumer<Chord> pressed) {
    this.xcb = xcb;
    this.libc = libc;
    this.pressed = pressed;
    Memory screen = new Memory(Integer.BYTES);
    connection = connect(xcb, display, screen);
    try {
      Pointer setup = xcb.xcb_get_setup(connection);
      root = XSetup.root(setup, screen.getInt(0));
      firstCode = setup.getByte(FIRST_CODE) & 0xff;
      codes = (setup.getByte(LAST_CODE) & 0xff) - firstCode + 1;
      synchronized (this) {
        readKeyboard();
      }
      Threads.start("hotkeys", this::listen);
    } catch (RuntimeException | Error e) {
      xcb.xcb_disconnect(connection);
      throw e;
    }
  }

  /**
   * Looks whether one could be made: connects, and lets go.
   *
   * @throws HostException if not
   */
  public static void requireThere(String display) {
    Xcb xcb = load("libxcb.so.1", Xcb.class);
    xcb.xcb_disconnect(connect(xcb, display, new Memory(Integer.BYTES)));
  }

  private static <T extends Library> T load(String name, Class<T> type) {
    try {
      return Native.load(name, type);
    } catch (UnsatisfiedLinkError e) {
      throw new HostException(name + " can't be loaded: " + e.getMessage(), e);
    }
  }

  private static Pointer connect(Xcb xcb, String display, Memory screen) {
    Pointer made = xcb.xcb_connect(display, screen);
    if (xcb.xcb_connection_has_error(made) != 0) {
      xcb.xcb_disconnect(made);
      throw new HostException("no X display lets us in: DISPLAY is '" + display + "'");
    }
    return made;
  }

  /**
   * Takes a chord, unless it is ours already.
   *
   * @throws RefusedException if it can't be had
   */
  public synchronized void take(Chord chord) {
    if (chords.contains(chord)) {
      return;
    }
    grab(chord);
    chords.add(chord);
  }

  /** Gives it back. */
  public synchronized void give(Chord chord) {
    if (chords.remove(chord)) {
      release(chord);
    }
  }

  private void grab(Chord chord) {
    Integer code = codeOf.get(chord.keysym());
    if (code == null) {
      throw new RefusedException(Refusal.NO_SUCH_KEY);
    }
    int modifiers = chord.held().stream().mapToInt(masks::get).reduce(0, (a, b) -> a | b);
    // To X, a chord with a lock on is another one.
    for (int lock : locks) {
      Pointer error =
          xcb.xcb_request_check(
              connection,
              xcb.xcb_grab_key_checked(
                  connection,
                  (byte) 0,
                  root,
                  (short) (modifiers | lock),
                  code.byteValue(),
                  ASYNCHRONOUS,
                  ASYNCHRONOUS));
      if (error != null) {
        int kind = error.getByte(1) & 0xff;
        libc.free(error);
        release(chord);
        if (kind == BAD_ACCESS) {
          throw new RefusedException(Refusal.TAKEN);
        }
        throw new HostException("the X server refuses the key with error " + kind);
      }
      grabs.put(new Grab(code, modifiers | lock), chord);
    }
  }

  private void release(Chord chord) {
    for (Grab grab : List.copyOf(grabs.keySet())) {
      if (grabs.get(grab).equals(chord)) {
        grabs.remove(grab);
        Pointer error =
            xcb.xcb_request_check(
                connection,
                xcb.xcb_ungrab_key_checked(
                    connection, (byte) grab.code(), root, (short) grab.modifiers()));
        if (error != null) {
          libc.free(error);
        }
      }
    }
  }

  /** Where keys and modifiers are now: people change their keyboard while programs run. */
  private void readKeyboard() {
    Pointer mapping =
        xcb.xcb_get_keyboard_mapping_reply(
            connection,
            xcb.xcb_get_keyboard_mapping(connection, (byte) firstCode, (byte) codes),
            null);
    if (mapping == null) {
      throw new HostException("the X server does not tell of its keyboard");
    }
    Pointer modifiers =
        xcb.xcb_get_modifier_mapping_reply(
            connection, xcb.xcb_get_modifier_mapping(connection), null);
    if (modifiers == null) {
      libc.free(mapping);
      throw new HostException("the X server does not tell of its modifiers");
    }
    codeOf.clear();
    Map<Integer, Set<Long>> keysyms = new HashMap<>();
    int each = mapping.getByte(1) & 0xff;
    for (int column = 0; column < each; column++) {
      for (int code = 0; code < codes; code++) {
        long keysym =
            mapping.getInt(REPLY_BYTES + 4L * ((long) code * each + column)) & 0xffffffffL;
        // What needs no modifier comes first.
        codeOf.putIfAbsent(keysym, firstCode + code);
        keysyms.computeIfAbsent(firstCode + code, none -> new HashSet<>()).add(keysym);
      }
    }
    libc.free(mapping);
    masks.putAll(
        Map.of(Held.SHIFT, SHIFT, Held.CONTROL, CONTROL, Held.ALT, MOD1, Held.SUPER, MOD4));
    List<Integer> single = new ArrayList<>(List.of(LOCK));
    int keys = modifiers.getByte(1) & 0xff;
    for (int bit = 0; bit < MODIFIERS; bit++) {
      for (int key = 0; key < keys; key++) {
        int code = modifiers.getByte(REPLY_BYTES + (long) bit * keys + key) & 0xff;
        Set<Long> named = keysyms.getOrDefault(code, Set.of());
        int mask = 1 << bit;
        if (mask <= CONTROL) {
          continue;
        }
        if (named.contains(ALT_L)) {
          masks.put(Held.ALT, mask);
        }
        if (named.contains(SUPER_L)) {
          masks.put(Held.SUPER, mask);
        }
        if (named.contains(NUM_LOCK) || named.contains(SCROLL_LOCK)) {
          single.add(mask);
        }
      }
    }
    libc.free(modifiers);
    Set<Integer> all = new LinkedHashSet<>(Set.of(0));
    for (int lock : single) {
      for (int before : List.copyOf(all)) {
        all.add(before | lock);
      }
    }
    locks = all;
    ignored = single.stream().reduce(0, (a, b) -> a | b);
  }

  private void listen() {
    // A key that is held repeats itself: it is let go and pressed at one time.
    int letGo = 0;
    int when = 0;
    for (Pointer event = xcb.xcb_wait_for_event(connection);
        event != null;
        event = xcb.xcb_wait_for_event(connection)) {
      int kind = event.getByte(0) & EVENT_CODE;
      int code = event.getByte(1) & 0xff;
      int time = event.getInt(TIME);
      int state = event.getShort(STATE) & 0xff;
      libc.free(event);
      try {
        if (kind == KEY_RELEASE) {
          letGo = code;
          when = time;
        } else if (kind == KEY_PRESS && !(code == letGo && time == when)) {
          find(code, state);
        } else if (kind == MAPPING_NOTIFY) {
          grabAnew();
        }
      } catch (RuntimeException e) {
        // One event's; what is grabbed is heard on.
        LOG.log(Level.WARNING, "an event of the keyboard went wrong", e);
      }
    }
  }

  private void find(int code, int state) {
    Chord chord;
    synchronized (this) {
      chord = grabs.get(new Grab(code, state & ~ignored));
    }
    if (chord != null) {
      pressed.accept(chord);
    }
  }

  /**
   * The server also tells of a new keyboard when another device with the same keys is used; a key
   * pressed while it is given back would be lost for nothing.
   */
  private synchronized void grabAnew() {
    Map<Long, Integer> codesBefore = Map.copyOf(codeOf);
    Map<Held, Integer> masksBefore = Map.copyOf(masks);
    Set<Integer> locksBefore = locks;
    readKeyboard();
    if (codeOf.equals(codesBefore) && masks.equals(masksBefore) && locks.equals(locksBefore)) {
      return;
    }
    List.copyOf(grabs.values()).forEach(this::release);
    for (Chord chord : chords) {
      try {
        grab(chord);
      } catch (RefusedException e) {
        // The new keyboard has no such key, or somebody was faster: it comes with the next one.
        grabs.values().removeIf(chord::equals);
      } catch (HostException e) {
        LOG.log(Level.WARNING, "a shortcut is not grabbed until the keyboard changes again", e);
      }
    }
  }
}
