package dev.dunlin.bt;

import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/**
 * The machine's Bluetooth.
 *
 * <p><i>Thread:</i> any. Futures complete, and events come, on the scheduler's lane. Every future
 * settles: each operation has a deadline. <i>Fails with:</i> {@link BluetoothError}.
 */
public sealed interface Adapter permits LiveAdapter {

  /** An adapter on this stack. Succeeds as soon as its state is known, be it that there is none. */
  static Future<Adapter> open(Driver driver, Scheduler scheduler) {
    return LiveAdapter.open(driver, scheduler);
  }

  /** The state as it was last heard of. */
  AdapterStatus status();

  /** Looks again, where the stack does not tell by itself (no bus, no service). */
  Future<AdapterStatus> refresh();

  /** Hears each change of the state until it is closed. */
  Subscription onStatus(Consumer<AdapterStatus> listener);

  /** Switches the radio. */
  Future<Void> setPowered(boolean on);

  /** Starts to look for devices; several may at once. */
  Future<Scan> scan(ScanOptions options);

  /** What was seen lately or is connected. */
  List<Device> devices();

  /** A device by its id, seen or not: to connect to one that was not seen may fail as NOT_FOUND. */
  Device device(DeviceId id);

  /** Who answers when a device wants to be paired; until this is called every question is a no. */
  void setPairingAgent(PairingAgent agent);

  /** The other role. */
  Peripheral peripheral();

  /** Ends scans, links, advertisements and servers, and the connection to the stack. */
  Future<Void> close();

  /** A listener's hold. */
  interface Subscription {
    /** No call after the one that may be under way. */
    void close();
  }
}
