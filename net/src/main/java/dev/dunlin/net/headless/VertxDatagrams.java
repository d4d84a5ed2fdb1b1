package dev.dunlin.net.headless;

import dev.dunlin.net.peer.Datagrams;
import dev.dunlin.net.peer.PeerException;
import dev.dunlin.net.udp.UdpException;
import dev.dunlin.net.wire.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/** Real UDP. Thread: the peer's lane, on which the sockets are opened and heard. */
public final class VertxDatagrams implements Datagrams {
  /** What the kernel holds for us; more is lost. The kernel may grant less. */
  private static final int BUFFER_BYTES = 1024 * 1024;

  private final Vertx vertx;
  private final String address;
  private final Consumer<PeerException> faults;

  /**
   * @param address what the sockets are bound to
   */
  public VertxDatagrams(Vertx vertx, String address) {
    this(vertx, address, fault -> {});
  }

  /**
   * As {@link #VertxDatagrams(Vertx, String)}.
   *
   * @param faults hears why datagrams do not leave, of each one
   */
  public VertxDatagrams(Vertx vertx, String address, Consumer<PeerException> faults) {
    this.vertx = vertx;
    this.address = address;
    this.faults = faults;
  }

  @Override
  public Future<Socket> open(int port, Receiver receiver) {
    DatagramSocket socket =
        vertx.createDatagramSocket(
            new DatagramSocketOptions()
                .setReceiveBufferSize(BUFFER_BYTES)
                .setSendBufferSize(BUFFER_BYTES));
    return socket
        .listen(port, address)
        .recover(
            fault -> {
              socket.close();
              return Future.failedFuture(refused(port, fault));
            })
        .map(
            bound -> {
              UdpSocket udp = new UdpSocket(bound);
              bound.handler(
                  packet -> {
                    int from = packet.sender().port();
                    Optional<Integer> host = Endpoint.parseAddress(packet.sender().host());
                    if (host.isPresent() && Endpoint.isPort(from)) {
                      receiver.received(
                          udp, new Endpoint(host.get(), from), packet.data().getBytes());
                    }
                  });
              return udp;
            });
  }

  private PeerException refused(int port, Throwable fault) {
    boolean inUse =
        fault instanceof BindException && String.valueOf(fault.getMessage()).contains("in use");
    return inUse
        ? new PeerException(
            "EADDRINUSE",
            "port " + port + " of " + address + " is in use: choose another, or 0 for any")
        : new PeerException(
            "EADDRNOTAVAIL",
            "can't open a UDP socket at "
                + address
                + ":"
                + port
                + " ("
                + fault.getMessage()
                + "): give an address of this machine");
  }

  private void unsent(Endpoint to, Throwable fault) {
    String code = UdpException.of(fault, "send").code();
    String cure =
        code.equals("EPERM") || code.equals("EACCES")
            ? "a firewall of this machine forbids it"
            : "no way leads there from "
                + address
                + ": see whether its interface is up, or give another 'address' (0.0.0.0 leaves it to"
                + " the system)";
    faults.accept(
        new PeerException(code, "datagrams to " + to + " do not leave (" + code + "): " + cure));
  }

  private final class UdpSocket implements Socket {
    private final DatagramSocket socket;

    UdpSocket(DatagramSocket socket) {
      this.socket = socket;
    }

    @Override
    public void send(Endpoint to, byte[] datagram) {
      socket
          .send(Buffer.buffer(datagram), to.port(), to.host())
          .onFailure(fault -> unsent(to, fault));
    }

    @Override
    public Endpoint local() {
      return Endpoint.parse(socket.localAddress().host() + ":" + socket.localAddress().port());
    }

    /** Of an unbound address the system knows which one it would send from. */
    @Override
    public Endpoint local(Endpoint by) {
      Endpoint bound = local();
      if (bound.address() != 0) {
        return bound;
      }
      // Nothing is sent: a connected UDP socket merely has its route looked up.
      try (java.net.DatagramSocket route = new java.net.DatagramSocket()) {
        route.connect(
            new InetSocketAddress(
                InetAddress.getByAddress(
                    ByteBuffer.allocate(Integer.BYTES).putInt(by.address()).array()),
                by.port()));
        return Endpoint.parseAddress(route.getLocalAddress().getHostAddress())
            .map(address -> new Endpoint(address, bound.port()))
            .orElse(bound);
      } catch (IOException | UncheckedIOException e) {
        // No route leads there: then nobody finds us by it either.
        return bound;
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
