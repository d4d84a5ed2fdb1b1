package dev.dunlin.bt;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/**
 * What a device must show to be found: all that is named here.
 *
 * @param services all of them advertised
 * @param name the whole name
 * @param namePrefix the beginning of the name
 * @param minRssiDbm at least this strong; a device of unknown strength passes
 */
public record ScanFilter(
    Set<UUID> services,
    Optional<String> name,
    Optional<String> namePrefix,
    List<DataFilter> manufacturerData,
    Map<UUID, Masked> serviceData,
    OptionalInt minRssiDbm) {

  public ScanFilter {
    services = Set.copyOf(services);
    manufacturerData = List.copyOf(manufacturerData);
    serviceData = Map.copyOf(serviceData);
  }

  /** Everything. */
  public static ScanFilter any() {
    return new ScanFilter(
        Set.of(), Optional.empty(), Optional.empty(), List.of(), Map.of(), OptionalInt.empty());
  }

  /** Whatever advertises this service. */
  public static ScanFilter service(UUID service) {
    return new ScanFilter(
        Set.of(service),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Map.of(),
        OptionalInt.empty());
  }

  /** Whether the device shows all of it. */
  public boolean matches(Advertisement seen) {
    return seen.services().containsAll(services)
        && name.map(wanted -> seen.name().filter(wanted::equals).isPresent()).orElse(true)
        && namePrefix
            .map(prefix -> seen.name().filter(has -> has.startsWith(prefix)).isPresent())
            .orElse(true)
        && manufacturerData.stream()
            .allMatch(
                filter -> filter.data().matches(seen.manufacturerData().get(filter.company())))
        && serviceData.entrySet().stream()
            .allMatch(filter -> filter.getValue().matches(seen.serviceData().get(filter.getKey())))
        && (minRssiDbm.isEmpty()
            || seen.rssiDbm().isEmpty()
            || seen.rssiDbm().getAsInt() >= minRssiDbm.getAsInt());
  }

  /** Data of one manufacturer, by company number. */
  public record DataFilter(int company, Masked data) {}

  /**
   * A beginning of bytes, compared where the mask has ones.
   *
   * @param mask as long as the prefix
   */
  public record Masked(Buffer prefix, Buffer mask) {
    public Masked {
      if (prefix.length() != mask.length()) {
        throw new BluetoothError(
            BluetoothError.Kind.INVALID_ARGUMENT,
            "a mask is as long as its data prefix: "
                + mask.length()
                + " and "
                + prefix.length()
                + " bytes");
      }
    }

    /** Any data at all. */
    public static Masked any() {
      return new Masked(Buffer.buffer(), Buffer.buffer());
    }

    boolean matches(Buffer data) {
      if (data == null || data.length() < prefix.length()) {
        return false;
      }
      for (int i = 0; i < prefix.length(); i++) {
        if (((data.getByte(i) ^ prefix.getByte(i)) & mask.getByte(i)) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
