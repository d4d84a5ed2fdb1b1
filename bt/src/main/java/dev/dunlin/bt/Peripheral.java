package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * The role of a device: to be found and to serve. Both come back by themselves when the Bluetooth
 * service has been restarted.
 */
public sealed interface Peripheral permits LivePeripheral {
  /** Sends this to all, until it is stopped. */
  Future<Advertising> advertise(AdvertisingData data);

  /** Serves these services to whoever connects. */
  Future<GattServer> serve(List<ServiceSpec> services, GattHandler handler);

  /** An advertisement that is sent. */
  interface Advertising {
    Future<Void> stop();
  }

  /** Services that are served. */
  interface GattServer {
    /** Sends a value to all who subscribed. */
    Future<Void> notify(AttributeRef characteristic, Buffer value);

    /** Whether somebody has subscribed to it. */
    boolean isSubscribed(AttributeRef characteristic);

    Future<Void> stop();
  }
}
