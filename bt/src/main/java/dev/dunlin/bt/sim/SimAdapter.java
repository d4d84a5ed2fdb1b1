package dev.dunlin.bt.sim;

import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.AdapterStatus.Reason;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeId;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import dev.dunlin.bt.Characteristic.WriteMode;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Driver;
import dev.dunlin.bt.DriverEvents;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** An adapter in the air of a {@link SimRadio}; what happens to adapters happens when told. */
public final class SimAdapter extends Peer implements Driver {
  /** The packet's size that its links have. */
  public static final int MTU_BYTES = 517;

  private DriverEvents events;
  private AdapterStatus status;
  private Optional<Scheduler.Timer> scanning = Optional.empty();
  private Set<UUID> wanted = Set.of();
  private final Map<DeviceId, Peer> links = new LinkedHashMap<>();
  private final Set<DeviceId> paired = new HashSet<>();
  private final Map<Integer, AdvertisingData> advertisements = new LinkedHashMap<>();
  private final Map<Integer, List<ServiceSpec>> servers = new LinkedHashMap<>();
  private final Map<SimOperation, Deque<Future<?>>> scripted = new EnumMap<>(SimOperation.class);

  SimAdapter(SimRadio radio, DeviceId id) {
    super(radio, id);
    this.status = on();
  }

  // --- what a test says

  /** The next operation of this kind ends as this does, whatever the air is like. */
  public SimAdapter next(SimOperation operation, Future<?> outcome) {
    scripted.computeIfAbsent(operation, key -> new ArrayDeque<>()).add(outcome);
    return this;
  }

  /** The next operation of this kind is never answered. */
  public SimAdapter hangNext(SimOperation operation) {
    return next(operation, Promise.promise().future());
  }

  /** Someone switches it. */
  public void power(boolean on) {
    become(on ? on() : AdapterStatus.unusable(Reason.POWERED_OFF));
  }

  /** It is pulled out: what it knew and did is gone. */
  public void unplug() {
    lose(Reason.NO_ADAPTER);
  }

  /** It is there again. */
  public void plug() {
    become(on());
  }

  /** The service that drives it ends; {@link #plug} starts it again. */
  public void serviceEnds() {
    lose(Reason.NO_DAEMON);
  }

  /** It cannot be used, for this reason. */
  public void unusable(Reason reason) {
    become(AdapterStatus.unusable(reason));
  }

  /** The links it has made. */
  public Set<DeviceId> links() {
    return Set.copyOf(links.keySet());
  }

  /** Whether it looks for devices. */
  public boolean isScanning() {
    return scanning.isPresent();
  }

  private AdapterStatus on() {
    return AdapterStatus.ready("sim", id().value(), true);
  }

  private void lose(Reason reason) {
    BluetoothError gone =
        new BluetoothError(Kind.ADAPTER_GONE, AdapterStatus.unusable(reason).message());
    status = AdapterStatus.unusable(reason);
    if (events != null) {
      // As BlueZ does, which says nothing of the links that go with it.
      later(() -> tell().reset(gone));
    }
    stopScanning();
    cutLinks();
    advertisements.clear();
    servers.clear();
    tellStatus();
  }

  private void become(AdapterStatus next) {
    status = next;
    if (!next.isReady()) {
      stopScanning();
      cutLinks();
    }
    tellStatus();
  }

  private void tellStatus() {
    AdapterStatus now = status;
    if (events != null) {
      later(() -> tell().status(now));
    }
  }

  private DriverEvents tell() {
    return events;
  }

  private void cutLinks() {
    List.copyOf(links.values()).forEach(this::linkBroken);
    breakLinks();
  }

  // --- Driver

  @Override
  public Future<Void> start(DriverEvents events) {
    this.events = events;
    events.status(status);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> refresh() {
    events.status(status);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> setPowered(boolean on) {
    Optional<Future<Void>> outcome = scripted(SimOperation.POWER);
    if (outcome.isPresent()) {
      return outcome.get();
    }
    if (!status.isReady() && status.reason() != Reason.POWERED_OFF) {
      return Future.failedFuture(status.error());
    }
    power(on);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> startScan(Set<UUID> services) {
    return run(
        SimOperation.SCAN,
        () -> {
          wanted = Set.copyOf(services);
          if (scanning.isEmpty()) {
            hearAll();
            scanning =
                Optional.of(radio.scheduler.schedulePeriodic(SimRadio.INTERVAL, this::hearAll));
          }
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Void> stopScan() {
    stopScanning();
    return Future.succeededFuture();
  }

  private void stopScanning() {
    scanning.ifPresent(Scheduler.Timer::cancel);
    scanning = Optional.empty();
  }

  private void hearAll() {
    for (Peer peer : radio.peers()) {
      if (peer != this) {
        peer.advertisement()
            .filter(
                heard -> wanted.isEmpty() || heard.services().stream().anyMatch(wanted::contains))
            .ifPresent(heard -> later(() -> tell().advertised(heard)));
      }
    }
  }

  @Override
  public Future<Void> connect(DeviceId device) {
    return run(
        SimOperation.CONNECT,
        () -> {
          Peer peer = radio.peer(device).filter(Peer::isThere).orElse(null);
          if (peer == null || peer == this) {
            return Future.failedFuture(
                new BluetoothError(Kind.NOT_FOUND, device + " is not in reach"));
          }
          links.put(device, peer);
          peer.link(this);
          events.connected(device, true);
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Void> disconnect(DeviceId device) {
    Optional<Future<Void>> outcome = scripted(SimOperation.DISCONNECT);
    if (outcome.isPresent()) {
      return outcome.get();
    }
    Peer peer = links.get(device);
    if (peer != null) {
      linkBroken(peer);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> pair(DeviceId device) {
    return run(
        SimOperation.PAIR,
        () -> {
          Peer peer = radio.peer(device).filter(Peer::isThere).orElse(null);
          return peer == null
              ? Future.failedFuture(new BluetoothError(Kind.NOT_FOUND, device + " is not in reach"))
              : pairWith(peer);
        });
  }

  @Override
  public Future<Void> cancelPairing(DeviceId device) {
    return Future.succeededFuture();
  }

  private Future<Void> pairWith(Peer peer) {
    Future<PairingAgent.Answer> answer =
        peer.question(events.device(peer.id()))
            .map(events::question)
            .orElse(Future.succeededFuture(new PairingAgent.Answer.Yes()));
    return answer.compose(
        said -> {
          if (said instanceof PairingAgent.Answer.No) {
            return Future.failedFuture(
                new BluetoothError(Kind.NOT_PAIRED, "pairing with " + peer.id() + " was refused"));
          }
          if (!peer.isThere()) {
            return Future.failedFuture(
                new BluetoothError(Kind.FAILED, peer.id() + " went while it was paired"));
          }
          paired.add(peer.id());
          events.paired(peer.id(), true);
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Void> forget(DeviceId device) {
    Peer peer = links.get(device);
    if (peer != null) {
      linkBroken(peer);
    }
    if (paired.remove(device)) {
      events.paired(device, false);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<List<RemoteService>> discover(DeviceId device) {
    return run(SimOperation.DISCOVER, () -> linked(device).map(Peer::table));
  }

  @Override
  public Future<Buffer> read(DeviceId device, AttributeId id) {
    return run(
        SimOperation.READ,
        () ->
            attribute(device, id, Property.ENCRYPT_READ, Property.ENCRYPT_AUTHENTICATED_READ)
                .compose(found -> found.peer.read(this, found.attribute, found.spec.uuid()))
                .compose(value -> linked(device).map(value)));
  }

  @Override
  public Future<Void> write(DeviceId device, AttributeId id, Buffer value, WriteMode mode) {
    return run(
        SimOperation.WRITE,
        () ->
            attribute(device, id, Property.ENCRYPT_WRITE, Property.ENCRYPT_AUTHENTICATED_WRITE)
                .compose(
                    found -> {
                      Future<Void> written =
                          found.peer.write(this, found.attribute, found.spec.uuid(), value);
                      // Without a response nobody hears how it ended.
                      return mode == WriteMode.WITHOUT_RESPONSE
                          ? Future.succeededFuture()
                          : written.compose(done -> linked(device).mapEmpty());
                    }));
  }

  @Override
  public Future<Void> startNotify(DeviceId device, AttributeId id) {
    return run(
        SimOperation.NOTIFY,
        () ->
            attribute(device, id)
                .map(
                    found -> {
                      found.peer.subscribe(this, found.attribute);
                      return null;
                    }));
  }

  @Override
  public Future<Void> stopNotify(DeviceId device, AttributeId id) {
    return run(
        SimOperation.NOTIFY,
        () ->
            attribute(device, id)
                .map(
                    found -> {
                      found.peer.unsubscribe(this, found.attribute);
                      return null;
                    }));
  }

  @Override
  public Future<OptionalInt> mtu(DeviceId device) {
    return linked(device).map(OptionalInt.of(MTU_BYTES));
  }

  @Override
  public Future<OptionalInt> rssiDbm(DeviceId device) {
    return linked(device).map(Peer::rssiDbm);
  }

  @Override
  public Future<Void> advertise(int id, AdvertisingData data) {
    return run(
        SimOperation.ADVERTISE,
        () -> {
          advertisements.put(id, data);
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Void> unadvertise(int id) {
    advertisements.remove(id);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> serve(int id, List<ServiceSpec> services) {
    return run(
        SimOperation.SERVE,
        () -> {
          servers.put(id, services);
          tablesChanged();
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Void> unserve(int id) {
    servers.remove(id);
    tablesChanged();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> notify(int id, AttributeRef characteristic, Buffer value) {
    send(new Attribute(id, characteristic), value);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    stopScanning();
    cutLinks();
    advertisements.clear();
    servers.clear();
    return Future.succeededFuture();
  }

  // --- Peer: what this one serves

  @Override
  boolean isThere() {
    return status.isReady();
  }

  @Override
  List<AdvertisingData> advertising() {
    return List.copyOf(advertisements.values());
  }

  @Override
  Map<Integer, List<ServiceSpec>> servers() {
    return servers;
  }

  @Override
  Future<Buffer> read(SimAdapter central, Attribute attribute, UUID uuid) {
    return events.serverRead(attribute.server(), request(central, attribute, uuid), 0);
  }

  @Override
  Future<Void> write(SimAdapter central, Attribute attribute, UUID uuid, Buffer value) {
    return events.serverWrite(attribute.server(), request(central, attribute, uuid), value, 0);
  }

  @Override
  void subscriptionChanged(Attribute attribute, boolean subscribed) {
    if (events != null) {
      later(() -> tell().serverSubscribed(attribute.server(), attribute.ref(), subscribed));
    }
  }

  private static GattHandler.Request request(SimAdapter central, Attribute attribute, UUID uuid) {
    return new GattHandler.Request(attribute.ref(), uuid, central.id(), MTU_BYTES);
  }

  // --- from the other side

  void linkBroken(Peer peer) {
    if (links.remove(peer.id(), peer)) {
      peer.unlink(this);
      later(() -> tell().connected(peer.id(), links.containsKey(peer.id())));
    }
  }

  void valueCame(Peer peer, Attribute attribute, Buffer value) {
    if (links.containsKey(peer.id())) {
      events.notified(peer.id(), attribute.id(), value, 0);
    }
  }

  void tableChanged(Peer peer) {
    later(() -> tell().servicesChanged(peer.id()));
  }

  // --- parts

  private record Found(Peer peer, Attribute attribute, ServiceSpec.DescriptorSpec spec) {}

  /** The attribute, when the link is there and as safe as one of these properties needs. */
  private Future<Found> attribute(DeviceId device, AttributeId id, Property... needKeys) {
    return linked(device)
        .compose(
            peer -> {
              Attribute attribute = Attribute.of(id);
              Optional<ServiceSpec.DescriptorSpec> spec = peer.find(attribute);
              if (spec.isEmpty()) {
                return Future.failedFuture(
                    new BluetoothError(Kind.STALE, "the device has no such attribute any more"));
              }
              Found found = new Found(peer, attribute, spec.get());
              boolean keys = Set.of(needKeys).stream().anyMatch(spec.get().properties()::contains);
              return keys && !paired.contains(device)
                  ? pairWith(peer).map(found)
                  : Future.succeededFuture(found);
            });
  }

  /** A link that broke is first seen as BlueZ shows it: an error that says nothing. */
  private Future<Peer> linked(DeviceId device) {
    Peer peer = links.get(device);
    return peer == null
        ? Future.failedFuture(new BluetoothError(Kind.FAILED, "ATT error: 0x0e"))
        : Future.succeededFuture(peer);
  }

  private <T> Future<T> run(SimOperation operation, Supplier<Future<T>> work) {
    Optional<Future<T>> outcome = scripted(operation);
    if (outcome.isPresent()) {
      return outcome.get();
    }
    Promise<T> promise = Promise.promise();
    radio.scheduler.schedule(
        radio.latency(),
        () -> {
          if (!status.isReady()) {
            promise.fail(status.error());
            return;
          }
          try {
            work.get().onComplete(promise);
          } catch (RuntimeException e) {
            promise.fail(e);
          }
        });
    return promise.future();
  }

  @SuppressWarnings("unchecked")
  private <T> Optional<Future<T>> scripted(SimOperation operation) {
    Deque<Future<?>> outcomes = scripted.get(operation);
    return outcomes == null || outcomes.isEmpty()
        ? Optional.empty()
        : Optional.of((Future<T>) outcomes.remove());
  }

  private void later(Runnable task) {
    radio.scheduler.lane().execute(task);
  }
}
