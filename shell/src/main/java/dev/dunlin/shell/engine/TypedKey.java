package dev.dunlin.shell.engine;

/**
 * A key, before the page has it.
 *
 * @param code as the system counts keys; X's keycode on Linux
 * @param flags what is held, as {@code org.cef.misc.EventFlags} has it
 * @param windowsCode Chromium's code
 * @param character what it types, of {@link Kind#CHARACTER}
 */
public record TypedKey(Kind kind, int code, int flags, int windowsCode, char character) {
  /** X counts keys from here. */
  private static final int FIRST_CODE = 8;

  /** What happens to it. */
  public enum Kind {
    PRESSED,
    /** What the key that was pressed types; comes after it, unless the page has kept it. */
    CHARACTER,
    RELEASED
  }

  /** Chromium's flags, as far as somebody asks for them. */
  public static final int CAPS_LOCK = 1;

  public static final int SHIFT = 1 << 1;
  public static final int CONTROL = 1 << 2;
  public static final int ALT = 1 << 3;
  public static final int COMMAND = 1 << 7;
  public static final int NUM_LOCK = 1 << 8;

  /** JCEF has no name for it. */
  public static final int ALT_GR = 1 << 12;

  /** Whether the system has such a key: else a program has pressed it. */
  public boolean isOfKeyboard() {
    return code >= FIRST_CODE;
  }

  /** The same, but its code says nothing. */
  TypedKey ofNoKeyboard() {
    return new TypedKey(kind, 0, flags, windowsCode, character);
  }

  /** Whether any of these is held. */
  public boolean has(int wanted) {
    return (flags & wanted) != 0;
  }
}
