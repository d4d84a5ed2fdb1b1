package dev.dunlin.net.wire;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An IPv4 address and a UDP port; the wire knows no others.
 *
 * @param address the four bytes, the first one highest
 * @param port 1 to 65535
 */
public record Endpoint(int address, int port) {
  private static final int MAX_PORT = 65535;
  private static final int BYTES = 6;

  public Endpoint {
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("a port is 1 to 65535, this is " + port);
    }
  }

  /** True of 1 to 65535. */
  public static boolean isPort(long port) {
    return port >= 1 && port <= MAX_PORT;
  }

  /** Four decimal numbers with dots; nothing when it is anything else. */
  public static Optional<Integer> parseAddress(String text) {
    int address = 0;
    int part = -1;
    int parts = 0;
    int digits = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? '.' : text.charAt(i);
      if (c == '.') {
        if (part < 0 || part > 255) {
          return Optional.empty();
        }
        address = address << 8 | part;
        parts++;
        part = -1;
        digits = 0;
      } else if (c >= '0' && c <= '9' && digits < 3 && !(digits == 1 && part == 0)) {
        part = Math.max(part, 0) * 10 + (c - '0');
        digits++;
      } else {
        return Optional.empty();
      }
    }
    return parts == 4 ? Optional.of(address) : Optional.empty();
  }

  /**
   * Of {@code 192.0.2.1:9777}.
   *
   * @throws IllegalArgumentException when it is not such a text
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    Optional<Integer> address =
        colon < 0 ? Optional.empty() : parseAddress(text.substring(0, colon));
    if (address.isEmpty() || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no IPv4 address and port: write it as 192.0.2.1:9777");
    }
    return new Endpoint(address.get(), Integer.parseInt(text.substring(colon + 1)));
  }

  /** Of {@link #bytes}; nothing when it is anything else. */
  public static Optional<Endpoint> read(byte[] bytes) {
    if (bytes.length != BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int address = in.getInt();
    int port = Short.toUnsignedInt(in.getShort());
    return isPort(port) ? Optional.of(new Endpoint(address, port)) : Optional.empty();
  }

  /** As it goes into a field of a frame: address and port, big-endian. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putInt(address).putShort((short) port).array();
  }

  /** The address with dots. */
  public String host() {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  public Endpoint withPort(int other) {
    return new Endpoint(address, other);
  }

  /** Neighbours have neighbouring addresses and ports: a plain sum of both would collide. */
  @Override
  public int hashCode() {
    return (address * 31 + port) * 0x9e3779b1;
  }

  @Override
  public String toString() {
    return host() + ":" + port;
  }
}
