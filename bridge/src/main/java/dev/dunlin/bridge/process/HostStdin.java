package dev.dunlin.bridge.process;

import dev.dunlin.bridge.fs.Errno;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * The host's standard input, for one document at a time. It is read only while one takes it, so
 * that who writes has to wait for who reads.
 *
 * <p><i>Thread:</i> any; a thread of its own reads, from the first taker on.
 */
final class HostStdin {
  /** What waits for a page's credit. Over: no more is read, so who writes has to wait. */
  static final int WAITING_BYTES = 256 << 10;

  private static final int READ_BYTES = 64 << 10;
  private static final Logger LOG = System.getLogger(HostStdin.class.getName());

  private final InputStream in;

  // Guarded by this.
  private Optional<PushChannel> taker = Optional.empty();
  private boolean started;
  private boolean ended;

  HostStdin(InputStream in) {
    this.in = in;
  }

  /**
   * Gives what is read from now on to a channel, until that is closed. A piece that was read for
   * the one before, and not sent, comes first.
   *
   * @throws dev.dunlin.bridge.spi.BridgeError {@code EBUSY} if somebody else has it
   */
  synchronized void give(PushChannel to) {
    if (taker.filter(one -> !one.isClosed()).isPresent()) {
      throw Errno.EBUSY.on("read", "the host's standard input, which another stream reads");
    }
    taker = Optional.of(to);
    if (ended) {
      to.close();
    } else if (!started) {
      started = true;
      Threads.start("stdin", this::readAll);
    }
    notifyAll();
  }

  private void readAll() {
    byte[] buffer = new byte[READ_BYTES];
    try {
      for (int n = 0; n >= 0; ) {
        awaitTaker();
        n = in.read(buffer);
        if (n > 0) {
          deliver(Arrays.copyOf(buffer, n));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the standard input can't be read any more", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      ended = true;
      taker.ifPresent(PushChannel::close);
    }
  }

  private synchronized PushChannel awaitTaker() throws InterruptedException {
    while (taker.filter(one -> !one.isClosed()).isEmpty()) {
      wait();
    }
    return taker.get();
  }

  private void deliver(byte[] piece) throws InterruptedException {
    for (PushChannel to = awaitTaker(); !to.offer(piece); to = awaitTaker()) {
      CountDownLatch writable = new CountDownLatch(1);
      to.whenWritable(writable::countDown);
      writable.await();
    }
  }
}
