package dev.dunlin.bt.sim;

import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.ServiceSpec;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;

/** A device that does what a test says. */
public final class SimDevice extends Peer {
  private static final int SERVER = 0;

  private AdvertisingData data;
  private List<ServiceSpec> services;
  private final GattHandler handler;
  private boolean there = true;
  private OptionalInt rssiDbm = OptionalInt.of(-60);
  private Function<Device, Optional<PairingAgent.Question>> question = device -> Optional.empty();

  SimDevice(
      SimRadio radio,
      DeviceId id,
      AdvertisingData data,
      List<ServiceSpec> services,
      GattHandler handler) {
    super(radio, id);
    this.data = data;
    this.services = List.copyOf(services);
    this.handler = handler;
  }

  /** What adapters know it by. */
  public DeviceId deviceId() {
    return id();
  }

  /** Sends something else from now on. */
  public void advertise(AdvertisingData data) {
    this.data = data;
  }

  /** How strong it is heard; empty: the adapter cannot tell. */
  public void rssiDbm(OptionalInt rssiDbm) {
    this.rssiDbm = rssiDbm;
  }

  /** What pairing with it asks. */
  public void pairingAsks(Function<Device, PairingAgent.Question> question) {
    this.question = device -> Optional.of(question.apply(device));
  }

  /** Goes out of reach: links break, nothing is heard. */
  public void vanish() {
    there = false;
    breakLinks();
  }

  /** Is back. */
  public void appear() {
    there = true;
  }

  /** Breaks its links, and stays. */
  public void disconnect() {
    breakLinks();
  }

  /** Serves something else from now on, and says so. */
  public void replaceServices(List<ServiceSpec> services) {
    this.services = List.copyOf(services);
    tablesChanged();
  }

  /** Sends a value to all who subscribed. */
  public void notify(AttributeRef characteristic, Buffer value) {
    send(new Attribute(SERVER, characteristic), value);
  }

  // --- Peer

  @Override
  boolean isThere() {
    return there;
  }

  @Override
  List<AdvertisingData> advertising() {
    return List.of(data);
  }

  @Override
  OptionalInt rssiDbm() {
    return rssiDbm;
  }

  @Override
  Map<Integer, List<ServiceSpec>> servers() {
    return Map.of(SERVER, services);
  }

  @Override
  Optional<PairingAgent.Question> question(Device asSeen) {
    return question.apply(asSeen);
  }

  @Override
  Future<Buffer> read(SimAdapter central, Attribute attribute, UUID uuid) {
    return handler.read(request(central, attribute, uuid));
  }

  @Override
  Future<Void> write(SimAdapter central, Attribute attribute, UUID uuid, Buffer value) {
    return handler.write(request(central, attribute, uuid), value);
  }

  @Override
  void subscriptionChanged(Attribute attribute, boolean subscribed) {
    handler.subscribed(attribute.ref(), subscribed);
  }

  private static GattHandler.Request request(SimAdapter central, Attribute attribute, UUID uuid) {
    return new GattHandler.Request(attribute.ref(), uuid, central.id(), SimAdapter.MTU_BYTES);
  }
}
