package dev.dunlin.net.wire;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** 32 bytes that name a peer, a packet, a cluster or a subcluster. Immutable, a key of maps. */
public final class Id implements Comparable<Id> {
  public static final int BYTES = 32;
  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;
  private final int hash;

  /** Made when it is first asked for; racing threads make the same. */
  private String hex = "";

  private Id(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * @throws IllegalArgumentException when they are not {@value #BYTES}
   */
  public static Id of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "an id is "
              + BYTES
              + " bytes, these are "
              + bytes.length
              + ": give the raw bytes, not their hex");
    }
    return new Id(bytes.clone());
  }

  /** Nothing when they are not {@value #BYTES}: for bytes off the wire. */
  public static Optional<Id> from(byte[] bytes) {
    return bytes.length == BYTES ? Optional.of(new Id(bytes.clone())) : Optional.empty();
  }

  /**
   * @throws IllegalArgumentException when the text is not 64 hex digits
   */
  public static Id parse(String hex) {
    return of(HEX.parseHex(hex));
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /** True when these are its bytes. */
  public boolean is(byte[] other) {
    return Arrays.equals(bytes, other);
  }

  /** The n-th half byte, 0 to 63: where it is in a cache summary. */
  public int nibble(int n) {
    int octet = bytes[n >> 1];
    return (n & 1) == 0 ? (octet >> 4) & 15 : octet & 15;
  }

  /** Its 64 lower-case hex digits. */
  public String hex() {
    String text = hex;
    if (text.isEmpty()) {
      text = HEX.formatHex(bytes);
      hex = text;
    }
    return text;
  }

  @Override
  public int compareTo(Id other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Id that && hash == that.hash && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return hex();
  }
}
