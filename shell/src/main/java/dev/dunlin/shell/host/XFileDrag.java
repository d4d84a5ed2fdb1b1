package dev.dunlin.shell.host;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Files that are dragged out of a window, by XDND (version 5), as their source. Chromium, and AWT,
 * would take the pointer for it, which is Chromium's while its button is pressed; this one looks
 * where the pointer is instead, so that it needs nobody's leave, and Chromium learns of no path.
 *
 * <p>Adversary: a page that would read what it drags. No window of this program takes the files, as
 * Chromium would give the page those that are dropped on it; and a file in whose place a link was
 * put is given to nobody. That is looked at when the list is given, before the drop too; a program
 * that opens the path later than that opens what stands there then.
 *
 * <p><i>Thread:</i> any; each drag has one of its own.
 */
public final class XFileDrag {
  /** Longest list of files as it is given, in bytes. Over: {@link TooLongException}. */
  static final int LIST_BYTES = 200 << 10;

  /** How long the program below may take to answer to a move once the button is let go. */
  static final Duration ANSWER = Duration.ofSeconds(3);

  /** How long a program may take to fetch what was dropped on it. Over: it counts as not taken. */
  static final Duration FETCH = Duration.ofSeconds(30);

  /** Between two looks at the pointer. */
  private static final int LOOK_MILLIS = 12;

  /** Bits of a window's id that say which connection has made it are those that this one lacks. */
  private static final int ID_MASK = 16;

  /** Windows in windows that are gone through. */
  private static final int MOST_DEPTH = 32;

  private static final int VERSION = 5;
  private static final int OLDEST_VERSION = 3;

  private static final int ERROR = 0;
  private static final int PROPERTY_NOTIFY = 28;
  private static final int SELECTION_REQUEST = 30;
  private static final int SELECTION_NOTIFY = 31;
  private static final int CLIENT_MESSAGE = 33;
  private static final int EVENT_CODE = 0x7f;
  private static final int EVENT_BYTES = 32;
  private static final int REPLY_BYTES = 32;

  private static final int FIRST_BUTTON = 1 << 8;
  private static final int ATOM = 4;
  private static final int STRING = 31;
  private static final int WINDOW = 33;
  private static final short INPUT_ONLY = 2;
  private static final int OVERRIDE_REDIRECT_AND_EVENTS = 1 << 9 | 1 << 11;
  private static final int PROPERTY_CHANGES = 1 << 22;
  private static final byte REPLACE = 0;
  private static final byte APPEND = 2;
  private static final short POLLIN = 1;

  /** Escape, on every keyboard that Linux' input has (its code there, and 8). */
  private static final int ESCAPE = 9;

  /** How many there are, in {@code xcb_query_tree_reply_t}. */
  private static final int CHILDREN = 16;

  /** Of {@code xcb_query_keymap_reply_t}. */
  private static final int KEYS = 8;

  /** Public because JNA makes a proxy of it. Cookies are structures of one number. */
  public interface Xcb extends Library {
    Pointer xcb_connect(String display, Memory screen);

    int xcb_connection_has_error(Pointer connection);

    Pointer xcb_get_setup(Pointer connection);

    int xcb_get_file_descriptor(Pointer connection);

    int xcb_generate_id(Pointer connection);

    int xcb_create_window(
        Pointer connection,
        byte depth,
        int window,
        int parent,
        short x,
        short y,
        short width,
        short height,
        short border,
        short kind,
        int visual,
        int mask,
        int[] values);

    int xcb_intern_atom(Pointer connection, byte onlyIfExists, short length, byte[] name);

    Pointer xcb_intern_atom_reply(Pointer connection, int cookie, Pointer error);

    int xcb_set_selection_owner(Pointer connection, int owner, int selection, int time);

    int xcb_change_property(
        Pointer connection,
        byte mode,
        int window,
        int property,
        int type,
        byte format,
        int count,
        byte[] data);

    int xcb_get_property(
        Pointer connection,
        byte delete,
        int window,
        int property,
        int type,
        int offset,
        int length);

    Pointer xcb_get_property_reply(Pointer connection, int cookie, Pointer error);

    int xcb_query_pointer(Pointer connection, int window);

    Pointer xcb_query_pointer_reply(Pointer connection, int cookie, Pointer error);

    int xcb_query_tree(Pointer connection, int window);

    Pointer xcb_query_tree_reply(Pointer connection, int cookie, Pointer error);

    int xcb_query_keymap(Pointer connection);

    Pointer xcb_query_keymap_reply(Pointer connection, int cookie, Pointer error);

    int xcb_send_event(Pointer connection, byte propagate, int destination, int mask, Memory event);

    Pointer xcb_poll_for_event(Pointer connection);

    int xcb_flush(Pointer connection);

    void xcb_disconnect(Pointer connection);
  }

  /** Public because JNA makes a proxy of it. */
  public interface LibC extends Library {
    int poll(Memory descriptors, long count, int millis);

    void free(Pointer data);
  }

  /** The button is not pressed, or no more. */
  public static final class NotPressedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotPressedException() {
      super("the first button of the mouse is not pressed", null, false, false);
    }
  }

  /** The list of files is longer than can be given. */
  public static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLongException() {
      super("the paths have more than " + LIST_BYTES + " bytes", null, false, false);
    }
  }

  /** Where the pointer is in a window, and in which of its own windows. */
  private record At(int x, int y, int child, boolean pressed) {
    boolean isAt(At other) {
      return other != null && x == other.x && y == other.y;
    }
  }

  /**
   * A drag that has begun.
   *
   * @param released when the person has let go, or it ended without that
   * @param taken whether a program has taken the files
   */
  public record Drag(Future<Void> released, Future<Boolean> taken) {}

  /**
   * Who may take the files.
   *
   * @param window which it says it is
   * @param to where it hears of it
   */
  private record Target(int window, int to, int version) {}

  // The drag's own thread, from when it has started.
  private final Xcb xcb;
  private final LibC libc;
  private final Pointer connection;
  private final int root;
  private final int source;
  private final List<Path> files;
  private final byte[] list;
  private final Future<Void> withdrawn;
  private final int idMask;

  /** What the ids of this program's windows begin with: AWT's, and Chromium's. */
  private final Set<Integer> own = new HashSet<>();

  private final Map<String, Integer> atoms = new HashMap<>();
  private final SystemClock clock = new SystemClock();
  private int time;
  private Optional<Target> target = Optional.empty();
  private boolean waiting;
  private boolean accepted;
  private At told;
  private At released;
  private boolean dropped;
  private Duration until;

  private XFileDrag(
      Xcb xcb,
      LibC libc,
      Pointer connection,
      int screen,
      List<Path> files,
      Future<Void> withdrawn) {
    this.xcb = xcb;
    this.libc = libc;
    this.connection = connection;
    this.files = List.copyOf(files);
    this.list = list(files);
    this.withdrawn = withdrawn;
    Pointer setup = xcb.xcb_get_setup(connection);
    root = XSetup.root(setup, screen);
    idMask = setup.getInt(ID_MASK);
    source = xcb.xcb_generate_id(connection);
  }

  /**
   * Starts a drag, which ends when the person lets go of the button, or presses Escape. The button
   * is pressed, wherever the pointer is by now: who asks knows that it was pressed in the window.
   *
   * @param window out of which the files are dragged
   * @param files their real paths
   * @param withdrawn ends it, unless the person has let go
   * @throws NotPressedException if it is not
   * @throws TooLongException if they are too many
   * @throws HostException if there is no X server, or no libxcb
   */
  public static Drag start(long window, List<Path> files, Future<Void> withdrawn) {
    Xcb xcb = load("libxcb.so.1", Xcb.class);
    Memory screen = new Memory(Integer.BYTES);
    Pointer connection = xcb.xcb_connect(null, screen);
    if (xcb.xcb_connection_has_error(connection) != 0) {
      xcb.xcb_disconnect(connection);
      throw new HostException(
          "no X display lets us in: DISPLAY is '" + System.getenv("DISPLAY") + "'");
    }
    Promise<Void> released = Promise.promise();
    Promise<Boolean> done = Promise.promise();
    try {
      XFileDrag drag =
          new XFileDrag(xcb, load("c", LibC.class), connection, screen.getInt(0), files, withdrawn);
      drag.requirePressed();
      drag.learnOwn((int) window);
      Threads.start("drag-out", () -> drag.run(released, done));
    } catch (RuntimeException | Error e) {
      xcb.xcb_disconnect(connection);
      throw e;
    }
    return new Drag(released.future(), done.future());
  }

  private static <T extends Library> T load(String name, Class<T> type) {
    try {
      return Native.load(name, type);
    } catch (UnsatisfiedLinkError e) {
      throw new HostException(name + " can't be loaded: " + e.getMessage(), e);
    }
  }

  /** As RFC 2483 has it. */
  static byte[] list(List<Path> files) {
    byte[] list =
        files.stream()
            .map(file -> file.toUri() + "\r\n")
            .collect(Collectors.joining())
            .getBytes(StandardCharsets.US_ASCII);
    if (list.length > LIST_BYTES) {
      throw new TooLongException();
    }
    return list;
  }

  private void requirePressed() {
    if (!pointer(root).map(At::pressed).orElse(false)) {
      throw new NotPressedException();
    }
  }

  /** Whose the window is, and those in it: AWT's, and in that Chromium's. */
  private void learnOwn(int window) {
    List<Integer> level = List.of(window);
    for (int depth = 0; depth < MOST_DEPTH && !level.isEmpty(); depth++) {
      level.forEach(each -> own.add(each & ~idMask));
      level = level.stream().flatMap(each -> children(each).stream()).toList();
    }
  }

  private List<Integer> children(int window) {
    Pointer reply =
        xcb.xcb_query_tree_reply(connection, xcb.xcb_query_tree(connection, window), null);
    if (reply == null) {
      return List.of();
    }
    try {
      int count = reply.getShort(CHILDREN) & 0xffff;
      return Arrays.stream(reply.getIntArray(REPLY_BYTES, count)).boxed().toList();
    } finally {
      libc.free(reply);
    }
  }

  private boolean isOwn(int window) {
    return own.contains(window & ~idMask);
  }

  /** Whether each is still there, and no link has been put in its place or above it. */
  private boolean areUnchanged() {
    for (Path file : files) {
      try {
        if (!file.toRealPath().equals(file)) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  private void run(Promise<Void> released, Promise<Boolean> done) {
    boolean taken = false;
    try {
      begin();
      Optional<Boolean> end = Optional.empty();
      while (end.isEmpty() && xcb.xcb_connection_has_error(connection) == 0) {
        end = step();
        if (dropped) {
          released.tryComplete();
        }
        if (end.isEmpty()) {
          pause();
        }
      }
      taken = end.orElse(false);
      xcb.xcb_flush(connection);
    } catch (RuntimeException | Error e) {
      done.fail(e);
    } finally {
      xcb.xcb_disconnect(connection);
      released.tryComplete();
    }
    done.tryComplete(taken);
  }

  private void begin() {
    xcb.xcb_create_window(
        connection,
        (byte) 0,
        source,
        root,
        (short) -1,
        (short) -1,
        (short) 1,
        (short) 1,
        (short) 0,
        INPUT_ONLY,
        0,
        OVERRIDE_REDIRECT_AND_EVENTS,
        new int[] {1, PROPERTY_CHANGES});
    // What the server says of the time: a change of nothing has one.
    xcb.xcb_change_property(
        connection, APPEND, source, atom("WM_NAME"), STRING, (byte) 8, 0, new byte[0]);
    xcb.xcb_flush(connection);
    Duration latest = clock.now().plus(ANSWER);
    while (time == 0) {
      Pointer event = xcb.xcb_poll_for_event(connection);
      if (event != null) {
        int kind = event.getByte(0) & EVENT_CODE;
        time = kind == PROPERTY_NOTIFY ? event.getInt(12) : 0;
        libc.free(event);
        if (kind == ERROR) {
          throw new HostException("the X server gives no window for a drag");
        }
      } else if (xcb.xcb_connection_has_error(connection) != 0
          || clock.now().compareTo(latest) > 0) {
        throw new HostException("the X server does not tell the time");
      } else {
        pause();
      }
    }
    xcb.xcb_set_selection_owner(connection, source, atom("XdndSelection"), time);
  }

  /** One look; how it ended, once it has. */
  private Optional<Boolean> step() {
    for (Pointer event = xcb.xcb_poll_for_event(connection);
        event != null;
        event = xcb.xcb_poll_for_event(connection)) {
      try {
        Optional<Boolean> end = heard(event);
        if (end.isPresent()) {
          return end;
        }
      } finally {
        libc.free(event);
      }
    }
    return dropped ? late() : follow();
  }

  private Optional<Boolean> late() {
    return clock.now().compareTo(until) > 0 ? Optional.of(false) : Optional.empty();
  }

  private Optional<Boolean> heard(Pointer event) {
    int kind = event.getByte(0) & EVENT_CODE;
    if (kind == SELECTION_REQUEST) {
      give(event);
    } else if (kind == CLIENT_MESSAGE && target.isPresent()) {
      int type = event.getInt(8);
      boolean his = event.getInt(12) == target.get().window;
      if (his && type == atom("XdndStatus")) {
        waiting = false;
        accepted = (event.getInt(16) & 1) != 0;
      } else if (his && dropped && type == atom("XdndFinished")) {
        return Optional.of(target.get().version < VERSION || (event.getInt(16) & 1) != 0);
      }
    }
    return Optional.empty();
  }

  private Optional<Boolean> follow() {
    Optional<At> seen = pointer(root);
    if (seen.isEmpty() || withdrawn.isComplete() || isPressed(ESCAPE)) {
      return nobody();
    }
    At now = seen.get();
    if (released == null && now.pressed) {
      over(now, below());
      return Optional.empty();
    }
    if (released == null) {
      released = now;
      until = clock.now().plus(ANSWER);
      // What is below the pointer now has not said that it takes them.
      if (!below().equals(target)) {
        return nobody();
      }
    }
    if (target.isEmpty() || clock.now().compareTo(until) > 0) {
      return nobody();
    }
    if (waiting) {
      return Optional.empty();
    }
    if (!released.isAt(told)) {
      tellPlace(released);
      return Optional.empty();
    }
    if (!accepted || !areUnchanged()) {
      return nobody();
    }
    tell("XdndDrop", 0, time, 0, 0);
    dropped = true;
    until = clock.now().plus(FETCH);
    return Optional.empty();
  }

  private Optional<Boolean> nobody() {
    leave();
    return Optional.of(false);
  }

  private void over(At now, Optional<Target> below) {
    if (!below.equals(target)) {
      leave();
      target = below;
      below.ifPresent(
          entered -> tell("XdndEnter", entered.version << 24, atom("text/uri-list"), 0, 0));
    }
    if (target.isPresent() && !waiting && !now.isAt(told)) {
      tellPlace(now);
    }
  }

  private void tellPlace(At now) {
    tell("XdndPosition", 0, now.x << 16 | now.y & 0xffff, time, atom("XdndActionCopy"));
    told = now;
    waiting = true;
  }

  private void leave() {
    if (target.isPresent()) {
      tell("XdndLeave", 0, 0, 0, 0);
    }
    target = Optional.empty();
    waiting = false;
    accepted = false;
    told = null;
  }

  /** The windows below the pointer, each in the one before it. */
  private List<Integer> path() {
    List<Integer> path = new ArrayList<>();
    int window = root;
    while (path.size() < MOST_DEPTH) {
      window = pointer(window).map(At::child).orElse(0);
      if (window == 0) {
        break;
      }
      path.add(window);
    }
    return path;
  }

  /**
   * The outermost window below the pointer that takes drops, or the root's, if it has one; nobody
   * where any window below the pointer is this program's.
   */
  private Optional<Target> below() {
    List<Integer> path = path();
    if (path.stream().anyMatch(this::isOwn)) {
      return Optional.empty();
    }
    for (int window : path) {
      Optional<Target> found = aware(window);
      if (found.isPresent()) {
        return found;
      }
    }
    return aware(root);
  }

  private Optional<Target> aware(int window) {
    int proxy = number(window, "XdndProxy", WINDOW);
    // One that a program has left behind when it ended names no window of its own.
    int to = proxy != 0 && number(proxy, "XdndProxy", WINDOW) == proxy ? proxy : window;
    int version = Math.min(VERSION, number(to, "XdndAware", ATOM));
    return version < OLDEST_VERSION || isOwn(to)
        ? Optional.empty()
        : Optional.of(new Target(window, to, version));
  }

  /** The first number of a property; 0 if it has none. */
  private int number(int window, String property, int type) {
    Pointer reply =
        xcb.xcb_get_property_reply(
            connection,
            xcb.xcb_get_property(connection, (byte) 0, window, atom(property), type, 0, 1),
            null);
    if (reply == null) {
      return 0;
    }
    try {
      return reply.getByte(1) == 32 && reply.getInt(16) > 0 ? reply.getInt(REPLY_BYTES) : 0;
    } finally {
      libc.free(reply);
    }
  }

  private Optional<At> pointer(int window) {
    Pointer reply =
        xcb.xcb_query_pointer_reply(connection, xcb.xcb_query_pointer(connection, window), null);
    if (reply == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new At(
              reply.getShort(16),
              reply.getShort(18),
              reply.getInt(12),
              (reply.getShort(24) & FIRST_BUTTON) != 0));
    } finally {
      libc.free(reply);
    }
  }

  private boolean isPressed(int key) {
    Pointer reply = xcb.xcb_query_keymap_reply(connection, xcb.xcb_query_keymap(connection), null);
    if (reply == null) {
      return false;
    }
    try {
      return (reply.getByte(KEYS + key / 8) >> key % 8 & 1) != 0;
    } finally {
      libc.free(reply);
    }
  }

  private int atom(String name) {
    return atoms.computeIfAbsent(
        name,
        none -> {
          byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
          Pointer reply =
              xcb.xcb_intern_atom_reply(
                  connection,
                  xcb.xcb_intern_atom(connection, (byte) 0, (short) bytes.length, bytes),
                  null);
          if (reply == null) {
            throw new HostException("the X server gives no atom for " + name);
          }
          try {
            return reply.getInt(8);
          } finally {
            libc.free(reply);
          }
        });
  }

  /** A message to who may take the files; its first number is ours. */
  private void tell(String type, int second, int third, int fourth, int fifth) {
    Target to = target.orElseThrow();
    Memory event = new Memory(EVENT_BYTES);
    event.clear();
    event.setByte(0, (byte) CLIENT_MESSAGE);
    event.setByte(1, (byte) 32);
    event.setInt(4, to.window);
    event.setInt(8, atom(type));
    event.setInt(12, source);
    event.setInt(16, second);
    event.setInt(20, third);
    event.setInt(24, fourth);
    event.setInt(28, fifth);
    xcb.xcb_send_event(connection, (byte) 0, to.to, 0, event);
    xcb.xcb_flush(connection);
  }

  /** Answers who wants to have the list, or to know what there is. */
  private void give(Pointer request) {
    int requestor = request.getInt(12);
    int wanted = request.getInt(20);
    int property = request.getInt(24) == 0 ? wanted : request.getInt(24);
    if (wanted == atom("text/uri-list") && areUnchanged()) {
      xcb.xcb_change_property(
          connection, REPLACE, requestor, property, wanted, (byte) 8, list.length, list);
    } else if (wanted == atom("TARGETS")) {
      Memory targets = new Memory(2L * Integer.BYTES);
      targets.setInt(0, wanted);
      targets.setInt(Integer.BYTES, atom("text/uri-list"));
      xcb.xcb_change_property(
          connection,
          REPLACE,
          requestor,
          property,
          ATOM,
          (byte) 32,
          2,
          targets.getByteArray(0, 2 * Integer.BYTES));
    } else {
      property = 0;
    }
    Memory event = new Memory(EVENT_BYTES);
    event.clear();
    event.setByte(0, (byte) SELECTION_NOTIFY);
    event.setInt(4, request.getInt(4));
    event.setInt(8, requestor);
    event.setInt(12, request.getInt(16));
    event.setInt(16, wanted);
    event.setInt(20, property);
    xcb.xcb_send_event(connection, (byte) 0, requestor, 0, event);
    xcb.xcb_flush(connection);
  }

  /** Until something comes, or it is time for the next look. */
  private void pause() {
    Memory descriptor = new Memory(8);
    descriptor.setInt(0, xcb.xcb_get_file_descriptor(connection));
    descriptor.setShort(4, POLLIN);
    descriptor.setShort(6, (short) 0);
    libc.poll(descriptor, 1, LOOK_MILLIS);
  }
}
