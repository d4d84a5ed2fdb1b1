package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One user's share of a link. */
final class LiveConnection implements Connection {
  /** The adapter's own of that name; another one when it has forgotten the first meanwhile. */
  private volatile LiveDevice device;

  private final List<Consumer<BluetoothError>> lostListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> servicesListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> reconnectedListeners = new CopyOnWriteArrayList<>();
  private volatile boolean open;
  private volatile int epoch;

  // --- owned by the lane
  private ConnectOptions options = ConnectOptions.once();

  /** One more whenever its user opens or closes it: attempts from before are then nobody's. */
  private int asked;

  private boolean reconnecting;

  /** Whether it could be opened; fails when it is closed meanwhile. Owned by the lane. */
  private Promise<Void> opening = Promise.promise();

  LiveConnection(LiveDevice device) {
    this.device = device;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Future<Void> open(ConnectOptions options) {
    return device.adapter.lane.call(
        () -> {
          if (reconnecting) {
            device.close(this);
          }
          giveUp();
          this.options = options;
          return make();
        });
  }

  private Future<Void> make() {
    if (!device.holds(this)) {
      device = device.adapter.device(device.id());
      opening = Promise.promise();
    }
    return device
        .open(this, options)
        .onSuccess(
            done -> {
              if (!open) {
                open = true;
                epoch++;
              }
            });
  }

  /** Waits, longer each time, and tries until it has the link or is not wanted any more. */
  private void reconnect(int attempt) {
    int mine = asked;
    reconnecting = true;
    device.adapter.scheduler.schedule(
        LiveDevice.reconnectDelay(attempt),
        () -> {
          if (mine != asked) {
            return;
          }
          make()
              .onComplete(
                  result -> {
                    if (mine != asked) {
                      return;
                    }
                    if (result.succeeded()) {
                      reconnecting = false;
                      reconnectedListeners.forEach(Runnable::run);
                    } else if (!device.adapter.isClosed()) {
                      reconnect(attempt + 1);
                    }
                  });
        });
  }

  private void giveUp() {
    asked++;
    reconnecting = false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public Adapter.Subscription onLost(Consumer<BluetoothError> listener) {
    lostListeners.add(listener);
    return () -> lostListeners.remove(listener);
  }

  @Override
  public Adapter.Subscription onReconnected(Runnable listener) {
    reconnectedListeners.add(listener);
    return () -> reconnectedListeners.remove(listener);
  }

  @Override
  public Future<List<Service>> services() {
    return run(
        epoch,
        () -> {
          int now = epoch;
          return device.discover().map(table -> LiveGatt.of(this, now, table));
        });
  }

  @Override
  public Adapter.Subscription onServicesChanged(Runnable listener) {
    servicesListeners.add(listener);
    return () -> servicesListeners.remove(listener);
  }

  @Override
  public Future<OptionalInt> mtu() {
    return run(epoch, device::mtu);
  }

  @Override
  public Future<OptionalInt> rssiDbm() {
    return run(epoch, device::rssiDbm);
  }

  @Override
  public Future<Void> close() {
    return device.adapter.lane.call(
        () -> {
          open = false;
          giveUp();
          return device.close(this);
        });
  }

  // --- for the core

  /** Runs this on the lane if the share is still the one that the caller got his handle from. */
  <T> Future<T> run(int of, Supplier<Future<T>> work) {
    return device.adapter.lane.call(
        () -> {
          if (!open) {
            return Future.failedFuture(
                new BluetoothError(
                    BluetoothError.Kind.DISCONNECTED,
                    "the connection to " + device.id() + " is not open: connect first"));
          }
          if (of != epoch) {
            return Future.failedFuture(
                new BluetoothError(
                    BluetoothError.Kind.STALE,
                    "this is of an earlier connection: get the service anew"));
          }
          return work.get();
        });
  }

  /** As {@link #run}, in the device's queue. */
  <T> Future<T> enqueue(int of, String what, Supplier<Future<T>> work) {
    return run(of, () -> device.enqueue(this, what, work));
  }

  LiveDevice live() {
    return device;
  }

  Promise<Void> opening() {
    return opening;
  }

  void lost(BluetoothError reason) {
    int mine = asked;
    open = false;
    lostListeners.forEach(listener -> listener.accept(reason));
    // A listener may have closed it, or opened it anew.
    if (options.reconnects() && !open && mine == asked && !device.adapter.isClosed()) {
      reconnect(0);
    }
  }

  void servicesChanged() {
    servicesListeners.forEach(Runnable::run);
  }
}
