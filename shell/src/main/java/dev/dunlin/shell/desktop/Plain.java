package dev.dunlin.shell.desktop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;

/** What comes over a bus, without its types, read so that what does not fit is as if absent. */
final class Plain {
  private Plain() {}

  static Object of(Object value) {
    if (value instanceof Variant<?> variant) {
      return of(variant.getValue());
    }
    if (value instanceof DBusPath path) {
      return path.getPath();
    }
    if (value instanceof UInt16 || value instanceof UInt32 || value instanceof UInt64) {
      return ((Number) value).longValue();
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> plain = new LinkedHashMap<>();
      map.forEach((key, entry) -> plain.put(of(key), of(entry)));
      return plain;
    }
    if (value instanceof List<?> list) {
      List<Object> plain = new ArrayList<>(list.size());
      list.forEach(entry -> plain.add(of(entry)));
      return plain;
    }
    return value instanceof Object[] array ? of(List.of(array)) : value;
  }

  static String text(Object value) {
    return of(value) instanceof String text ? text : "";
  }

  static long number(Object value) {
    return of(value) instanceof Number number ? number.longValue() : 0;
  }

  static boolean flag(Object value) {
    return Boolean.TRUE.equals(of(value));
  }

  static List<?> list(Object value) {
    return of(value) instanceof List<?> list ? list : List.of();
  }

  static List<String> texts(Object value) {
    return list(value).stream().filter(String.class::isInstance).map(String.class::cast).toList();
  }

  static Optional<Object> entry(Object map, String key) {
    return of(map) instanceof Map<?, ?> found
        ? Optional.ofNullable(found.get(key))
        : Optional.empty();
  }
}
