package dev.dunlin.shell.engine;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * Text as CEF's C interface has it, {@code cef_string_utf16_t}: characters, their number, and who
 * frees them.
 */
final class CefString {
  /** Of a text that is told, in UTF-16 units. Over: the rest is left out. */
  private static final int LENGTH = 1000;

  private final Memory struct = new Memory(3L * Native.POINTER_SIZE);

  /** As long as native code reads it. */
  private final Memory characters;

  private CefString(int length) {
    struct.clear();
    characters = new Memory((length + 1L) * Short.BYTES);
  }

  static CefString empty() {
    return new CefString(0);
  }

  static CefString of(String text) {
    CefString made = new CefString(text.length());
    // Not as characters: those of JNA are wchar_t, which has 32 bits on Linux.
    for (int i = 0; i < text.length(); i++) {
      made.characters.setShort((long) i * Short.BYTES, (short) text.charAt(i));
    }
    made.struct.setPointer(0, made.characters);
    made.struct.setLong(Native.POINTER_SIZE, text.length());
    return made;
  }

  Pointer pointer() {
    return struct;
  }

  /** What native code has put there. */
  String told() {
    Pointer told = struct.getPointer(0);
    long length = Math.min(struct.getLong(Native.POINTER_SIZE), LENGTH);
    StringBuilder text = new StringBuilder();
    if (told != null && length > 0) {
      for (short unit : told.getShortArray(0, (int) length)) {
        text.append((char) unit);
      }
    }
    return text.toString();
  }
}
