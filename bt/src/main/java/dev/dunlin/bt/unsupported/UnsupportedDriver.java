package dev.dunlin.bt.unsupported;

import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeId;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.Characteristic.WriteMode;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Driver;
import dev.dunlin.bt.DriverEvents;
import dev.dunlin.bt.ServiceSpec;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/** A stack that has one status and refuses everything with it. */
public final class UnsupportedDriver implements Driver {
  private final AdapterStatus status;

  public UnsupportedDriver(AdapterStatus.Reason reason) {
    this.status = AdapterStatus.unusable(reason);
  }

  private <T> Future<T> no() {
    return Future.failedFuture(status.error());
  }

  @Override
  public Future<Void> start(DriverEvents events) {
    events.status(status);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> refresh() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> setPowered(boolean on) {
    return no();
  }

  @Override
  public Future<Void> startScan(Set<UUID> services) {
    return no();
  }

  @Override
  public Future<Void> stopScan() {
    return no();
  }

  @Override
  public Future<Void> connect(DeviceId device) {
    return no();
  }

  @Override
  public Future<Void> disconnect(DeviceId device) {
    return no();
  }

  @Override
  public Future<Void> pair(DeviceId device) {
    return no();
  }

  @Override
  public Future<Void> cancelPairing(DeviceId device) {
    return no();
  }

  @Override
  public Future<Void> forget(DeviceId device) {
    return no();
  }

  @Override
  public Future<List<RemoteService>> discover(DeviceId device) {
    return no();
  }

  @Override
  public Future<Buffer> read(DeviceId device, AttributeId attribute) {
    return no();
  }

  @Override
  public Future<Void> write(DeviceId device, AttributeId attribute, Buffer value, WriteMode mode) {
    return no();
  }

  @Override
  public Future<Void> startNotify(DeviceId device, AttributeId characteristic) {
    return no();
  }

  @Override
  public Future<Void> stopNotify(DeviceId device, AttributeId characteristic) {
    return no();
  }

  @Override
  public Future<OptionalInt> mtu(DeviceId device) {
    return no();
  }

  @Override
  public Future<OptionalInt> rssiDbm(DeviceId device) {
    return no();
  }

  @Override
  public Future<Void> advertise(int id, AdvertisingData data) {
    return no();
  }

  @Override
  public Future<Void> unadvertise(int id) {
    return no();
  }

  @Override
  public Future<Void> serve(int id, List<ServiceSpec> services) {
    return no();
  }

  @Override
  public Future<Void> unserve(int id) {
    return no();
  }

  @Override
  public Future<Void> notify(int id, AttributeRef characteristic, Buffer value) {
    return no();
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
