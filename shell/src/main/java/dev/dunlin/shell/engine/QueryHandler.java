package dev.dunlin.shell.engine;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import dev.dunlin.bridge.Answer;
import dev.dunlin.bridge.CallLane;
import dev.dunlin.bridge.Cancellation;
import dev.dunlin.bridge.Frame;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cef.browser.CefBrowser;
import org.cef.browser.CefFrame;
import org.cef.callback.CefNativeAdapter;
import org.cef.callback.CefQueryCallback;
import org.cef.handler.CefMessageRouterHandlerAdapter;

/** The call lane's end in Chromium. Called on the UI thread. */
final class QueryHandler extends CefMessageRouterHandlerAdapter {
  private final PageHost host;
  private final List<BrowserWindow> windows;
  private final Map<Long, Query> open = new ConcurrentHashMap<>();

  QueryHandler(PageHost host, List<BrowserWindow> windows) {
    this.host = host;
    this.windows = windows;
  }

  @Override
  public boolean onQuery(
      CefBrowser browser,
      CefFrame frame,
      long queryId,
      String message,
      boolean persistent,
      CefQueryCallback callback) {
    int window = RequestRouter.idOf(windows, browser);
    if (window < 0 || frame == null || !frame.isMain()) {
      callback.failure(CallLane.NO_BRIDGE, "only the top frame of a window has a call lane");
      return true;
    }
    Query query = new Query(queryId, callback);
    open.put(queryId, query);
    query.cancel =
        host.message(
            new Frame(window, frame.getIdentifier(), true, frame.getURL()), message, query);
    return true;
  }

  @Override
  public void onQueryCanceled(CefBrowser browser, CefFrame frame, long queryId) {
    Query query = open.remove(queryId);
    if (query != null) {
      query.cancel.cancel();
    }
  }

  /**
   * Place of {@code Success(const void*, size_t)} among the functions of {@code
   * CefMessageRouterBrowserSide::Callback} (include/wrapper/cef_message_router.h), by the C++ ABI
   * of Linux: four of reference counting, two destructors, {@code Success(CefString)}, this.
   */
  private static final int SUCCESS_BYTES = 7;

  private final class Query implements Answer {
    private final long id;
    private final CefQueryCallback callback;
    private final AtomicBoolean answered = new AtomicBoolean();
    // UI thread only: set before Chromium can cancel, which it does on the same thread.
    private Cancellation cancel = Cancellation.NONE;

    Query(long id, CefQueryCallback callback) {
      this.id = id;
      this.callback = callback;
    }

    /**
     * Whether this is the first answer. Of a call that is given up while its bytes are sent come
     * two, by two threads: with one JCEF lets go of Chromium's callback, which the other would
     * still use.
     */
    private boolean ends() {
      open.remove(id);
      return answered.compareAndSet(false, true);
    }

    @Override
    public void success(String message) {
      if (ends()) {
        callback.success(message);
      }
    }

    @Override
    public boolean takesBytes() {
      return Engine.CALLS_TAKE_BYTES;
    }

    /**
     * CEF's callback takes bytes too, JCEF's does not say so: called through the C++ object's table
     * of functions. They travel in shared memory and arrive as an ArrayBuffer.
     */
    @Override
    public void bytes(ByteBuffer direct) {
      if (!ends()) {
        return;
      }
      long self = ((CefNativeAdapter) callback).getNativeRef("CefQueryCallback");
      Pointer bytes = Native.getDirectBufferPointer(direct).share(direct.position());
      Pointer object = new Pointer(self);
      Function.getFunction(
              object.getPointer(0).getPointer((long) SUCCESS_BYTES * Native.POINTER_SIZE))
          .invokeVoid(new Object[] {object, bytes, new NativeLong(direct.remaining())});
      // It has been answered: this only lets go of it.
      callback.success("");
    }

    @Override
    public void failure(int code, String message) {
      if (ends()) {
        callback.failure(code, message);
      }
    }
  }
}
