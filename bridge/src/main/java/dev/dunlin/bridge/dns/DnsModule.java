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
import io.vertx.core.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code ipc://dns/lookup/<name>}: addresses of a name by the machine's resolver, as Node's {@code
 * dns.lookup}. The name is the resource, so a policy says which names a page may ask for.
 */
public final class DnsModule implements CommandModule {
  /** The longest name that DNS has; a longer one is not found. */
  private static final int MAX_NAME = 253;

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command(
            "lookup", new Resource.Text(), Permission.POLICY, RunsOn.WORKER, DnsModule::lookup));
  }

  private static Future<Reply> lookup(Call call) {
    String name = call.resource().startsWith("/") ? call.resource().substring(1) : call.resource();
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
