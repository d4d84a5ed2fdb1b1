package dev.dunlin.shell.operator;

import dev.dunlin.shell.host.HostException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Watches a running app. Thread: one that reads; any may close it. */
public final class OperatorClient implements AutoCloseable {
  private final SocketChannel channel;
  private final InputStream in;
  private final Frames frames = new Frames();

  private OperatorClient(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel));
  }

  /**
   * Attaches.
   *
   * @throws IOException if nobody listens there, or not for this user
   */
  public static OperatorClient attach(Path socket) throws IOException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new OperatorException(
          "no app can be watched at " + socket + ": " + e.getMessage() + ". Is it running still?",
          e);
    }
    OperatorClient attached = new OperatorClient(channel);
    try {
      ByteBuffer greeting = ByteBuffer.wrap(attached.frames.greeting());
      while (greeting.hasRemaining()) {
        channel.write(greeting);
      }
    } catch (IOException sentAway) {
      // Before it has listened; the first answer says why.
      return attached;
    }
    return attached;
  }

  /**
   * The next snapshot. Blocks until there is one.
   *
   * @throws java.io.EOFException when the app has ended
   * @throws OperatorException if it sends what it should not, or us away
   */
  public Snapshot next() throws IOException {
    return frames.snapshot(Frames.read(in));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new HostException("the socket of the app did not close: " + e.getMessage(), e);
    }
  }
}
