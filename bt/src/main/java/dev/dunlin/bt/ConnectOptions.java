package dev.dunlin.bt;

import java.time.Duration;

/**
 * How to connect.
 *
 * @param timeout for all attempts and the waits between them
 * @param attempts 1 or more; between two of them is a wait that doubles
 */
public record ConnectOptions(Duration timeout, int attempts) {
  /** Enough for a device that advertises every ten seconds, and its services' discovery. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  public ConnectOptions {
    if (timeout.isNegative() || timeout.isZero() || attempts < 1) {
      throw new BluetoothError(
          BluetoothError.Kind.INVALID_ARGUMENT,
          "connecting takes one attempt or more and more than no time: "
              + attempts
              + ", "
              + timeout);
    }
  }

  /** One attempt. */
  public static ConnectOptions once() {
    return new ConnectOptions(DEFAULT_TIMEOUT, 1);
  }
}
