package dev.dunlin.shell.operator;

import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.Threads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Those who watch an app. From the first to the last of them a thread of its own serves all, and
 * something is measured; else there is nothing. It waits for no watcher: who does not read is sent
 * away.
 */
final class Watchers {
  private static final Logger LOG = System.getLogger(Watchers.class.getName());

  private final Supplier<Watch> begin;
  private final Selectors selectors;

  // Guarded by this.
  private final Deque<SocketChannel> coming = new ArrayDeque<>();
  private Optional<Selector> serving = Optional.empty();
  private boolean closed;

  /** Opens one. */
  interface Selectors {
    Selector open() throws IOException;
  }

  Watchers(Supplier<Watch> begin, Selectors selectors) {
    this.begin = begin;
    this.selectors = selectors;
  }

  /** Serves it from now on; if this throws, it is still the caller's. */
  synchronized void add(SocketChannel one) throws IOException {
    if (closed) {
      one.close();
      return;
    }
    if (serving.isPresent()) {
      serving.get().wakeup();
    } else {
      serve();
    }
    coming.add(one);
  }

  private void serve() throws IOException {
    Selector selector = selectors.open();
    try {
      Threads.start("operator", new Service(selector)::run);
    } catch (RuntimeException | Error e) {
      selector.close();
      throw e;
    }
    serving = Optional.of(selector);
  }

  synchronized boolean areThere() {
    return serving.isPresent();
  }

  synchronized void close() {
    closed = true;
    serving.ifPresent(Selector::wakeup);
  }

  private synchronized List<SocketChannel> arrived() {
    List<SocketChannel> all = List.copyOf(coming);
    coming.clear();
    return all;
  }

  /** Whether the service may end; if so, the next watcher begins another. */
  private synchronized boolean ends(boolean nobody) {
    if (closed || nobody && coming.isEmpty()) {
      serving = Optional.empty();
      return true;
    }
    return false;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** One watcher. */
  private static final class Watcher {
    final SocketChannel channel;
    final SelectionKey key;
    final Duration since;
    final ByteBuffer greeting = ByteBuffer.allocate(Integer.BYTES + OperatorLimits.GREETING_BYTES);
    final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    boolean greeted;
    boolean leaves;

    Watcher(SocketChannel channel, SelectionKey key, Duration since) {
      this.channel = channel;
      this.key = key;
      this.since = since;
    }
  }

  /** All state is owned by its thread. */
  private final class Service {
    private final Selector selector;
    private final Clock clock = new SystemClock();
    private final Frames frames = new Frames();
    private final List<Watcher> watchers = new ArrayList<>();
    private Optional<Watch> watch = Optional.empty();
    private Duration next = Duration.ZERO;

    Service(Selector selector) {
      this.selector = selector;
    }

    void run() {
      try (selector) {
        do {
          arrived().forEach(this::greet);
          turn();
        } while (!ends(watchers.isEmpty()));
      } catch (IOException | RuntimeException fault) {
        LOG.log(Level.ERROR, "who watches the app is told no more", fault);
      } finally {
        ends(true);
        watchers.forEach(this::leave);
        watch.ifPresent(Watch::close);
      }
    }

    private void greet(SocketChannel channel) {
      try {
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        Watcher one = new Watcher(channel, key, clock.now());
        key.attach(one);
        watchers.add(one);
        if (watchers.size() > OperatorLimits.WATCHERS) {
          refuse(
              one,
              "the app is watched by "
                  + OperatorLimits.WATCHERS
                  + " already, the most there may be: close one of them");
        }
      } catch (IOException gone) {
        close(channel);
      }
    }

    private void turn() throws IOException {
      Duration now = clock.now();
      if (watch.isPresent() && next.compareTo(now) <= 0) {
        // Not made up for: after a long pause the next one is due a period from now.
        next = now.plus(OperatorLimits.PERIOD);
        byte[] frame = frames.snapshot(watch.get().next());
        attached().forEach(one -> offer(one, frame));
      }
      for (Watcher one : List.copyOf(watchers)) {
        if (!one.greeted && now.minus(one.since).compareTo(OperatorLimits.GREETING) > 0) {
          leave(one);
        }
      }
      watchers.removeIf(one -> !one.channel.isOpen());
      if (attached().isEmpty() && watch.isPresent()) {
        watch.get().close();
        watch = Optional.empty();
      }
      if (watchers.isEmpty() || isClosed()) {
        return;
      }
      selector.select(key -> ready((Watcher) key.attachment()), Math.max(1, millisToNext()));
    }

    private long millisToNext() {
      return watch.isPresent()
          ? next.minus(clock.now()).toMillis()
          : OperatorLimits.GREETING.toMillis();
    }

    private List<Watcher> attached() {
      return watchers.stream().filter(one -> one.greeted && one.channel.isOpen()).toList();
    }

    private void ready(Watcher one) {
      try {
        if (one.key.isReadable()) {
          read(one);
        }
        if (one.key.isValid() && one.key.isWritable()) {
          write(one);
        }
      } catch (IOException gone) {
        leave(one);
      }
    }

    private void read(Watcher one) throws IOException {
      if (one.leaves) {
        // What it still says is of no interest; its end is.
        if (one.channel.read(ByteBuffer.allocate(OperatorLimits.GREETING_BYTES)) < 0) {
          leave(one);
        }
        return;
      }
      int read = one.channel.read(one.greeting);
      if (read < 0) {
        leave(one);
        return;
      }
      if (one.greeted && read > 0) {
        refuse(one, "a watcher says nothing after its greeting");
        return;
      }
      ByteBuffer so = one.greeting.duplicate().flip();
      if (so.remaining() < Integer.BYTES) {
        return;
      }
      int length = so.getInt();
      if (length < 0 || length > OperatorLimits.GREETING_BYTES) {
        refuse(
            one,
            "a greeting has at most "
                + OperatorLimits.GREETING_BYTES
                + " bytes: is that an Operator?");
        return;
      }
      if (so.remaining() < length || one.greeted) {
        return;
      }
      if (so.remaining() > length) {
        refuse(one, "a watcher says nothing after its greeting");
        return;
      }
      byte[] json = Arrays.copyOfRange(so.array(), Integer.BYTES, Integer.BYTES + length);
      try {
        frames.checkGreeting(json);
      } catch (OperatorException wrong) {
        refuse(one, wrong.getMessage());
        return;
      }
      one.greeted = true;
      one.greeting.clear();
      if (watch.isEmpty()) {
        watch = Optional.of(begin.get());
        next = clock.now().plus(OperatorLimits.PERIOD);
      }
    }

    /** Says why, and ends it; a watcher that does not read is not told. */
    private void refuse(Watcher one, String why) {
      one.leaves = true;
      one.greeted = false;
      one.waiting.clear();
      offer(one, frames.error(why));
      if (one.waiting.isEmpty()) {
        leave(one);
      }
    }

    private void offer(Watcher one, byte[] frame) {
      if (one.waiting.size() >= OperatorLimits.FRAMES_WAITING) {
        leave(one);
        return;
      }
      one.waiting.add(ByteBuffer.wrap(frame));
      try {
        write(one);
      } catch (IOException gone) {
        leave(one);
      }
    }

    private void write(Watcher one) throws IOException {
      while (!one.waiting.isEmpty()) {
        one.channel.write(one.waiting.peek());
        if (one.waiting.peek().hasRemaining()) {
          one.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
          return;
        }
        one.waiting.remove();
      }
      if (one.leaves) {
        leave(one);
      } else {
        one.key.interestOps(SelectionKey.OP_READ);
      }
    }

    private void leave(Watcher one) {
      close(one.channel);
    }

    private void close(SocketChannel channel) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "a watcher's socket did not close", e);
      }
    }
  }
}
