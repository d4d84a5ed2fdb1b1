package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.jna.Memory;
import org.junit.jupiter.api.Test;

/** Where the screens are in what an X server says of itself. */
class XSetupTest {
  @Test
  void eachScreenHasARootOfItsOwnBehindTheVisualsOfThoseBeforeIt() {
    Memory setup = new Memory(512);
    setup.clear();
    setup.setShort(24, (short) 5);
    setup.setByte(28, (byte) 2);
    setup.setByte(29, (byte) 3);
    int first = 40 + 8 + 3 * 8;
    setup.setInt(first, 0x111);
    setup.setByte(first + 39, (byte) 2);
    setup.setShort(first + 40 + 2, (short) 1);
    int second = first + 40 + 8 + 24 + 8;
    setup.setInt(second, 0x222);
    assertEquals(0x111, XSetup.root(setup, 0));
    assertEquals(0x222, XSetup.root(setup, 1));
    assertThrows(HostException.class, () -> XSetup.root(setup, 2));
  }
}
