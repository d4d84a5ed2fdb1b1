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

  /**
   * A call that the script of a window's top document waits for: a short look at the disk, or what
   * is answered from memory.
   *
   * <p><i>Thread:</i> any; made for Chromium's UI thread, which it holds for {@link Limits#LOOK} at
   * most.
   *
   * @param url the command URL, with the document's id
   * @return the answer as JSON, {@code {"data":…}} or {@code {"err":…}}; {@link #NEVER} if the
   *     command is no such look, an empty text if the call is to go by {@link #open} this time
   */
  String look(int window, String url);

  /** Of {@link #look}: this command is always to go by {@link #open}. */
  String NEVER = "-";

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
