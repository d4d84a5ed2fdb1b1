package dev.dunlin.bridge.child;

import dev.dunlin.bridge.fs.Errno;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What waits to be written to a child, in order. A child that does not read keeps its own thread
 * waiting and nobody else's.
 *
 * <p><i>Thread:</i> any; nothing blocks.
 */
final class StdinWriter {
  /**
   * Bytes that wait for a child to read them. Over: a write fails with {@code EAGAIN}; wait for the
   * writes before it.
   */
  static final int WAITING_BYTES = 16 << 20;

  private record Piece(byte[] bytes, Promise<Void> written) {}

  private final String name;
  private final OutputStream out;

  // Guarded by this.
  private final Deque<Piece> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean started;
  private boolean ended;

  StdinWriter(String name, OutputStream out) {
    this.name = name;
    this.out = out;
  }

  /**
   * Completes when the pipe has taken the bytes. Fails with {@code EPIPE} if the child has closed
   * its input or is gone, with {@code EAGAIN} at {@link #WAITING_BYTES}.
   */
  synchronized Future<Void> write(byte[] bytes) {
    if (ended) {
      return Future.failedFuture(Errno.EPIPE.on("write"));
    }
    if (waitingBytes > 0 && waitingBytes + bytes.length > WAITING_BYTES) {
      return Future.failedFuture(
          new BridgeError(
              "Error",
              "EAGAIN",
              "EAGAIN: "
                  + name
                  + " does not read its input, and "
                  + WAITING_BYTES
                  + " bytes wait for it already: wait until earlier writes are done"));
    }
    return add(bytes);
  }

  /** Closes the child's input after what waits. */
  synchronized Future<Void> end() {
    if (ended) {
      return Future.succeededFuture();
    }
    ended = true;
    return add(new byte[0]);
  }

  private Future<Void> add(byte[] bytes) {
    Piece piece = new Piece(bytes, Promise.promise());
    waiting.add(piece);
    waitingBytes += bytes.length;
    if (!started) {
      started = true;
      Threads.start("stdin-" + name, this::run);
    }
    notifyAll();
    return piece.written.future();
  }

  /** The child is gone: the thread ends, what waits fails. */
  synchronized void stop() {
    ended = true;
    if (!started) {
      close();
    } else {
      add(new byte[0]);
    }
  }

  private void run() {
    boolean broken = false;
    for (Piece piece; (piece = next()) != null; ) {
      try {
        if (!broken) {
          out.write(piece.bytes);
          out.flush();
        }
      } catch (IOException e) {
        broken = true;
      }
      // An empty write on a broken pipe has lost nothing.
      if (broken && piece.bytes.length > 0) {
        piece.written.fail(Errno.EPIPE.on("write"));
      } else {
        piece.written.complete();
      }
    }
    close();
  }

  /** The next piece; null when the last one is written and no more will come. */
  private synchronized Piece next() {
    while (waiting.isEmpty() && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        // Nobody interrupts this thread but a JVM that ends.
        Thread.currentThread().interrupt();
        return null;
      }
    }
    Piece piece = waiting.poll();
    if (piece != null) {
      waitingBytes -= piece.bytes.length;
    }
    return piece;
  }

  private void close() {
    try {
      out.close();
    } catch (IOException e) {
      // The child has closed its end before: that is what was wanted.
      return;
    }
  }
}
