package dev.dunlin.bt;

import dev.dunlin.bt.GattHandler.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What we send to all and serve; registered again when the stack has lost it. */
final class LivePeripheral implements Peripheral {
  /** Advertisements at once; one more is LIMIT. (Controllers have fewer, and say so.) */
  static final int MAX_ADVERTISEMENTS = 16;

  /** Servers at once; one more is LIMIT. */
  static final int MAX_SERVERS = 16;

  /** Attributes of one server; more is LIMIT. */
  static final int MAX_ATTRIBUTES = 4096;

  /** Requests that wait for a handler; one more fails at the other side. */
  static final int MAX_REQUESTS = 64;

  /** Long values that are being read; beyond it the oldest is read anew. */
  static final int MAX_SNAPSHOTS = 64;

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final LiveAdapter adapter;

  // --- owned by the lane
  private final Map<Integer, Entry> advertisements = new LinkedHashMap<>();
  private final Map<Integer, Server> servers = new LinkedHashMap<>();
  private int lastId;

  LivePeripheral(LiveAdapter adapter) {
    this.adapter = adapter;
  }

  @Override
  public Future<Advertising> advertise(AdvertisingData data) {
    return adapter.lane.call(
        () -> {
          Entry entry = new Entry();
          entry.register = () -> adapter.driver.advertise(entry.id, data);
          entry.unregister = () -> adapter.driver.unadvertise(entry.id);
          return add(advertisements, MAX_ADVERTISEMENTS, "advertisements", entry)
              .map(done -> () -> adapter.lane.call(() -> remove(advertisements, entry)));
        });
  }

  @Override
  public Future<GattServer> serve(List<ServiceSpec> services, GattHandler handler) {
    return adapter.lane.call(
        () -> {
          List<ServiceSpec> specs = List.copyOf(services);
          long attributes =
              specs.stream()
                  .flatMap(service -> service.characteristics().stream())
                  .mapToLong(it -> 1L + it.descriptors().size())
                  .sum();
          if (specs.isEmpty() || attributes > MAX_ATTRIBUTES) {
            return Future.failedFuture(
                specs.isEmpty()
                    ? new BluetoothError(
                        BluetoothError.Kind.INVALID_ARGUMENT, "there is no service to serve")
                    : new BluetoothError(
                        BluetoothError.Kind.LIMIT,
                        "a server has at most " + MAX_ATTRIBUTES + " attributes"));
          }
          Server server = new Server(specs, handler);
          server.register = () -> adapter.driver.serve(server.id, specs);
          server.unregister = () -> adapter.driver.unserve(server.id);
          return add(servers, MAX_SERVERS, "servers", server).map(done -> server);
        });
  }

  // --- on the lane

  private <E extends Entry> Future<Void> add(
      Map<Integer, E> entries, int max, String what, E entry) {
    if (!adapter.status().isReady()) {
      return Future.failedFuture(adapter.status().error());
    }
    if (entries.size() == max) {
      return Future.failedFuture(
          new BluetoothError(
              BluetoothError.Kind.LIMIT, "there are " + max + " " + what + ": stop one first"));
    }
    entry.id = ++lastId;
    entries.put(entry.id, entry);
    return register(entry).onFailure(failure -> entries.remove(entry.id, entry));
  }

  private Future<Void> register(Entry entry) {
    entry.registering = true;
    return adapter
        .pending
        .start("registering with the Bluetooth service", LIMIT, entry.register, () -> {})
        .onComplete(
            result -> {
              entry.registering = false;
              entry.registered = result.succeeded();
            });
  }

  private <E extends Entry> Future<Void> remove(Map<Integer, E> entries, E entry) {
    if (!entries.remove(entry.id, entry) || !entry.registered) {
      return Future.succeededFuture();
    }
    entry.registered = false;
    return adapter.pending.start(
        "unregistering from the Bluetooth service", LIMIT, entry.unregister, () -> {});
  }

  void lost(BluetoothError reason) {
    advertisements.values().forEach(entry -> entry.registered = false);
    servers.values().forEach(Server::lost);
  }

  void close(BluetoothError reason) {
    lost(reason);
    advertisements.clear();
    servers.clear();
  }

  /** Registers again what the stack has lost. */
  void restore() {
    List<Future<Void>> serving = new ArrayList<>();
    servers.values().forEach(server -> serving.add(restore(servers, server, 0)));
    // Who is found is asked for its services at once.
    Future.join(new ArrayList<>(serving))
        .onComplete(
            tried -> advertisements.values().forEach(entry -> restore(advertisements, entry, 0)));
  }

  /** Settles with the first attempt. */
  private <E extends Entry> Future<Void> restore(Map<Integer, E> entries, E entry, int attempt) {
    if (entry.registered || entry.registering || !adapter.status().isReady()) {
      return Future.succeededFuture();
    }
    return register(entry)
        .onComplete(
            result -> {
              if (!entries.containsKey(entry.id)) {
                if (result.succeeded()) {
                  // Stopped while it came back.
                  entry.registered = false;
                  entry.unregister.get();
                }
              } else if (result.failed()) {
                // The service is there but not ready yet.
                adapter.scheduler.schedule(
                    LiveDevice.retryDelay(attempt),
                    () -> {
                      if (entries.containsKey(entry.id)) {
                        restore(entries, entry, attempt + 1);
                      }
                    });
              }
            });
  }

  Future<Buffer> read(int id, Request request, int offset) {
    Server server = servers.get(id);
    return server == null ? noServer() : server.read(request, offset);
  }

  Future<Void> write(int id, Request request, Buffer value, int offset) {
    Server server = servers.get(id);
    return server == null ? noServer() : server.write(request, value, offset);
  }

  void subscribed(int id, AttributeRef characteristic, boolean now) {
    Server server = servers.get(id);
    if (server != null) {
      server.subscribed(characteristic, now);
    }
  }

  private static <T> Future<T> noServer() {
    return Future.failedFuture(
        new BluetoothError(BluetoothError.Kind.STALE, "this is not served any more"));
  }

  private static class Entry {
    Supplier<Future<Void>> register;
    Supplier<Future<Void>> unregister;
    int id;
    boolean registered;
    boolean registering;
  }

  private record Reading(DeviceId central, AttributeRef attribute) {}

  private final class Server extends Entry implements GattServer {
    private final List<ServiceSpec> services;
    private final GattHandler handler;
    private final Map<Reading, Buffer> snapshots =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Reading, Buffer> eldest) {
            return size() > MAX_SNAPSHOTS;
          }
        };
    private final Set<AttributeRef> subscribed = ConcurrentHashMap.newKeySet();
    private Future<?> last = Future.succeededFuture();
    private int waiting;

    Server(List<ServiceSpec> services, GattHandler handler) {
      this.services = services;
      this.handler = handler;
    }

    Future<Buffer> read(Request request, int offset) {
      Reading reading = new Reading(request.central(), request.attribute());
      Buffer snapshot = offset == 0 ? null : snapshots.get(reading);
      if (snapshot != null) {
        return part(snapshot, offset);
      }
      return inTurn(() -> handler.read(request))
          .compose(
              value -> {
                if (value.length() > Characteristic.MAX_VALUE_BYTES) {
                  return Future.failedFuture(LiveGatt.tooLong(value.length()));
                }
                Buffer copy = value.copy();
                snapshots.remove(reading);
                snapshots.put(reading, copy);
                return part(copy, offset);
              });
    }

    private static Future<Buffer> part(Buffer value, int offset) {
      return offset < 0 || offset > value.length()
          ? Future.failedFuture(
              new BluetoothError(BluetoothError.Kind.INVALID_ARGUMENT, "no such offset: " + offset))
          : Future.succeededFuture(value.getBuffer(offset, value.length()));
    }

    Future<Void> write(Request request, Buffer value, int offset) {
      if (value.length() > Characteristic.MAX_VALUE_BYTES) {
        return Future.failedFuture(LiveGatt.tooLong(value.length()));
      }
      if (offset != 0) {
        return Future.failedFuture(
            new BluetoothError(
                BluetoothError.Kind.NOT_SUPPORTED, "a part of a value cannot be written"));
      }
      return inTurn(() -> handler.write(request, value));
    }

    /** One request after the other, each within its time. */
    private <T> Future<T> inTurn(Supplier<Future<T>> request) {
      if (waiting == MAX_REQUESTS) {
        return Future.failedFuture(
            new BluetoothError(
                BluetoothError.Kind.LIMIT, MAX_REQUESTS + " requests wait for the handler"));
      }
      waiting++;
      Promise<T> turn = Promise.promise();
      Future<?> before = last;
      last = turn.future();
      before.onComplete(
          ended ->
              adapter
                  .pending
                  .start("the handler of a request", GattHandler.TIME_LIMIT, request, () -> {})
                  .onComplete(
                      result -> {
                        waiting--;
                        turn.handle(result);
                      }));
      return turn.future();
    }

    void subscribed(AttributeRef characteristic, boolean now) {
      if (now ? subscribed.add(characteristic) : subscribed.remove(characteristic)) {
        handler.subscribed(characteristic, now);
      }
    }

    void lost() {
      registered = false;
      snapshots.clear();
      List.copyOf(subscribed).forEach(characteristic -> subscribed(characteristic, false));
    }

    @Override
    public Future<Void> notify(AttributeRef characteristic, Buffer value) {
      if (value.length() > Characteristic.MAX_VALUE_BYTES) {
        return Future.failedFuture(LiveGatt.tooLong(value.length()));
      }
      Buffer copy = value.copy();
      return adapter.lane.call(
          () -> {
            spec(characteristic);
            if (!servers.containsKey(id)) {
              return noServer();
            }
            return subscribed.contains(characteristic)
                ? adapter.pending.start(
                    "notifying",
                    LiveAdapter.SHORT_LIMIT,
                    () -> adapter.driver.notify(id, characteristic, copy),
                    () -> {})
                : Future.succeededFuture();
          });
    }

    @Override
    public boolean isSubscribed(AttributeRef characteristic) {
      return subscribed.contains(characteristic);
    }

    @Override
    public Future<Void> stop() {
      return adapter.lane.call(() -> remove(servers, this));
    }

    private UUID spec(AttributeRef of) {
      if (of.descriptor().isPresent()
          || of.service() < 0
          || of.service() >= services.size()
          || of.characteristic() < 0
          || of.characteristic() >= services.get(of.service()).characteristics().size()) {
        throw new BluetoothError(
            BluetoothError.Kind.INVALID_ARGUMENT, "the server has no characteristic " + of);
      }
      return services.get(of.service()).characteristics().get(of.characteristic()).uuid();
    }
  }
}
