package dev.dunlin.net.udp;

import dev.dunlin.scheduler.Threads;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Where datagram sockets come from: on Linux the system's own calls (epoll, many datagrams with one
 * call, segmentation offload), elsewhere, or where they can't be loaded, Java's channels.
 *
 * <p><i>Thread:</i> any. Making one may take 100 ms: it loads a library.
 */
public final class UdpTransport implements AutoCloseable {
  /**
   * Reads before the loop looks at other sockets; each is one datagram, or up to 64 that came as
   * one. (Many with one call, recvmmsg, does not go together with those in Netty, and gives less.)
   */
  private static final int READS = 64;

  /** What the system has been given and not taken yet. Over: the rest waits in the socket. */
  private static final WriteBufferWaterMark WRITES = new WriteBufferWaterMark(256 << 10, 1 << 20);

  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;

  private static final class Library {
    static {
      // Where it does not lie unpacked (./dunlin), Netty unpacks it into a file that it deletes
      // when it has loaded it: an end meanwhile would leave it.
      Threads.onExit("udp-library", Epoll::isAvailable);
    }

    static final boolean AVAILABLE = Epoll.isAvailable();
  }

  private final EventLoopGroup loops;
  private final boolean epoll;

  private UdpTransport(int threads, boolean epoll) {
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loops = new MultiThreadIoEventLoopGroup(threads, Threads.factory("udp"), handlers);
    this.epoll = epoll;
  }

  /**
   * The best there is.
   *
   * @param threads event loops; a socket stays on one
   */
  public static UdpTransport create(int threads) {
    return new UdpTransport(threads, Library.AVAILABLE);
  }

  /** Java's own channels. */
  static UdpTransport portable(int threads) {
    return new UdpTransport(threads, false);
  }

  /** Whether it is the system's own. */
  public boolean isNative() {
    return epoll;
  }

  /**
   * Opens and binds a socket. Fails with {@link UdpException}.
   *
   * @param local an address of the socket's family; port 0 for a free one
   */
  public Future<UdpSocket> bind(UdpOptions options, InetSocketAddress local, UdpReceiver receiver) {
    Promise<UdpSocket> bound = Promise.promise();
    Opened opened;
    try {
      opened = open(options.family());
    } catch (IOException | RuntimeException refused) {
      return Future.failedFuture(UdpException.of(refused, "bind"));
    }
    DatagramChannel channel = opened.channel;
    UdpSocket socket = new UdpSocket(channel, opened.controls, opened.raw, receiver);
    loops
        .register(channel)
        .addListener(
            registered -> {
              try {
                if (!registered.isSuccess()) {
                  throw UdpException.of(registered.cause(), "bind");
                }
                configure(channel, options);
                channel
                    .bind(local)
                    .addListener(
                        done -> {
                          if (done.isSuccess()) {
                            bound.complete(socket);
                          } else {
                            fail(channel, bound, done.cause());
                          }
                        });
              } catch (RuntimeException refused) {
                fail(channel, bound, refused);
              }
            });
    return bound.future();
  }

  private static void fail(Channel channel, Promise<UdpSocket> bound, Throwable cause) {
    channel.close().addListener(closed -> bound.fail(UdpException.of(cause, "bind")));
  }

  private record Opened(DatagramChannel channel, UdpControls controls, UdpSocket.Raw raw) {}

  private Opened open(UdpOptions.Family family) throws IOException {
    boolean four = family == UdpOptions.Family.IPV4;
    ByteBuffer nothing = ByteBuffer.allocateDirect(1);
    if (epoll) {
      EpollDatagramChannel channel =
          new EpollDatagramChannel(four ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
      return new Opened(
          channel,
          new EpollControls(channel, family),
          raw(
              to -> {
                int sent = socket(channel).sendTo(nothing, 0, 0, to.getAddress(), to.getPort());
                if (sent < 0) {
                  throw new IOException("sendto failed with error(" + sent + ")");
                }
              },
              () -> socket(channel).localAddress()));
    }
    java.nio.channels.DatagramChannel own =
        java.nio.channels.DatagramChannel.open(
            four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    NioDatagramChannel channel = new NioDatagramChannel(own);
    return new Opened(
        channel,
        new NioControls(channel),
        raw(
            to -> own.send(nothing.duplicate().limit(0), to),
            () -> (InetSocketAddress) own.getLocalAddress()));
  }

  private static Socket socket(EpollDatagramChannel channel) {
    return new Socket(channel.fd().intValue());
  }

  private interface SendEmpty {
    void to(InetSocketAddress address) throws IOException;
  }

  private interface Local {
    InetSocketAddress address() throws IOException;
  }

  private static UdpSocket.Raw raw(SendEmpty empty, Local local) {
    return new UdpSocket.Raw() {
      @Override
      public void sendEmpty(InetSocketAddress to) throws IOException {
        empty.to(to);
      }

      @Override
      public InetSocketAddress localAddress() throws IOException {
        return local.address();
      }
    };
  }

  private void configure(DatagramChannel channel, UdpOptions options) {
    channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITES);
    channel
        .config()
        .setOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(1 << 16).maxMessagesPerRead(READS));
    if (epoll) {
      channel.config().setOption(EpollChannelOption.UDP_GRO, true);
    }
    if (options.flags().contains(UdpOptions.Flag.REUSE_ADDRESS)) {
      channel.config().setReuseAddress(true);
    }
    if (options.flags().contains(UdpOptions.Flag.REUSE_PORT)) {
      if (epoll) {
        channel.config().setOption(EpollChannelOption.SO_REUSEPORT, true);
      } else {
        channel
            .config()
            .setOption(
                io.netty.channel.socket.nio.NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT),
                true);
      }
    }
    if (options.flags().contains(UdpOptions.Flag.IPV6_ONLY)
        && options.family() == UdpOptions.Family.IPV6) {
      if (!epoll) {
        throw new UdpException("ENOSYS", "bind");
      }
      channel
          .config()
          .setOption(new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY), 1);
    }
  }

  /** Closes every socket and ends the threads. */
  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
