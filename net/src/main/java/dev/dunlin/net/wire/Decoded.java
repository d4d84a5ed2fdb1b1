package dev.dunlin.net.wire;

import java.util.Optional;

/** What the bytes of a datagram are. */
public sealed interface Decoded {
  /**
   * A packet.
   *
   * @param control its message, when it is of a kind whose keys are known
   */
  record Accepted(Packet packet, Optional<Control> control) implements Decoded {}

  /** The single byte that opens a port in a firewall: to be ignored. */
  record Opener() implements Decoded {}

  /** No packet. */
  record Rejected(Reason reason) implements Decoded {}

  /** Why not. */
  enum Reason {
    MAGIC,
    TYPE,
    TOO_SHORT,
    FIELD_TOO_LONG,
    TRUNCATED,
    TOO_LONG,
    MESSAGE
  }
}
