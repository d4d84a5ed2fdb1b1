package dev.dunlin.shell.app;

import dev.dunlin.scheduler.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * How a second start of an app gives its arguments to the first: by a socket in the first one's
 * private folder. The words are joined by zero characters; the answer is one byte.
 */
final class HandOver implements AutoCloseable {
  /** Longest message of a second start. Over: it is not taken, and that start fails. */
  static final int MESSAGE_BYTES = 64 << 10;

  /** How long the first one may take to answer. Over: the second start fails. */
  private static final long PATIENCE_MS = 5_000;

  private static final byte TAKEN = 1;
  private static final String BETWEEN = "\0";

  private final ServerSocketChannel server;
  private final Consumer<List<String>> words;

  private HandOver(ServerSocketChannel server, Consumer<List<String>> words) {
    this.server = server;
    this.words = words;
  }

  /**
   * Listens for second starts.
   *
   * @param socket in a folder that nobody else may enter
   * @param words gets the arguments of each, on a thread of its own
   * @throws IOException also if the path is longer than a socket's may be
   */
  static HandOver listen(Path socket, Consumer<List<String>> words) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw new IOException(e.getMessage(), e);
    }
    HandOver listening = new HandOver(server, words);
    Threads.start("second-starts", listening::serve);
    return listening;
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel second = server.accept()) {
        take(second);
      } catch (ClosedChannelException end) {
        return;
      } catch (IOException e) {
        // A second start that was ended meanwhile; the next one may be in better health.
        continue;
      }
    }
  }

  private void take(SocketChannel second) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    ByteBuffer part = ByteBuffer.allocate(4 << 10);
    while (second.read(part) >= 0) {
      message.write(part.array(), 0, part.position());
      part.clear();
      if (message.size() > MESSAGE_BYTES) {
        return;
      }
    }
    if (!server.isOpen()) {
      // It came while we closed: not taken, so that start says so or is the first itself.
      return;
    }
    String text = message.toString(StandardCharsets.UTF_8);
    words.accept(text.isEmpty() ? List.of() : List.of(text.split(BETWEEN)));
    second.write(ByteBuffer.wrap(new byte[] {TAKEN}));
  }

  /** Gives words to whoever listens there; whether they were taken. */
  static boolean give(Path socket, List<String> words) {
    CompletableFuture<Boolean> given =
        Threads.async(
            "hand-over",
            () -> {
              try (SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                ByteBuffer message =
                    ByteBuffer.wrap(String.join(BETWEEN, words).getBytes(StandardCharsets.UTF_8));
                while (message.hasRemaining()) {
                  first.write(message);
                }
                first.shutdownOutput();
                ByteBuffer answer = ByteBuffer.allocate(1);
                return first.read(answer) == 1 && answer.get(0) == TAKEN;
              } catch (IOException | RuntimeException refused) {
                // It has ended meanwhile, or does not listen yet: then the start says who runs.
                return false;
              }
            });
    try {
      return given.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
