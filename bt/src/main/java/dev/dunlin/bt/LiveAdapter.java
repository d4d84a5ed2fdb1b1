package dev.dunlin.bt;

import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What all stacks share. State is the lane's; what others may ask is a snapshot. */
final class LiveAdapter implements Adapter, DriverEvents {
  /** Devices remembered; beyond it the one longest not heard and not used is forgotten. */
  static final int MAX_DEVICES = 1024;

  /** Scans at once; one more is LIMIT. */
  static final int MAX_SCANS = 64;

  /** Advertisements that wait for a slow listener; the oldest are dropped. */
  static final int MAX_WAITING_ADVERTISEMENTS = 1024;

  /** Looking at the state, switching the radio, starting and stopping a scan. */
  static final Duration SHORT_LIMIT = Duration.ofSeconds(10);

  final Driver driver;
  final Scheduler scheduler;
  final Lane lane;

  /** Operations of no device in particular. */
  final Pending pending;

  private final LivePeripheral peripheral;
  private final List<Consumer<AdapterStatus>> statusListeners = new CopyOnWriteArrayList<>();
  private volatile AdapterStatus status =
      AdapterStatus.unusable(AdapterStatus.Reason.NO_DAEMON, "Bluetooth has not been asked yet.");
  private volatile PairingAgent agent =
      question -> Future.succeededFuture(new PairingAgent.Answer.No());
  private volatile boolean closed;

  // --- owned by the lane; devices is read by others under its own lock
  private final Map<DeviceId, LiveDevice> devices = new LinkedHashMap<>();
  private final Set<LiveScan> scans = new LinkedHashSet<>();

  private LiveAdapter(Driver driver, Scheduler scheduler) {
    this.driver = driver;
    this.scheduler = scheduler;
    this.lane = scheduler.lane();
    this.pending = new Pending(scheduler);
    this.peripheral = new LivePeripheral(this);
  }

  static Future<Adapter> open(Driver driver, Scheduler scheduler) {
    LiveAdapter adapter = new LiveAdapter(driver, scheduler);
    return adapter.lane.call(
        () ->
            adapter
                .pending
                .start("opening Bluetooth", SHORT_LIMIT, () -> driver.start(adapter), () -> {})
                .recover(
                    failure -> {
                      adapter.status(
                          AdapterStatus.unusable(
                              AdapterStatus.Reason.NO_DAEMON, failure.getMessage()));
                      return Future.succeededFuture();
                    })
                .map((Adapter) adapter));
  }

  // --- Adapter

  @Override
  public AdapterStatus status() {
    return status;
  }

  @Override
  public Future<AdapterStatus> refresh() {
    return onLane("looking for Bluetooth", SHORT_LIMIT, driver::refresh).map(done -> status);
  }

  @Override
  public Subscription onStatus(Consumer<AdapterStatus> listener) {
    statusListeners.add(listener);
    return () -> statusListeners.remove(listener);
  }

  @Override
  public Future<Void> setPowered(boolean on) {
    return onLane("switching Bluetooth", SHORT_LIMIT, () -> driver.setPowered(on));
  }

  @Override
  public Future<Scan> scan(ScanOptions options) {
    return lane.call(
        () -> {
          if (!status.isReady()) {
            return Future.failedFuture(status.error());
          }
          if (scans.size() == MAX_SCANS) {
            return Future.failedFuture(
                new BluetoothError(
                    BluetoothError.Kind.LIMIT,
                    MAX_SCANS + " scans run already: stop one before the next"));
          }
          LiveScan scan = new LiveScan(this, options);
          scans.add(scan);
          return pending
              .start("starting to scan", SHORT_LIMIT, () -> driver.startScan(wanted()), () -> {})
              .<Scan>map(
                  started -> {
                    // Known from before the scan is not "heard": only a stack's report is.
                    return scan;
                  })
              .onFailure(
                  failure -> {
                    scans.remove(scan);
                    scan.events().fail(BluetoothError.of(failure));
                  });
        });
  }

  Future<Void> stop(LiveScan scan) {
    return lane.call(
        () -> {
          scan.events().end();
          if (!scans.remove(scan)) {
            return Future.succeededFuture();
          }
          return pending.start(
              "stopping a scan",
              SHORT_LIMIT,
              () -> scans.isEmpty() ? driver.stopScan() : driver.startScan(wanted()),
              () -> {});
        });
  }

  /** The services that all scans together look for; empty when one of them takes every device. */
  private Set<UUID> wanted() {
    Set<UUID> wanted = new HashSet<>();
    for (LiveScan scan : scans) {
      if (scan.options.filters().isEmpty()) {
        return Set.of();
      }
      for (ScanFilter filter : scan.options.filters()) {
        if (filter.services().isEmpty()) {
          return Set.of();
        }
        wanted.addAll(filter.services());
      }
    }
    return wanted;
  }

  @Override
  public List<Device> devices() {
    synchronized (devices) {
      return new ArrayList<>(devices.values());
    }
  }

  @Override
  public LiveDevice device(DeviceId id) {
    synchronized (devices) {
      LiveDevice known = devices.get(id);
      if (known != null) {
        return known;
      }
      if (devices.size() >= MAX_DEVICES) {
        forgetOldest();
      }
      LiveDevice device = new LiveDevice(this, id);
      devices.put(id, device);
      return device;
    }
  }

  private void forgetOldest() {
    for (Iterator<LiveDevice> oldest = devices.values().iterator(); oldest.hasNext(); ) {
      if (!oldest.next().isUsed()) {
        oldest.remove();
        return;
      }
    }
  }

  @Override
  public void setPairingAgent(PairingAgent agent) {
    this.agent = agent;
  }

  @Override
  public Peripheral peripheral() {
    return peripheral;
  }

  @Override
  public Future<Void> close() {
    return lane.call(
        () -> {
          if (closed) {
            return Future.succeededFuture();
          }
          closed = true;
          BluetoothError reason =
              new BluetoothError(BluetoothError.Kind.ABORTED, "Bluetooth was closed here.");
          List<LiveDevice> linked = devicesNow().stream().filter(LiveDevice::isUsed).toList();
          List<Future<?>> ending = new ArrayList<>();
          linked.forEach(device -> ending.add(driver.disconnect(device.id())));
          if (!scans.isEmpty()) {
            ending.add(driver.stopScan());
          }
          drop(reason);
          peripheral.close(reason);
          status(AdapterStatus.unusable(AdapterStatus.Reason.CLOSED));
          // What cannot be ended ends with the connection to the stack.
          return pending.start(
              "closing Bluetooth",
              SHORT_LIMIT,
              () -> Future.join(new ArrayList<>(ending)).transform(done -> driver.close()),
              () -> {});
        });
  }

  // --- DriverEvents

  @Override
  public void status(AdapterStatus next) {
    lane.check();
    AdapterStatus before = status;
    if (closed && next.reason() != AdapterStatus.Reason.CLOSED || before.equals(next)) {
      return;
    }
    status = next;
    if (before.isReady() && !next.isReady()) {
      drop(next.reason() == AdapterStatus.Reason.CLOSED ? closedError() : gone(next));
    }
    statusListeners.forEach(listener -> listener.accept(next));
    if (next.isReady()) {
      peripheral.restore();
    }
  }

  private static BluetoothError closedError() {
    return new BluetoothError(BluetoothError.Kind.ABORTED, "Bluetooth was closed here.");
  }

  private static BluetoothError gone(AdapterStatus status) {
    return status.reason() == AdapterStatus.Reason.POWERED_OFF
            || status.reason() == AdapterStatus.Reason.BLOCKED
        ? status.error()
        : new BluetoothError(BluetoothError.Kind.ADAPTER_GONE, status.error().getMessage());
  }

  @Override
  public void reset(BluetoothError reason) {
    lane.check();
    drop(reason);
    peripheral.lost(reason);
  }

  /** Ends what runs: operations, scans and links. */
  private void drop(BluetoothError reason) {
    pending.failAll(reason);
    List<LiveScan> ended = List.copyOf(scans);
    scans.clear();
    ended.forEach(scan -> scan.events().fail(reason));
    devicesNow().forEach(device -> device.lost(reason));
  }

  @Override
  public void advertised(Advertisement advertisement) {
    lane.check();
    LiveDevice device = device(advertisement.device());
    boolean news = device.heard(advertisement);
    synchronized (devices) {
      // Last heard, last forgotten.
      devices.remove(device.id());
      devices.put(device.id(), device);
    }
    List.copyOf(scans).forEach(scan -> scan.heard(advertisement, news));
  }

  @Override
  public void scanEnded(BluetoothError reason) {
    lane.check();
    List<LiveScan> ended = List.copyOf(scans);
    scans.clear();
    ended.forEach(scan -> scan.events().fail(reason));
  }

  @Override
  public void connected(DeviceId device, boolean connected) {
    lane.check();
    device(device).linkChanged(connected);
  }

  @Override
  public void paired(DeviceId device, boolean paired) {
    lane.check();
    device(device).paired(paired);
  }

  @Override
  public void servicesChanged(DeviceId device) {
    lane.check();
    device(device).servicesChanged();
  }

  @Override
  public void gone(DeviceId id) {
    lane.check();
    LiveDevice device;
    synchronized (devices) {
      device = devices.remove(id);
    }
    if (device != null) {
      device.paired(false);
      device.lost(
          new BluetoothError(
              BluetoothError.Kind.DISCONNECTED, "the device " + id + " is not there any more"));
    }
  }

  @Override
  public void notified(
      DeviceId device, AttributeId characteristic, Buffer value, long droppedBefore) {
    lane.check();
    device(device).notified(characteristic, value, droppedBefore);
  }

  @Override
  public Future<Buffer> serverRead(int id, GattHandler.Request request, int offset) {
    lane.check();
    return peripheral.read(id, request, offset);
  }

  @Override
  public Future<Void> serverWrite(int id, GattHandler.Request request, Buffer value, int offset) {
    lane.check();
    return peripheral.write(id, request, value, offset);
  }

  @Override
  public void serverSubscribed(int id, AttributeRef characteristic, boolean subscribed) {
    lane.check();
    peripheral.subscribed(id, characteristic, subscribed);
  }

  @Override
  public Future<PairingAgent.Answer> question(PairingAgent.Question question) {
    lane.check();
    return pending
        .start(
            "the answer about pairing", LiveDevice.PAIR_LIMIT, () -> agent.ask(question), () -> {})
        .otherwise(new PairingAgent.Answer.No());
  }

  // --- for devices

  boolean isClosed() {
    return closed;
  }

  private List<LiveDevice> devicesNow() {
    synchronized (devices) {
      return List.copyOf(devices.values());
    }
  }

  /** An operation of no device in particular. */
  <T> Future<T> onLane(String what, Duration limit, Supplier<Future<T>> operation) {
    return lane.call(
        () ->
            closed
                ? Future.failedFuture(closedError())
                : pending.start(what, limit, operation, () -> {}));
  }
}
