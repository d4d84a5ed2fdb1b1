package dev.dunlin.bt.bluez;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.ScanFilter;
import dev.dunlin.bt.Uuids;
import dev.dunlin.fuzz.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;

/** What BlueZ passes on of devices that anybody may build. */
public final class BluezTargets {
  /** Nesting that D-Bus allows. */
  private static final int DEPTH = 64;

  private static final List<String> NAMES =
      List.of(
          "Name",
          "RSSI",
          "TxPower",
          "UUIDs",
          "ManufacturerData",
          "ServiceData",
          "Flags",
          "Value",
          "Connected",
          "0000180d-0000-1000-8000-00805f9b34fb",
          "180d",
          "read",
          "notify");

  private BluezTargets() {}

  public static List<Target> all() {
    return List.of(
        new Target("bluez", 16 << 10, BluezTargets::properties),
        Target.ofText("uuid", 1024, BluezTargets::uuid));
  }

  /** A tree of D-Bus values made of the bytes: nothing throws, and what is kept is bounded. */
  private static void properties(byte[] input) {
    Object plain = Values.plain(new Tree(input).value(0));
    Map<String, Object> device = Values.map(plain);
    Advertisement seen = Values.advertisement(new DeviceId("x"), device);
    require(seen.services().size() <= Advertisement.MAX_ENTRIES, "services are bounded");
    require(seen.manufacturerData().size() <= Advertisement.MAX_ENTRIES, "makers are bounded");
    require(seen.serviceData().size() <= Advertisement.MAX_ENTRIES, "service data is bounded");
    seen.name()
        .ifPresent(
            name -> require(name.length() <= Advertisement.MAX_NAME_CHARS, "names are bounded"));
    for (UUID service : seen.services()) {
      require(ScanFilter.service(service).matches(seen), "what is advertised is found");
    }
    for (Object value : device.values()) {
      Values.properties(value);
      Values.bytes(value);
      Values.uuids(value);
      Values.number(value);
      Values.text(value);
      Values.flag(value);
      Values.list(value);
      Values.map(value);
    }
  }

  /** No UUID by name, or one with one brief form. */
  private static void uuid(String text) {
    UUID uuid;
    try {
      uuid = Uuids.parse(text);
    } catch (BluetoothError none) {
      requireSame(BluetoothError.Kind.INVALID_ARGUMENT, none.kind(), "no UUID");
      return;
    }
    requireSame(uuid, Uuids.parse(uuid.toString()), "in full");
    requireSame(uuid, Uuids.parse(Uuids.brief(uuid)), "in brief");
  }

  /** D-Bus values, chosen by bytes. */
  private static final class Tree {
    private final byte[] in;
    private int at;

    Tree(byte[] in) {
      this.in = in;
    }

    private int next() {
      return at < in.length ? in[at++] & 0xff : 0;
    }

    Object value(int depth) {
      int kind = next() % 16;
      if (depth == DEPTH && kind >= 11) {
        kind -= 11;
      }
      return switch (kind) {
        case 0 -> text();
        case 1 -> next() % 2 == 0;
        case 2 -> (byte) next();
        case 3 -> (short) (next() << 8 | next());
        case 4 -> next() << 24 | next() << 16 | next() << 8 | next();
        case 5 -> (long) next() << 56 | next();
        case 6 -> new UInt16(next() << 8 | next());
        case 7 -> new UInt32((long) next() << 24 | next());
        case 8 -> new UInt64((long) next() << 48 | next());
        case 9 -> new DBusPath("/" + text());
        case 10 -> bytes(next());
        case 11 -> variant(depth);
        case 12 -> list(depth).toArray();
        case 13 -> list(depth);
        default -> {
          Map<Object, Object> map = kind == 14 ? new LinkedHashMap<>() : new HashMap<>();
          for (int count = next(); count > 0 && at < in.length; count--) {
            map.put(next() % 4 == 0 ? value(depth + 1) : text(), value(depth + 1));
          }
          yield map;
        }
      };
    }

    private Object variant(int depth) {
      Object value = value(depth + 1);
      boolean simple =
          value instanceof String || value instanceof Number || value instanceof Boolean;
      return simple ? new Variant<>(value) : value;
    }

    private List<Object> list(int depth) {
      List<Object> list = new ArrayList<>();
      for (int count = next(); count > 0 && at < in.length; count--) {
        list.add(value(depth + 1));
      }
      return list;
    }

    private byte[] bytes(int count) {
      byte[] bytes = Arrays.copyOfRange(in, at, Math.min(in.length, at + count));
      at += bytes.length;
      return bytes;
    }

    private String text() {
      int kind = next();
      if (kind < 2 * NAMES.size()) {
        return NAMES.get(kind / 2);
      }
      return new String(bytes(kind % 64), StandardCharsets.UTF_8);
    }
  }
}
