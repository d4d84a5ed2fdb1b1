package dev.dunlin.bridge.spi;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Addresses as text. One address has one: that of RFC 5952, an IPv4 address inside IPv6 as IPv4, a
 * zone by the name of its interface ({@code fe80::7%eth0}).
 */
public final class Addresses {
  private Addresses() {}

  /** Whether a text is an address, and no name. */
  public static boolean isNumber(String text) {
    return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text);
  }

  /** The address that a text is, without a question to anybody; nothing if it is none. */
  public static Optional<InetAddress> number(String text) {
    if (!isNumber(text)) {
      return Optional.empty();
    }
    int percent = text.indexOf('%');
    try {
      InetAddress plain = InetAddress.getByName(percent < 0 ? text : text.substring(0, percent));
      if (percent < 0 || !(plain instanceof Inet6Address)) {
        return Optional.of(plain);
      }
      // Java itself knows only zones of interfaces that have a link-local address.
      String zone = text.substring(percent + 1);
      NetworkInterface known =
          zone.matches("[0-9]{1,9}")
              ? NetworkInterface.getByIndex(Integer.parseInt(zone))
              : NetworkInterface.getByName(zone);
      return known == null
          ? Optional.empty()
          : Optional.of(Inet6Address.getByAddress(null, plain.getAddress(), known.getIndex()));
    } catch (UnknownHostException | SocketException none) {
      return Optional.empty();
    }
  }

  /** The one text of an address. */
  public static String text(InetAddress address) {
    String text = NetUtil.toAddressString(address);
    if (!(address instanceof Inet6Address six) || six.getScopeId() == 0) {
      return text;
    }
    int zone = text.indexOf('%');
    return (zone < 0 ? text : text.substring(0, zone)) + "%" + zone(six);
  }

  private static String zone(Inet6Address address) {
    NetworkInterface known = address.getScopedInterface();
    try {
      if (known == null) {
        known = NetworkInterface.getByIndex(address.getScopeId());
      }
    } catch (SocketException unreadable) {
      known = null;
    }
    return known == null ? Integer.toString(address.getScopeId()) : known.getName();
  }
}
