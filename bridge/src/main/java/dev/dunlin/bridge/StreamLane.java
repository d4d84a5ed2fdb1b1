package dev.dunlin.bridge;

import io.vertx.core.Future;

/** The lane of {@code fetch} on a command URL: bytes both ways. */
public interface StreamLane {
  /**
   * Takes one request.
   *
   * <p><i>Thread:</i> any; does not block.
   */
  Exchange open(StreamRequest request);

  /** One request and its answer. */
  interface Exchange {
    /**
     * The answer; never fails: a refusal is an answer too. Completes on the bridge's event loop.
     * Whoever takes it closes {@link StreamResponse#body}.
     */
    Future<StreamResponse> response();

    /**
     * The page no longer wants the answer. Work stops; an answer that still comes has no body.
     *
     * <p><i>Thread:</i> any; never blocks.
     */
    void cancel();
  }
}
