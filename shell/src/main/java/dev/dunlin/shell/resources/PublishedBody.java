package dev.dunlin.shell.resources;

import dev.dunlin.bridge.spi.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * The body of a network answer. It asks for the next piece when the last has been read, so no more
 * than one piece of the HTTP client (16 KiB) waits here; a slow reader slows the server.
 *
 * <p><i>Thread:</i> pieces come on the HTTP client's threads, the one reader on any.
 */
final class PublishedBody implements ByteSource, Flow.Subscriber<List<ByteBuffer>> {
  // Guarded by this.
  private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
  private Flow.Subscription subscription;
  private Runnable waiting = () -> {};
  private boolean ended;
  private boolean closed;
  private Throwable fault;

  @Override
  public void onSubscribe(Flow.Subscription given) {
    synchronized (this) {
      subscription = given;
      if (!closed) {
        given.request(1);
        return;
      }
    }
    given.cancel();
  }

  @Override
  public void onNext(List<ByteBuffer> next) {
    synchronized (this) {
      next.stream().filter(ByteBuffer::hasRemaining).forEach(pieces::add);
      if (pieces.isEmpty()) {
        subscription.request(1);
        return;
      }
    }
    wake();
  }

  @Override
  public void onError(Throwable error) {
    synchronized (this) {
      fault = error;
      ended = true;
    }
    wake();
  }

  @Override
  public void onComplete() {
    synchronized (this) {
      ended = true;
    }
    wake();
  }

  private void wake() {
    Runnable action;
    synchronized (this) {
      action = waiting;
      waiting = () -> {};
    }
    action.run();
  }

  @Override
  public synchronized int read(byte[] target, int length) throws IOException {
    if (closed) {
      return END;
    }
    ByteBuffer piece = pieces.peek();
    if (piece == null) {
      if (fault != null) {
        throw new IOException("the dev server's answer broke off: " + fault, fault);
      }
      return ended ? END : NOT_YET;
    }
    int count = Math.min(length, piece.remaining());
    piece.get(target, 0, count);
    if (!piece.hasRemaining()) {
      pieces.remove();
      if (pieces.isEmpty() && !ended) {
        subscription.request(1);
      }
    }
    return count;
  }

  @Override
  public void whenReadable(Runnable action) {
    synchronized (this) {
      if (pieces.isEmpty() && !ended && !closed) {
        waiting = action;
        return;
      }
    }
    action.run();
  }

  @Override
  public void close() {
    Flow.Subscription left;
    synchronized (this) {
      closed = true;
      pieces.clear();
      left = subscription;
    }
    if (left != null) {
      left.cancel();
    }
    wake();
  }
}
