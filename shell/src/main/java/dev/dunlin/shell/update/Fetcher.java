package dev.dunlin.shell.update;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/** Where updates come from. */
interface Fetcher {
  /**
   * What is at an address. Blocks.
   *
   * @param from first byte that is wanted
   */
  Content get(URI address, long from) throws IOException;

  /**
   * An answer.
   *
   * @param from its first byte: what was asked for, or 0
   */
  record Content(InputStream bytes, long from) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }
}
