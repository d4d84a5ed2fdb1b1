package dev.dunlin.bridge.spi;

import java.io.IOException;

/** A request body: one piece or an upload in parts. Read it on a worker thread. */
public interface Body {
  /** The whole length if it came in one piece, -1 for an upload. */
  long lengthBytes();

  /**
   * The next piece; blocks until the page has sent it.
   *
   * @return the bytes, or an empty array at the end
   * @throws IOException if the page went away or broke off
   */
  byte[] next() throws IOException;
}
