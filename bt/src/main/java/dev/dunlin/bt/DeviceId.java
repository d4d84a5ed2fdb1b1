package dev.dunlin.bt;

/**
 * What an adapter knows a device by: its address where there is one. Not for pages: see the
 * commands' own random ids.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  public DeviceId {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a device's id is not empty");
    }
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
