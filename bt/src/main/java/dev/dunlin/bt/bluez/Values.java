package dev.dunlin.bt.bluez;

import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.Uuids;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;

/**
 * What BlueZ tells, read with care: a device chooses much of it, so that what does not fit is left
 * out and nothing throws.
 */
final class Values {
  /** BlueZ' word for "not known". */
  private static final int RSSI_UNKNOWN = 127;

  private Values() {}

  /** Takes D-Bus' own types off: variants, paths, unsigned numbers; the same within lists, maps. */
  static Object plain(Object value) {
    if (value instanceof Variant<?> variant) {
      return plain(variant.getValue());
    }
    if (value instanceof DBusPath path) {
      return path.getPath();
    }
    if (value instanceof UInt16 || value instanceof UInt32 || value instanceof UInt64) {
      return ((Number) value).longValue();
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> plain = new LinkedHashMap<>();
      map.forEach((key, entry) -> plain.put(plain(key), plain(entry)));
      return plain;
    }
    if (value instanceof List<?> list) {
      List<Object> plain = new ArrayList<>(list.size());
      list.forEach(entry -> plain.add(plain(entry)));
      return plain;
    }
    return value instanceof Object[] array ? plain(List.of(array)) : value;
  }

  /** A map by strings, empty if it is none. */
  static Map<String, Object> map(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> found) {
      found.forEach(
          (key, entry) -> {
            if (key instanceof String name && entry != null) {
              map.put(name, entry);
            }
          });
    }
    return map;
  }

  static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  static Optional<String> text(Object value) {
    return value instanceof String text ? Optional.of(text) : Optional.empty();
  }

  static boolean flag(Object value) {
    return Boolean.TRUE.equals(value);
  }

  static OptionalInt number(Object value) {
    return value instanceof Number number ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
  }

  /** {@code ay}: dbus-java has it as an array in a reply, as a list within a variant. */
  static Optional<Buffer> bytes(Object value) {
    if (value instanceof byte[] bytes) {
      return Optional.of(Buffer.buffer(bytes.clone()));
    }
    if (!(value instanceof List<?> list)) {
      return Optional.empty();
    }
    Buffer buffer = Buffer.buffer(list.size());
    for (Object entry : list) {
      if (!(entry instanceof Byte octet)) {
        return Optional.empty();
      }
      buffer.appendByte(octet);
    }
    return Optional.of(buffer);
  }

  static Optional<UUID> uuid(Object value) {
    try {
      return text(value).map(Uuids::parse);
    } catch (BluetoothError malformed) {
      return Optional.empty();
    }
  }

  static List<UUID> uuids(Object value) {
    List<UUID> uuids = new ArrayList<>();
    list(value).forEach(entry -> uuid(entry).ifPresent(uuids::add));
    return uuids;
  }

  static Set<Property> properties(Object flags) {
    EnumSet<Property> properties = EnumSet.noneOf(Property.class);
    for (Object flag : list(flags)) {
      for (Property property : Property.values()) {
        if (property.word().equals(flag)) {
          properties.add(property);
        }
      }
    }
    return properties;
  }

  static OptionalInt rssiDbm(Map<String, Object> device) {
    OptionalInt rssi = number(device.get("RSSI"));
    return rssi.isPresent() && rssi.getAsInt() == RSSI_UNKNOWN ? OptionalInt.empty() : rssi;
  }

  /** What Device1's properties tell of it. */
  static Advertisement advertisement(DeviceId id, Map<String, Object> device) {
    Map<Integer, Buffer> manufacturers = new LinkedHashMap<>();
    if (device.get("ManufacturerData") instanceof Map<?, ?> data) {
      data.forEach(
          (company, value) ->
              number(company)
                  .ifPresent(
                      number -> bytes(value).ifPresent(it -> manufacturers.put(number, it))));
    }
    Map<UUID, Buffer> services = new LinkedHashMap<>();
    if (device.get("ServiceData") instanceof Map<?, ?> data) {
      data.forEach(
          (service, value) ->
              uuid(service)
                  .ifPresent(uuid -> bytes(value).ifPresent(it -> services.put(uuid, it))));
    }
    return new Advertisement(
        id,
        text(device.get("Name")),
        rssiDbm(device),
        number(device.get("TxPower")),
        uuids(device.get("UUIDs")),
        manufacturers,
        services);
  }
}
