package dev.dunlin.bt;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * What is known of a device from what it sends to all.
 *
 * @param name may change when the device is connected: never a key
 * @param rssiDbm signal strength; empty when the adapter does not know
 * @param txPowerDbm the power it says it sends with
 * @param manufacturerData by company number
 */
public record Advertisement(
    DeviceId device,
    Optional<String> name,
    OptionalInt rssiDbm,
    OptionalInt txPowerDbm,
    List<UUID> services,
    Map<Integer, Buffer> manufacturerData,
    Map<UUID, Buffer> serviceData) {

  /** Services, manufacturers and service data kept of one device; more are left out. */
  public static final int MAX_ENTRIES = 64;

  /** Characters kept of a name. */
  public static final int MAX_NAME_CHARS = 248;

  public Advertisement {
    name = name.map(text -> text.length() > MAX_NAME_CHARS ? cut(text) : text);
    services = services.stream().distinct().limit(MAX_ENTRIES).toList();
    manufacturerData = bounded(manufacturerData);
    serviceData = bounded(serviceData);
  }

  /** A device of which nothing is known. */
  public static Advertisement unknown(DeviceId device) {
    return new Advertisement(
        device,
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        List.of(),
        Map.of(),
        Map.of());
  }

  private static String cut(String text) {
    int end = MAX_NAME_CHARS;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  private static <K> Map<K, Buffer> bounded(Map<K, Buffer> map) {
    if (map.size() <= MAX_ENTRIES) {
      return Map.copyOf(map);
    }
    return map.entrySet().stream()
        .limit(MAX_ENTRIES)
        .collect(
            java.util.stream.Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
