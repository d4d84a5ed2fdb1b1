package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** What a stack tells. Thread: the adapter's lane; a driver hops there, with a bounded queue. */
public interface DriverEvents {
  /** The adapter's state, whether it changed or not. */
  void status(AdapterStatus status);

  /**
   * The stack has lost all it knew (its service ended, its adapter went): links, scans,
   * advertisements and servers are gone with it. {@link #status} follows.
   */
  void reset(BluetoothError reason);

  /** A device was heard, or is known from before. */
  void advertised(Advertisement advertisement);

  /** The stack stopped looking by itself. */
  void scanEnded(BluetoothError reason);

  void connected(DeviceId device, boolean connected);

  void paired(DeviceId device, boolean paired);

  /** The device has other services now. */
  void servicesChanged(DeviceId device);

  /** The stack does not know the device any more. */
  void gone(DeviceId device);

  /**
   * A value came.
   *
   * @param droppedBefore values of the same characteristic that there was no room for
   */
  void notified(DeviceId device, AttributeId characteristic, Buffer value, long droppedBefore);

  /** Somebody reads what we serve: the part of the value from the offset on. */
  Future<Buffer> serverRead(int id, GattHandler.Request request, int offset);

  /** Somebody writes what we serve. */
  Future<Void> serverWrite(int id, GattHandler.Request request, Buffer value, int offset);

  /** Somebody subscribed, or the last one left. */
  void serverSubscribed(int id, AttributeRef characteristic, boolean subscribed);

  /** A device's pairing needs an answer. */
  Future<PairingAgent.Answer> question(PairingAgent.Question question);

  /** A device by its id, for questions. */
  Device device(DeviceId id);
}
