package dev.dunlin.bridge.dns;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DefaultDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * {@code ipc://dns/…}: Node's {@code dns}. The name is the resource, so a policy says which names a
 * page may ask for; with {@code resolveAt} also which servers.
 */
public final class DnsModule implements CommandModule {
  /** The longest name that DNS has; a longer one is not found. */
  private static final int MAX_NAME = 253;

  /** Longest time for which a page may let a query wait, in ms. Over: {@code ERR_INVALID_CALL}. */
  private static final int MAX_TIMEOUT_MS = 60_000;

  /** Most tries that a page may ask for. Over: {@code ERR_INVALID_CALL}. */
  private static final int MAX_TRIES = 10;

  /** How long one server is waited for, and how often all are asked: those of Node. */
  private static final int TIMEOUT_MS = 5_000;

  private static final int TRIES = 4;
  private static final int DNS_PORT = 53;

  /** Kinds of records, and what Node calls the call that asks for them. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("A", "queryA"),
          Map.entry("AAAA", "queryAaaa"),
          Map.entry("ANY", "queryAny"),
          Map.entry("CAA", "queryCaa"),
          Map.entry("CNAME", "queryCname"),
          Map.entry("MX", "queryMx"),
          Map.entry("NAPTR", "queryNaptr"),
          Map.entry("NS", "queryNs"),
          Map.entry("PTR", "queryPtr"),
          Map.entry("SOA", "querySoa"),
          Map.entry("SRV", "querySrv"),
          Map.entry("TXT", "queryTxt"));

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command(
            "lookup", new Resource.Text(), Permission.POLICY, RunsOn.WORKER, DnsModule::lookup),
        new Command(
            "resolve",
            new Resource.Text(),
            Permission.POLICY,
            RunsOn.EVENT_LOOP,
            call -> resolve(call, name(call), machineServers())),
        new Command(
            "resolveAt",
            new Resource.Text(),
            Permission.POLICY,
            RunsOn.EVENT_LOOP,
            call -> {
              String[] parts = name(call).split("/", 2);
              if (parts.length < 2) {
                throw invalid("expected ipc://dns/resolveAt/<address>:<port>/<name>");
              }
              return resolve(call, parts[1], List.of(server(parts[0])));
            }),
        new Command(
            "reverse",
            new Resource.Text(),
            Permission.POLICY,
            RunsOn.EVENT_LOOP,
            DnsModule::reverse),
        Command.telling("servers", DnsModule::serverNames));
  }

  private static Future<Reply> resolve(Call call, String name, List<InetSocketAddress> servers) {
    String type = call.param("rrtype").map(JsonNode::asText).orElse("A");
    if (!TYPES.containsKey(type)) {
      throw invalid("rrtype is one of " + String.join(" ", new TreeSet<>(TYPES.keySet())));
    }
    return ask(call, name, type, TYPES.get(type), name, servers);
  }

  private static Future<Reply> reverse(Call call) {
    String address = name(call);
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null) {
      throw invalid("'" + address + "' is no IP address");
    }
    return ask(call, arpa(bytes), "PTR", "getHostByAddr", address, machineServers());
  }

  private static Future<Reply> ask(
      Call call,
      String name,
      String type,
      String syscall,
      String asked,
      List<InetSocketAddress> servers) {
    DnsQueries.Query query =
        new DnsQueries.Query(
            name,
            DnsRecordType.valueOf(type),
            syscall,
            asked,
            whole(call, "timeout", TIMEOUT_MS, MAX_TIMEOUT_MS),
            whole(call, "tries", TRIES, MAX_TRIES));
    if (name.length() > MAX_NAME) {
      return Future.failedFuture(query.error("EBADNAME"));
    }
    return DnsQueries.ask(query, servers, call).map(Reply.Data::new);
  }

  private static int whole(Call call, String name, int standard, int most) {
    int value = call.param(name).map(node -> node.asInt(0)).orElse(standard);
    if (value < 1 || value > most) {
      throw invalid(name + " is a whole number from 1 to " + most);
    }
    return value;
  }

  /** The name under which an address has its pointer record. */
  static String arpa(byte[] address) {
    StringBuilder name = new StringBuilder();
    for (int i = address.length - 1; i >= 0; i--) {
      int value = address[i] & 0xff;
      if (address.length == 4) {
        name.append(value).append('.');
      } else {
        name.append(Integer.toHexString(value & 15)).append('.');
        name.append(Integer.toHexString(value >> 4)).append('.');
      }
    }
    return name.append(address.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
  }

  /** A server as a policy names it: an address, no name, so that nobody is asked where it is. */
  private static InetSocketAddress server(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    byte[] address =
        NetUtil.createByteArrayFromIpAddressString(
            host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host);
    String port = text.substring(colon + 1);
    if (address == null || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xffff) {
      throw invalid("'" + text + "' is no server: write 198.51.100.7:53 or [2001:db8::1]:53");
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), Integer.parseInt(port));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  private static List<InetSocketAddress> machineServers() {
    return DefaultDnsServerAddressStreamProvider.defaultAddressList();
  }

  /** The machine's servers as Node's {@code getServers} has them. */
  private static Object serverNames() {
    return machineServers().stream()
        .map(
            server -> {
              String address = NetUtil.toAddressString(server.getAddress());
              boolean six = address.contains(":");
              return server.getPort() == DNS_PORT
                  ? address
                  : (six ? "[" + address + "]" : address) + ":" + server.getPort();
            })
        .toList();
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", "ipc://dns/: " + message);
  }

  /** What the URL names after the function, without the slash that a path of files has. */
  private static String name(Call call) {
    return call.resource().startsWith("/") ? call.resource().substring(1) : call.resource();
  }

  private static Future<Reply> lookup(Call call) {
    String name = call.resource().startsWith("/") ? name(call) : call.resource();
    JsonNode family = call.params().path("family");
    if (name.isEmpty() || name.length() > MAX_NAME) {
      return Future.failedFuture(notFound(name));
    }
    try {
      List<Map<String, Object>> found = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(name)) {
        int kind = address instanceof Inet4Address ? 4 : 6;
        if (family.asInt(0) == 0 || family.asInt() == kind) {
          // A link-local address is told without the interface.
          found.add(
              Map.of("address", address.getHostAddress().replaceAll("%.*", ""), "family", kind));
        }
      }
      return found.isEmpty()
          ? Future.failedFuture(notFound(name))
          : Future.succeededFuture(new Reply.Data(found));
    } catch (UnknownHostException e) {
      return Future.failedFuture(notFound(name));
    }
  }

  private static BridgeError notFound(String name) {
    return new BridgeError(
        "Error",
        "ENOTFOUND",
        "getaddrinfo ENOTFOUND " + name,
        Map.of("syscall", "getaddrinfo", "hostname", name));
  }
}
