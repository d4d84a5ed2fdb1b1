package dev.dunlin.shell.app;

import dev.dunlin.bridge.console.ConsoleModule;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.Printable;
import dev.dunlin.shell.engine.PageHost.ConsoleLevel;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * What pages print, on this process's standard streams, in the order it came; control characters
 * are escaped.
 *
 * <p><i>Thread:</i> any; never blocks. Chromium's UI thread and the bridge's event loop print here,
 * and whoever reads our output may be slow, so a thread of its own writes.
 */
final class Console implements ConsoleModule.Sink, AutoCloseable {
  /**
   * Messages that wait to be written. Over: the newest are dropped, counted, and the count is
   * printed.
   */
  static final int WAITING_MESSAGES = 100_000;

  /** UTF-16 units of messages that wait to be written. Over: as {@link #WAITING_MESSAGES}. */
  static final int WAITING_LENGTH = 32 << 20;

  /** Longest wait at the end for what has not been written. */
  static final Duration FLUSH = Duration.ofSeconds(2);

  private record Message(PrintStream stream, String text) {}

  /** Wakes the writer so that it sees that it is closed. */
  private static final Message END = new Message(System.err, "");

  private final PrintStream out;
  private final PrintStream err;
  private final BlockingQueue<Message> waiting = new ArrayBlockingQueue<>(WAITING_MESSAGES);
  private final AtomicLong waitingLength = new AtomicLong();
  private final AtomicInteger dropped = new AtomicInteger();
  private final Thread writer;
  private volatile boolean closed;
  private volatile Optional<BiConsumer<String, String>> also = Optional.empty();

  Console(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
    this.writer = Threads.start("console", this::write);
  }

  /**
   * A line of {@code console.*}, or of Chromium about the page: its level in front, its place
   * behind if it is bad.
   */
  void line(ConsoleLevel level, String text, String source, int line) {
    switch (level) {
      case DEBUG -> add(out, "[debug] " + text + "\n");
      case INFO -> add(out, "[info] " + text + "\n");
      case WARNING -> add(err, "[warn] " + text + place(source, line) + "\n");
      case ERROR -> add(err, "[error] " + text + place(source, line) + "\n");
    }
  }

  private static String place(String source, int line) {
    return source.isEmpty() ? "" : " (" + source + ":" + line + ")";
  }

  @Override
  public void print(ConsoleModule.Level level, String message) {
    switch (level) {
      case DEBUG -> line(ConsoleLevel.DEBUG, message, "", 0);
      case LOG, INFO -> line(ConsoleLevel.INFO, message, "", 0);
      case WARN -> line(ConsoleLevel.WARNING, message, "", 0);
      case ERROR -> line(ConsoleLevel.ERROR, message, "", 0);
      case STDOUT -> add(out, message);
      case STDERR -> add(err, message);
      case TAP -> add(out, message + "\n");
    }
  }

  /** Something Dunlin itself has to say to the developer. */
  void say(String text) {
    add(err, "dunlin: " + text + "\n");
  }

  /** Lines go there besides, level and text; or nowhere. It must not block. */
  void alsoTo(Optional<BiConsumer<String, String>> also) {
    this.also = also;
  }

  private void add(PrintStream stream, String text) {
    also.ifPresent(to -> to.accept(stream == err ? "stderr" : "stdout", Printable.of(text)));
    boolean fits = waitingLength.addAndGet(text.length()) <= WAITING_LENGTH;
    if (!fits || !waiting.offer(new Message(stream, text))) {
      waitingLength.addAndGet(-text.length());
      dropped.incrementAndGet();
    }
  }

  private void write() {
    while (!closed || !waiting.isEmpty()) {
      try {
        Message message = waiting.take();
        message.stream().print(Printable.of(message.text()));
        message.stream().flush();
        waitingLength.addAndGet(-message.text().length());
        sayDropped();
      } catch (InterruptedException e) {
        // Only close() ends this thread, once all is written.
        continue;
      }
    }
  }

  private void sayDropped() {
    int lost = dropped.getAndSet(0);
    if (lost > 0) {
      err.print(
          "dunlin: "
              + lost
              + " messages of the page were dropped: it prints faster than they can be written\n");
      err.flush();
    }
  }

  /** Writes what waits, for at most {@link #FLUSH}. */
  @Override
  public void close() {
    closed = true;
    // One that does not fit is not needed: the writer has enough to wake for.
    waiting.offer(END);
    try {
      writer.join(FLUSH.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
