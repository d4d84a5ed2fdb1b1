package dev.dunlin.net.peer;

import dev.dunlin.net.wire.Endpoint;
import io.vertx.core.Future;

/** Where a peer's sockets come from. */
public interface Datagrams {
  /**
   * Opens a socket.
   *
   * @param port 0 for any
   * @param receiver called on the peer's lane
   * @return fails with a {@link PeerException} when the port is in use
   */
  Future<Socket> open(int port, Receiver receiver);

  /** One UDP socket. Thread: the peer's lane. */
  interface Socket {
    /** Sends, or drops as networks do. */
    void send(Endpoint to, byte[] datagram);

    /** Where it is bound: not necessarily what others see. */
    Endpoint local();

    /** Where it is seen by that one, if no NAT is between them. */
    default Endpoint local(Endpoint by) {
      return local();
    }

    /** Its receiver hears nothing more. */
    void close();
  }

  /** Hears what comes. */
  @FunctionalInterface
  interface Receiver {
    void received(Socket socket, Endpoint from, byte[] datagram);
  }
}
