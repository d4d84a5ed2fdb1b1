package dev.dunlin.bt.commands;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bt.BluetoothError;
import io.vertx.core.Future;

/** Failures as a page gets them. */
final class Faults {
  private Faults() {}

  static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }

  static BridgeError security(String message) {
    return new BridgeError("SecurityError", "ERR_BLUETOOTH_DENIED", message);
  }

  static BridgeError notFound(String message) {
    return new BridgeError("NotFoundError", "ERR_BLUETOOTH_NOT_FOUND", message);
  }

  /** An expected failure of the port by its DOMException's name; any other as it is. */
  static Throwable of(Throwable failure) {
    return failure instanceof BluetoothError expected
        ? new BridgeError(
            expected.kind().domName(),
            "ERR_BLUETOOTH_" + expected.kind().name(),
            expected.getMessage())
        : failure;
  }

  static <T> Future<T> fail(Throwable failure) {
    return Future.failedFuture(of(failure));
  }
}
