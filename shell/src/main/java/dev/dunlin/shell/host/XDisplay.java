package dev.dunlin.shell.host;

import dev.dunlin.scheduler.SystemClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The X display that {@code DISPLAY} names, and whether it lets us in. Chromium and AWT abort the
 * process when it does not, so ask first.
 */
public final class XDisplay {
  /** How long a server may take to answer. */
  static final Duration TIMEOUT = Duration.ofSeconds(3);

  /** TCP port of display 0. */
  private static final int TCP_BASE = 6000;

  private static final int MAX_NUMBER = 65_535 - TCP_BASE;
  private static final Pattern NAME = Pattern.compile("([^:]*):([0-9]{1,5})(?:\\.[0-9]{1,3})?");

  private final String name;
  private final String host;
  private final int number;

  private XDisplay(String name, String host, int number) {
    this.name = name;
    this.host = host;
    this.number = number;
  }

  /** {@code [host]:number[.screen]}; empty when the name is no such thing. */
  static Optional<XDisplay> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MAX_NUMBER) {
      return Optional.empty();
    }
    return Optional.of(new XDisplay(name, matcher.group(1), Integer.parseInt(matcher.group(2))));
  }

  /**
   * Why the display can't be used; empty when it can. Blocks up to {@link #TIMEOUT} for each key in
   * the Xauthority file.
   *
   * @param environment where {@code XAUTHORITY} and {@code HOME} are looked up
   */
  public static Optional<String> fault(String name, Map<String, String> environment) {
    Optional<XDisplay> display = parse(name);
    if (display.isEmpty()) {
      return Optional.of("it is not of the form [host]:number");
    }
    return display.get().fault(environment);
  }

  private Optional<String> fault(Map<String, String> environment) {
    Optional<SocketAddress> address = address();
    if (address.isEmpty()) {
      // Only the abstract socket is there, which Java can't connect to: take the kernel's word that
      // somebody listens.
      return Optional.empty();
    }
    try {
      List<byte[]> keys = new ArrayList<>();
      keys.add(new byte[0]);
      String file =
          environment.getOrDefault(
              "XAUTHORITY", environment.getOrDefault("HOME", "/") + "/.Xauthority");
      keys.addAll(Xauthority.cookies(Path.of(file), number));
      String refusal = "";
      for (byte[] key : keys) {
        Optional<String> answer = handshake(address.get(), key);
        if (answer.isEmpty()) {
          return Optional.empty();
        }
        refusal = answer.get();
      }
      return Optional.of(refusal);
    } catch (IOException e) {
      return Optional.of("nothing answers at " + address.get() + " (" + e.getMessage() + ")");
    }
  }

  private Optional<SocketAddress> address() {
    if (!host.isEmpty() && !host.equals("unix")) {
      return Optional.of(new InetSocketAddress(host, TCP_BASE + number));
    }
    Path socket = Path.of("/tmp/.X11-unix/X" + number);
    if (!Files.exists(socket) && hasAbstractSocket(socket)) {
      return Optional.empty();
    }
    return Optional.of(UnixDomainSocketAddress.of(socket));
  }

  private static boolean hasAbstractSocket(Path socket) {
    Path table = Path.of("/proc/net/unix");
    if (!Files.isReadable(table)) {
      return false;
    }
    try (var lines = Files.lines(table, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.endsWith(" @" + socket));
    } catch (IOException e) {
      throw new HostException("can't read " + table + ": " + e.getMessage(), e);
    }
  }

  /** Sets a connection up and drops it. Returns the server's refusal, empty when it let us in. */
  private static Optional<String> handshake(SocketAddress address, byte[] key) throws IOException {
    byte[] protocol =
        key.length == 0 ? new byte[0] : Xauthority.COOKIE.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer request =
        ByteBuffer.allocate(12 + padded(protocol.length) + padded(key.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    request.put((byte) 'l').put((byte) 0).putShort((short) 11).putShort((short) 0);
    request.putShort((short) protocol.length).putShort((short) key.length).putShort((short) 0);
    request.put(protocol).position(12 + padded(protocol.length));
    request.put(key).position(request.capacity());
    request.flip();

    SystemClock clock = new SystemClock();
    Duration end = clock.now().plus(TIMEOUT);
    try (SocketChannel channel =
            address instanceof InetSocketAddress
                ? SocketChannel.open()
                : SocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
        throw new IOException("the host name is unknown");
      }
      channel.configureBlocking(false);
      SelectionKey ready = channel.register(selector, SelectionKey.OP_CONNECT);
      if (!channel.connect(address)) {
        await(selector, clock, end);
        channel.finishConnect();
      }
      ready.interestOps(SelectionKey.OP_WRITE);
      while (request.hasRemaining()) {
        await(selector, clock, end);
        channel.write(request);
      }
      ready.interestOps(SelectionKey.OP_READ);
      ByteBuffer reply = ByteBuffer.allocate(8 + 255).order(ByteOrder.LITTLE_ENDIAN);
      int wanted = 8;
      while (reply.position() < wanted) {
        await(selector, clock, end);
        if (channel.read(reply) < 0) {
          throw new IOException("it hung up");
        }
        if (reply.position() >= 8 && reply.get(0) == 0) {
          wanted = 8 + (reply.get(1) & 0xFF);
        }
      }
      if (reply.get(0) == 1) {
        return Optional.empty();
      }
      String reason =
          reply.get(0) == 0
              ? new String(reply.array(), 8, reply.get(1) & 0xFF, StandardCharsets.ISO_8859_1)
                  .strip()
              : "it wants a key we do not have";
      return Optional.of("it refuses us: " + reason);
    }
  }

  private static void await(Selector selector, SystemClock clock, Duration end) throws IOException {
    selector.selectedKeys().clear();
    Duration left = end.minus(clock.now());
    if (left.isNegative() || left.isZero() || selector.select(Math.max(1, left.toMillis())) == 0) {
      throw new IOException("no answer within " + TIMEOUT.toSeconds() + " s");
    }
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }

  @Override
  public String toString() {
    return name;
  }
}
