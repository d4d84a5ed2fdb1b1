package dev.dunlin.shell.engine;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.List;
import org.cef.CefClient;

/**
 * Keys before a page has them. CEF tells of them ({@code OnPreKeyEvent}), and JCEF's own function
 * for it never goes on to Java: it takes the value of an out-parameter, false, for a failure
 * (java-cef #444). Here the C++ object gets a table of functions of its own, in which that one is
 * ours.
 *
 * <p>Places are those of Linux' C++ ABI in the JCEF of {@link Engine#CALLS_TAKE_BYTES}, read from
 * its symbols: four functions of reference counting and two destructors come first.
 */
final class EarlyKeys {
  /** {@code ClientHandler::GetKeyboardHandler}. */
  private static final int GET_KEYBOARD_HANDLER = 18;

  /** {@code KeyboardHandler::OnPreKeyEvent}, the last but one of its table. */
  private static final int ON_PRE_KEY_EVENT = 6;

  private static final int FUNCTIONS = 8;

  /** Words that stand before a table: where its virtual bases are, and the like. */
  private static final int BEFORE = 8;

  /** {@code CefBrowser::GetIdentifier}. */
  private static final int GET_IDENTIFIER = 16;

  /** Fields of {@code cef_key_event_t}. */
  private static final int TYPE = 8;

  private static final int MODIFIERS = 12;
  private static final int WINDOWS_CODE = 16;
  private static final int NATIVE_CODE = 20;
  private static final int CHARACTER = 28;

  private static final int KEYUP = 2;
  private static final int CHAR = 3;

  /** Public because JNA reads the callback's method by reflection. */
  public interface OnPreKeyEvent extends Callback {
    byte invoke(Pointer self, Pointer browser, Pointer event, Pointer system, Pointer shortcut);
  }

  private final List<BrowserWindow> windows;
  private final Typing typing;

  // What native code points at, for as long as the process lives.
  private static OnPreKeyEvent function;
  private static Memory table;

  private EarlyKeys(List<BrowserWindow> windows, Typing typing) {
    this.windows = windows;
    this.typing = typing;
  }

  /** From now on this one sees the keys first. Any thread, once. */
  static void tell(CefClient client, List<BrowserWindow> windows, Typing typing) {
    long native_ = client.getNativeRef("CefClientHandler");
    if (native_ == 0) {
      throw new EngineException("this version of JCEF keeps its handlers elsewhere");
    }
    Pointer handler = new Pointer(native_);
    Memory reference = new Memory(Native.POINTER_SIZE);
    // Its count of references stays one up: it is needed for good.
    function(handler, GET_KEYBOARD_HANDLER).invokeVoid(new Object[] {reference, handler});
    Pointer keyboard = reference.getPointer(0);
    EarlyKeys keys = new EarlyKeys(windows, typing);
    function = (self, browser, event, system, shortcut) -> keys.told(browser, event);
    Native.setCallbackThreadInitializer(
        function, new CallbackThreadInitializer(true, false, "chromium"));
    Pointer original = keyboard.getPointer(0);
    table = new Memory((long) (BEFORE + FUNCTIONS) * Native.POINTER_SIZE);
    long before = (long) BEFORE * Native.POINTER_SIZE;
    for (long at = 0; at < table.size(); at += Native.POINTER_SIZE) {
      table.setPointer(at, original.getPointer(at - before));
    }
    table.setPointer(
        before + (long) ON_PRE_KEY_EVENT * Native.POINTER_SIZE,
        CallbackReference.getFunctionPointer(function));
    // One word: who reads it meanwhile has the one table or the other.
    keyboard.setPointer(0, table.share(before));
  }

  private static Function function(Pointer object, int place) {
    return Function.getFunction(
        object.getPointer(0).getPointer((long) place * Native.POINTER_SIZE));
  }

  /**
   * Never throws into native code: the page has the key then.
   *
   * @param browser where a pointer to the {@code CefBrowser} is
   */
  private byte told(Pointer browser, Pointer event) {
    try {
      Pointer page = browser.getPointer(0);
      int id = function(page, GET_IDENTIFIER).invokeInt(new Object[] {page});
      for (BrowserWindow window : windows) {
        if (window.has(id)) {
          TypedKey key = read(event);
          return (byte)
              (typing.takes(window, window.hasHandedOver(key) ? key.ofNoKeyboard() : key) ? 1 : 0);
        }
      }
    } catch (RuntimeException | LinkageError e) {
      System.getLogger(EarlyKeys.class.getName())
          .log(System.Logger.Level.WARNING, "a key was not looked at: " + e);
    }
    return 0;
  }

  private static TypedKey read(Pointer event) {
    return new TypedKey(
        switch (event.getInt(TYPE)) {
          case KEYUP -> TypedKey.Kind.RELEASED;
          case CHAR -> TypedKey.Kind.CHARACTER;
          default -> TypedKey.Kind.PRESSED;
        },
        event.getInt(NATIVE_CODE),
        event.getInt(MODIFIERS),
        event.getInt(WINDOWS_CODE),
        event.getChar(CHARACTER));
  }
}
