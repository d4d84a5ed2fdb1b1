package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.Body;
import java.io.IOException;

/**
 * A request body that comes in parts, each of which is answered when the command has taken it.
 *
 * <p><i>Thread:</i> {@link #next} on the command's worker, all else on the loop. State is guarded
 * by this.
 */
final class Upload implements Body {
  private static final byte[] END = {};

  /** The parts that have come: what the next one must be numbered. Owned by the loop. */
  int parts;

  /** Who waits for the last part that came to be taken. Owned by the loop. */
  StreamRouter.Waiting waiting;

  /** Whether the page has sent its last part. Owned by the loop. */
  boolean complete;

  /** The timer of the page's silence. Owned by the loop. */
  long timer = -1;

  RunningCall call;

  private byte[] part;
  private Runnable whenTaken;
  private boolean last;
  private boolean broken;

  @Override
  public long lengthBytes() {
    return -1;
  }

  @Override
  public byte[] next() throws IOException {
    byte[] taken;
    Runnable tell;
    synchronized (this) {
      try {
        while (part == null && !last && !broken) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the host is closing", e);
      }
      if (broken) {
        throw new IOException("the page broke the upload off");
      }
      if (part == null) {
        return END;
      }
      taken = part;
      tell = whenTaken;
      part = null;
    }
    tell.run();
    return taken;
  }

  /** Hands over a part; the last one that was handed over has been taken. */
  void offer(byte[] bytes, boolean isLast, Runnable taken) {
    synchronized (this) {
      last = isLast;
      if (bytes.length > 0) {
        part = bytes;
        whenTaken = taken;
      }
      notifyAll();
    }
    if (bytes.length == 0) {
      taken.run();
    }
  }

  /** The page is gone or sends nonsense: the command's next read fails. */
  void breakOff() {
    synchronized (this) {
      broken = true;
      notifyAll();
    }
  }
}
