package dev.dunlin.shell.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Component;
import java.awt.event.KeyEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys that AWT has got and the page should have. */
class KeyHandoverTest {
  private final Component page =
      new Component() {
        private static final long serialVersionUID = 1;
      };

  private final List<Character> sent = new ArrayList<>();
  private final KeyHandover handover =
      new KeyHandover(null, page, key -> sent.add(key.getKeyChar()));

  private void press(char typed) {
    handover.dispatchKeyEvent(new KeyEvent(page, KeyEvent.KEY_PRESSED, 0, 0, typed, typed));
  }

  private static TypedKey key(TypedKey.Kind kind, int code) {
    return new TypedKey(kind, code, 0, 0, '0');
  }

  @Test
  void aKeyThatWasSentIsKnownOnceByItsCharacter() {
    TypedKey zero = key(TypedKey.Kind.PRESSED, '0');
    press('0');
    assertFalse(handover.hasSent(zero), "it waits");
    handover.focused();
    assertFalse(handover.hasSent(key(TypedKey.Kind.RELEASED, '0')));
    assertFalse(handover.hasSent(key(TypedKey.Kind.PRESSED, '1')));
    assertTrue(handover.hasSent(zero));
    assertFalse(handover.hasSent(zero), "a second one is of the keyboard");
  }

  @Test
  void whatWasTypedForOneDocumentDoesNotReachTheNext() {
    press('a');
    handover.forget();
    press('b');
    handover.focused();
    assertEquals(List.of('b'), sent);
  }
}
