package dev.dunlin.shell.engine;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps Chromium's UI and IO threads attached to the JVM.
 *
 * <p>JCEF attaches the native thread to the JVM for each callback and detaches it after, which
 * costs more than the callback: with the two threads attached once, a round trip on the call lane
 * takes a third of the time. A task is posted to each thread through CEF's C interface ({@code
 * cef_post_task}, {@code include/capi/cef_task_capi.h}); JNA attaches the thread to run it and is
 * told not to detach.
 */
final class PinnedThreads {
  private static final int TID_UI = 0;
  private static final int TID_IO = 5;

  /** {@code cef_base_ref_counted_t}: a size and four functions, then {@code execute}. */
  private static final int TASK_SIZE = 6 * Native.POINTER_SIZE;

  /** Public because JNA reads the callback's method by reflection. */
  public interface Task extends Callback {
    void invoke(Pointer self);
  }

  /** Public because JNA reads the callback's method by reflection. */
  public interface Count extends Callback {
    int invoke(Pointer self);
  }

  // The task is never freed, so counting its references would serve nothing.
  private static final Task ADD_REF = self -> {};
  private static final Count RELEASE = self -> 0;
  private static final Count HAS_ONE_REF = self -> 0;
  private static final Count HAS_AT_LEAST_ONE_REF = self -> 1;

  /** What native code still points at. */
  private static final List<Object> REACHABLE = new ArrayList<>();

  private PinnedThreads() {}

  static synchronized void pin(Path libcef) {
    NativeLibrary library = NativeLibrary.getInstance(libcef.toString());
    pin(library, TID_UI);
    pin(library, TID_IO);
  }

  private static void pin(NativeLibrary library, int thread) {
    CallbackThreadInitializer attached = new CallbackThreadInitializer(true, false, "chromium");
    Task execute = self -> Native.detach(false);
    Memory task = new Memory(TASK_SIZE);
    task.clear();
    task.setLong(0, TASK_SIZE);
    int offset = Native.POINTER_SIZE;
    for (Callback function :
        List.of(ADD_REF, RELEASE, HAS_ONE_REF, HAS_AT_LEAST_ONE_REF, execute)) {
      Native.setCallbackThreadInitializer(function, attached);
      task.setPointer(offset, CallbackReference.getFunctionPointer(function));
      offset += Native.POINTER_SIZE;
    }
    REACHABLE.add(task);
    REACHABLE.add(execute);
    if (library.getFunction("cef_post_task").invokeInt(new Object[] {thread, task}) != 1) {
      throw new EngineException("Chromium refused a task on its thread " + thread);
    }
  }
}
