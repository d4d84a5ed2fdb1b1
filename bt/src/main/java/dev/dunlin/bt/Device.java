package dev.dunlin.bt;

import io.vertx.core.Future;

/** Another device. Thread: any. */
public sealed interface Device permits LiveDevice {
  DeviceId id();

  /** What was last heard of it. */
  Advertisement advertisement();

  /** Whether there is a link, whoever made it. */
  boolean isConnected();

  /** Whether keys are kept for it. */
  boolean isPaired();

  /**
   * A share of the link to it, not open yet. There is one link, held as long as one share is open.
   */
  Connection connection();

  /** An open connection. */
  default Future<Connection> connect(ConnectOptions options) {
    Connection connection = connection();
    return connection.open(options).map(connection);
  }

  /** Exchanges keys; the {@link PairingAgent} is asked. */
  Future<Void> pair();

  /** Ends the link and forgets keys and services. */
  Future<Void> forget();
}
