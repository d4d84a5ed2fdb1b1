package dev.dunlin.bt;

/**
 * Whether Bluetooth can be used, and if not, why and what helps.
 *
 * @param name the adapter's own name, empty if there is none
 * @param address the adapter's address, empty if there is none
 * @param message one sentence for a person
 * @param cure what to do, empty when ready
 * @param canAdvertise whether the adapter has the peripheral role
 */
public record AdapterStatus(
    Reason reason, String name, String address, String message, String cure, boolean canAdvertise) {

  /** Ready to use. */
  public static AdapterStatus ready(String name, String address, boolean canAdvertise) {
    return new AdapterStatus(Reason.READY, name, address, "Bluetooth is ready.", "", canAdvertise);
  }

  /** Not to be used: the reason's own words. */
  public static AdapterStatus unusable(Reason reason) {
    return new AdapterStatus(reason, "", "", reason.message, reason.cure, false);
  }

  /** Not to be used, with more to say. */
  public static AdapterStatus unusable(Reason reason, String message) {
    return new AdapterStatus(reason, "", "", message, reason.cure, false);
  }

  public boolean isReady() {
    return reason == Reason.READY;
  }

  /** The failure of an operation that needs a ready adapter. */
  public BluetoothError error() {
    BluetoothError.Kind kind =
        switch (reason) {
          case POWERED_OFF, BLOCKED -> BluetoothError.Kind.ADAPTER_OFF;
          case ACCESS_DENIED -> BluetoothError.Kind.DENIED;
          default -> BluetoothError.Kind.NO_ADAPTER;
        };
    return new BluetoothError(kind, cure.isEmpty() ? message : message + " " + cure);
  }

  /** Why it can be used or not. */
  public enum Reason {
    READY("Bluetooth is ready.", ""),
    POWERED_OFF(
        "The Bluetooth adapter is off.",
        "Switch Bluetooth on in the system's settings, or run 'bluetoothctl power on'."),
    BLOCKED(
        "Bluetooth is blocked by rfkill.",
        "Run 'rfkill unblock bluetooth', or leave flight mode; a hardware switch must be moved by"
            + " hand."),
    NO_ADAPTER(
        "There is no Bluetooth adapter.",
        "Plug one in; 'dmesg' says whether its firmware is missing."),
    NO_DAEMON(
        "The Bluetooth service (bluetoothd) does not run.",
        "Install BlueZ ('apt install bluez') and run 'systemctl enable --now bluetooth'."),
    NO_BUS(
        "There is no D-Bus system bus.",
        "Start dbus ('systemctl start dbus'), or set DBUS_SYSTEM_BUS_ADDRESS to the bus."),
    ACCESS_DENIED(
        "The system does not let this user use Bluetooth.",
        "Add the user to the group 'bluetooth' ('usermod -aG bluetooth <user>') and log in again,"
            + " or ask who administers D-Bus' policy for org.bluez."),
    UNSUPPORTED_PLATFORM(
        "Bluetooth is not available on this operating system yet.", "Use Linux with BlueZ."),
    CLOSED("Bluetooth is closed here.", "");

    private final String message;
    private final String cure;

    Reason(String message, String cure) {
      this.message = message;
      this.cure = cure;
    }
  }
}
