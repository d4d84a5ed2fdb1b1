package dev.dunlin.bt.bluez;

import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import java.util.Locale;

/** D-Bus' and BlueZ' errors as ours. */
final class Errors {
  static final String BLUEZ = "org.bluez.Error.";
  static final String DBUS = "org.freedesktop.DBus.Error.";
  private static final String ATT = "att error: 0x";

  private Errors() {}

  static BluetoothError of(String name, String message) {
    String said = message.isEmpty() ? name : message;
    return new BluetoothError(kind(name, message), said + " (" + name + ")");
  }

  private static Kind kind(String name, String message) {
    if (name.startsWith(DBUS)) {
      String word = name.substring(DBUS.length());
      return switch (word) {
        case "AccessDenied", "AuthFailed", "InteractiveAuthorizationRequired" -> Kind.DENIED;
        case "UnknownObject", "UnknownMethod", "UnknownInterface" -> Kind.STALE;
        case "InvalidArgs" -> Kind.INVALID_ARGUMENT;
        case "ServiceUnknown", "NameHasNoOwner", "NoReply", "Disconnected", "NoServer", "Timeout" ->
            Kind.ADAPTER_GONE;
        default -> word.startsWith("Spawn.") ? Kind.ADAPTER_GONE : Kind.FAILED;
      };
    }
    return name.startsWith(BLUEZ)
        ? bluez(name.substring(BLUEZ.length()), message.toLowerCase(Locale.ROOT))
        : Kind.FAILED;
  }

  /** The names of these kinds' DOMExceptions are Chromium's for the same failures. */
  private static Kind bluez(String word, String message) {
    return switch (word) {
      case "NotReady", "Blocked" -> Kind.ADAPTER_OFF;
      case "DoesNotExist" -> Kind.NOT_FOUND;
      case "NotConnected", "ConnectionAttemptFailed" -> Kind.DISCONNECTED;
      case "InProgress" -> Kind.BUSY;
      case "NotSupported", "NotPermitted" -> Kind.NOT_SUPPORTED;
      case "NotAuthorized" -> Kind.NOT_AUTHORIZED;
      case "InvalidValueLength", "InvalidLength" -> Kind.INVALID_LENGTH;
      case "InvalidArguments" ->
          message.contains("length") ? Kind.INVALID_LENGTH : Kind.INVALID_ARGUMENT;
      case "Rejected",
          "Canceled",
          "AuthenticationFailed",
          "AuthenticationCanceled",
          "AuthenticationRejected",
          "AuthenticationTimeout" ->
          Kind.NOT_PAIRED;
      default -> failed(message);
    };
  }

  private static Kind failed(String message) {
    int at = message.indexOf(ATT);
    if (at >= 0) {
      String code = message.substring(at + ATT.length()).trim();
      return switch (code.length() > 2 ? code.substring(0, 2) : code) {
        case "02", "03", "06" -> Kind.NOT_SUPPORTED;
        case "05", "0c", "0f" -> Kind.NOT_PAIRED;
        case "08" -> Kind.NOT_AUTHORIZED;
        case "0d" -> Kind.INVALID_LENGTH;
        default -> Kind.FAILED;
      };
    }
    if (message.contains("invalid length")) {
      return Kind.INVALID_LENGTH;
    }
    return message.contains("not connected") ? Kind.DISCONNECTED : Kind.FAILED;
  }
}
