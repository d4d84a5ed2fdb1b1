package dev.dunlin.net.udp;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;

/** Linux' setsockopt, with the numbers and structures of its headers. */
final class EpollControls implements UdpControls {
  private static final int IP = 0;
  private static final int IPV6 = 41;
  private static final int IP_TTL = 2;
  private static final int IP_MULTICAST_IF = 32;
  private static final int IP_MULTICAST_TTL = 33;
  private static final int IP_MULTICAST_LOOP = 34;
  private static final int IP_ADD_MEMBERSHIP = 35;
  private static final int IP_DROP_MEMBERSHIP = 36;
  private static final int IP_ADD_SOURCE_MEMBERSHIP = 39;
  private static final int IP_DROP_SOURCE_MEMBERSHIP = 40;
  private static final int IPV6_UNICAST_HOPS = 16;
  private static final int IPV6_MULTICAST_IF = 17;
  private static final int IPV6_MULTICAST_HOPS = 18;
  private static final int IPV6_MULTICAST_LOOP = 19;
  private static final int IPV6_ADD_MEMBERSHIP = 20;
  private static final int IPV6_DROP_MEMBERSHIP = 21;
  private static final int MCAST_JOIN_SOURCE_GROUP = 46;
  private static final int MCAST_LEAVE_SOURCE_GROUP = 47;
  private static final int AF_INET6 = 10;
  private static final int SOCKADDR_STORAGE_BYTES = 128;
  private static final int SOL_SOCKET = 1;
  private static final int SO_MEMINFO = 55;
  private static final int SK_MEMINFO_DROPS = 8;
  private static final int MEMINFO_BYTES = (SK_MEMINFO_DROPS + 1) * Integer.BYTES;

  private final DatagramChannel channel;
  private final boolean six;

  EpollControls(DatagramChannel channel, UdpOptions.Family family) {
    this.channel = channel;
    this.six = family == UdpOptions.Family.IPV6;
  }

  @Override
  public OptionalLong dropped() {
    try {
      ByteBuffer figures =
          channel
              .config()
              .getOption(
                  new RawUnixChannelOption("SO_MEMINFO", SOL_SOCKET, SO_MEMINFO, MEMINFO_BYTES));
      return OptionalLong.of(
          Integer.toUnsignedLong(
              figures
                  .order(ByteOrder.nativeOrder())
                  .getInt(figures.position() + SK_MEMINFO_DROPS * Integer.BYTES)));
    } catch (RuntimeException unknown) {
      // Closed, or a kernel older than 4.12.
      return OptionalLong.empty();
    }
  }

  @Override
  public void broadcast(boolean on) {
    set("setBroadcast", () -> channel.config().setOption(ChannelOption.SO_BROADCAST, on));
  }

  @Override
  public void ttl(int hops) {
    integer("setTTL", IP_TTL, IPV6_UNICAST_HOPS, UdpControls.hops(hops, 1, "setTTL"));
  }

  @Override
  public void multicastTtl(int hops) {
    int value = UdpControls.hops(hops, 0, "setMulticastTTL");
    integer("setMulticastTTL", IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, value);
  }

  @Override
  public void multicastLoopback(boolean on) {
    integer("setMulticastLoopback", IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, on ? 1 : 0);
  }

  @Override
  public void multicastInterface(InetAddress by) {
    if (by instanceof Inet6Address zoned) {
      raw("setMulticastInterface", IPV6, IPV6_MULTICAST_IF, buffer(4).putInt(zoned.getScopeId()));
    } else {
      raw("setMulticastInterface", IP, IP_MULTICAST_IF, buffer(4).put(by.getAddress()));
    }
  }

  @Override
  public void membership(Change change, InetAddress group, Optional<InetAddress> by) {
    boolean add = change == Change.ADD;
    String syscall = add ? "addMembership" : "dropMembership";
    UdpControls.sameFamily(group, by, syscall);
    if (group instanceof Inet4Address) {
      ByteBuffer request = buffer(8).put(group.getAddress()).put(four(by));
      raw(syscall, IP, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, request);
    } else {
      ByteBuffer request = buffer(20).put(group.getAddress()).putInt(zone(by));
      raw(syscall, IPV6, add ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, request);
    }
  }

  @Override
  public void membership(
      Change change, InetAddress group, InetAddress source, Optional<InetAddress> by) {
    boolean add = change == Change.ADD;
    String syscall = add ? "addSourceSpecificMembership" : "dropSourceSpecificMembership";
    UdpControls.sameFamily(group, by, syscall);
    UdpControls.sameFamily(group, Optional.of(source), syscall);
    if (group instanceof Inet4Address) {
      ByteBuffer request =
          buffer(12).put(group.getAddress()).put(four(by)).put(source.getAddress());
      raw(syscall, IP, add ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP, request);
    } else {
      ByteBuffer request = buffer(8 + 2 * SOCKADDR_STORAGE_BYTES).putInt(zone(by)).putInt(0);
      address(request, 8, group);
      address(request, 8 + SOCKADDR_STORAGE_BYTES, source);
      request.position(request.limit());
      raw(syscall, IPV6, add ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, request);
    }
  }

  private static byte[] four(Optional<InetAddress> by) {
    return by.map(InetAddress::getAddress).orElse(new byte[4]);
  }

  private static int zone(Optional<InetAddress> by) {
    return by.map(address -> ((Inet6Address) address).getScopeId()).orElse(0);
  }

  /** A {@code sockaddr_in6}. */
  private static void address(ByteBuffer to, int at, InetAddress address) {
    to.position(at);
    to.putShort((short) AF_INET6).putShort((short) 0).putInt(0).put(address.getAddress());
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
  }

  private void integer(String syscall, int four, int ipv6, int value) {
    set(
        syscall,
        () ->
            channel
                .config()
                .setOption(
                    new IntegerUnixChannelOption(syscall, six ? IPV6 : IP, six ? ipv6 : four),
                    value));
  }

  private void raw(String syscall, int level, int option, ByteBuffer value) {
    value.flip();
    set(
        syscall,
        () ->
            channel
                .config()
                .setOption(
                    new RawUnixChannelOption(syscall, level, option, value.remaining()), value));
  }

  private static void set(String syscall, Runnable setting) {
    try {
      setting.run();
    } catch (RuntimeException refused) {
      throw UdpException.of(refused, syscall);
    }
  }
}
