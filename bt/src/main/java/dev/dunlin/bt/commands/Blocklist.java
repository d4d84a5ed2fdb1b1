package dev.dunlin.bt.commands;

import dev.dunlin.bt.Uuids;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What no page may touch, whatever policy and person say: the GATT blocklist of the Web Bluetooth
 * registry (2024). Keyboards, firmware updates without a signature, security keys, serial numbers.
 */
final class Blocklist {
  private static final Set<UUID> SERVICES =
      uuids(
          "1812",
          "00001530-1212-efde-1523-785feabcd123",
          "f000ffc0-0451-4000-b000-000000000000",
          "00060000",
          "fffd",
          "fff9",
          "fde2");
  private static final Set<UUID> CHARACTERISTICS = uuids("2a03", "2a25");

  /** Characteristics and descriptors that may be read and not written. */
  private static final Set<UUID> NO_WRITES = uuids("2a02", "2902", "2903");

  private Blocklist() {}

  private static Set<UUID> uuids(String... texts) {
    return Arrays.stream(texts).map(Uuids::parse).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a service, characteristic or descriptor is out of reach. */
  static boolean blocks(UUID uuid) {
    return SERVICES.contains(uuid) || CHARACTERISTICS.contains(uuid);
  }

  static boolean blocksWrites(UUID uuid) {
    return blocks(uuid) || NO_WRITES.contains(uuid);
  }

  /** All that {@link #blocks}, as a page is told. */
  static List<String> all() {
    return Stream.concat(SERVICES.stream(), CHARACTERISTICS.stream())
        .map(UUID::toString)
        .sorted()
        .toList();
  }
}
