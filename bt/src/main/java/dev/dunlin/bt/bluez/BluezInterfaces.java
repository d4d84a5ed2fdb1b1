package dev.dunlin.bt.bluez;

import java.util.Map;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/** What BlueZ calls. Public for dbus-java's reflection only. */
final class BluezInterfaces {
  private BluezInterfaces() {}

  /** See BlueZ, org.bluez.GattCharacteristic. */
  @DBusInterfaceName(Exported.CHARACTERISTIC)
  public interface GattCharacteristic1 extends DBusInterface {
    byte[] ReadValue(Map<String, Variant<?>> options);

    void WriteValue(byte[] value, Map<String, Variant<?>> options);

    void StartNotify();

    void StopNotify();

    void Confirm();
  }

  /** See BlueZ, org.bluez.GattDescriptor. */
  @DBusInterfaceName(Exported.DESCRIPTOR)
  public interface GattDescriptor1 extends DBusInterface {
    byte[] ReadValue(Map<String, Variant<?>> options);

    void WriteValue(byte[] value, Map<String, Variant<?>> options);
  }

  /** See BlueZ, org.bluez.LEAdvertisement. */
  @DBusInterfaceName(Exported.ADVERTISEMENT)
  public interface LeAdvertisement1 extends DBusInterface {
    void Release();
  }

  /** See BlueZ, org.bluez.Agent. */
  @DBusInterfaceName("org.bluez.Agent1")
  public interface Agent1 extends DBusInterface {
    void Release();

    String RequestPinCode(DBusPath device);

    void DisplayPinCode(DBusPath device, String pincode);

    UInt32 RequestPasskey(DBusPath device);

    void DisplayPasskey(DBusPath device, UInt32 passkey, UInt16 entered);

    void RequestConfirmation(DBusPath device, UInt32 passkey);

    void RequestAuthorization(DBusPath device);

    void AuthorizeService(DBusPath device, String uuid);

    void Cancel();
  }
}
