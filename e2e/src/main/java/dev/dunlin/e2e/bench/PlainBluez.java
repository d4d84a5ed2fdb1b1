package dev.dunlin.e2e.bench;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.interfaces.ObjectManager;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.interfaces.Properties.PropertiesChanged;
import org.freedesktop.dbus.types.Variant;

/**
 * A central by dbus-java alone, as somebody without Dunlin writes it: what the bench compares with.
 */
final class PlainBluez implements AutoCloseable {
  private static final String BLUEZ = "org.bluez";
  private static final String DEVICE = "org.bluez.Device1";
  private static final String CHARACTERISTIC = "org.bluez.GattCharacteristic1";
  private static final long PATIENCE_SECONDS = 60;

  /** BlueZ' own interfaces, as far as they are used here. */
  @DBusInterfaceName("org.bluez.Adapter1")
  interface Adapter1 extends DBusInterface {
    void SetDiscoveryFilter(Map<String, Variant<?>> filter);

    void StartDiscovery();

    void StopDiscovery();
  }

  @DBusInterfaceName(DEVICE)
  interface Device1 extends DBusInterface {
    void Connect();

    void Disconnect();
  }

  @DBusInterfaceName(CHARACTERISTIC)
  interface GattCharacteristic1 extends DBusInterface {
    byte[] ReadValue(Map<String, Variant<?>> options);

    void StartNotify();

    void StopNotify();
  }

  /** Whoever waits for a change of a property. */
  @FunctionalInterface
  interface OnValue {
    void changed(String path);
  }

  private final DBusConnection bus;
  private final String adapter;
  private final LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();
  private volatile Optional<OnValue> onValue = Optional.empty();

  PlainBluez(String address, String adapter) throws DBusException {
    this.bus = DBusConnectionBuilder.forAddress(address).withShared(false).build();
    this.adapter = "/org/bluez/" + adapter;
    bus.addSigHandler(
        PropertiesChanged.class,
        signal -> {
          if (signal.getPropertiesChanged().containsKey("Value")) {
            onValue.ifPresent(listener -> listener.changed(signal.getPath()));
          } else {
            changes.add(signal.getPath());
          }
        });
  }

  private <T extends DBusInterface> T at(String path, Class<T> type) throws DBusException {
    return bus.getRemoteObject(BLUEZ, path, type);
  }

  private Map<DBusPath, Map<String, Map<String, Variant<?>>>> objects() throws DBusException {
    return at("/", ObjectManager.class).GetManagedObjects();
  }

  private <T> T property(String path, String type, String name) throws DBusException {
    return at(path, Properties.class).Get(type, name);
  }

  /** The object of the device with this address, scanned for. */
  String find(String address) throws DBusException, InterruptedException {
    String path = adapter + "/dev_" + address.replace(':', '_');
    Adapter1 scanner = at(adapter, Adapter1.class);
    scanner.SetDiscoveryFilter(Map.of("Transport", new Variant<>("le")));
    scanner.StartDiscovery();
    for (int i = 0; !objects().containsKey(new DBusPath(path)); i++) {
      if (i == PATIENCE_SECONDS) {
        throw new IllegalStateException("no " + address + " within a minute");
      }
      changes.poll(1, TimeUnit.SECONDS);
    }
    scanner.StopDiscovery();
    return path;
  }

  /** Connects, and returns when its services are known. */
  void connect(String device) throws DBusException, InterruptedException {
    changes.clear();
    at(device, Device1.class).Connect();
    awaitProperty(device, "ServicesResolved", true);
  }

  void disconnect(String device) throws DBusException, InterruptedException {
    changes.clear();
    at(device, Device1.class).Disconnect();
    awaitProperty(device, "Connected", false);
  }

  private void awaitProperty(String device, String name, boolean wanted)
      throws DBusException, InterruptedException {
    while (this.<Boolean>property(device, DEVICE, name) != wanted) {
      if (changes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
        throw new IllegalStateException("within a minute, " + device + " was not " + name);
      }
    }
  }

  /** The object of the characteristic of this UUID of a connected device. */
  String characteristic(String device, String uuid) throws DBusException {
    return objects().entrySet().stream()
        .filter(object -> object.getKey().getPath().startsWith(device + "/"))
        .filter(object -> object.getValue().containsKey(CHARACTERISTIC))
        .filter(object -> object.getValue().get(CHARACTERISTIC).get("UUID").getValue().equals(uuid))
        .map(object -> object.getKey().getPath())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(device + " has no " + uuid));
  }

  byte[] read(GattCharacteristic1 characteristic) {
    return characteristic.ReadValue(Map.of());
  }

  GattCharacteristic1 characteristic(String path) throws DBusException {
    return at(path, GattCharacteristic1.class);
  }

  /** Who hears each value that is sent. */
  void onValue(OnValue listener) {
    onValue = Optional.of(listener);
  }

  @Override
  public void close() {
    bus.disconnect();
  }
}
