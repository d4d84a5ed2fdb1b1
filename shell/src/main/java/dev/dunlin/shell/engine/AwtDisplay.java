package dev.dunlin.shell.engine;

import com.sun.jna.Function;
import com.sun.jna.JNIEnv;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.awt.Window;
import java.nio.file.Path;
import java.util.Map;

/**
 * AWT's connection to the X server, by the interface that it has for native code (JAWT). JNA asks
 * the same for the ids of windows and keeps the connection to itself.
 */
final class AwtDisplay {
  private static final Map<String, Object> WITH_OBJECTS =
      Map.of(Library.OPTION_ALLOW_OBJECTS, Boolean.TRUE);

  /** Java's own: the dynamic linker looks for it nowhere. */
  private static final String JAWT =
      Path.of(System.getProperty("java.home"), "lib", "libjawt.so").toString();

  /** {@code JAWT_VERSION_1_4}. */
  private static final int VERSION = 0x00010004;

  /** Words of {@code JAWT}: the version, then functions. */
  private static final int JAWT_WORDS = 16;

  private static final int GET_SURFACE = 1;
  private static final int FREE_SURFACE = 2;

  /** Words of {@code JAWT_DrawingSurface}: an environment, an object, then functions. */
  private static final int LOCK = 2;

  private static final int GET_INFO = 3;
  private static final int FREE_INFO = 4;
  private static final int UNLOCK = 5;

  /** {@code JAWT_LOCK_ERROR}, of the answer of {@code Lock}. */
  private static final int LOCK_ERROR = 1;

  /** Of {@code JAWT_X11DrawingSurfaceInfo}: the drawable stands first. */
  private static final int DISPLAY = 1;

  private AwtDisplay() {}

  /**
   * Runs an action while AWT's lock is held: AWT reads and handles no event meanwhile. Thread:
   * event dispatch.
   *
   * @param shown has its native window
   * @throws EngineException if AWT does not give it
   */
  static <T> T use(Window shown, java.util.function.Function<Pointer, T> action) {
    Memory awt = new Memory((long) JAWT_WORDS * Native.POINTER_SIZE);
    awt.clear();
    awt.setInt(0, VERSION);
    Function get = NativeLibrary.getInstance(JAWT).getFunction("JAWT_GetAWT");
    if (!(Boolean) get.invoke(boolean.class, new Object[] {JNIEnv.CURRENT, awt}, WITH_OBJECTS)) {
      throw new EngineException("AWT has no interface for native code");
    }
    Pointer surface =
        (Pointer)
            function(awt, GET_SURFACE)
                .invoke(Pointer.class, new Object[] {JNIEnv.CURRENT, shown}, WITH_OBJECTS);
    if (surface == null) {
      throw new EngineException("AWT has no window for " + shown.getName());
    }
    try {
      return locked(surface, action);
    } finally {
      function(awt, FREE_SURFACE).invokeVoid(new Object[] {surface});
    }
  }

  private static <T> T locked(Pointer surface, java.util.function.Function<Pointer, T> action) {
    int answer = function(surface, LOCK).invokeInt(new Object[] {surface});
    if ((answer & LOCK_ERROR) != 0) {
      throw new EngineException("AWT does not lock a window");
    }
    try {
      Pointer info = function(surface, GET_INFO).invokePointer(new Object[] {surface});
      try {
        return action.apply(word(info.getPointer(0), DISPLAY));
      } finally {
        function(surface, FREE_INFO).invokeVoid(new Object[] {info});
      }
    } finally {
      function(surface, UNLOCK).invokeVoid(new Object[] {surface});
    }
  }

  private static Function function(Pointer of, int place) {
    return Function.getFunction(word(of, place));
  }

  private static Pointer word(Pointer of, int place) {
    return of.getPointer((long) place * Native.POINTER_SIZE);
  }
}
