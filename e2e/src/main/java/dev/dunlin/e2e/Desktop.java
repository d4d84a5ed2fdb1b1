package dev.dunlin.e2e;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import dev.dunlin.shell.host.Xvfb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A desktop of our own: an X server and a window manager, and what an X client can see of the
 * windows on it, whatever their program says of them.
 *
 * <p><i>Thread:</i> one.
 */
public final class Desktop implements AutoCloseable {
  /** The window manager; {@code ./dunlin test} installs it. */
  public static final String WINDOW_MANAGER = "jwm";

  /** One that knows more of EWMH; {@code ./dunlin test} installs it. */
  public static final String FULL_WINDOW_MANAGER = "openbox";

  /** So many looks that find the keys in one place. */
  private static final int LOOKS = 10;

  /** Longest part of a property that is read, in units of four bytes. */
  private static final int PROPERTY_LENGTH = 1024;

  private static final int ANY_TYPE = 0;

  /** Of {@code X11/Xatom.h}. */
  private static final int STRING = 31;

  private static final String RESOURCES = "RESOURCE_MANAGER";
  private static final int SETTINGS_BYTES = 4096;

  /** What {@code XGetInputFocus} says in place of a window, at most. */
  private static final long POINTER_ROOT = 1;

  /** Below these bits of an id stands who made the window: in one process, AWT or Chromium. */
  private static final int CLIENT_BITS = 21;

  private static final int CLIENT_MESSAGE = 33;
  private static final int EVENT_BYTES = 192;
  private static final int PROPERTY_NOTIFY = 28;
  private static final int PROPERTY_CHANGES = 1 << 22;
  private static final int SUBSTRUCTURE = 1 << 19 | 1 << 20;
  private static final int REVERT_TO_PARENT = 2;
  private static final int ZPIXMAP = 2;
  private static final int VIEWABLE = 2;

  /** Offsets in {@code XWindowAttributes} of a 64-bit system. */
  private static final int ATTRIBUTES_BYTES = 136;

  private static final int MAP_STATE = 92;
  private static final int OVERRIDE_REDIRECT = 120;

  /** What {@code WM_STATE} holds. */
  private static final long ICONIC = 3;

  /** Public because JNA makes a proxy of it. */
  public interface X11 extends Library {
    Pointer XOpenDisplay(String name);

    int XCloseDisplay(Pointer display);

    NativeLong XDefaultRootWindow(Pointer display);

    NativeLong XInternAtom(Pointer display, String name, boolean onlyIfExists);

    Pointer XGetAtomName(Pointer display, NativeLong atom);

    int XGetWindowProperty(
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

    int XGetWindowAttributes(Pointer display, NativeLong window, Memory attributes);

    int XTranslateCoordinates(
        Pointer display,
        NativeLong from,
        NativeLong to,
        int x,
        int y,
        Memory toX,
        Memory toY,
        Memory child);

    int XSendEvent(
        Pointer display, NativeLong window, boolean propagate, NativeLong mask, Memory event);

    int XQueryTree(
        Pointer display,
        NativeLong window,
        Memory root,
        Memory parent,
        Memory children,
        Memory count);

    int XChangeProperty(
        Pointer display,
        NativeLong window,
        NativeLong property,
        NativeLong type,
        int format,
        int mode,
        byte[] data,
        int count);

    int XDeleteProperty(Pointer display, NativeLong window, NativeLong property);

    NativeLong XCreateSimpleWindow(
        Pointer display,
        NativeLong parent,
        int x,
        int y,
        int width,
        int height,
        int border,
        NativeLong borderColour,
        NativeLong background);

    int XDestroyWindow(Pointer display, NativeLong window);

    int XSetSelectionOwner(
        Pointer display, NativeLong selection, NativeLong owner, NativeLong time);

    int XResizeWindow(Pointer display, NativeLong window, int width, int height);

    Pointer XGetImage(
        Pointer display,
        NativeLong drawable,
        int x,
        int y,
        int width,
        int height,
        NativeLong planes,
        int format);

    NativeLong XGetPixel(Pointer image, int x, int y);

    int XDestroyImage(Pointer image);

    int XSync(Pointer display, boolean discard);

    int XSelectInput(Pointer display, NativeLong window, NativeLong mask);

    int XPending(Pointer display);

    int XNextEvent(Pointer display, Memory event);

    Pointer XSetErrorHandler(OnError handler);

    int XFree(Pointer data);

    int XGetInputFocus(Pointer display, Memory focus, Memory revert);

    int XSetInputFocus(Pointer display, NativeLong window, int revert, NativeLong time);

    byte XKeysymToKeycode(Pointer display, NativeLong keysym);

    NativeLong XStringToKeysym(String name);
  }

  /** Keys and buttons as if somebody had pressed them. Public because JNA makes a proxy of it. */
  public interface Test extends Library {
    int XTestFakeMotionEvent(Pointer display, int screen, int x, int y, NativeLong delay);

    int XTestFakeButtonEvent(Pointer display, int button, boolean press, NativeLong delay);

    int XTestFakeKeyEvent(Pointer display, int keycode, boolean press, NativeLong delay);
  }

  /** Public because JNA reads the callback's method by reflection. */
  public interface OnError extends Callback {
    int invoke(Pointer display, Pointer error);
  }

  /** Public because JNA makes a proxy of it. */
  public interface LibC extends Library {
    int setenv(String name, String value, int overwrite);
  }

  /** Loaded for good: Xlib calls what the library has left with it when the display is closed. */
  private static final class Fingers {
    static final Test TEST = Native.load("Xtst", Test.class);
  }

  /** Where the content of a window is on the screen, its frame not counted. */
  public record Area(int x, int y, int width, int height) {}

  /** How long a window manager may take to start; then the tests say what they miss. */
  private static final Duration MANAGER_START = Duration.ofSeconds(20);

  /** Between two movements of the mouse. */
  private static final int STEP_MILLIS = 15;

  private static final NativeLong NOW = new NativeLong(0);

  /** A window may go while it is looked at; by itself Xlib would end the process. */
  private static final OnError GOES_ON = (display, error) -> 0;

  private final X11 x11 = Native.load("X11", X11.class);
  private final Xvfb server;
  private final ChildProcess manager;
  private final Path folder;
  private final Pointer display;
  private final NativeLong root;

  private Desktop(Xvfb server, ChildProcess manager, Path folder) {
    this.server = server;
    this.manager = manager;
    this.folder = folder;
    // Where Xlib looks for the key of the server.
    Native.load("c", LibC.class).setenv("XAUTHORITY", server.authority().toString(), 1);
    x11.XSetErrorHandler(GOES_ON);
    this.display = x11.XOpenDisplay(server.display());
    if (display == null) {
      throw new IllegalStateException("our own X server refuses us");
    }
    this.root = x11.XDefaultRootWindow(display);
  }

  /** Starts both. */
  public static Desktop start() {
    return start(WINDOW_MANAGER);
  }

  /** Starts both, with a window manager that knows full screen, modal windows and Alt-Tab. */
  public static Desktop startFull() {
    Desktop desktop = start(FULL_WINDOW_MANAGER);
    SystemClock clock = new SystemClock();
    Duration latest = clock.now().plus(MANAGER_START);
    while (!desktop.isManaged() && clock.now().compareTo(latest) < 0) {
      Thread.onSpinWait();
    }
    return desktop;
  }

  private static Desktop start(String program) {
    if (ProcessStarter.find(program).isEmpty()) {
      throw new IllegalStateException(
          "the suites of windows need a window manager: apt-get install -y "
              + program
              + " (./dunlin test does it)");
    }
    Xvfb server = Xvfb.start();
    try {
      Path folder = Files.createTempDirectory("e2e-desktop-");
      Path settings =
          Files.writeString(
              folder.resolve("jwmrc"),
              "<?xml version=\"1.0\"?><JWM><FocusModel>click</FocusModel></JWM>");
      Map<String, String> environment = new HashMap<>();
      environment.put("PATH", System.getenv("PATH"));
      environment.put("HOME", folder.toString());
      environment.put("DISPLAY", server.display());
      environment.put("XAUTHORITY", server.authority().toString());
      ChildProcess manager =
          ProcessStarter.get()
              .start(
                  (program.equals(WINDOW_MANAGER)
                          ? ProcessSpec.of(program, "-f", settings.toString())
                          : ProcessSpec.of(program))
                      .withEnvironment(environment)
                      .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      return new Desktop(server, manager, folder);
    } catch (IOException e) {
      server.close();
      throw new UncheckedIOException(e);
    }
  }

  /** Presses the first button of the mouse at this place of the screen. */
  public void click(int x, int y) {
    click(1, x, y);
  }

  /** Presses a button of the mouse: 3 is the one for context menus. */
  public void click(int button, int x, int y) {
    Test test = Fingers.TEST;
    test.XTestFakeMotionEvent(display, -1, x, y, NOW);
    test.XTestFakeButtonEvent(display, button, true, NOW);
    test.XTestFakeButtonEvent(display, button, false, NOW);
    x11.XSync(display, false);
  }

  /**
   * Presses the button there, moves on in steps, and lets go.
   *
   * @param pressed waits until who is to follow has heard of the button
   */
  public void drag(int x, int y, int toX, int toY, Runnable pressed) {
    Test test = Fingers.TEST;
    test.XTestFakeMotionEvent(display, -1, x, y, NOW);
    test.XTestFakeButtonEvent(display, 1, true, NOW);
    x11.XSync(display, false);
    pressed.run();
    int steps = 20;
    for (int i = 1; i <= steps; i++) {
      test.XTestFakeMotionEvent(
          display,
          -1,
          x + (toX - x) * i / steps,
          y + (toY - y) * i / steps,
          new NativeLong(STEP_MILLIS));
    }
    test.XTestFakeButtonEvent(display, 1, false, new NativeLong(STEP_MILLIS));
    x11.XSync(display, false);
  }

  /** Presses the button there and keeps it pressed; end with {@link #letGo}. */
  public void hold(int x, int y) {
    Test test = Fingers.TEST;
    test.XTestFakeMotionEvent(display, -1, x, y, NOW);
    test.XTestFakeButtonEvent(display, 1, true, NOW);
    x11.XSync(display, false);
  }

  /** Moves the mouse, as its button is. */
  public void moveTo(int x, int y) {
    Fingers.TEST.XTestFakeMotionEvent(display, -1, x, y, NOW);
    x11.XSync(display, false);
  }

  /** Lets go of the button. */
  public void letGo() {
    Fingers.TEST.XTestFakeButtonEvent(display, 1, false, NOW);
    x11.XSync(display, false);
  }

  /** Presses keys together, by their names in X (keysyms): {@code Alt_L}, {@code Tab}. */
  public void press(String... names) {
    Test test = Fingers.TEST;
    List<Integer> codes = new ArrayList<>();
    for (String name : names) {
      int code = x11.XKeysymToKeycode(display, x11.XStringToKeysym(name)) & 0xff;
      if (code == 0) {
        throw new IllegalArgumentException("no key is called " + name);
      }
      codes.add(code);
    }
    // A window manager that takes the keys for itself needs a moment to do so.
    NativeLong moment = new NativeLong(STEP_MILLIS);
    codes.forEach(code -> test.XTestFakeKeyEvent(display, code, true, moment));
    for (int i = codes.size() - 1; i >= 0; i--) {
      test.XTestFakeKeyEvent(display, codes.get(i), false, moment);
    }
    x11.XSync(display, false);
  }

  /**
   * Presses keys one after the other, by their places on the keyboard, as X counts them: what they
   * give is the layout's business.
   */
  public void strike(int... codes) {
    for (int code : codes) {
      Fingers.TEST.XTestFakeKeyEvent(display, code, true, NOW);
      Fingers.TEST.XTestFakeKeyEvent(display, code, false, NOW);
    }
    x11.XSync(display, false);
  }

  /** Holds a key, by its place, while others are struck. */
  public void strikeWith(int held, int... codes) {
    Fingers.TEST.XTestFakeKeyEvent(display, held, true, NOW);
    strike(codes);
    Fingers.TEST.XTestFakeKeyEvent(display, held, false, NOW);
    x11.XSync(display, false);
  }

  /** Gives the keyboard another layout, as {@code setxkbmap} understands it; it comes with Xvfb. */
  public void layout(String... words) {
    List<String> command = new ArrayList<>(List.of("setxkbmap", "-option", ""));
    command.addAll(List.of(words));
    run(command);
  }

  /** Starts a program that belongs to this desktop, with its environment and more. */
  public ChildProcess start(List<String> command, Map<String, String> variables, Stdio output) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", folder.toString());
    environment.put("DISPLAY", server.display());
    environment.put("XAUTHORITY", server.authority().toString());
    environment.putAll(variables);
    return ProcessStarter.get()
        .start(
            ProcessSpec.of(command.toArray(String[]::new))
                .withEnvironment(environment)
                .withStdio(Stdio.NULL, output, Stdio.NULL))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void run(List<String> command) {
    int code =
        start(command, Map.of(), Stdio.NULL)
            .exit()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    if (code != 0) {
      throw new IllegalStateException(command + " ended with " + code);
    }
  }

  /** Has the X resources be these, as {@code xrdb -load} does; an empty text takes them away. */
  public void resources(String text) {
    if (text.isEmpty()) {
      x11.XDeleteProperty(display, root, atom(RESOURCES));
    } else {
      write(root, RESOURCES, new NativeLong(STRING), text.getBytes(StandardCharsets.ISO_8859_1));
    }
    x11.XSync(display, false);
  }

  /**
   * Has a settings manager (XSETTINGS 0.5) tell these numbers until it is closed.
   *
   * @param numbers by name
   */
  public Settings settings(Map<String, Integer> numbers) {
    ByteBuffer out = ByteBuffer.allocate(SETTINGS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0).putInt(1).putInt(numbers.size());
    numbers.forEach(
        (name, number) -> {
          byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
          out.putShort((short) 0).putShort((short) bytes.length).put(bytes);
          out.put(new byte[-bytes.length & 3]).putInt(1).putInt(number);
        });
    NativeLong none = new NativeLong(0);
    NativeLong manager = x11.XCreateSimpleWindow(display, root, -9, -9, 1, 1, 0, none, none);
    NativeLong type = atom("_XSETTINGS_SETTINGS");
    write(manager, "_XSETTINGS_SETTINGS", type, Arrays.copyOf(out.array(), out.position()));
    x11.XSetSelectionOwner(display, atom("_XSETTINGS_S0"), manager, NOW);
    x11.XSync(display, false);
    return () -> {
      x11.XDestroyWindow(display, manager);
      x11.XSync(display, false);
    };
  }

  /** A settings manager that is there. */
  @FunctionalInterface
  public interface Settings extends AutoCloseable {
    @Override
    void close();
  }

  private void write(NativeLong window, String name, NativeLong type, byte[] data) {
    x11.XChangeProperty(display, window, atom(name), type, 8, 0, data, data.length);
  }

  /** The X window that keys go to. */
  public long inputFocus() {
    Memory focus = new Memory(NativeLong.SIZE);
    x11.XGetInputFocus(display, focus, new Memory(Integer.BYTES));
    return focus.getNativeLong(0).longValue();
  }

  /** Until the keys are in the page of the window of that title, for good. */
  public void awaitKeys(RunningApp app, String title) {
    awaitKeys(
        app,
        () -> window(title).filter(seen -> seen.isActive() && seen.hasKeysInPage()).isPresent(),
        "the keys for the page of " + title);
  }

  /** Until they are there for good: the toolkit hands them on once or twice. */
  public void awaitKeys(RunningApp app, BooleanSupplier there, String what) {
    List<Long> last = new ArrayList<>();
    app.await(
        () -> {
          if (!there.getAsBoolean() || !last.isEmpty() && last.get(0) != inputFocus()) {
            last.clear();
          } else {
            last.add(inputFocus());
          }
          return last.size() >= LOOKS;
        },
        what,
        RunningApp.SOON);
  }

  /** Types small letters, digits and spaces. */
  public void type(String text) {
    Test test = Fingers.TEST;
    for (char c : text.toCharArray()) {
      // The keysyms of these are their code points.
      int code = x11.XKeysymToKeycode(display, new NativeLong(c)) & 0xff;
      test.XTestFakeKeyEvent(display, code, true, NOW);
      test.XTestFakeKeyEvent(display, code, false, NOW);
    }
    x11.XSync(display, false);
  }

  /**
   * Whether the window manager is at work: an app that comes before it is asked about it in vain.
   */
  public boolean isManaged() {
    return !numbers(root, "_NET_SUPPORTING_WM_CHECK").isEmpty();
  }

  /** As {@code DISPLAY} of what is to be seen here. */
  public String name() {
    return server.display();
  }

  /** As {@code XAUTHORITY}. */
  public String authority() {
    return server.authority().toString();
  }

  /** The windows that the window manager lists, by title; the hidden ones not. */
  private Optional<NativeLong> find(String title) {
    return numbers(root, "_NET_CLIENT_LIST").stream()
        .map(NativeLong::new)
        .filter(window -> text(window, "_NET_WM_NAME").equals(title))
        .findFirst();
  }

  /** All of them. */
  public List<Seen> windows() {
    return numbers(root, "_NET_CLIENT_LIST").stream().map(NativeLong::new).map(Seen::new).toList();
  }

  /**
   * All windows that are shown, those within others too, with their places, and which of them gets
   * the keys: for the message of a test that has failed.
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    long focus = inputFocus();
    text.append("keys go to ").append(Long.toHexString(focus)).append('\n');
    describe(root, focus, 0, text);
    return text.toString();
  }

  private void describe(NativeLong window, long focus, int depth, StringBuilder text) {
    Memory attributes = new Memory(ATTRIBUTES_BYTES);
    long id = window.longValue();
    if (x11.XGetWindowAttributes(display, window, attributes) == 0
        || attributes.getInt(MAP_STATE) != VIEWABLE && id != focus) {
      return;
    }
    text.append("  ".repeat(depth))
        .append(
            "%x %dx%d%+d%+d %s%s%n"
                .formatted(
                    id,
                    attributes.getInt(8),
                    attributes.getInt(12),
                    attributes.getInt(0),
                    attributes.getInt(4),
                    text(window, "_NET_WM_NAME"),
                    id == focus ? " has the keys" : ""));
    for (long child : children(window)) {
      describe(new NativeLong(child), focus, depth + 1, text);
    }
  }

  private long[] children(NativeLong window) {
    Memory ignored = new Memory(NativeLong.SIZE);
    Memory children = new Memory(Native.POINTER_SIZE);
    children.clear();
    Memory count = new Memory(Integer.BYTES);
    if (x11.XQueryTree(display, window, ignored, ignored, children, count) == 0
        || children.getPointer(0) == null) {
      return new long[0];
    }
    long[] ids = children.getPointer(0).getLongArray(0, count.getInt(0));
    x11.XFree(children.getPointer(0));
    return ids;
  }

  /** Whether a menu or the like is shown: a window that the window manager has no say in. */
  public boolean isPopupShown() {
    return popup().isPresent();
  }

  /** Where one is, see {@link #isPopupShown}. */
  public Optional<Area> popup() {
    for (long id : children(root)) {
      Memory attributes = new Memory(ATTRIBUTES_BYTES);
      NativeLong window = new NativeLong(id);
      if (x11.XGetWindowAttributes(display, window, attributes) != 0
          && attributes.getInt(MAP_STATE) == VIEWABLE
          && attributes.getInt(OVERRIDE_REDIRECT) != 0
          && !numbers(window, "_NET_WM_WINDOW_TYPE").isEmpty()) {
        return Optional.of(
            new Area(
                attributes.getInt(0),
                attributes.getInt(4),
                attributes.getInt(8),
                attributes.getInt(12)));
      }
    }
    return Optional.empty();
  }

  /** Red, green and blue of what the screen shows at a place. */
  public int colour(int x, int y) {
    Pointer image = x11.XGetImage(display, root, x, y, 1, 1, new NativeLong(-1), ZPIXMAP);
    try {
      return (int) x11.XGetPixel(image, 0, 0).longValue() & 0xFFFFFF;
    } finally {
      x11.XDestroyImage(image);
    }
  }

  /** A window by its title now; its title may change later. */
  public Optional<Seen> window(String title) {
    return find(title).map(Seen::new);
  }

  /** A window as it is seen from outside. */
  public final class Seen {
    private final NativeLong id;

    private Seen(NativeLong id) {
      this.id = id;
    }

    /** By which other programs know it. */
    public long id() {
      return id.longValue();
    }

    /** The first point of its icon, of its red, green and blue alone; -1 if it has none. */
    public int icon() {
      List<Long> points = numbers(id, "_NET_WM_ICON");
      return points.size() < 3 ? -1 : points.get(2).intValue() & 0xff_ff_ff;
    }

    public String title() {
      return text(id, "_NET_WM_NAME");
    }

    /** Instance and class, by which desktops find the program and its icon. */
    public List<String> classes() {
      return List.of(text(id, "WM_CLASS").split("\0"));
    }

    public boolean isViewable() {
      Memory attributes = new Memory(ATTRIBUTES_BYTES);
      return x11.XGetWindowAttributes(display, id, attributes) != 0
          && attributes.getInt(MAP_STATE) == VIEWABLE;
    }

    /** Whether the keys go to it. */
    public boolean isActive() {
      return numbers(root, "_NET_ACTIVE_WINDOW").contains(id.longValue());
    }

    /**
     * Whether keys go to the page in it, and not to the toolkit around that, which hands them on
     * some time after the window has become active.
     */
    public boolean hasKeysInPage() {
      long focus = inputFocus();
      return focus >>> CLIENT_BITS != id.longValue() >>> CLIENT_BITS && isWithin(focus);
    }

    /**
     * Gives the keys to the toolkit, as a window manager does; from here on it is the app that
     * moves them. What is pressed next comes to the toolkit.
     */
    public void giveKeysToToolkit() {
      for (long child : children(id)) {
        if (text(new NativeLong(child), "_NET_WM_NAME").equals("FocusProxy")) {
          x11.XSetInputFocus(display, new NativeLong(child), REVERT_TO_PARENT, NOW);
          return;
        }
      }
      throw new AssertionError("not a window of AWT: " + describe());
    }

    private boolean isWithin(long window) {
      long now = window;
      while (now > POINTER_ROOT && now != id.longValue()) {
        Memory parent = new Memory(NativeLong.SIZE);
        Memory children = new Memory(Native.POINTER_SIZE);
        if (x11.XQueryTree(
                display,
                new NativeLong(now),
                new Memory(NativeLong.SIZE),
                parent,
                children,
                new Memory(Integer.BYTES))
            == 0) {
          return false;
        }
        if (children.getPointer(0) != null) {
          x11.XFree(children.getPointer(0));
        }
        now = parent.getNativeLong(0).longValue();
      }
      return now == id.longValue();
    }

    public boolean isMinimized() {
      List<Long> state = numbers(id, "WM_STATE");
      return !state.isEmpty() && state.get(0) == ICONIC;
    }

    public boolean isMaximized() {
      List<String> states = names(id, "_NET_WM_STATE");
      return states.contains("_NET_WM_STATE_MAXIMIZED_HORZ")
          && states.contains("_NET_WM_STATE_MAXIMIZED_VERT");
    }

    /** What the window manager lets the person do, such as {@code _NET_WM_ACTION_CLOSE}. */
    public List<String> actions() {
      return names(id, "_NET_WM_ALLOWED_ACTIONS");
    }

    /** What the window manager says of it, such as {@code _NET_WM_STATE_FULLSCREEN}. */
    public List<String> states() {
      return names(id, "_NET_WM_STATE");
    }

    /** Whether it is said to be a part of the other. */
    public boolean isPartOf(Seen other) {
      return numbers(id, "WM_TRANSIENT_FOR").contains(other.id.longValue());
    }

    public boolean isUtility() {
      return names(id, "_NET_WM_WINDOW_TYPE").contains("_NET_WM_WINDOW_TYPE_UTILITY");
    }

    /** Width and height of the first icon; empty if there is none. */
    public List<Long> iconSize() {
      List<Long> icon = numbers(id, "_NET_WM_ICON");
      return icon.isEmpty() ? icon : icon.subList(0, 2);
    }

    public Area area() {
      Memory attributes = new Memory(ATTRIBUTES_BYTES);
      x11.XGetWindowAttributes(display, id, attributes);
      Memory x = new Memory(Integer.BYTES);
      Memory y = new Memory(Integer.BYTES);
      x11.XTranslateCoordinates(display, id, root, 0, 0, x, y, new Memory(NativeLong.SIZE));
      return new Area(x.getInt(0), y.getInt(0), attributes.getInt(8), attributes.getInt(12));
    }

    /** With the frame that the window manager has put around it. */
    public Area outer() {
      Area area = area();
      List<Long> frame = numbers(id, "_NET_FRAME_EXTENTS");
      if (frame.isEmpty()) {
        return area;
      }
      int left = frame.get(0).intValue();
      int right = frame.get(1).intValue();
      int top = frame.get(2).intValue();
      int bottom = frame.get(3).intValue();
      return new Area(
          area.x() - left,
          area.y() - top,
          area.width() + left + right,
          area.height() + top + bottom);
    }

    /** What the button of the frame does. */
    public void pressClose() {
      tell("_NET_CLOSE_WINDOW", 0, 0, 0);
    }

    public void pressMinimize() {
      tell("WM_CHANGE_STATE", ICONIC, 0, 0);
    }

    public void pressMaximize() {
      tell(
          "_NET_WM_STATE",
          1,
          atom("_NET_WM_STATE_MAXIMIZED_HORZ").longValue(),
          atom("_NET_WM_STATE_MAXIMIZED_VERT").longValue());
    }

    /** Asks the window manager for this size, as dragging an edge does. */
    public void drag(int width, int height) {
      x11.XResizeWindow(display, id, width, height);
      x11.XSync(display, false);
    }

    /** From now on, {@link #changes} tells of this window. */
    public void noteChanges() {
      x11.XSelectInput(display, id, new NativeLong(PROPERTY_CHANGES));
      x11.XSync(display, true);
    }

    /** The properties that were set since it was asked last, each as often as it was. */
    public List<String> changes() {
      x11.XSync(display, false);
      List<String> changes = new ArrayList<>();
      Memory event = new Memory(EVENT_BYTES);
      while (x11.XPending(display) > 0) {
        x11.XNextEvent(display, event);
        if (event.getInt(0) == PROPERTY_NOTIFY && event.getNativeLong(32).equals(id)) {
          changes.add(nameOf(event.getNativeLong(40)));
        }
      }
      return changes;
    }

    /** Red, green and blue of what the screen shows in the middle of the window. */
    public int colour() {
      Area area = area();
      return Desktop.this.colour(area.x() + area.width() / 2, area.y() + area.height() / 2);
    }

    private void tell(String message, long first, long second, long third) {
      Memory event = new Memory(EVENT_BYTES);
      event.clear();
      event.setInt(0, CLIENT_MESSAGE);
      event.setNativeLong(32, id);
      event.setNativeLong(40, atom(message));
      event.setInt(48, 32);
      event.setNativeLong(56, new NativeLong(first));
      event.setNativeLong(64, new NativeLong(second));
      event.setNativeLong(72, new NativeLong(third));
      x11.XSendEvent(display, root, false, new NativeLong(SUBSTRUCTURE), event);
      x11.XSync(display, false);
    }
  }

  private NativeLong atom(String name) {
    return x11.XInternAtom(display, name, false);
  }

  private List<String> names(NativeLong window, String property) {
    List<String> names = new ArrayList<>();
    for (long number : numbers(window, property)) {
      names.add(nameOf(new NativeLong(number)));
    }
    return names;
  }

  private String nameOf(NativeLong atom) {
    Pointer name = x11.XGetAtomName(display, atom);
    try {
      return name.getString(0);
    } finally {
      x11.XFree(name);
    }
  }

  private List<Long> numbers(NativeLong window, String property) {
    List<Long> numbers = new ArrayList<>();
    property(
        window,
        property,
        (data, count) -> {
          for (long number : data.getLongArray(0, count)) {
            numbers.add(number);
          }
        });
    return numbers;
  }

  private String text(NativeLong window, String property) {
    StringBuilder text = new StringBuilder();
    property(
        window,
        property,
        (data, count) ->
            text.append(new String(data.getByteArray(0, count), StandardCharsets.UTF_8)));
    return text.toString();
  }

  private interface Value {
    void take(Pointer data, int count);
  }

  private void property(NativeLong window, String name, Value value) {
    Memory type = new Memory(NativeLong.SIZE);
    Memory format = new Memory(Integer.BYTES);
    Memory count = new Memory(NativeLong.SIZE);
    Memory after = new Memory(NativeLong.SIZE);
    Memory data = new Memory(Native.POINTER_SIZE);
    data.clear();
    x11.XGetWindowProperty(
        display,
        window,
        atom(name),
        new NativeLong(0),
        new NativeLong(PROPERTY_LENGTH),
        false,
        new NativeLong(ANY_TYPE),
        type,
        format,
        count,
        after,
        data);
    Pointer found = data.getPointer(0);
    if (found != null) {
      if (count.getNativeLong(0).intValue() > 0) {
        value.take(found, count.getNativeLong(0).intValue());
      }
      x11.XFree(found);
    }
  }

  @Override
  public void close() {
    x11.XCloseDisplay(display);
    manager.killTree();
    server.close();
    try {
      Layout.deleteTree(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
