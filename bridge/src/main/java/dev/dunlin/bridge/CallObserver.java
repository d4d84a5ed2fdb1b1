package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.BridgeError;
import java.util.Optional;

/**
 * Who watches calls go by: nobody, but while a person looks at the running app.
 *
 * <p><i>Thread:</i> any, several at a time; must not block.
 */
public interface CallObserver {
  /** The way that an answer takes. */
  enum Way {
    CALL,
    STREAM,
    /** The page is handed a file of the disk. */
    BLOB
  }

  /** Nobody. */
  CallObserver NONE =
      new CallObserver() {
        @Override
        public long began() {
          return 0;
        }

        @Override
        public void ended(
            long mark, String command, Way way, long bytes, Optional<BridgeError> fault) {}
      };

  /** A call has come to the dispatcher; {@link #ended} gets the mark that this gives, as a time. */
  long began();

  /**
   * It has its answer.
   *
   * @param command module and function; empty if there is no such command
   * @param bytes of an answer in bytes, if their number is known; else 0
   */
  void ended(long mark, String command, Way way, long bytes, Optional<BridgeError> fault);
}
