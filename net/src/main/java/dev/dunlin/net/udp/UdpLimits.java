package dev.dunlin.net.udp;

/** Every bound of the commands of pages, by name. What exceeding one gives stands beside it. */
final class UdpLimits {
  /** Datagrams of one send. Over: {@code ERR_INVALID_CALL}. */
  static final int SEND_DATAGRAMS = 8192;

  /** One message to a page, give or take a datagram. Over: the next message takes the rest. */
  static final int MESSAGE_BYTES = 128 << 10;

  /**
   * What waits for one page to take it, of one socket. Over: datagrams that come are dropped and
   * counted, as the system does with its own buffer.
   */
  static final int WAITING_BYTES = 4 << 20;

  /** What waits for pages, of all sockets. Over: as {@link #WAITING_BYTES}. */
  static final long ALL_WAITING_BYTES = 64 << 20;

  /**
   * Addresses that a socket which hears only answers has sent to. Over: the one it has not sent to
   * for longest is forgotten, and not heard any more.
   */
  static final int CORRESPONDENTS = 1024;

  private UdpLimits() {}
}
