package dev.dunlin.bt;

import dev.dunlin.bt.Characteristic.WriteMode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/**
 * A Bluetooth stack under an {@link Adapter}: raw operations, without queues, deadlines or users.
 *
 * <p><i>Thread:</i> called on the adapter's lane, never blocks; its futures complete on any thread.
 * An operation after a deadline is abandoned: its result is not looked at.
 */
public interface Driver {
  /**
   * Connects to the stack and tells the status; succeeds when that is known. What is missing is a
   * status, never a failure.
   */
  Future<Void> start(DriverEvents events);

  /** Looks again whether the stack is there. */
  Future<Void> refresh();

  Future<Void> setPowered(boolean on);

  /**
   * Starts to look for devices, or changes what for.
   *
   * @param services only devices with one of these are needed; empty: all
   */
  Future<Void> startScan(Set<UUID> services);

  Future<Void> stopScan();

  Future<Void> connect(DeviceId device);

  /** Ends the link, or the attempt to make one. */
  Future<Void> disconnect(DeviceId device);

  Future<Void> pair(DeviceId device);

  /** Ends an attempt to pair. */
  Future<Void> cancelPairing(DeviceId device);

  Future<Void> forget(DeviceId device);

  /** The services of a connected device, when they are all known. */
  Future<List<RemoteService>> discover(DeviceId device);

  Future<Buffer> read(DeviceId device, AttributeId attribute);

  Future<Void> write(DeviceId device, AttributeId attribute, Buffer value, WriteMode mode);

  Future<Void> startNotify(DeviceId device, AttributeId characteristic);

  Future<Void> stopNotify(DeviceId device, AttributeId characteristic);

  Future<OptionalInt> mtu(DeviceId device);

  Future<OptionalInt> rssiDbm(DeviceId device);

  /** Starts to send this to all, under a number of the caller's. */
  Future<Void> advertise(int id, AdvertisingData data);

  Future<Void> unadvertise(int id);

  /** Starts to serve, under a number of the caller's; requests go to {@link DriverEvents}. */
  Future<Void> serve(int id, List<ServiceSpec> services);

  Future<Void> unserve(int id);

  Future<Void> notify(int id, AttributeRef characteristic, Buffer value);

  /** Lets go of the stack. */
  Future<Void> close();

  /** A service as the stack tells it. */
  record RemoteService(
      AttributeId id,
      UUID uuid,
      boolean primary,
      List<AttributeId> included,
      List<RemoteCharacteristic> characteristics) {
    public RemoteService {
      included = List.copyOf(included);
      characteristics = List.copyOf(characteristics);
    }
  }

  /** A characteristic as the stack tells it. */
  record RemoteCharacteristic(
      AttributeId id, UUID uuid, Set<Property> properties, List<RemoteDescriptor> descriptors) {
    public RemoteCharacteristic {
      properties = Set.copyOf(properties);
      descriptors = List.copyOf(descriptors);
    }
  }

  /** A descriptor as the stack tells it. */
  record RemoteDescriptor(AttributeId id, UUID uuid) {}
}
