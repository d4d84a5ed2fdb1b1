package dev.dunlin.shell.engine;

import java.awt.event.InputEvent;
import java.awt.event.KeyEvent;
import javax.swing.KeyStroke;
import org.cef.misc.EventFlags;

/**
 * Keys that are pressed while the page has the focus and that the page has no use for: AWT never
 * sees them (java-cef #122). JCEF does not tell of them before the page has had them (java-cef
 * #444), so a page keeps a key with {@code preventDefault()}.
 */
final class PageKeys {
  /** Chromium's code of F1, from which on they are counted; AWT's are so up to F12. */
  private static final int F1 = 0x70;

  private static final int F13 = F1 + 12;
  private static final int F24 = F1 + 23;

  private PageKeys() {}

  /** Chromium's codes are those of Windows, from which AWT's differ here and there. */
  static KeyStroke keyOf(int windowsCode, int flags) {
    int modifiers = 0;
    modifiers |= flag(flags, EventFlags.EVENTFLAG_SHIFT_DOWN, InputEvent.SHIFT_DOWN_MASK);
    modifiers |= flag(flags, EventFlags.EVENTFLAG_CONTROL_DOWN, InputEvent.CTRL_DOWN_MASK);
    modifiers |= flag(flags, EventFlags.EVENTFLAG_ALT_DOWN, InputEvent.ALT_DOWN_MASK);
    modifiers |= flag(flags, EventFlags.EVENTFLAG_COMMAND_DOWN, InputEvent.META_DOWN_MASK);
    return KeyStroke.getKeyStroke(awtCode(windowsCode), modifiers);
  }

  private static int flag(int flags, int cef, int awt) {
    return (flags & cef) == 0 ? 0 : awt;
  }

  private static int awtCode(int code) {
    return switch (code) {
      case 0x0D -> KeyEvent.VK_ENTER;
      case 0x2D -> KeyEvent.VK_INSERT;
      case 0x2E -> KeyEvent.VK_DELETE;
      case 0xBA -> KeyEvent.VK_SEMICOLON;
      case 0xBB -> KeyEvent.VK_EQUALS;
      case 0xBC -> KeyEvent.VK_COMMA;
      case 0xBD -> KeyEvent.VK_MINUS;
      case 0xBE -> KeyEvent.VK_PERIOD;
      case 0xBF -> KeyEvent.VK_SLASH;
      case 0xDB -> KeyEvent.VK_OPEN_BRACKET;
      case 0xDC -> KeyEvent.VK_BACK_SLASH;
      case 0xDD -> KeyEvent.VK_CLOSE_BRACKET;
      default -> code >= F13 && code <= F24 ? KeyEvent.VK_F13 + code - F13 : code;
    };
  }
}
