package dev.dunlin.net.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.net.udp.UdpControls.Change;
import dev.dunlin.net.udp.UdpOptions.Family;
import dev.dunlin.net.udp.UdpOptions.Flag;
import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.Epoll;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets over loopback, on the system's own calls and on Java's. */
@ParameterizedClass(name = "{0}")
@MethodSource("kinds")
class UdpSocketTest {
  private static final long PATIENCE_SECONDS = 20;

  enum Kind {
    NATIVE,
    PORTABLE
  }

  @Parameter Kind kind;

  private UdpTransport transport;

  static Stream<Kind> kinds() {
    return Epoll.isAvailable() ? Stream.of(Kind.values()) : Stream.of(Kind.PORTABLE);
  }

  private UdpTransport transport() {
    if (transport == null) {
      transport = kind == Kind.NATIVE ? UdpTransport.create(2) : UdpTransport.portable(2);
      assertEquals(kind == Kind.NATIVE, transport.isNative());
    }
    return transport;
  }

  @AfterEach
  void close() {
    transport().close();
  }

  /** Keeps what it hears. */
  private static class Ear implements UdpReceiver {
    final BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
    final BlockingQueue<InetSocketAddress> from = new LinkedBlockingQueue<>();
    final BlockingQueue<String> faults = new LinkedBlockingQueue<>();

    @Override
    public void datagram(ByteBuf bytes, int offset, int length, InetSocketAddress sender) {
      byte[] copy = new byte[length];
      bytes.getBytes(offset, copy);
      from.add(sender);
      heard.add(copy);
    }

    @Override
    public void pause() {}

    @Override
    public void failed(UdpException fault) {
      faults.add(fault.getMessage());
    }

    byte[] next() {
      return take(heard);
    }
  }

  private static <T> T take(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertTrue(next != null, "nothing came in time");
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String code(Future<?> future) {
    return ((UdpException) assertThrows(CompletionException.class, () -> await(future)).getCause())
        .getMessage();
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(address, port);
  }

  private UdpSocket bind(Family family, UdpReceiver ear, Flag... flags) {
    return await(
        transport()
            .bind(
                new UdpOptions(family, Set.of(flags)),
                at(family == Family.IPV4 ? "127.0.0.1" : "::1", 0),
                ear));
  }

  private static Datagrams text(String... texts) {
    return new Datagrams(
        String.join("", texts).getBytes(StandardCharsets.US_ASCII),
        0,
        Arrays.stream(texts).mapToInt(String::length).toArray());
  }

  @Test
  void bringsDatagramsOfEveryLengthInOrder() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Ear ear = new Ear();
    UdpSocket to = bind(Family.IPV4, ear);
    UdpSocket from = bind(Family.IPV4, new Ear());
    to.setReceiveBufferBytes(4 << 20);
    int[] lengths =
        IntStream.concat(
                IntStream.of(0, 1, 1, 1, 0, 1232, 1232, 1233, 1233, 65_507),
                random.ints(40, 0, 3000))
            .toArray();
    byte[] bytes = new byte[IntStream.of(lengths).sum()];
    random.nextBytes(bytes);
    assertEquals(
        List.of(),
        await(from.send(new Datagrams(bytes, 0, lengths), Optional.of(to.localAddress()))));
    int at = 0;
    for (int length : lengths) {
      assertEquals(
          0,
          Arrays.compare(bytes, at, at + length, ear.next(), 0, length),
          "seed " + seed + " at " + at);
      assertEquals(from.localAddress(), take(ear.from));
      at += length;
    }
  }

  @Test
  void sendsManyOfOneLengthAsManyOfOneLength() {
    Ear ear = new Ear();
    UdpSocket to = bind(Family.IPV6, ear);
    to.setReceiveBufferBytes(4 << 20);
    UdpSocket from = bind(Family.IPV6, new Ear());
    byte[] bytes = new byte[1024 * 200];
    for (int i = 0; i < 200; i++) {
      bytes[i * 1024] = (byte) i;
    }
    int[] lengths = new int[200];
    Arrays.fill(lengths, 1024);
    assertEquals(
        List.of(),
        await(from.send(new Datagrams(bytes, 0, lengths), Optional.of(to.localAddress()))));
    for (int i = 0; i < 200; i++) {
      byte[] one = ear.next();
      assertEquals(1024, one.length);
      assertEquals((byte) i, one[0]);
    }
  }

  @Test
  void tellsWhichDidNotLeaveAndWhy() {
    UdpSocket from = bind(Family.IPV4, new Ear());
    Ear ear = new Ear();
    UdpSocket to = bind(Family.IPV4, ear);
    int[] lengths = {3, 65_535, 3};
    List<UdpSocket.Unsent> unsent =
        await(
            from.send(new Datagrams(new byte[65_541], 0, lengths), Optional.of(to.localAddress())));
    assertEquals(1, unsent.size());
    assertEquals(1, unsent.get(0).index());
    assertEquals("send EMSGSIZE", unsent.get(0).fault().getMessage());
    assertEquals(3, ear.next().length);
    assertEquals(3, ear.next().length);
  }

  @Test
  void saysInTheSystemsWordsWhyItDoesNotBind() {
    UdpSocket first = bind(Family.IPV4, new Ear());
    UdpOptions plain = UdpOptions.of(Family.IPV4);
    assertEquals("bind EADDRINUSE", code(transport().bind(plain, first.localAddress(), new Ear())));
    assertEquals(
        "bind EADDRNOTAVAIL", code(transport().bind(plain, at("198.51.100.7", 0), new Ear())));
    assertEquals("send EDESTADDRREQ", code(first.send(text("a"), Optional.empty())));
  }

  @Test
  void sharesAPortWhereBothAskForIt() {
    Flag flag = Flag.REUSE_PORT;
    UdpSocket first = bind(Family.IPV4, new Ear(), flag);
    UdpOptions options = new UdpOptions(Family.IPV4, Set.of(flag));
    UdpSocket second = await(transport().bind(options, first.localAddress(), new Ear()));
    assertEquals(first.localAddress(), second.localAddress());
  }

  @Test
  void connectedHearsOnePeerOnlyAndLearnsThatNobodyListens() {
    Ear ear = new Ear();
    Ear peers = new Ear();
    UdpSocket socket = bind(Family.IPV4, ear);
    UdpSocket peer = bind(Family.IPV4, peers);
    UdpSocket other = bind(Family.IPV4, new Ear());
    await(socket.connect(peer.localAddress()));
    assertEquals(Optional.of(peer.localAddress()), socket.remoteAddress());
    await(socket.send(text("to ", "it"), Optional.empty()));
    assertEquals("to ", new String(peers.next(), StandardCharsets.US_ASCII));
    await(other.send(text("other"), Optional.of(socket.localAddress())));
    await(peer.send(text("peer"), Optional.of(socket.localAddress())));
    assertEquals("peer", new String(ear.next(), StandardCharsets.US_ASCII));
    peer.close();
    await(socket.send(text("nobody"), Optional.empty()));
    assertEquals("recvmsg ECONNREFUSED", take(ear.faults));
    await(socket.disconnect());
    assertEquals(Optional.empty(), socket.remoteAddress());
    await(other.send(text("other"), Optional.of(socket.localAddress())));
    assertEquals("other", new String(ear.next(), StandardCharsets.US_ASCII));
  }

  @Test
  void mapsIpv4IntoIpv6UnlessToldNotTo() {
    Ear ear = new Ear();
    UdpSocket both = await(transport().bind(UdpOptions.of(Family.IPV6), at("::", 0), ear));
    UdpSocket four = bind(Family.IPV4, new Ear());
    int port = both.localAddress().getPort();
    await(four.send(text("four"), Optional.of(at("127.0.0.1", port))));
    assertEquals("four", new String(ear.next(), StandardCharsets.US_ASCII));
    assertEquals(four.localAddress(), take(ear.from));
    UdpOptions six = new UdpOptions(Family.IPV6, Set.of(Flag.IPV6_ONLY));
    if (kind == Kind.PORTABLE) {
      assertEquals("bind ENOSYS", code(transport().bind(six, at("::", 0), new Ear())));
      return;
    }
    UdpSocket only = await(transport().bind(six, at("::", 0), new Ear()));
    assertEquals(
        only.localAddress().getPort(),
        await(
                transport()
                    .bind(
                        UdpOptions.of(Family.IPV4),
                        at("127.0.0.1", only.localAddress().getPort()),
                        new Ear()))
            .localAddress()
            .getPort());
  }

  @Test
  void theSystemSaysWhatItDroppedForWantOfRoom() {
    int count = 500;
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Ear slow =
        new Ear() {
          @Override
          public void datagram(ByteBuf bytes, int offset, int length, InetSocketAddress sender) {
            busy.countDown();
            try {
              assertTrue(go.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            super.datagram(bytes, offset, length, sender);
          }
        };
    UdpSocket socket = bind(Family.IPV4, slow);
    socket.setReceiveBufferBytes(8192);
    assertEquals(
        kind == Kind.NATIVE ? OptionalLong.of(0) : OptionalLong.empty(),
        socket.controls().dropped());
    assumeTrue(kind == Kind.NATIVE, "Java's channels do not say");
    try (DatagramSocket sender = new DatagramSocket()) {
      DatagramPacket packet = new DatagramPacket(new byte[1000], 1000, socket.localAddress());
      for (int i = 0; i < count; i++) {
        sender.send(packet);
      }
      assertTrue(busy.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    long dropped = socket.controls().dropped().orElseThrow();
    assertTrue(dropped > count / 2, "dropped " + dropped);
    go.countDown();
    for (long i = dropped; i < count; i++) {
      slow.next();
    }
    assertEquals(0, slow.heard.size(), "all came or were counted");
    assertEquals(dropped, socket.controls().dropped().orElseThrow());
  }

  @Test
  void changesWhatNodeChanges() {
    UdpSocket socket = bind(Family.IPV4, new Ear());
    socket.setReceiveBufferBytes(8192);
    assertTrue(socket.receiveBufferBytes() >= 8192);
    socket.setSendBufferBytes(16_384);
    assertTrue(socket.sendBufferBytes() >= 16_384);
    UdpControls controls = socket.controls();
    assertEquals(
        "send EACCES",
        await(socket.send(text("a"), Optional.of(at("255.255.255.255", 9)))).stream()
            .map(one -> one.fault().getMessage())
            .findFirst()
            .orElse("sent"));
    controls.broadcast(true);
    controls.multicastTtl(0);
    controls.multicastTtl(255);
    controls.multicastLoopback(true);
    assertEquals(
        "setMulticastTTL EINVAL",
        assertThrows(UdpException.class, () -> controls.multicastTtl(256)).getMessage());
    assertEquals(
        "setTTL EINVAL", assertThrows(UdpException.class, () -> controls.ttl(0)).getMessage());
    if (kind == Kind.NATIVE) {
      controls.ttl(1);
      bind(Family.IPV6, new Ear()).controls().ttl(255);
    } else {
      assertEquals(
          "setTTL ENOSYS", assertThrows(UdpException.class, () -> controls.ttl(1)).getMessage());
    }
  }

  @Test
  void hearsAGroupWhileItIsAMember() throws Exception {
    Ear ear = new Ear();
    UdpSocket member = await(transport().bind(UdpOptions.of(Family.IPV4), at("0.0.0.0", 0), ear));
    UdpSocket from =
        await(transport().bind(UdpOptions.of(Family.IPV4), at("0.0.0.0", 0), new Ear()));
    InetAddress group = InetAddress.getByName("239.1.2.3");
    Optional<InetAddress> by = Optional.of(InetAddress.getByName("127.0.0.1"));
    InetSocketAddress to = new InetSocketAddress(group, member.localAddress().getPort());
    member.controls().membership(Change.ADD, group, by);
    from.controls().multicastInterface(by.get());
    from.controls().multicastLoopback(true);
    assertEquals(List.of(), await(from.send(text("group"), Optional.of(to))));
    assertEquals("group", new String(ear.next(), StandardCharsets.US_ASCII));
    member.controls().membership(Change.DROP, group, by);
    from.send(text("left"), Optional.of(to));
    await(from.send(text("self"), Optional.of(at("127.0.0.1", to.getPort()))));
    assertEquals("self", new String(ear.next(), StandardCharsets.US_ASCII));
    InetAddress source = InetAddress.getByName("127.0.0.1");
    member.controls().membership(Change.ADD, group, source, by);
    assertEquals(List.of(), await(from.send(text("source"), Optional.of(to))));
    assertEquals("source", new String(ear.next(), StandardCharsets.US_ASCII));
    member.controls().membership(Change.DROP, group, source, by);
    assertEquals(
        "addMembership EINVAL",
        assertThrows(
                UdpException.class,
                () -> member.controls().membership(Change.ADD, source, Optional.empty()))
            .getMessage());
  }

  @Test
  void hearsAGroupOfIpv6() throws Exception {
    Optional<NetworkInterface> able =
        NetworkInterface.networkInterfaces()
            .filter(one -> one.inetAddresses().anyMatch(Inet6Address.class::isInstance))
            .filter(UdpSocketTest::canMulticast)
            .findFirst();
    assumeTrue(able.isPresent(), "no interface does multicast by IPv6");
    int zone = able.get().getIndex();
    Ear ear = new Ear();
    UdpSocket member = await(transport().bind(UdpOptions.of(Family.IPV6), at("::", 0), ear));
    InetAddress group =
        Inet6Address.getByAddress(null, InetAddress.getByName("ff02::1:2:3").getAddress(), zone);
    InetAddress by = Inet6Address.getByAddress(null, new byte[16], zone);
    member.controls().membership(Change.ADD, group, Optional.of(by));
    member.controls().multicastInterface(by);
    InetSocketAddress to = new InetSocketAddress(group, member.localAddress().getPort());
    assertEquals(List.of(), await(member.send(text("six"), Optional.of(to))));
    assertEquals("six", new String(ear.next(), StandardCharsets.US_ASCII));
    member.controls().membership(Change.DROP, group, Optional.of(by));
    InetAddress source = InetAddress.getByName("::1");
    member.controls().membership(Change.ADD, group, source, Optional.of(by));
    member.controls().membership(Change.DROP, group, source, Optional.of(by));
  }

  private static boolean canMulticast(NetworkInterface one) {
    try {
      return one.isUp() && one.supportsMulticast() && !one.isLoopback();
    } catch (java.net.SocketException gone) {
      return false;
    }
  }

  @Test
  void closedSendsNothingAndFreesItsPort() {
    UdpSocket socket = bind(Family.IPV4, new Ear());
    InetSocketAddress address = socket.localAddress();
    socket.close();
    await(socket.closed());
    assertEquals(
        address,
        await(transport().bind(UdpOptions.of(Family.IPV4), address, new Ear())).localAddress());
    List<UdpSocket.Unsent> unsent = await(socket.send(text("late"), Optional.of(address)));
    assertEquals("send EBADF", unsent.get(0).fault().getMessage());
  }

  @Test
  void boundsWhatWaitsToBeSent() {
    UdpSocket socket = bind(Family.IPV4, new Ear());
    int[] lengths = new int[140];
    Arrays.fill(lengths, 60_000);
    assertEquals(
        "send ENOBUFS",
        code(
            socket.send(
                new Datagrams(new byte[140 * 60_000], 0, lengths),
                Optional.of(socket.localAddress()))));
    assertEquals(List.of(), await(socket.send(text("a"), Optional.of(socket.localAddress()))));
  }
}
