package dev.dunlin.shell.engine;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Chromium's UI and IO threads: keeps them attached to the JVM, and runs our tasks on the UI
 * thread.
 *
 * <p>JCEF attaches the native thread to the JVM for each callback and detaches it after, which
 * costs more than the callback: with the two threads attached once, a round trip on the call lane
 * takes a third of the time. Tasks are posted through CEF's C interface ({@code cef_post_task},
 * {@code include/capi/cef_task_capi.h}); JNA attaches the thread to run them and is told not to
 * detach.
 */
final class ChromiumThreads {
  private static final int TID_UI = 0;
  private static final int TID_IO = 5;
  private static final int TID_FILE_USER_BLOCKING = 3;

  /** What a thread is called that stays attached. */
  private static final String NAME = "chromium";

  /** {@code cef_base_ref_counted_t}: a size and four functions, then {@code execute}. */
  private static final int TASK_SIZE = 6 * Native.POINTER_SIZE;

  /** Public because JNA reads the callback's method by reflection. */
  public interface Execute extends Callback {
    void invoke(Pointer self);
  }

  /** Public because JNA reads the callback's method by reflection. */
  public interface Count extends Callback {
    int invoke(Pointer self);
  }

  private final NativeLibrary libcef;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  // What native code points at: never freed, so counting references would serve nothing.
  private final Execute addRef = self -> {};
  private final Count release = self -> 0;
  private final Count hasOneRef = self -> 0;
  private final Count hasAtLeastOneRef = self -> 1;
  private final Execute runNext = self -> runNext();
  private final Execute nothing = self -> Native.detach(false);
  private final Memory runNextTask = task(runNext);
  private final Memory nothingTask = task(nothing);

  /**
   * @param libcef the library, loaded already
   */
  ChromiumThreads(Path libcef) {
    this.libcef = NativeLibrary.getInstance(libcef.toString());
  }

  /** Whose C interface this is. */
  NativeLibrary library() {
    return libcef;
  }

  /** Attaches both threads for good. */
  void pin() {
    post(TID_UI, nothingTask);
    post(TID_IO, nothingTask);
  }

  /**
   * Called by the pool's thread that brings a request: one that is not attached for good (its pool
   * makes threads as it needs them) has a thread of the pool attached, soon all of them.
   */
  void keepWorkers() {
    if (!Thread.currentThread().getName().startsWith(NAME)) {
      post(TID_FILE_USER_BLOCKING, nothingTask);
    }
  }

  /** Runs the task on the UI thread, after what runs there now. */
  void onUi(Runnable action) {
    tasks.add(action);
    post(TID_UI, runNextTask);
  }

  private void runNext() {
    Native.detach(false);
    Runnable action = tasks.poll();
    if (action != null) {
      action.run();
    }
  }

  private void post(int thread, Memory task) {
    if (libcef.getFunction("cef_post_task").invokeInt(new Object[] {thread, task}) != 1) {
      throw new EngineException("Chromium refused a task on its thread " + thread);
    }
  }

  private Memory task(Execute execute) {
    CallbackThreadInitializer attached = new CallbackThreadInitializer(true, false, NAME);
    Memory task = new Memory(TASK_SIZE);
    task.clear();
    task.setLong(0, TASK_SIZE);
    int offset = Native.POINTER_SIZE;
    for (Callback function : List.of(addRef, release, hasOneRef, hasAtLeastOneRef, execute)) {
      Native.setCallbackThreadInitializer(function, attached);
      task.setPointer(offset, CallbackReference.getFunctionPointer(function));
      offset += Native.POINTER_SIZE;
    }
    return task;
  }
}
