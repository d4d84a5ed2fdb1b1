package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** One device: its link, who shares it, and the one queue of its operations. */
final class LiveDevice implements Device {
  /** Operations that wait for their turn; one more is LIMIT. */
  static final int MAX_QUEUED = 1024;

  /** Open shares of one link; one more is LIMIT. */
  static final int MAX_SHARES = 64;

  /** Values that wait for a slow listener, at most 512 bytes each; the oldest are dropped. */
  static final int MAX_WAITING_VALUES = 1024;

  /** A read, a write, a subscription: the standard gives an answer 30 seconds. */
  static final Duration OPERATION_LIMIT = Duration.ofSeconds(30);

  static final Duration DISCOVER_LIMIT = Duration.ofSeconds(30);

  /** A person must find the digits and type them. */
  static final Duration PAIR_LIMIT = Duration.ofSeconds(60);

  /** How long a failure without a reason waits for the news that the link broke. */
  static final Duration LINK_GRACE = Duration.ofMillis(250);

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(8);

  /** The longest wait before a lost link is tried again: a device may be away for a day. */
  static final Duration LONGEST_RECONNECT = Duration.ofMinutes(1);

  final LiveAdapter adapter;
  private final DeviceId id;
  private volatile Advertisement advertisement;
  private volatile boolean linked;
  private volatile boolean paired;
  private volatile boolean used;

  // --- owned by the lane
  private final Pending pending;

  /** Attempts to connect, which a link that breaks does not end. */
  private final Pending connecting;

  private final Set<LiveConnection> shares = new LinkedHashSet<>();
  private final Set<LiveConnection> opening = new LinkedHashSet<>();

  /** Those of them for which it is scanned for. */
  private final Set<LiveConnection> seeking = new LinkedHashSet<>();

  private final ArrayDeque<Operation<?>> queue = new ArrayDeque<>();
  private final Map<AttributeId, Subscribed> subscribed = new HashMap<>();
  private Operation<?> running;
  private Future<Void> linking;
  private Future<Void> ending = Future.succeededFuture();
  private Future<List<Driver.RemoteService>> discovery;
  private boolean ours;

  LiveDevice(LiveAdapter adapter, DeviceId id) {
    this.adapter = adapter;
    this.id = id;
    this.advertisement = Advertisement.unknown(id);
    this.pending = new Pending(adapter.scheduler);
    this.connecting = new Pending(adapter.scheduler);
  }

  @Override
  public DeviceId id() {
    return id;
  }

  @Override
  public Advertisement advertisement() {
    return advertisement;
  }

  @Override
  public boolean isConnected() {
    return linked;
  }

  @Override
  public boolean isPaired() {
    return paired;
  }

  @Override
  public Connection connection() {
    return new LiveConnection(this);
  }

  @Override
  public Future<Void> pair() {
    return adapter.lane.call(
        () ->
            paired
                ? Future.succeededFuture()
                : start(
                    "pairing with " + id,
                    PAIR_LIMIT,
                    () -> adapter.driver.pair(id),
                    () -> adapter.driver.cancelPairing(id)));
  }

  @Override
  public Future<Void> forget() {
    return adapter.lane.call(
        () ->
            start("forgetting " + id, OPERATION_LIMIT, () -> adapter.driver.forget(id), () -> {}));
  }

  /** Whether somebody holds or wants its link. Thread: any. */
  boolean isUsed() {
    return used;
  }

  // --- the link; on the lane

  Future<Void> open(LiveConnection share, ConnectOptions options) {
    if (shares.contains(share)) {
      return Future.succeededFuture();
    }
    if (opening.contains(share)) {
      return Future.failedFuture(
          new BluetoothError(BluetoothError.Kind.BUSY, "this connection is being opened already"));
    }
    if (!adapter.status().isReady()) {
      return Future.failedFuture(adapter.status().error());
    }
    if (shares.size() + opening.size() == MAX_SHARES) {
      return Future.failedFuture(
          new BluetoothError(
              BluetoothError.Kind.LIMIT,
              MAX_SHARES + " users share the link to " + id + ": close one first"));
    }
    opening.add(share);
    used = true;
    Future<Void> done =
        connecting.start(
            "connecting to " + id,
            options.timeout(),
            () -> {
              Promise<Void> settled = share.opening();
              link(share, options, 0).onSuccess(settled::tryComplete).onFailure(settled::tryFail);
              return settled.future();
            },
            () -> share.opening().tryFail(notWanted()));
    return done.transform(
        result -> {
          boolean wanted = opening.remove(share);
          if (result.succeeded() && wanted && linked) {
            shares.add(share);
            return Future.succeededFuture();
          }
          boolean unheard = seeking.remove(share);
          leave();
          if (unheard && BluetoothError.of(result.cause()).kind() == BluetoothError.Kind.TIMEOUT) {
            return Future.failedFuture(
                new BluetoothError(
                    BluetoothError.Kind.NOT_FOUND,
                    id
                        + " was not heard within "
                        + options.timeout().toMillis()
                        + " ms: is it on, near, and not connected to another?"));
          }
          return Future.failedFuture(
              !wanted
                  ? new BluetoothError(
                      BluetoothError.Kind.ABORTED, "the connection was closed while it was opened")
                  : result.failed()
                      ? result.cause()
                      : new BluetoothError(
                          BluetoothError.Kind.DISCONNECTED, id + " broke the link at once"));
        });
  }

  private Future<Void> link(LiveConnection share, ConnectOptions options, int attempt) {
    return link()
        .recover(
            failure -> {
              if (attempt + 1 >= options.attempts()
                  || !opening.contains(share)
                  || !adapter.status().isReady()) {
                return Future.failedFuture(failure);
              }
              Promise<Void> waited = Promise.promise();
              Runnable next = () -> link(share, options, attempt + 1).onComplete(waited);
              if (BluetoothError.of(failure).kind() == BluetoothError.Kind.NOT_FOUND) {
                seek(share).onComplete(heard -> next.run());
              } else {
                adapter.scheduler.schedule(retryDelay(attempt), next);
              }
              return waited.future();
            });
  }

  private static BluetoothError notWanted() {
    return new BluetoothError(BluetoothError.Kind.ABORTED, "nobody wants the link any more");
  }

  /** Done when the stack knows it, or when the share is not wanted any more. */
  private Future<Void> seek(LiveConnection share) {
    seeking.add(share);
    return adapter
        .scan(ScanOptions.all())
        .compose(
            scan -> {
              Promise<Void> heard = Promise.promise();
              scan.events()
                  .listen(
                      seen -> {
                        if (seen.device().equals(id)) {
                          seeking.remove(share);
                          heard.tryComplete();
                        }
                      });
              scan.events().ended().onComplete(ended -> heard.tryComplete());
              share.opening().future().onComplete(given -> heard.tryComplete());
              return heard.future().eventually(() -> scan.stop().otherwiseEmpty());
            });
  }

  static Duration retryDelay(int attempt) {
    return delay(attempt, LONGEST_RETRY);
  }

  static Duration reconnectDelay(int attempt) {
    return delay(attempt, LONGEST_RECONNECT);
  }

  private static Duration delay(int attempt, Duration longest) {
    Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(attempt, 10));
    return delay.compareTo(longest) > 0 ? longest : delay;
  }

  /** The link that all who want one wait for. */
  private Future<Void> link() {
    if (opening.isEmpty()) {
      return Future.failedFuture(notWanted());
    }
    if (linked) {
      return Future.succeededFuture();
    }
    if (linking != null) {
      return linking;
    }
    Promise<Void> attempt = Promise.promise();
    linking = attempt.future();
    Future<Void> mine = linking;
    ending
        .otherwiseEmpty()
        .compose(ended -> adapter.driver.connect(id))
        .onComplete(
            result ->
                onLane(
                    () -> {
                      boolean current = linking == mine;
                      if (current) {
                        linking = null;
                      }
                      if (result.failed()) {
                        attempt.fail(BluetoothError.of(result.cause()));
                      } else if (current) {
                        linked = true;
                        ours = true;
                        attempt.complete();
                      } else if (shares.isEmpty() && linking == null) {
                        // Given up before it was made.
                        ours = true;
                        leave();
                      }
                    }));
    return mine;
  }

  /** Ends the link, or the attempt to make one, if nobody wants it and it was made here. */
  private void leave() {
    if (!shares.isEmpty() || !opening.isEmpty()) {
      return;
    }
    used = false;
    if (linking != null || ours) {
      linking = null;
      ours = false;
      ending =
          pending.start(
              "disconnecting from " + id,
              LiveAdapter.SHORT_LIMIT,
              () -> adapter.driver.disconnect(id),
              () -> {});
    }
  }

  Future<Void> close(LiveConnection share) {
    BluetoothError reason =
        new BluetoothError(BluetoothError.Kind.ABORTED, "the connection to " + id + " was closed");
    if (opening.remove(share)) {
      share.opening().tryFail(reason);
      leave();
      return ending.otherwiseEmpty();
    }
    if (!shares.remove(share)) {
      return Future.succeededFuture();
    }
    for (Operation<?> operation : List.copyOf(queue)) {
      if (operation.user == share) {
        queue.remove(operation);
        operation.promise.tryFail(reason);
      }
    }
    if (running != null && running.user == share) {
      // Its turn lasts until the device has answered; its user knows already.
      running.promise.tryFail(reason);
    }
    List.copyOf(subscribed.values()).forEach(to -> to.leave(share));
    leave();
    return ending.otherwiseEmpty();
  }

  boolean holds(LiveConnection share) {
    return shares.contains(share) || opening.contains(share);
  }

  void linkChanged(boolean up) {
    if (up == linked) {
      return;
    }
    if (up) {
      linked = true;
    } else {
      linkLost(
          new BluetoothError(
              BluetoothError.Kind.DISCONNECTED, "the link to " + id + " is not there any more"));
    }
  }

  /** The device or the adapter is gone, and with it the attempts to connect. */
  void lost(BluetoothError reason) {
    linking = null;
    linkLost(reason);
    connecting.failAll(reason);
  }

  /** The link is gone, and all that ran over it. */
  private void linkLost(BluetoothError reason) {
    linked = false;
    ours = false;
    discovery = null;
    List<Operation<?>> waiting = List.copyOf(queue);
    queue.clear();
    Operation<?> current = running;
    running = null;
    List<LiveConnection> users = List.copyOf(shares);
    shares.clear();
    List<Subscribed> ended = List.copyOf(subscribed.values());
    subscribed.clear();
    used = !opening.isEmpty();
    if (current != null) {
      current.promise.tryFail(reason);
    }
    pending.failAll(reason);
    waiting.forEach(operation -> operation.promise.tryFail(reason));
    ended.forEach(to -> to.fail(reason));
    users.forEach(share -> share.lost(reason));
  }

  // --- what is heard; on the lane

  /** Takes it over; true if something but the signal's strength is new. */
  boolean heard(Advertisement next) {
    Advertisement before = advertisement;
    advertisement = next;
    return !before.name().equals(next.name())
        || !before.services().equals(next.services())
        || !before.manufacturerData().equals(next.manufacturerData())
        || !before.serviceData().equals(next.serviceData());
  }

  void paired(boolean now) {
    paired = now;
  }

  void servicesChanged() {
    discovery = null;
    List.copyOf(shares).forEach(LiveConnection::servicesChanged);
  }

  // --- operations; on the lane

  Future<List<Driver.RemoteService>> discover() {
    if (discovery != null) {
      return discovery;
    }
    Future<List<Driver.RemoteService>> mine =
        start(
            "discovering the services of " + id,
            DISCOVER_LIMIT,
            () -> adapter.driver.discover(id),
            () -> {});
    discovery = mine;
    mine.onFailure(
        failure -> {
          if (discovery == mine) {
            discovery = null;
          }
        });
    // Which may have failed already.
    return mine;
  }

  Future<OptionalInt> mtu() {
    return start("asking for the MTU", OPERATION_LIMIT, () -> adapter.driver.mtu(id), () -> {});
  }

  Future<OptionalInt> rssiDbm() {
    return start(
        "asking for the signal strength",
        OPERATION_LIMIT,
        () -> adapter.driver.rssiDbm(id),
        () -> {});
  }

  <T> Future<T> enqueue(LiveConnection user, String what, Supplier<Future<T>> work) {
    if (queue.size() == MAX_QUEUED) {
      return Future.failedFuture(
          new BluetoothError(
              BluetoothError.Kind.LIMIT,
              MAX_QUEUED + " operations wait for " + id + ": wait for some before the next"));
    }
    Operation<T> operation = new Operation<>(user, what, work);
    queue.add(operation);
    next();
    return operation.promise.future();
  }

  private void next() {
    if (running == null && !queue.isEmpty()) {
      run(queue.remove());
    }
  }

  private <T> void run(Operation<T> operation) {
    running = operation;
    start(
            operation.what,
            OPERATION_LIMIT,
            () -> operation.work.get().recover(this::afterGrace),
            () -> {})
        .onComplete(
            result -> {
              if (result.succeeded()) {
                operation.promise.tryComplete(result.result());
              } else {
                operation.promise.tryFail(result.cause());
              }
              if (running == operation) {
                running = null;
                // Not at once: a thousand that fail at once would be as deep a stack.
                adapter.lane.execute(this::next);
              }
            });
  }

  /** A broken link shows as a failure without a reason, shortly before it shows as broken. */
  private <T> Future<T> afterGrace(Throwable failure) {
    BluetoothError error = BluetoothError.of(failure);
    if (error.kind() != BluetoothError.Kind.FAILED) {
      return Future.failedFuture(error);
    }
    Promise<T> later = Promise.promise();
    adapter.scheduler.schedule(LINK_GRACE, () -> later.fail(error));
    return later.future();
  }

  private <T> Future<T> start(
      String what, Duration limit, Supplier<Future<T>> work, Runnable abandoned) {
    return adapter.status().isReady()
        ? pending.start(what, limit, work, abandoned)
        : Future.failedFuture(adapter.status().error());
  }

  // --- notifications; on the lane

  Future<Characteristic.Notifications> subscribe(LiveConnection user, AttributeId characteristic) {
    return subscribed.computeIfAbsent(characteristic, Subscribed::new).join(user);
  }

  void notified(AttributeId characteristic, Buffer value, long droppedBefore) {
    Subscribed to = subscribed.get(characteristic);
    if (to != null) {
      to.emit(value, droppedBefore);
    }
  }

  private void onLane(Runnable task) {
    if (adapter.lane.isCurrent()) {
      task.run();
    } else {
      adapter.lane.execute(task);
    }
  }

  private static final class Operation<T> {
    private final LiveConnection user;
    private final String what;
    private final Supplier<Future<T>> work;
    private final Promise<T> promise = Promise.promise();

    Operation(LiveConnection user, String what, Supplier<Future<T>> work) {
      this.user = user;
      this.what = what;
      this.work = work;
    }
  }

  /** Those who listen to one characteristic. The device is told of the first and the last. */
  private final class Subscribed {
    private final AttributeId characteristic;
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private Future<Void> started;

    Subscribed(AttributeId characteristic) {
      this.characteristic = characteristic;
    }

    Future<Characteristic.Notifications> join(LiveConnection user) {
      Listener listener = new Listener(this, user);
      listeners.add(listener);
      if (started == null) {
        start();
      }
      return started.transform(
          result ->
              result.failed()
                  ? Future.failedFuture(result.cause())
                  : listeners.contains(listener)
                      ? Future.succeededFuture(listener)
                      : Future.failedFuture(
                          new BluetoothError(
                              BluetoothError.Kind.ABORTED, "the connection was closed meanwhile")));
    }

    /** The operation is nobody's: the one who came first may go before the second. */
    private void start() {
      started =
          enqueue(
              null,
              "subscribing",
              () ->
                  listeners.isEmpty()
                      ? Future.succeededFuture()
                      : adapter.driver.startNotify(id, characteristic));
      started.onFailure(
          failure -> {
            subscribed.remove(characteristic, this);
            fail(BluetoothError.of(failure));
          });
    }

    void emit(Buffer value, long droppedBefore) {
      for (Listener listener : List.copyOf(listeners)) {
        if (droppedBefore > 0) {
          listener.events.drop(droppedBefore);
        }
        listener.events.emit(value);
      }
    }

    void leave(LiveConnection user) {
      for (Listener listener : List.copyOf(listeners)) {
        if (listener.user == user) {
          leave(listener);
        }
      }
    }

    Future<Void> leave(Listener listener) {
      listener.events.end();
      if (!listeners.remove(listener)
          || !listeners.isEmpty()
          || !subscribed.remove(characteristic, this)) {
        return Future.succeededFuture();
      }
      return enqueue(
          null,
          "unsubscribing",
          () ->
              started.succeeded() && linked && !subscribed.containsKey(characteristic)
                  ? adapter.driver.stopNotify(id, characteristic)
                  : Future.succeededFuture());
    }

    void fail(BluetoothError reason) {
      listeners.forEach(listener -> listener.events.fail(reason));
      listeners.clear();
    }
  }

  private final class Listener implements Characteristic.Notifications {
    private final Subscribed to;
    private final LiveConnection user;
    private final Events<Buffer> events = new Events<>(adapter.lane, MAX_WAITING_VALUES);

    Listener(Subscribed to, LiveConnection user) {
      this.to = to;
      this.user = user;
    }

    @Override
    public Events<Buffer> events() {
      return events;
    }

    @Override
    public Future<Void> stop() {
      return adapter.lane.call(() -> to.leave(this));
    }
  }
}
