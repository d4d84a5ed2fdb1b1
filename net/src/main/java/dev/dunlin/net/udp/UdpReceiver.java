package dev.dunlin.net.udp;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * Hears what comes to a socket.
 *
 * <p><i>Thread:</i> the socket's loop; must not block.
 */
public interface UdpReceiver {
  /**
   * One datagram.
   *
   * @param bytes valid until this returns
   * @param offset where it begins
   * @param length how long it is, maybe 0
   */
  void datagram(ByteBuf bytes, int offset, int length, InetSocketAddress from);

  /** All that could be read at once has been told. */
  void pause();

  /** The system tells of a fault, such as {@code ECONNREFUSED} of a connected socket. */
  void failed(UdpException fault);
}
