package dev.dunlin.bt;

import io.vertx.core.Future;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * One user's share of a device's link. What was got through it ends with it: a page that closes its
 * own does not hurt another's.
 */
public sealed interface Connection permits LiveConnection {
  Device device();

  /**
   * Connects, or shares the link there is. Open already: succeeds at once. While it is being
   * reconnected: tries at once, instead.
   */
  Future<Void> open(ConnectOptions options);

  boolean isOpen();

  /**
   * Hears each end of this share that its user did not ask for: the device went, the adapter went.
   * The share may be opened again.
   */
  Adapter.Subscription onLost(Consumer<BluetoothError> listener);

  /** Hears each time that a lost link was made again, which is what its options asked for. */
  Adapter.Subscription onReconnected(Runnable listener);

  /** The services, discovered once for each link. */
  Future<List<Service>> services();

  /** Hears that the device has changed its services; handles to what is gone are STALE. */
  Adapter.Subscription onServicesChanged(Runnable listener);

  /** The most bytes of one packet of the attribute protocol; empty if the stack does not say. */
  Future<OptionalInt> mtu();

  /** The signal's strength; empty if the stack does not say. */
  Future<OptionalInt> rssiDbm();

  /**
   * Gives the share up: what is under way fails as ABORTED, the last one ends the link. May be
   * opened again.
   */
  Future<Void> close();
}
