package dev.dunlin.bt;

import java.util.UUID;
import java.util.regex.Pattern;

/** Bluetooth's UUIDs: 128 bits, or 16 or 32 of them over a common base. */
public final class Uuids {
  private static final long BASE_HIGH = 0x0000_0000_0000_1000L;
  private static final long BASE_LOW = 0x8000_0080_5f9b_34fbL;

  private Uuids() {}

  /** The UUID of a number that the Bluetooth SIG gave out, 16 or 32 bits. */
  public static UUID of(long number) {
    if (number < 0 || number > 0xffff_ffffL) {
      throw new BluetoothError(
          BluetoothError.Kind.INVALID_ARGUMENT,
          "a short UUID has 16 or 32 bits, this is " + number);
    }
    return new UUID(number << 32 | BASE_HIGH, BASE_LOW);
  }

  /**
   * Reads {@code 180d}, {@code 0x180d}, {@code 0000180d} or the full form, in either case.
   *
   * @throws BluetoothError of kind INVALID_ARGUMENT for anything else
   */
  public static UUID parse(String text) {
    String word = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
    if (Form.SHORT.matcher(word).matches()) {
      return of(Long.parseLong(word, 16));
    }
    if (Form.FULL.matcher(text).matches()) {
      return UUID.fromString(text);
    }
    throw new BluetoothError(
        BluetoothError.Kind.INVALID_ARGUMENT,
        "'"
            + text
            + "' is no UUID: write 4 or 8 hex digits, or"
            + " xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
  }

  /** {@code 180d} for a UUID over the base, else the full form. */
  public static String brief(UUID uuid) {
    boolean based =
        uuid.getLeastSignificantBits() == BASE_LOW
            && (uuid.getMostSignificantBits() & 0xffff_ffffL) == BASE_HIGH;
    if (!based) {
      return uuid.toString();
    }
    long number = uuid.getMostSignificantBits() >>> 32;
    return String.format(number <= 0xffff ? "%04x" : "%08x", number);
  }

  /** Read when the first text is parsed. */
  private static final class Form {
    static final Pattern SHORT = Pattern.compile("[0-9a-fA-F]{4}|[0-9a-fA-F]{8}");
    static final Pattern FULL =
        Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  }
}
