package dev.dunlin.bridge.spi;

/** The name of an open thing: 32 lower-case hex digits, 128 random bits. */
public record HandleId(String value) {
  public HandleId {
    if (value.length() != 32) {
      throw new IllegalArgumentException(
          "a handle id has 32 hex digits, this has " + value.length());
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
