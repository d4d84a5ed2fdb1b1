package dev.dunlin.shell.host;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a desktop tells all programs on an X server: the numbers of its settings manager, and the X
 * resources.
 *
 * @param settings by name
 * @param resources as in a file of them
 */
public record XDesktop(Map<String, Integer> settings, String resources) {
  /** Longest property that is read. Over: it counts as none. */
  static final int PROPERTY_BYTES = 256 << 10;

  /** A desktop that tells nothing. */
  public static final XDesktop NOTHING = new XDesktop(Map.of(), "");

  private static final int ANY_TYPE = 0;
  private static final int UNIT_BYTES = 4;

  /** Offsets in the replies: of an atom, of a selection, of a property. */
  private static final int ANSWER = 8;

  private static final int BYTES_AFTER = 12;
  private static final int COUNT = 16;
  private static final int VALUE = 32;
  private static final int FORMAT = 1;

  /** Kinds of settings (XSETTINGS 0.5, Settings Format), and the bytes of a colour. */
  private static final int INTEGER = 0;

  private static final int STRING = 1;
  private static final int COLOUR = 2;
  private static final int COLOUR_BYTES = 8;
  private static final int BIG_ENDIAN = 1;

  public XDesktop {
    settings = Map.copyOf(settings);
  }

  /**
   * Mapped directly: for an interface JNA makes a proxy, which takes time of each start. Cookies
   * are structures of one number.
   */
  private static final class Xcb {
    static {
      Native.register(Xcb.class, "libxcb.so.1");
    }

    private Xcb() {}

    static native Pointer xcb_connect(String display, Memory screen);

    static native int xcb_connection_has_error(Pointer connection);

    static native Pointer xcb_get_setup(Pointer connection);

    static native int xcb_intern_atom(
        Pointer connection, byte onlyIfExists, short length, byte[] name);

    static native Pointer xcb_intern_atom_reply(Pointer connection, int cookie, Pointer error);

    static native int xcb_get_selection_owner(Pointer connection, int selection);

    static native Pointer xcb_get_selection_owner_reply(
        Pointer connection, int cookie, Pointer error);

    static native int xcb_get_property(
        Pointer connection,
        byte delete,
        int window,
        int property,
        int type,
        int offset,
        int length);

    static native Pointer xcb_get_property_reply(Pointer connection, int cookie, Pointer error);

    static native void xcb_disconnect(Pointer connection);
  }

  private static final class LibC {
    static {
      Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native void free(Pointer data);
  }

  /**
   * Asks the server; five round trips.
   *
   * @param display as in {@code DISPLAY}
   * @throws HostException if it does not let us in
   */
  public static XDesktop of(String display) {
    Memory screen = new Memory(Integer.BYTES);
    screen.setInt(0, 0);
    Pointer connection = Xcb.xcb_connect(display, screen);
    try {
      if (Xcb.xcb_connection_has_error(connection) != 0) {
        throw new HostException("the X server " + display + " does not tell its settings");
      }
      return new Server(connection).read(screen.getInt(0));
    } finally {
      Xcb.xcb_disconnect(connection);
    }
  }

  /** The number of this name; empty if there is none. */
  Optional<Integer> setting(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  /** The last one that is written for a program's class; with wildcards for others it is not. */
  Optional<String> resource(String program, String name) {
    Pattern key = Pattern.compile(Pattern.quote(program) + "[.*]" + Pattern.quote(name));
    return resources
        .lines()
        .map(line -> line.split(":", 2))
        .filter(pair -> pair.length == 2 && key.matcher(pair[0].strip()).matches())
        .map(pair -> pair[1].strip())
        .reduce((earlier, later) -> later);
  }

  /**
   * The numbers in a settings manager's property. What is cut off or has a kind that nobody knows
   * ends the list.
   */
  static Map<String, Integer> numbers(byte[] property) {
    Map<String, Integer> numbers = new HashMap<>();
    ByteBuffer in = ByteBuffer.wrap(property);
    try {
      in.order(in.get() == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      skip(in, 7);
      for (int left = in.getInt(); left > 0; left--) {
        int kind = in.get();
        skip(in, 1);
        byte[] name = new byte[Math.min(in.getShort() & 0xffff, in.remaining())];
        in.get(name);
        skip(in, padding(name.length));
        skip(in, Integer.BYTES);
        switch (kind) {
          case INTEGER -> numbers.put(new String(name, StandardCharsets.US_ASCII), in.getInt());
          case STRING -> {
            int length = in.getInt();
            skip(in, length);
            skip(in, padding(length));
          }
          case COLOUR -> skip(in, COLOUR_BYTES);
          default -> {
            return numbers;
          }
        }
      }
    } catch (BufferUnderflowException cutOff) {
      // What came before it is said all the same.
      return numbers;
    }
    return numbers;
  }

  private static void skip(ByteBuffer in, int bytes) {
    if (bytes < 0 || bytes > in.remaining()) {
      throw new BufferUnderflowException();
    }
    in.position(in.position() + bytes);
  }

  private static int padding(int length) {
    return -length & UNIT_BYTES - 1;
  }

  /** One conversation. */
  private record Server(Pointer connection) {
    XDesktop read(int screen) {
      int root = XSetup.root(Xcb.xcb_get_setup(connection), screen);
      byte[] resources = property(root, atom("RESOURCE_MANAGER"));
      int manager = owner(atom("_XSETTINGS_S" + screen));
      return new XDesktop(
          manager == 0 ? Map.of() : numbers(property(manager, atom("_XSETTINGS_SETTINGS"))),
          new String(resources, StandardCharsets.ISO_8859_1));
    }

    private int atom(String name) {
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      return number(
          Xcb.xcb_intern_atom_reply(
              connection,
              Xcb.xcb_intern_atom(connection, (byte) 1, (short) bytes.length, bytes),
              null));
    }

    private int owner(int selection) {
      return selection == 0
          ? 0
          : number(
              Xcb.xcb_get_selection_owner_reply(
                  connection, Xcb.xcb_get_selection_owner(connection, selection), null));
    }

    private int number(Pointer reply) {
      if (reply == null) {
        return 0;
      }
      int number = reply.getInt(ANSWER);
      LibC.free(reply);
      return number;
    }

    /** Empty where there is none, or a longer one than is read. */
    private byte[] property(int window, int name) {
      Pointer reply =
          name == 0
              ? null
              : Xcb.xcb_get_property_reply(
                  connection,
                  Xcb.xcb_get_property(
                      connection, (byte) 0, window, name, ANY_TYPE, 0, PROPERTY_BYTES / UNIT_BYTES),
                  null);
      if (reply == null) {
        return new byte[0];
      }
      try {
        return reply.getByte(FORMAT) == Byte.SIZE && reply.getInt(BYTES_AFTER) == 0
            ? reply.getByteArray(VALUE, reply.getInt(COUNT))
            : new byte[0];
      } finally {
        LibC.free(reply);
      }
    }
  }
}
