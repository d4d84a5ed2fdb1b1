package dev.dunlin.net.udp;

import dev.dunlin.bridge.spi.Addresses;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.bridge.spi.PushChannel;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A page's socket: what comes in goes to the page in messages, each of records:
 *
 * <pre>
 *   0, length u16, bytes                          a datagram from the last sender named
 *   1, port u16, n u8, address (n bytes), then as 0   a datagram from that sender
 *   2, n u8, code (n bytes)                       a fault, such as ECONNREFUSED
 * </pre>
 *
 * little-endian; each message names its first sender. A page that takes them too slowly finds some
 * dropped: the newest, and counted.
 *
 * <p><i>Thread:</i> any; receiving belongs to the socket's loop.
 */
final class PageSocket implements UdpReceiver, Inspectable, AutoCloseable {
  private static final int FIRST_BYTES = 2048;
  private static final int SENDER_BYTES = 1 + 2 + 1 + 255;

  private final PushChannel channel;
  private final UdpOptions.Family family;
  private final AtomicLong allWaiting;
  private final Optional<Correspondents> correspondents;
  private volatile UdpSocket socket;

  // Owned by the loop, written there only.
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private byte[] message = new byte[FIRST_BYTES];
  private int used;
  private InetSocketAddress sender;
  private boolean waitsForRoom;
  private boolean closed;
  private volatile long waitingBytes;
  private volatile long received;
  private volatile long receivedBytes;
  private volatile long dropped;
  private volatile long droppedBytes;
  private volatile long ignored;

  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong unsent = new AtomicLong();

  /** Whom a socket has sent to: those a page may hear that must not listen to all. */
  private static final class Correspondents {
    // Guarded by this.
    private final Map<InetSocketAddress, Boolean> known =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Boolean> eldest) {
            return size() > UdpLimits.CORRESPONDENTS;
          }
        };

    synchronized void add(InetSocketAddress to) {
      // What is sent to no address in particular comes to this machine, which answers by another.
      known.put(
          to.getAddress().isAnyLocalAddress()
              ? new InetSocketAddress(
                  to.getAddress() instanceof Inet4Address
                      ? LOOPBACK_4
                      : InetAddress.getLoopbackAddress(),
                  to.getPort())
              : to,
          true);
    }

    synchronized boolean knows(InetSocketAddress from) {
      return known.containsKey(from);
    }
  }

  private static final InetAddress LOOPBACK_4 = Addresses.number("127.0.0.1").orElseThrow();

  /**
   * @param hears whom: all, or only those that it sends to
   * @param allWaiting counts what waits for pages, of all sockets
   */
  PageSocket(PushChannel channel, UdpOptions.Family family, Hears hears, AtomicLong allWaiting) {
    this.channel = channel;
    this.family = family;
    this.correspondents = hears == Hears.ALL ? Optional.empty() : Optional.of(new Correspondents());
    this.allWaiting = allWaiting;
  }

  /** Whom a socket hears. */
  enum Hears {
    ALL,
    ANSWERS
  }

  void opened(UdpSocket bound) {
    socket = bound;
  }

  UdpSocket socket() {
    return socket;
  }

  int channel() {
    return channel.id();
  }

  UdpOptions.Family family() {
    return family;
  }

  // ---- in

  @Override
  public void datagram(ByteBuf bytes, int offset, int length, InetSocketAddress from) {
    if (correspondents.isPresent() && !correspondents.get().knows(from)) {
      ignored++;
      return;
    }
    received++;
    receivedBytes += length;
    int most = SENDER_BYTES + 2 + length;
    if (closed || full(most)) {
      dropped++;
      droppedBytes += length;
      return;
    }
    room(most);
    if (from.equals(sender)) {
      message[used++] = 0;
    } else {
      byte[] text = text(from).getBytes(StandardCharsets.US_ASCII);
      message[used++] = 1;
      putShort(from.getPort());
      message[used++] = (byte) text.length;
      System.arraycopy(text, 0, message, used, text.length);
      used += text.length;
      sender = from;
    }
    putShort(length);
    bytes.getBytes(offset, message, used, length);
    used += length;
  }

  /** An address as this family has it: IPv4 inside IPv6 is written so. */
  String text(InetSocketAddress address) {
    String text = Addresses.text(address.getAddress());
    return family == UdpOptions.Family.IPV6 && address.getAddress() instanceof Inet4Address
        ? "::ffff:" + text
        : text;
  }

  private void putShort(int value) {
    message[used++] = (byte) value;
    message[used++] = (byte) (value >> 8);
  }

  private boolean full(int bytes) {
    return waitingBytes + used + bytes > UdpLimits.WAITING_BYTES
        || allWaiting.get() + used + bytes > UdpLimits.ALL_WAITING_BYTES;
  }

  private void room(int bytes) {
    if (used + bytes > UdpLimits.MESSAGE_BYTES && used > 0) {
      seal();
    }
    if (used + bytes > message.length) {
      message = Arrays.copyOf(message, Math.max(used + bytes, 2 * message.length));
    }
  }

  private void seal() {
    if (used > 0) {
      waiting.add(Arrays.copyOf(message, used));
      waitingBytes += used;
      allWaiting.addAndGet(used);
      used = 0;
      sender = null;
    }
  }

  @Override
  public void pause() {
    seal();
    pass();
  }

  /** Gives the channel what it takes. */
  private void pass() {
    while (!waiting.isEmpty() && channel.offer(waiting.peek())) {
      taken(waiting.remove().length);
    }
    if (channel.isClosed()) {
      discard();
    } else if (!waiting.isEmpty() && !waitsForRoom) {
      waitsForRoom = true;
      channel.whenWritable(
          () ->
              socket.onLoop(
                  () -> {
                    waitsForRoom = false;
                    pass();
                  }));
    }
  }

  private void taken(int bytes) {
    waitingBytes -= bytes;
    allWaiting.addAndGet(-bytes);
  }

  private void discard() {
    closed = true;
    waiting.forEach(one -> taken(one.length));
    waiting.clear();
  }

  @Override
  public void failed(UdpException fault) {
    byte[] code = fault.code().getBytes(StandardCharsets.US_ASCII);
    if (!closed && !full(2 + code.length)) {
      room(2 + code.length);
      message[used++] = 2;
      message[used++] = (byte) code.length;
      System.arraycopy(code, 0, message, used, code.length);
      used += code.length;
      pause();
    }
  }

  // ---- out

  /** Sends; {@code to} has been allowed, or the socket is connected. */
  Future<List<UdpSocket.Unsent>> send(Datagrams datagrams, Optional<InetSocketAddress> to) {
    correspondents.ifPresent(known -> to.ifPresent(known::add));
    int bytes = datagrams.totalBytes();
    return socket
        .send(datagrams, to)
        .onSuccess(
            refused -> {
              int failed = 0;
              for (UdpSocket.Unsent one : refused) {
                failed += datagrams.lengths()[one.index()];
              }
              sent.addAndGet(datagrams.count() - refused.size());
              sentBytes.addAndGet(bytes - failed);
              unsent.addAndGet(refused.size());
            })
        .onFailure(all -> unsent.addAndGet(datagrams.count()));
  }

  Future<Void> connect(InetSocketAddress to) {
    correspondents.ifPresent(known -> known.add(to));
    return socket.connect(to);
  }

  /** What has come and gone so far. */
  Map<String, Object> stats() {
    Map<String, Object> stats = new LinkedHashMap<>();
    stats.put("received", received);
    stats.put("receivedBytes", receivedBytes);
    stats.put("dropped", dropped);
    stats.put("droppedBytes", droppedBytes);
    stats.put("ignored", ignored);
    // Null where the system does not say: no number is a number that was not counted.
    OptionalLong system = socket.controls().dropped();
    stats.put("systemDropped", system.isPresent() ? system.getAsLong() : null);
    stats.put("sent", sent.get());
    stats.put("sentBytes", sentBytes.get());
    stats.put("unsent", unsent.get());
    stats.put("waitingBytes", waitingBytes);
    return stats;
  }

  @Override
  public Future<Map<String, Object>> inspect() {
    UdpSocket bound = socket;
    if (bound == null) {
      return Future.succeededFuture(Map.of());
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("family", family.name());
    facts.put("local", text(bound.localAddress()) + ":" + bound.localAddress().getPort());
    bound.remoteAddress().ifPresent(to -> facts.put("remote", text(to) + ":" + to.getPort()));
    facts.putAll(stats());
    return Future.succeededFuture(facts);
  }

  @Override
  public void close() {
    channel.close();
    UdpSocket bound = socket;
    if (bound != null) {
      bound.close();
      bound.onLoop(this::discard);
    }
  }
}
