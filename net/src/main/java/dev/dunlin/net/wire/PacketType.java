package dev.dunlin.net.wire;

import java.util.Optional;

/** The eight kinds of packet. */
public enum PacketType {
  PING,
  PONG,
  INTRO,
  JOIN,
  PUBLISH,
  STREAM,
  SYNC,
  QUERY;

  private static final PacketType[] ALL = values();

  /** What goes on the wire: 1 to 8. */
  public int code() {
    return ordinal() + 1;
  }

  static Optional<PacketType> of(int code) {
    return code < 1 || code > ALL.length ? Optional.empty() : Optional.of(ALL[code - 1]);
  }

  /** True of those whose message is an object with known keys. */
  public boolean isControl() {
    return this == PING || this == PONG || this == INTRO || this == JOIN;
  }
}
