package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The windows in which the person is asked: by one question at a time.
 *
 * <p><i>Thread:</i> any.
 */
final class OneAtATime {
  private final String code;
  private final String what;
  private final Set<Integer> asking = ConcurrentHashMap.newKeySet();

  /**
   * @param code of the error that a second question gets
   * @param what stands in the window, such as <i>a file dialog</i>
   */
  OneAtATime(String code, String what) {
    this.code = code;
    this.what = what;
  }

  /**
   * Asks, unless something stands in the window already. However the question ends, the next may
   * come.
   *
   * @param window its id: an index is used again
   */
  <T> Future<T> in(int window, Supplier<Future<T>> question) {
    if (!asking.add(window)) {
      throw new BridgeError(
          "NotAllowedError", code, what + " of this window is open already: wait for its answer");
    }
    return Future.succeededFuture()
        .compose(started -> question.get())
        .onComplete(done -> asking.remove(window));
  }
}
