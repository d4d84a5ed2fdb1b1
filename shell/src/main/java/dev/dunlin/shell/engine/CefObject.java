package dev.dunlin.shell.engine;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;

/**
 * An object of CEF's C interface that we have a reference of: a table of functions behind {@code
 * cef_base_ref_counted_t}, which is a size and four functions. Close it to give the reference back.
 *
 * <p><i>Thread:</i> that of the function that is called.
 */
record CefObject(Pointer pointer) implements AutoCloseable {
  private static final int RELEASE = 2;

  /**
   * @param what what it is, for the message
   */
  static CefObject of(Pointer pointer, String what) {
    if (pointer == null) {
      throw new EngineException("there is no " + what);
    }
    return new CefObject(pointer);
  }

  /** The function at this word. */
  Function function(int word) {
    if (pointer.getLong(0) <= (long) word * Native.POINTER_SIZE) {
      throw new EngineException("this version of CEF has no function " + word + " there");
    }
    return Function.getFunction(pointer.getPointer((long) word * Native.POINTER_SIZE));
  }

  /** Calls the function at this word with a text. */
  void tell(int word, String text) {
    CefString string = CefString.of(text);
    function(word).invokeVoid(new Object[] {pointer, string.pointer()});
    Reference.reachabilityFence(string);
  }

  @Override
  public void close() {
    function(RELEASE).invokeInt(new Object[] {pointer});
  }
}
