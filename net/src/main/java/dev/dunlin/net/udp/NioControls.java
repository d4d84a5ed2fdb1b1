package dev.dunlin.net.udp;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;
import java.util.OptionalLong;

/** What Java's channels can change: not the hops to one receiver. */
final class NioControls implements UdpControls {
  private final NioDatagramChannel channel;

  NioControls(NioDatagramChannel channel) {
    this.channel = channel;
  }

  @Override
  public OptionalLong dropped() {
    return OptionalLong.empty();
  }

  @Override
  public void broadcast(boolean on) {
    set("setBroadcast", ChannelOption.SO_BROADCAST, on);
  }

  @Override
  public void ttl(int hops) {
    UdpControls.hops(hops, 1, "setTTL");
    throw new UdpException("ENOSYS", "setTTL");
  }

  @Override
  public void multicastTtl(int hops) {
    set(
        "setMulticastTTL",
        ChannelOption.IP_MULTICAST_TTL,
        UdpControls.hops(hops, 0, "setMulticastTTL"));
  }

  @Override
  public void multicastLoopback(boolean on) {
    // Netty's flag means that it is on, whatever its name says.
    set("setMulticastLoopback", ChannelOption.IP_MULTICAST_LOOP_DISABLED, on);
  }

  @Override
  public void multicastInterface(InetAddress by) {
    String syscall = "setMulticastInterface";
    set(syscall, ChannelOption.IP_MULTICAST_IF, by(Optional.of(by), syscall));
  }

  @Override
  public void membership(Change change, InetAddress group, Optional<InetAddress> by) {
    change(
        change,
        change == Change.ADD ? "addMembership" : "dropMembership",
        group,
        Optional.empty(),
        by);
  }

  @Override
  public void membership(
      Change change, InetAddress group, InetAddress source, Optional<InetAddress> by) {
    String syscall =
        change == Change.ADD ? "addSourceSpecificMembership" : "dropSourceSpecificMembership";
    UdpControls.sameFamily(group, Optional.of(source), syscall);
    change(change, syscall, group, Optional.of(source), by);
  }

  private void change(
      Change change,
      String syscall,
      InetAddress group,
      Optional<InetAddress> source,
      Optional<InetAddress> by) {
    UdpControls.sameFamily(group, by, syscall);
    NetworkInterface on = by(by, syscall);
    InetAddress only = source.orElse(null);
    var done =
        change == Change.ADD
            ? channel.joinGroup(group, on, only)
            : channel.leaveGroup(group, on, only);
    done.awaitUninterruptibly();
    if (!done.isSuccess()) {
      throw UdpException.of(done.cause(), syscall);
    }
  }

  /** Java asks for an interface always: the first that can do it, if none is given. */
  private static NetworkInterface by(Optional<InetAddress> address, String syscall) {
    try {
      if (address.isEmpty()) {
        return NetworkInterface.networkInterfaces()
            .filter(NioControls::canMulticast)
            .findFirst()
            .orElseThrow(() -> new UdpException("ENODEV", syscall));
      }
      NetworkInterface found =
          address.get() instanceof java.net.Inet6Address zoned && zoned.getScopeId() != 0
              ? NetworkInterface.getByIndex(zoned.getScopeId())
              : NetworkInterface.getByInetAddress(address.get());
      if (found != null) {
        return found;
      }
    } catch (SocketException unreadable) {
      throw UdpException.of(unreadable, syscall);
    }
    throw new UdpException("ENODEV", syscall);
  }

  private static boolean canMulticast(NetworkInterface one) {
    try {
      return one.isUp() && one.supportsMulticast();
    } catch (SocketException gone) {
      return false;
    }
  }

  private <T> void set(String syscall, ChannelOption<T> option, T value) {
    try {
      channel.config().setOption(option, value);
    } catch (RuntimeException refused) {
      throw UdpException.of(refused, syscall);
    }
  }
}
