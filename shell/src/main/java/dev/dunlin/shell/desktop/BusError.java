package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;

/** What a message bus, or who was called over it, answered instead of a value. */
final class BusError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  enum Kind {
    /** There is no bus. */
    NO_BUS,
    /** Nobody has that name, and nobody can be started who would. */
    NO_SERVICE,
    /** It has not answered in time. */
    TIMEOUT,
    /** More is waiting for answers than may. */
    LIMIT,
    /** It answered with another error. */
    REFUSED
  }

  private final Kind kind;

  BusError(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** The error of a D-Bus reply. */
  static BusError of(String name, String text) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    Kind kind =
        name.startsWith("org.freedesktop.DBus.Error.Spawn")
            ? Kind.NO_SERVICE
            : switch (last) {
              case "ServiceUnknown", "NameHasNoOwner", "UnknownObject", "UnknownInterface" ->
                  Kind.NO_SERVICE;
              case "NoReply", "Timeout", "TimedOut" -> Kind.TIMEOUT;
              case "Disconnected", "NoServer" -> Kind.NO_BUS;
              default -> Kind.REFUSED;
            };
    return new BusError(kind, text.isEmpty() ? name : name + ": " + text);
  }

  /** What a page is told of a fault. */
  static BridgeError toPage(Throwable fault, Absent absent) {
    if (fault instanceof BridgeError known) {
      return known;
    }
    if (!(fault instanceof BusError error)) {
      return new BridgeError(
          "Error", "ERR_DESKTOP", "the desktop could not be asked: " + fault.getMessage());
    }
    return switch (error.kind()) {
      case NO_BUS ->
          new BridgeError(
              "NotSupportedError",
              "ERR_NO_BUS",
              Absent.NO_BUS.message() + ". " + Absent.NO_BUS.cure());
      case NO_SERVICE ->
          new BridgeError(
              "NotSupportedError", absent.code(), absent.message() + ". " + absent.cure());
      case TIMEOUT ->
          new BridgeError(
              "TimeoutError", "ERR_DESKTOP_TIMEOUT", "the desktop has not answered in time");
      case LIMIT -> new BridgeError("QuotaExceededError", "ERR_DESKTOP_BUSY", error.getMessage());
      case REFUSED ->
          new BridgeError(
              "OperationError",
              "ERR_DESKTOP_REFUSED",
              "the desktop refused: " + error.getMessage());
    };
  }
}
