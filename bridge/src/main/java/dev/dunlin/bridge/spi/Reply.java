package dev.dunlin.bridge.spi;

import java.util.Map;

/** What a command answers. */
public sealed interface Reply {
  /**
   * A JSON value: null, Boolean, Number, String, List, Map, or a Jackson tree. 64-bit integers
   * beyond 2^53 travel as decimal strings. Written on the loop or on a worker: once given, it does
   * not change.
   */
  record Data(Object value) implements Reply {}

  /**
   * Raw bytes, streamed; stream lane only.
   *
   * @param source read until its end, then closed; closed early if the page goes away
   * @param lengthBytes the exact length, or -1 if it is not known
   * @param contentType MIME type of the body
   * @param meta small JSON-safe facts that travel as a header; may be empty
   */
  record Bytes(ByteSource source, long lengthBytes, String contentType, Map<String, Object> meta)
      implements Reply {}

  /** The reply of a command that has nothing to say. */
  Reply NOTHING = new Data(null);
}
