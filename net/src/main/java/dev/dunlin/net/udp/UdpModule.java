package dev.dunlin.net.udp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.Addresses;
import dev.dunlin.bridge.spi.Body;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.net.udp.UdpControls.Change;
import dev.dunlin.net.udp.UdpOptions.Family;
import dev.dunlin.net.udp.UdpOptions.Flag;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Datagram sockets of pages: {@code ipc://udp/bind/<address>:<port>}, {@code
 * ipc://udp/send/<address>:<port>}, and what is done to an open socket. See docs/udp.md.
 *
 * <p>One event loop serves all pages: what a page sends to itself is read between two turns of
 * sending.
 */
public final class UdpModule implements CommandModule, AutoCloseable {
  private static final int LOOPS = 1;

  private final Supplier<UdpTransport> maker;
  private final AtomicLong waiting = new AtomicLong();

  // Guarded by this.
  private Future<UdpTransport> transport;

  /** On the best transport there is, made when the first page needs it. */
  public UdpModule() {
    this(() -> UdpTransport.create(LOOPS));
  }

  UdpModule(Supplier<UdpTransport> maker) {
    this.maker = maker;
  }

  @Override
  public String name() {
    return "udp";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command(
            "bind", new Resource.Address(""), Permission.POLICY, RunsOn.EVENT_LOOP, this::bind),
        new Command(
            "send",
            new Resource.Address("socket"),
            Permission.POLICY,
            RunsOn.EVENT_LOOP,
            this::send),
        handle("send", RunsOn.EVENT_LOOP, UdpModule::sendConnected),
        handle("disconnect", RunsOn.EVENT_LOOP, UdpModule::disconnect),
        handle("close", RunsOn.WORKER, UdpModule::closeSocket),
        handle(
            "stats",
            RunsOn.EVENT_LOOP,
            call -> Future.succeededFuture(new Reply.Data(socket(call).stats()))),
        set("setRecvBufferSize", (call, s) -> s.setReceiveBufferBytes(integer(call, "value"))),
        set("setSendBufferSize", (call, s) -> s.setSendBufferBytes(integer(call, "value"))),
        set("setBroadcast", (call, s) -> s.controls().broadcast(truth(call, "value"))),
        set("setTTL", (call, s) -> s.controls().ttl(integer(call, "value"))),
        set("setMulticastTTL", (call, s) -> s.controls().multicastTtl(integer(call, "value"))),
        set(
            "setMulticastLoopback",
            (call, s) -> s.controls().multicastLoopback(truth(call, "value"))),
        set(
            "setMulticastInterface",
            (call, s) ->
                s.controls()
                    .multicastInterface(address(call, "interface", "setMulticastInterface"))),
        membership("addMembership", Change.ADD),
        membership("dropMembership", Change.DROP),
        sourceMembership("addSourceSpecificMembership", Change.ADD),
        sourceMembership("dropSourceSpecificMembership", Change.DROP));
  }

  // ---- opening

  private synchronized Future<UdpTransport> transport() {
    if (transport == null) {
      // It loads a library: not on the bridge's loop.
      transport = Future.fromCompletionStage(Threads.async("udp-start", maker));
    }
    return transport;
  }

  private Future<Reply> bind(Call call) {
    return open(call, call.params(), call.address(), PageSocket.Hears.ALL);
  }

  private Future<Reply> send(Call call) {
    Optional<JsonNode> opening = call.param("open");
    if (opening.isPresent()) {
      boolean six = family(opening.get()) == Family.IPV6;
      InetSocketAddress any =
          new InetSocketAddress(Addresses.number(six ? "::" : "0.0.0.0").orElseThrow(), 0);
      return open(
          call,
          opening.get(),
          any,
          call.allows("bind", any) ? PageSocket.Hears.ALL : PageSocket.Hears.ANSWERS);
    }
    if (call.param("socket").isEmpty()) {
      throw invalid("send needs 'socket', the id that opening gave, or 'open'");
    }
    PageSocket socket = socket(call);
    boolean connect = truth(call, "connect");
    if (socket.family() == Family.IPV4 && !(call.address().getAddress() instanceof Inet4Address)) {
      return fail(new UdpException("EINVAL", connect ? "connect" : "send"));
    }
    return connect
        ? socket
            .connect(call.address())
            .map(done -> (Reply) new Reply.Data(addresses(socket)))
            .recover(UdpModule::fail)
        : sent(socket.send(datagrams(call), Optional.of(call.address())));
  }

  private Future<Reply> open(
      Call call, JsonNode params, InetSocketAddress local, PageSocket.Hears hears) {
    Family family = family(params);
    if (family == Family.IPV4 && !(local.getAddress() instanceof Inet4Address)) {
      return fail(new UdpException("EINVAL", "bind"));
    }
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    add(flags, Flag.REUSE_ADDRESS, params.path("reuseAddr"));
    add(flags, Flag.REUSE_PORT, params.path("reusePort"));
    add(flags, Flag.IPV6_ONLY, params.path("ipv6Only"));
    UdpOptions options = new UdpOptions(family, flags);
    PushChannel channel =
        call.openPush(PushChannel.Overflow.STOP_READING, 2 * UdpLimits.MESSAGE_BYTES);
    PageSocket socket = new PageSocket(channel, family, hears, waiting);
    return transport()
        .compose(ready -> ready.bind(options, local, socket))
        .map(bound -> (Reply) new Reply.Data(register(call, socket, bound)))
        .onFailure(refused -> channel.close())
        .recover(UdpModule::fail);
  }

  private static Map<String, Object> register(Call call, PageSocket socket, UdpSocket bound) {
    socket.opened(bound);
    HandleId id;
    try {
      id = call.register(socket);
    } catch (BridgeError refused) {
      socket.close();
      throw refused;
    }
    Map<String, Object> opened = addresses(socket);
    opened.put("id", id.value());
    opened.put("channel", socket.channel());
    opened.putAll(buffers(bound));
    return opened;
  }

  private static void add(Set<Flag> flags, Flag flag, JsonNode given) {
    if (given.asBoolean()) {
      flags.add(flag);
    }
  }

  private static Family family(JsonNode params) {
    return switch (params.path("type").asText()) {
      case "udp4" -> Family.IPV4;
      case "udp6" -> Family.IPV6;
      default -> throw invalid("'type' is udp4 or udp6");
    };
  }

  private static Map<String, Object> addresses(PageSocket socket) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("local", address(socket, socket.socket().localAddress()));
    socket
        .socket()
        .remoteAddress()
        .ifPresent(remote -> facts.put("remote", address(socket, remote)));
    return facts;
  }

  private static Map<String, Object> address(PageSocket socket, InetSocketAddress address) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("address", socket.text(address));
    facts.put("family", socket.family() == Family.IPV4 ? "IPv4" : "IPv6");
    facts.put("port", address.getPort());
    return facts;
  }

  private static Map<String, Object> buffers(UdpSocket socket) {
    return Map.of(
        "recvBufferSize", socket.receiveBufferBytes(), "sendBufferSize", socket.sendBufferBytes());
  }

  // ---- sending

  private static Future<Reply> sendConnected(Call call) {
    return sent(socket(call).send(datagrams(call), Optional.empty()));
  }

  private static Future<Reply> sent(Future<List<UdpSocket.Unsent>> sending) {
    return sending
        .map(
            refused -> {
              if (refused.isEmpty()) {
                return Reply.NOTHING;
              }
              List<Object> failed = new ArrayList<>();
              refused.forEach(one -> failed.add(List.of(one.index(), one.fault().code())));
              return (Reply) new Reply.Data(Map.of("failed", failed));
            })
        .recover(UdpModule::fail);
  }

  private static Datagrams datagrams(Call call) {
    byte[] wire;
    try {
      Optional<Body> body = call.body();
      if (call.param("data").isPresent()) {
        wire = Base64.getDecoder().decode(call.param("data").get().asText());
      } else if (body.isPresent() && body.get().lengthBytes() >= 0) {
        wire = body.get().next();
      } else {
        throw invalid("send needs datagrams: a body in one piece, or 'data' in base64");
      }
    } catch (IOException | IllegalArgumentException broken) {
      throw invalid("'data' is not base64, or the body broke off");
    }
    return Datagrams.parse(wire, UdpLimits.SEND_DATAGRAMS)
        .orElseThrow(
            () ->
                invalid(
                    "datagrams are a count (u32, 1 to "
                        + UdpLimits.SEND_DATAGRAMS
                        + "), so many lengths (u16), and exactly their bytes"));
  }

  private static Future<Reply> disconnect(Call call) {
    PageSocket socket = socket(call);
    return socket
        .socket()
        .disconnect()
        .map(done -> (Reply) new Reply.Data(addresses(socket)))
        .recover(UdpModule::fail);
  }

  private static Future<Reply> closeSocket(Call call) {
    PageSocket socket = socket(call);
    call.release();
    socket.close();
    return Future.succeededFuture(Reply.NOTHING);
  }

  // ---- settings

  private interface Setting {
    void set(Call call, UdpSocket socket);
  }

  private static Command set(String name, Setting setting) {
    return handle(
        name,
        RunsOn.WORKER,
        call -> {
          UdpSocket socket = socket(call).socket();
          try {
            setting.set(call, socket);
            return Future.succeededFuture(new Reply.Data(buffers(socket)));
          } catch (UdpException refused) {
            return fail(refused);
          }
        });
  }

  private static Command membership(String name, Change change) {
    return set(
        name,
        (call, socket) ->
            socket.controls().membership(change, address(call, "group", name), by(call, name)));
  }

  private static Command sourceMembership(String name, Change change) {
    return set(
        name,
        (call, socket) ->
            socket
                .controls()
                .membership(
                    change,
                    address(call, "group", name),
                    address(call, "source", name),
                    by(call, name)));
  }

  private static Optional<InetAddress> by(Call call, String syscall) {
    return call.param("interface").isEmpty()
        ? Optional.empty()
        : Optional.of(address(call, "interface", syscall));
  }

  private static InetAddress address(Call call, String name, String syscall) {
    return Addresses.number(call.params().path(name).asText())
        .orElseThrow(() -> new UdpException("EINVAL", syscall));
  }

  private static int integer(Call call, String name) {
    JsonNode value = call.params().path(name);
    if (!value.canConvertToInt() && !value.asText().matches("-?[0-9]{1,9}")) {
      throw invalid("'" + name + "' is a whole number");
    }
    return value.asInt();
  }

  private static boolean truth(Call call, String name) {
    return call.params().path(name).asBoolean();
  }

  // ---- what they share

  private static Command handle(String function, RunsOn runsOn, Command.Handler handler) {
    return new Command(function, new Resource.Handle(), Permission.POLICY, runsOn, handler);
  }

  private static PageSocket socket(Call call) {
    return call.handle(PageSocket.class);
  }

  /** What the system refuses, as the page sees it. */
  private static Future<Reply> fail(Throwable refused) {
    return Future.failedFuture(
        refused instanceof UdpException fault
            ? new BridgeError(
                "Error", fault.code(), fault.getMessage(), Map.of("syscall", fault.syscall()))
            : refused);
  }

  private static BridgeError invalid(String why) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", "ipc://udp: " + why);
  }

  /** Closes every socket and ends the thread. */
  @Override
  public synchronized void close() {
    if (transport != null) {
      transport.onSuccess(UdpTransport::close);
    }
  }
}
