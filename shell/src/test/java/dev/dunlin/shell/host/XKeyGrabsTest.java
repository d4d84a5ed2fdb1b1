package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.dunlin.shell.host.XKeyGrabs.Chord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Faults of an X server, by one that is made up. Grabs of a real one: HotkeySuite. */
class XKeyGrabsTest {
  private static final int KEY_PRESS = 2;
  private static final int MAPPING_NOTIFY = 34;
  private static final int BAD_VALUE = 2;
  private static final int FIRST_CODE = 8;
  private static final Chord A = new Chord('a', Set.of());
  private static final Chord B = new Chord('b', Set.of());

  private final Server server = new Server();
  private final BlockingQueue<Chord> pressed = new LinkedBlockingQueue<>();

  /** Has two keys, of which codes 8 and 9 are. */
  private static final class Server implements XKeyGrabs.Xcb {
    private final BlockingQueue<Optional<Memory>> events = new LinkedBlockingQueue<>();
    private final List<Memory> told = new ArrayList<>();
    volatile char[] keys = {'a', 'b'};
    volatile boolean tellsItsKeyboard = true;
    volatile int refused = -1;
    volatile int disconnected;

    private Memory bytes(int size) {
      Memory made = new Memory(size);
      made.clear();
      synchronized (told) {
        // Not collected while somebody has only its address.
        told.add(made);
      }
      return made;
    }

    void send(int kind, int code) {
      Memory event = bytes(32);
      event.setByte(0, (byte) kind);
      event.setByte(1, (byte) code);
      event.setInt(4, told.size());
      events.add(Optional.of(event));
    }

    @Override
    public Pointer xcb_connect(String display, Memory screen) {
      screen.setInt(0, 0);
      return bytes(1);
    }

    @Override
    public int xcb_connection_has_error(Pointer connection) {
      return 0;
    }

    @Override
    public Pointer xcb_get_setup(Pointer connection) {
      Memory setup = bytes(48);
      setup.setByte(28, (byte) 1);
      setup.setByte(34, (byte) FIRST_CODE);
      setup.setByte(35, (byte) (FIRST_CODE + 1));
      return setup;
    }

    @Override
    public int xcb_grab_key_checked(
        Pointer connection,
        byte ownerEvents,
        int window,
        short modifiers,
        byte key,
        byte pointerMode,
        byte keyboardMode) {
      return key;
    }

    @Override
    public int xcb_ungrab_key_checked(Pointer connection, byte key, int window, short modifiers) {
      return 0;
    }

    @Override
    public Pointer xcb_request_check(Pointer connection, int cookie) {
      if (cookie != refused) {
        return null;
      }
      Memory error = bytes(32);
      error.setByte(1, (byte) BAD_VALUE);
      return error;
    }

    @Override
    public int xcb_get_keyboard_mapping(Pointer connection, byte first, byte count) {
      return 0;
    }

    @Override
    public Pointer xcb_get_keyboard_mapping_reply(Pointer connection, int cookie, Pointer error) {
      if (!tellsItsKeyboard) {
        return null;
      }
      Memory reply = bytes(40);
      reply.setByte(1, (byte) 1);
      reply.setInt(32, keys[0]);
      reply.setInt(36, keys[1]);
      return reply;
    }

    @Override
    public int xcb_get_modifier_mapping(Pointer connection) {
      return 0;
    }

    @Override
    public Pointer xcb_get_modifier_mapping_reply(Pointer connection, int cookie, Pointer error) {
      return bytes(32);
    }

    @Override
    public Pointer xcb_wait_for_event(Pointer connection) {
      try {
        return events.take().orElse(null);
      } catch (InterruptedException e) {
        return null;
      }
    }

    @Override
    public void xcb_disconnect(Pointer connection) {
      disconnected++;
    }
  }

  private XKeyGrabs grabs() {
    return new XKeyGrabs(server, none -> {}, ":0", pressed::add);
  }

  private void assertHeard(Chord chord) throws InterruptedException {
    assertEquals(chord, pressed.poll(20, TimeUnit.SECONDS));
  }

  @AfterEach
  void end() {
    server.events.add(Optional.empty());
  }

  @Test
  void aKeyboardThatIsNotToldEndsNoShortcut() throws InterruptedException {
    grabs().take(A);
    server.tellsItsKeyboard = false;
    server.send(MAPPING_NOTIFY, 0);
    server.send(KEY_PRESS, FIRST_CODE);
    assertHeard(A);
    server.tellsItsKeyboard = true;
    server.keys = new char[] {'b', 'a'};
    server.send(MAPPING_NOTIFY, 0);
    server.send(KEY_PRESS, FIRST_CODE + 1);
    assertHeard(A);
  }

  @Test
  void ofANewKeyboardOneKeyThatCanNotBeHadCostsNoOther() throws InterruptedException {
    XKeyGrabs grabs = grabs();
    grabs.take(A);
    grabs.take(B);
    server.refused = FIRST_CODE + 1;
    server.keys = new char[] {'b', 'a'};
    server.send(MAPPING_NOTIFY, 0);
    server.send(KEY_PRESS, FIRST_CODE + 1);
    server.send(KEY_PRESS, FIRST_CODE);
    assertHeard(B);
    server.refused = -1;
    server.keys = new char[] {'a', 'b'};
    server.send(MAPPING_NOTIFY, 0);
    server.send(KEY_PRESS, FIRST_CODE);
    assertHeard(A);
  }

  @Test
  void oneThatHearsAndFailsHearsTheNextOne() throws InterruptedException {
    BlockingQueue<Chord> heard = new LinkedBlockingQueue<>();
    XKeyGrabs grabs =
        new XKeyGrabs(
            server,
            none -> {},
            ":0",
            chord -> {
              heard.add(chord);
              throw new IllegalStateException("of this test");
            });
    grabs.take(A);
    server.send(KEY_PRESS, FIRST_CODE);
    server.send(KEY_PRESS, FIRST_CODE);
    assertEquals(A, heard.poll(20, TimeUnit.SECONDS));
    assertEquals(A, heard.poll(20, TimeUnit.SECONDS));
  }

  @Test
  void whatCanNotBeMadeStaysConnectedNowhere() {
    server.tellsItsKeyboard = false;
    assertThrows(HostException.class, this::grabs);
    assertEquals(1, server.disconnected);
  }
}
