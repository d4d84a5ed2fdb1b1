package dev.dunlin.bt;

import java.time.Duration;

/**
 * How to connect.
 *
 * @param timeout for all attempts and the waits between them
 * @param attempts 1 or more; between two of them is a wait that doubles. With more than one, a
 *     device that the stack does not know (any more) is scanned for
 * @param reconnects whether a link that is lost is made again, with waits that double, as long as
 *     the connection is not closed; what was got through the lost one is void all the same
 */
public record ConnectOptions(Duration timeout, int attempts, boolean reconnects) {
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

  public ConnectOptions(Duration timeout, int attempts) {
    this(timeout, attempts, false);
  }

  /** One attempt. */
  public static ConnectOptions once() {
    return new ConnectOptions(DEFAULT_TIMEOUT, 1);
  }

  /** The same, for a link that is made again whenever it is lost. */
  public ConnectOptions reconnecting() {
    return new ConnectOptions(timeout, attempts, true);
  }
}
