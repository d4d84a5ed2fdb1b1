package dev.dunlin.net.nat;

/**
 * What stands between a peer and the network, as bits: 1 the mapping is known, 2 it is the same for
 * every remote endpoint, 4 the firewall is known, 8 any port of a known address may enter, 16
 * anybody may.
 *
 * @param value what goes on the wire
 */
public record NatType(int value) {
  public static final NatType UNKNOWN = new NatType(0);

  /** Anybody may enter: an introducer ("static"). */
  public static final NatType UNRESTRICTED = new NatType(31);

  public static final NatType ADDR_RESTRICTED = new NatType(15);

  /** One mapping; only endpoints that were sent to may enter ("easy"). */
  public static final NatType PORT_RESTRICTED = new NatType(7);

  /** A mapping for each remote endpoint ("hard"). */
  public static final NatType ENDPOINT_RESTRICTED = new NatType(5);

  private static final int MAPPING_KNOWN = 1;
  private static final int MAPPING_SAME = 2;
  private static final int FIREWALL_KNOWN = 4;
  private static final int KNOWN_ADDRESS_ENTERS = 8;
  private static final int ANYBODY_ENTERS = 16;
  private static final int ALL = 31;

  /**
   * What detection found out.
   *
   * @param sameMapping two reflectors saw the same endpoint
   * @param entered how many of the two uninvited probes came in
   */
  public static NatType detected(boolean sameMapping, int entered) {
    int firewall =
        entered >= 2
            ? KNOWN_ADDRESS_ENTERS | ANYBODY_ENTERS
            : entered == 1 ? KNOWN_ADDRESS_ENTERS : 0;
    return new NatType(
        MAPPING_KNOWN | (sameMapping ? MAPPING_SAME : 0) | FIREWALL_KNOWN | firewall);
  }

  /** True when both mapping and firewall are known: what others accept on the wire. */
  public boolean isValid() {
    return isValid(value);
  }

  /** As {@link #isValid()}, of a number off the wire. */
  public static boolean isValid(long value) {
    int known = MAPPING_KNOWN | FIREWALL_KNOWN;
    return value >= 0 && value <= ALL && (value & known) == known;
  }

  /** True when a peer that it never sent to can reach it. */
  public boolean isOpen() {
    return value == UNRESTRICTED.value;
  }

  /** The name used in logs; the number for the kinds that have none. */
  public String label() {
    return switch (value) {
      case 0 -> "UNKNOWN";
      case 31 -> "UNRESTRICTED";
      case 15 -> "ADDR_RESTRICTED";
      case 7 -> "PORT_RESTRICTED";
      case 5 -> "ENDPOINT_RESTRICTED";
      default -> Integer.toString(value);
    };
  }
}
