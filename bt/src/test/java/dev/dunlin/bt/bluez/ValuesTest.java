package dev.dunlin.bt.bluez;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.BluetoothError.Kind;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.Uuids;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Test;

/** What BlueZ says, in and out of shape. */
class ValuesTest {
  private static final DeviceId ID = new DeviceId("02:00:00:00:00:02");
  private static final List<String> NAMES =
      List.of("Name", "RSSI", "TxPower", "UUIDs", "ManufacturerData", "ServiceData", "Connected");

  @Test
  void readsAnAdvertisement() {
    Object plain =
        Values.plain(
            Map.of(
                "Name",
                new Variant<>("Heart"),
                "RSSI",
                new Variant<>((short) -60),
                "TxPower",
                new Variant<>((short) 4),
                "UUIDs",
                new Variant<>(List.of("0000180d-0000-1000-8000-00805f9b34fb", "no uuid"), "as"),
                "ManufacturerData",
                new Variant<>(
                    Map.of(new UInt16(76), new Variant<>(List.of((byte) 1, (byte) -1), "ay")),
                    "a{qv}"),
                "ServiceData",
                new Variant<>(Map.of("180f", new Variant<>(new byte[] {7})), "a{sv}")));
    Advertisement read = Values.advertisement(ID, Values.map(plain));
    assertEquals(
        new Advertisement(
            ID,
            Optional.of("Heart"),
            OptionalInt.of(-60),
            OptionalInt.of(4),
            List.of(Uuids.of(0x180d)),
            Map.of(76, Buffer.buffer(new byte[] {1, -1})),
            Map.of(Uuids.of(0x180f), Buffer.buffer(new byte[] {7}))),
        read);
  }

  @Test
  void takesAStrengthOf127ForUnknown() {
    assertEquals(OptionalInt.empty(), Values.rssiDbm(Map.of("RSSI", (short) 127)));
    assertEquals(OptionalInt.of(-128), Values.rssiDbm(Map.of("RSSI", (short) -128)));
    assertEquals(OptionalInt.empty(), Values.rssiDbm(Map.of()));
  }

  @Test
  void readsBytesInBothFormsThatTheLibraryHas() {
    Buffer bytes = Buffer.buffer(new byte[] {0, -128, 127});
    assertEquals(Optional.of(bytes), Values.bytes(new byte[] {0, -128, 127}));
    assertEquals(Optional.of(bytes), Values.bytes(List.of((byte) 0, (byte) -128, (byte) 127)));
    assertEquals(Optional.of(Buffer.buffer()), Values.bytes(List.of()));
    assertEquals(Optional.empty(), Values.bytes(List.of(1)));
    assertEquals(Optional.empty(), Values.bytes("text"));
  }

  @Test
  void readsFlagsAndLeavesOutUnknownOnes() {
    assertEquals(
        Set.of(Property.READ, Property.WRITE_WITHOUT_RESPONSE),
        Values.properties(List.of("read", "write-without-response", "of the future", 7)));
  }

  @Test
  void keepsABoundedPartOfWhatADeviceSends() {
    Map<Object, Object> manufacturers = new LinkedHashMap<>();
    for (long i = 0; i < 10_000; i++) {
      manufacturers.put(i, List.of((byte) 1));
    }
    Advertisement read =
        Values.advertisement(
            ID, Map.of("ManufacturerData", manufacturers, "Name", "😀".repeat(1000)));
    assertEquals(Advertisement.MAX_ENTRIES, read.manufacturerData().size());
    String name = read.name().orElseThrow();
    assertEquals(Advertisement.MAX_NAME_CHARS, name.length());
    assertEquals("😀", name.substring(name.length() - 2), "no half of a character");
  }

  @net.jqwik.api.Property(tries = 20_000)
  void neverThrowsWhateverADeviceSends(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Object> device = new LinkedHashMap<>();
    for (String name : NAMES) {
      if (random.nextInt(4) > 0) {
        device.put(name, Values.plain(anything(random, 4)));
      }
    }
    Advertisement read = Values.advertisement(ID, device);
    assertTrue(read.manufacturerData().size() <= Advertisement.MAX_ENTRIES);
    assertTrue(read.services().size() <= Advertisement.MAX_ENTRIES);
    assertTrue(read.name().map(String::length).orElse(0) <= Advertisement.MAX_NAME_CHARS);
    Values.properties(device.get("UUIDs"));
    Values.map(device.get("Name"));
  }

  private static Object anything(Random random, int depth) {
    switch (random.nextInt(depth > 0 ? 12 : 9)) {
      case 0:
        return random.nextInt();
      case 1:
        return (short) random.nextInt();
      case 2:
        return random.nextBoolean();
      case 3:
        return random.nextDouble();
      case 4:
        byte[] bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        return bytes;
      case 5:
        return random.nextBoolean()
            ? "0000180d-0000-1000-8000-00805f9b34fb"
            : Integer.toHexString(random.nextInt()) + "\0\uD83D";
      case 6:
        return new UInt16(random.nextInt(65536));
      case 7:
        return new UInt32(random.nextInt(1 << 30));
      case 8:
        return new DBusPath("/a");
      case 9:
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(anything(random, depth - 1));
        }
        return list;
      case 10:
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(100); i > 0; i--) {
          map.put(anything(random, 0), anything(random, depth - 1));
        }
        return map;
      default:
        return new Variant<>(random.nextInt());
    }
  }

  @Test
  void mapsErrorsToThoseThatChromiumHas() {
    assertEquals("SecurityError", dom("org.freedesktop.DBus.Error.AccessDenied", ""));
    assertEquals("InvalidStateError", dom("org.freedesktop.DBus.Error.UnknownObject", "gone"));
    assertEquals("NetworkError", dom("org.freedesktop.DBus.Error.NoReply", "disconnected"));
    assertEquals("NetworkError", dom("org.freedesktop.DBus.Error.Spawn.ChildExited", ""));
    assertEquals("InvalidStateError", dom("org.bluez.Error.NotReady", "Resource Not Ready"));
    assertEquals("NotFoundError", dom("org.bluez.Error.DoesNotExist", ""));
    assertEquals("NotSupportedError", dom("org.bluez.Error.NotPermitted", "Read not permitted"));
    assertEquals("SecurityError", dom("org.bluez.Error.NotAuthorized", ""));
    assertEquals("NetworkError", dom("org.bluez.Error.InProgress", ""));
    assertEquals("NetworkError", dom("org.bluez.Error.AuthenticationRejected", ""));
    assertEquals(
        "InvalidModificationError", dom("org.bluez.Error.InvalidArguments", "Invalid Length"));
    assertEquals("NotSupportedError", dom("org.bluez.Error.Failed", "ATT error: 0x0e"));
    assertEquals("NetworkError", dom("org.bluez.Error.Failed", "Not connected"));
    assertEquals("NetworkError", dom("org.bluez.Error.Failed", "ATT error: 0x05"));
    assertEquals("InvalidModificationError", dom("org.bluez.Error.Failed", "ATT error: 0x0d"));
    assertEquals(Kind.FAILED, Errors.of("com.example.Odd", "?").kind());
    assertEquals(Kind.FAILED, Errors.of("org.bluez.Error.Failed", "ATT error: 0x").kind());
  }

  private static String dom(String name, String message) {
    return Errors.of(name, message).kind().domName();
  }

  @Test
  void boundsTheValuesThatWaitAndCountsTheRestByCharacteristic() {
    Inbox inbox = new Inbox();
    for (int i = 0; i < 100_000; i++) {
      inbox.add(signal(i % 2 == 0 ? "/a" : "/b", true));
    }
    int taken = 0;
    while (inbox.next() != null) {
      taken++;
    }
    assertEquals(Inbox.MAX_VALUES, taken);
    assertEquals(100_000, taken + inbox.dropped("/a") + inbox.dropped("/b"));
    assertEquals(0, inbox.dropped("/a"), "told once");
    assertTrue(inbox.add(signal("/a", true)), "it has room again");
  }

  @Test
  void asksForEverythingAnewWhenOtherSignalsWereLost() {
    Inbox inbox = new Inbox();
    for (int i = 0; i <= Inbox.MAX_OTHERS; i++) {
      assertTrue(!inbox.overflowed());
      inbox.add(signal("/a", false));
    }
    assertTrue(inbox.overflowed());
    assertTrue(!inbox.overflowed());
  }

  private static Inbox.Signal signal(String path, boolean value) {
    return new Inbox.Signal(":1.1", 1, path, "PropertiesChanged", new Object[0], value);
  }
}
