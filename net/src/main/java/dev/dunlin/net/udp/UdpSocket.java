package dev.dunlin.net.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound datagram socket.
 *
 * <p>Datagrams leave in the order in which they were given. Those of one length go to the system as
 * one long datagram that it takes apart itself, where it can.
 *
 * <p><i>Thread:</i> any; its state belongs to its loop.
 */
public final class UdpSocket implements AutoCloseable {
  /**
   * Bytes that wait for the system to take them. Over: {@code ENOBUFS} for all that would be sent.
   */
  public static final int SEND_WAITING_BYTES = 8 << 20;

  /** Datagrams given to the system before the loop looks at what comes in. */
  private static final int TURN_DATAGRAMS = 64;

  /** What the system takes apart in one go. Over: it goes as several. */
  private static final int SEGMENTED_DATAGRAMS = 64;

  private static final int SEGMENTED_BYTES = 65_000;

  /**
   * The longest datagram that fits every path without being fragmented, which a segment must not
   * be. Over: each goes on its own.
   */
  private static final int SEGMENT_BYTES = 1_232;

  private static final Set<String> NO_SEGMENTS =
      Set.of("EIO", "EINVAL", "EMSGSIZE", "ENOTSUP", "ENOPROTOOPT");

  private final DatagramChannel channel;
  private final UdpControls controls;
  private final Raw raw;
  private final UdpReceiver receiver;
  private final AtomicLong waitingBytes = new AtomicLong();
  private volatile Optional<InetSocketAddress> remote = Optional.empty();

  // Owned by the loop.
  private final Deque<Sending> queue = new ArrayDeque<>();
  private boolean segments;
  private boolean turning;

  /** A datagram that did not leave: its place among those given, and why. */
  public record Unsent(int index, UdpException fault) {}

  /** What Netty leaves out. */
  interface Raw {
    /** Sends a datagram of no bytes. */
    void sendEmpty(InetSocketAddress to) throws IOException;

    /** Where the system says that it is bound; Netty says what it said first. */
    InetSocketAddress localAddress() throws IOException;
  }

  UdpSocket(DatagramChannel channel, UdpControls controls, Raw raw, UdpReceiver receiver) {
    this.channel = channel;
    this.controls = controls;
    this.raw = raw;
    this.receiver = receiver;
    this.segments =
        channel instanceof EpollDatagramChannel
            && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    channel.pipeline().addLast(new Inbound());
  }

  /** The address it is bound to; a connected socket knows by which it reaches its peer. */
  public InetSocketAddress localAddress() {
    try {
      return raw.localAddress();
    } catch (IOException closed) {
      return channel.localAddress();
    }
  }

  /** The address it is connected to. */
  public Optional<InetSocketAddress> remoteAddress() {
    return remote;
  }

  /** What can be changed of it. */
  public UdpControls controls() {
    return controls;
  }

  /** The bytes the system keeps for what comes in; on Linux twice what was asked for. */
  public int receiveBufferBytes() {
    return buffer("uv_recv_buffer_size", () -> channel.config().getReceiveBufferSize());
  }

  /** The bytes the system keeps for what goes out; on Linux twice what was asked for. */
  public int sendBufferBytes() {
    return buffer("uv_send_buffer_size", () -> channel.config().getSendBufferSize());
  }

  /** Asks the system for a buffer of so many bytes; it may give another. */
  public void setReceiveBufferBytes(int bytes) {
    buffer("uv_recv_buffer_size", () -> channel.config().setReceiveBufferSize(bytes));
  }

  /** Asks the system for a buffer of so many bytes; it may give another. */
  public void setSendBufferBytes(int bytes) {
    buffer("uv_send_buffer_size", () -> channel.config().setSendBufferSize(bytes));
  }

  private static <T> T buffer(String syscall, java.util.function.Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException refused) {
      throw UdpException.of(refused, syscall);
    }
  }

  /** Runs on the loop. False if it has ended. */
  boolean onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
      return true;
    } catch (java.util.concurrent.RejectedExecutionException ended) {
      return false;
    }
  }

  /** Hears and sends to one address only. Fails with {@link UdpException}. */
  public Future<Void> connect(InetSocketAddress to) {
    return done(channel.connect(to), "connect").onSuccess(ignored -> remote = Optional.of(to));
  }

  /** Undoes {@link #connect}; its port stays its own. */
  public Future<Void> disconnect() {
    remote = Optional.empty();
    InetSocketAddress bound = channel.localAddress();
    return done(channel.disconnect(), "connect")
        .compose(
            // Linux takes a port away again that it has chosen itself.
            done ->
                localAddress().getPort() == 0
                    ? done(channel.bind(bound), "bind")
                    : Future.succeededFuture());
  }

  private static Future<Void> done(ChannelFuture work, String syscall) {
    Promise<Void> promise = Promise.promise();
    work.addListener(
        result -> {
          if (result.isSuccess()) {
            promise.complete();
          } else {
            promise.fail(UdpException.of(result.cause(), syscall));
          }
        });
    return promise.future();
  }

  /**
   * Sends.
   *
   * @param to where to; nowhere for a connected socket
   * @return completes when the system has taken all that it takes: with those that it refused
   */
  public Future<List<Unsent>> send(Datagrams datagrams, Optional<InetSocketAddress> to) {
    InetSocketAddress target = to.or(() -> remote).orElse(null);
    if (target == null) {
      return Future.failedFuture(new UdpException("EDESTADDRREQ", "send"));
    }
    int bytes = datagrams.totalBytes();
    if (waitingBytes.addAndGet(bytes) > SEND_WAITING_BYTES) {
      waitingBytes.addAndGet(-bytes);
      return Future.failedFuture(new UdpException("ENOBUFS", "send"));
    }
    ByteBuf payload = channel.alloc().directBuffer(Math.max(1, bytes));
    payload.writeBytes(datagrams.bytes(), datagrams.offset(), bytes);
    Sending sending = new Sending(datagrams.lengths(), payload, target);
    if (!onLoop(
        () -> {
          if (channel.isOpen()) {
            queue.add(sending);
            turn();
          } else {
            sending.abandon();
          }
        })) {
      sending.close();
      return Future.failedFuture(new UdpException("EBADF", "send"));
    }
    return sending.promise.future();
  }

  /** Gives the system some of what waits; the rest when the loop has looked at what came in. */
  private void turn() {
    if (turning || !channel.isWritable()) {
      return;
    }
    turning = true;
    int room = TURN_DATAGRAMS;
    while (room > 0 && !queue.isEmpty()) {
      Sending sending = queue.peek();
      int run = segments ? sending.run() : 1;
      if (sending.lengths.length == sending.next + run) {
        queue.remove();
      }
      sending.write(run);
      room -= run;
    }
    channel.flush();
    if (queue.isEmpty() || !channel.isWritable()) {
      turning = false;
    } else {
      afterReading(
          () -> {
            turning = false;
            turn();
          });
    }
  }

  /** Runs on the loop once it has read; a task that is merely added runs before it reads. */
  private void afterReading(Runnable task) {
    ((SingleThreadEventLoop) channel.eventLoop())
        .executeAfterEventLoopIteration(() -> channel.eventLoop().execute(task));
  }

  /** Completes when it is closed. */
  public Future<Void> closed() {
    return done(channel.closeFuture(), "close");
  }

  /** Closes it; what waits to be sent is not sent. Waits for it, unless it is called on a loop. */
  @Override
  public void close() {
    ChannelFuture closing = channel.close();
    if (!channel.eventLoop().inEventLoop()) {
      closing.awaitUninterruptibly();
      if (!(channel instanceof EpollDatagramChannel) && !channel.eventLoop().isShuttingDown()) {
        // Java gives a port back when its selector has looked once more.
        channel.eventLoop().schedule(() -> {}, 1, TimeUnit.MILLISECONDS).awaitUninterruptibly();
      }
    }
  }

  /** What one call sends. Owned by the loop. */
  private final class Sending {
    private final Promise<List<Unsent>> promise = Promise.promise();
    private final int[] lengths;
    private final ByteBuf payload;
    private final InetSocketAddress to;
    private final List<Unsent> unsent = new ArrayList<>(0);
    private final int bytes;
    private int next;
    private int at;
    private int open;

    Sending(int[] lengths, ByteBuf payload, InetSocketAddress to) {
      this.lengths = lengths;
      this.payload = payload;
      this.to = to;
      this.bytes = payload.readableBytes();
      this.open = lengths.length;
    }

    /** How many from the next one on have one length, and may go as segments. */
    int run() {
      int length = lengths[next];
      if (length == 0 || length > SEGMENT_BYTES) {
        return 1;
      }
      int most =
          Math.min(Math.min(SEGMENTED_DATAGRAMS, SEGMENTED_BYTES / length), lengths.length - next);
      int run = 1;
      while (run < most && lengths[next + run] == length) {
        run++;
      }
      return run;
    }

    void write(int run) {
      write(next, run, at, lengths[next]);
      at += run * lengths[next];
      next += run;
    }

    private void write(int first, int run, int from, int length) {
      if (length == 0) {
        try {
          channel.flush();
          raw.sendEmpty(to);
        } catch (IOException refused) {
          unsent.add(new Unsent(first, UdpException.of(refused, "send")));
        }
        written(run);
        return;
      }
      ByteBuf some = payload.retainedSlice(from, run * length);
      channel
          .write(
              run == 1
                  ? new DatagramPacket(some, to)
                  : new SegmentedDatagramPacket(some, length, to))
          .addListener(
              done -> {
                if (done.isSuccess()) {
                  written(run);
                } else if (run > 1 && channel.isOpen()) {
                  // Never again where a device can't take segments, or a path is too narrow; any
                  // other fault is that of one datagram.
                  segments &= !NO_SEGMENTS.contains(UdpException.of(done.cause(), "send").code());
                  for (int i = 0; i < run; i++) {
                    write(first + i, 1, from + i * length, length);
                  }
                  channel.flush();
                } else {
                  UdpException fault = UdpException.of(done.cause(), "send");
                  for (int i = 0; i < run; i++) {
                    unsent.add(new Unsent(first + i, fault));
                  }
                  written(run);
                }
              });
    }

    private void written(int count) {
      open -= count;
      if (open == 0) {
        close();
        promise.complete(unsent);
      }
    }

    void close() {
      payload.release();
      waitingBytes.addAndGet(-bytes);
    }

    void abandon() {
      UdpException fault = new UdpException("EBADF", "send");
      int left = lengths.length - next;
      for (int i = next; i < lengths.length; i++) {
        unsent.add(new Unsent(i, fault));
      }
      next = lengths.length;
      written(left);
    }
  }

  private final class Inbound extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      try {
        ByteBuf bytes = packet.content();
        int from = bytes.readerIndex();
        int end = bytes.writerIndex();
        int each =
            packet instanceof SegmentedDatagramPacket segmented
                ? segmented.segmentSize()
                : Math.max(1, end - from);
        do {
          int length = Math.min(each, end - from);
          receiver.datagram(bytes, from, length, packet.sender());
          from += each;
        } while (from < end);
      } finally {
        packet.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      receiver.pause();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (channel.isWritable() && !queue.isEmpty()) {
        turn();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      receiver.failed(UdpException.of(cause, "recvmsg"));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      while (!queue.isEmpty()) {
        queue.remove().abandon();
      }
    }
  }
}
