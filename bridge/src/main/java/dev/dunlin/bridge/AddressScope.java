package dev.dunlin.bridge;

import dev.dunlin.bridge.spi.Addresses;
import dev.dunlin.bridge.spi.BridgeError;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;

/**
 * The resource of a command URL as an address and a port: {@code 198.51.100.7:9000}, {@code
 * [2001:db8::7]:9000}, {@code [fe80::7%eth0]:9000}, {@code host.example:9000}.
 *
 * <p>One address has one spelling: that of RFC 5952, an IPv4 address inside IPv6 as IPv4, a zone by
 * the name of its interface. Whatever the page wrote, the policy is asked about that one, and the
 * command gets the address that was asked about.
 *
 * <p>To look a name up tells it to a server: that needs a policy that allows the URL with the name,
 * or {@code ipc://dns/lookup/<name>}. {@code localhost} is this machine's own.
 */
final class AddressScope {
  /** The longest name that DNS has. Over: {@code ENOTFOUND}, without a question. */
  private static final int MAX_NAME = 253;

  private static final int MAX_PORT = 65_535;

  /** A host's name or an IPv4 address, as against an IPv6 address. */
  private static final String NAME = "[^\\[\\]:%\\s]+";

  private final CommandUrl url;
  private final String host;
  private final int port;

  private AddressScope(CommandUrl url, String host, int port) {
    this.url = url;
    this.host = host;
    this.port = port;
  }

  /**
   * Parses what follows the function; asks nobody.
   *
   * @throws BridgeError {@code ERR_INVALID_CALL}
   */
  static AddressScope of(CommandUrl url) {
    String text = url.resource();
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 1 || url.folder() || url.segments().size() != 2 || !port.matches("[0-9]{1,5}")) {
      throw invalid(url);
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    if (Integer.parseInt(port) > MAX_PORT
        || (bracketed ? !NetUtil.isValidIpV6Address(bare) : !bare.matches(NAME))) {
      throw invalid(url);
    }
    return new AddressScope(url, bare, Integer.parseInt(port));
  }

  boolean isNumeric() {
    return Addresses.isNumber(host);
  }

  /**
   * The address, if the policy allows it.
   *
   * @throws BridgeError {@code ERR_ACCESS_DENIED}; {@code ENOTFOUND} if its zone is no interface
   */
  InetSocketAddress check(PolicySet policy) {
    InetAddress number = Addresses.number(host).orElseThrow(() -> notFound(host));
    InetSocketAddress address = new InetSocketAddress(number, port);
    CommandUrl canonical = url(url, address);
    if (!policy.allows(canonical)) {
      throw Denial.of(policy, canonical);
    }
    return address;
  }

  /**
   * Whether a name may be looked up.
   *
   * @throws BridgeError {@code ERR_ACCESS_DENIED}
   */
  void requireLookup(PolicySet policy) {
    if (host.equalsIgnoreCase("localhost") || policy.allows(url)) {
      return;
    }
    CommandUrl lookup = CommandUrl.parse("ipc://dns/lookup/" + CommandUrl.encodePath(host));
    if (!policy.allows(lookup)) {
      throw Denial.of(policy, lookup);
    }
  }

  /**
   * The first address of the name. Blocks.
   *
   * @param family 4, 6, or 0 for either
   * @throws BridgeError {@code ENOTFOUND}
   */
  AddressScope resolve(int family) {
    try {
      if (host.length() <= MAX_NAME) {
        for (InetAddress found : InetAddress.getAllByName(host)) {
          if (family == 0 || family == (found instanceof Inet4Address ? 4 : 6)) {
            return new AddressScope(url, Addresses.text(found), port);
          }
        }
      }
    } catch (UnknownHostException none) {
      throw notFound(host);
    }
    throw notFound(host);
  }

  /** The canonical command URL of an address. */
  static CommandUrl url(CommandUrl command, InetSocketAddress address) {
    String text = Addresses.text(address.getAddress());
    return command.withResource(
        (text.indexOf(':') < 0 ? text : "[" + text + "]") + ":" + address.getPort());
  }

  private static BridgeError notFound(String name) {
    return new BridgeError(
        "Error",
        "ENOTFOUND",
        "getaddrinfo ENOTFOUND " + name,
        Map.of("syscall", "getaddrinfo", "hostname", name));
  }

  private static BridgeError invalid(CommandUrl url) {
    return new BridgeError(
        "TypeError",
        "ERR_INVALID_CALL",
        url
            + ": expected <address>:<port> after the function, an IPv6 address in brackets, the"
            + " port from 0 to "
            + MAX_PORT);
  }
}
