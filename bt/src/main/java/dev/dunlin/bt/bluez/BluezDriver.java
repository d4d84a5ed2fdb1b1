package dev.dunlin.bt.bluez;

import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.AdapterStatus.Reason;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeId;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.BluetoothError.Kind;
import dev.dunlin.bt.Characteristic.WriteMode;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Driver;
import dev.dunlin.bt.DriverEvents;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.Threads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.types.Variant;

/**
 * BlueZ. What it manages is mirrored in a tree of its objects, which its signals keep true; a
 * service that ends and comes back is read anew.
 *
 * <p>Values come by signals; a file descriptor for them (AcquireNotify) is not asked for, since the
 * transport passes none.
 */
public final class BluezDriver implements Driver {
  private static final String ADAPTER = "org.bluez.Adapter1";
  private static final String DEVICE = "org.bluez.Device1";
  private static final String SERVICE = "org.bluez.GattService1";
  private static final String CHARACTERISTIC = "org.bluez.GattCharacteristic1";
  private static final String DESCRIPTOR = "org.bluez.GattDescriptor1";
  private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
  private static final String OBJECTS = "org.freedesktop.DBus.ObjectManager";
  private static final String MANAGER = "/org/bluez";

  /** Objects that are mirrored; beyond it new ones are left out. */
  static final int MAX_OBJECTS = 100_000;

  /** Signals taken in one task of the lane. */
  private static final int SLICE = 256;

  private final Scheduler scheduler;
  private final Lane lane;
  private final String address;
  private final Optional<String> adapterName;
  private final Path rfkill;
  private final Inbox inbox = new Inbox();
  private volatile String owner = "";

  // --- owned by the lane
  private final TreeMap<String, Map<String, Map<String, Object>>> tree = new TreeMap<>();
  private final Map<String, List<Promise<Void>>> resolving = new HashMap<>();
  private DriverEvents events;
  private BluezCalls calls;
  private Exported exported;
  private Future<Void> opening;
  private Future<Void> loading;
  private Future<Void> agent;
  private String adapter = "";
  private long loadedSerial;
  private boolean loaded;
  private boolean discovering;
  private boolean closed;

  private BluezDriver(
      Scheduler scheduler, String address, Optional<String> adapterName, Path rfkill) {
    this.scheduler = scheduler;
    this.lane = scheduler.lane();
    this.address = address;
    this.adapterName = adapterName;
    this.rfkill = rfkill;
  }

  /** The machine's own: the system bus, the first adapter. */
  public static BluezDriver create(Scheduler scheduler) {
    return new BluezDriver(scheduler, "", Optional.empty(), RfKill.FOLDER);
  }

  /** On another bus, such as {@code unix:path=…} or {@code tcp:host=…,port=…}. */
  public BluezDriver onBus(String address) {
    return new BluezDriver(scheduler, address, adapterName, rfkill);
  }

  /** Another adapter than the first, such as {@code hci1}. */
  public BluezDriver withAdapter(String name) {
    return new BluezDriver(scheduler, address, Optional.of(name), rfkill);
  }

  BluezDriver withRfkill(Path folder) {
    return new BluezDriver(scheduler, address, adapterName, folder);
  }

  // --- the bus and the tree

  @Override
  public Future<Void> start(DriverEvents events) {
    this.events = events;
    return connect();
  }

  @Override
  public Future<Void> refresh() {
    return calls == null ? connect() : loaded ? publishStatus() : load();
  }

  /** Succeeds when a status is told. */
  private Future<Void> connect() {
    if (opening != null) {
      return opening;
    }
    Promise<Void> done = Promise.promise();
    opening = done.future();
    Threads.start("bluetooth-bus", () -> openBus(done));
    return opening;
  }

  private void openBus(Promise<Void> done) {
    BluezCalls opened;
    Exported object = new Exported(new Asked());
    try {
      opened = BluezCalls.open(address, () -> lane.execute(this::busLost));
      opened.export(Exported.ROOT, object);
      opened.hear(this::heard);
    } catch (IOException | LinkageError e) {
      lane.execute(
          () -> {
            opening = null;
            events.status(
                AdapterStatus.unusable(
                    Reason.NO_BUS,
                    "There is no D-Bus system bus at "
                        + (address.isEmpty() ? "the usual place" : address)
                        + ": "
                        + e.getMessage()
                        + "."));
            done.complete();
          });
      return;
    }
    lane.execute(
        () -> {
          opening = null;
          if (closed) {
            Threads.start("bluetooth-close", opened::close);
            done.complete();
            return;
          }
          calls = opened;
          exported = object;
          load().onComplete(done);
        });
  }

  private void busLost() {
    if (calls != null && !closed) {
      calls = null;
      forgetAll("the connection to D-Bus ended");
      events.status(AdapterStatus.unusable(Reason.NO_BUS));
    }
  }

  /** Reads all that BlueZ manages. Succeeds when a status is told. */
  private Future<Void> load() {
    if (loading != null) {
      return loading;
    }
    Promise<Void> done = Promise.promise();
    loading = done.future();
    calls
        .call("/", OBJECTS, "GetManagedObjects", "")
        .onComplete(
            result ->
                lane.execute(
                    () -> {
                      loading = null;
                      if (result.succeeded()) {
                        replaceTree(result.result());
                        publishStatus().onComplete(done);
                      } else {
                        BluetoothError error = BluetoothError.of(result.cause());
                        events.status(
                            switch (error.kind()) {
                              case DENIED -> AdapterStatus.unusable(Reason.ACCESS_DENIED);
                              case ADAPTER_GONE -> AdapterStatus.unusable(Reason.NO_DAEMON);
                              default ->
                                  AdapterStatus.unusable(
                                      Reason.NO_DAEMON,
                                      "The Bluetooth service does not answer as it should: "
                                          + error.getMessage());
                            });
                        done.complete();
                      }
                    }));
    return loading;
  }

  private void replaceTree(Message reply) {
    owner = reply.getSource();
    loadedSerial = reply.getSerial();
    loaded = true;
    Set<String> before = Set.copyOf(tree.keySet());
    tree.clear();
    Values.map(Values.plain(body(reply)[0]))
        .forEach((path, types) -> addObject(path, Values.map(types)));
    adapter = choose();
    for (String path : before) {
      if (!tree.containsKey(path)) {
        device(path).ifPresent(events::gone);
      }
    }
    List.copyOf(tree.keySet()).forEach(this::tellDevice);
    takeSignals();
  }

  private void addObject(String path, Map<String, Object> types) {
    if (tree.size() >= MAX_OBJECTS && !tree.containsKey(path)) {
      return;
    }
    Map<String, Map<String, Object>> object =
        tree.computeIfAbsent(path, key -> new LinkedHashMap<>());
    types.forEach((type, properties) -> object.put(type, Values.map(properties)));
  }

  private String choose() {
    if (has(adapter, ADAPTER)) {
      return adapter;
    }
    return tree.keySet().stream()
        .filter(path -> has(path, ADAPTER))
        .filter(path -> adapterName.map(name -> path.endsWith("/" + name)).orElse(true))
        .findFirst()
        .orElse("");
  }

  private boolean has(String path, String type) {
    Map<String, Map<String, Object>> object = tree.get(path);
    return object != null && object.containsKey(type);
  }

  private Map<String, Object> properties(String path, String type) {
    Map<String, Map<String, Object>> object = tree.get(path);
    Map<String, Object> properties = object == null ? null : object.get(type);
    return properties == null ? Map.of() : properties;
  }

  private Future<Void> publishStatus() {
    Map<String, Object> found = properties(adapter, ADAPTER);
    if (Values.flag(found.get("Powered"))) {
      events.status(
          AdapterStatus.ready(
              Values.text(found.get("Alias")).or(() -> Values.text(found.get("Name"))).orElse(""),
              Values.text(found.get("Address")).orElse(""),
              has(adapter, "org.bluez.LEAdvertisingManager1")));
      return Future.succeededFuture();
    }
    boolean there = !adapter.isEmpty();
    Promise<Void> told = Promise.promise();
    Threads.start(
        "bluetooth-rfkill",
        () -> {
          boolean blocked = RfKill.blocksBluetooth(rfkill);
          lane.execute(
              () -> {
                // It may have become ready while the switches were read.
                if (loaded && !Values.flag(properties(adapter, ADAPTER).get("Powered"))) {
                  events.status(
                      AdapterStatus.unusable(
                          blocked
                              ? Reason.BLOCKED
                              : there ? Reason.POWERED_OFF : Reason.NO_ADAPTER));
                }
                told.complete();
              });
        });
    return told.future();
  }

  /** The service or the bus is gone, and all that it knew. */
  private void forgetAll(String why) {
    BluetoothError reason =
        new BluetoothError(
            Kind.ADAPTER_GONE, "the Bluetooth service is not there any more: " + why);
    owner = "";
    loaded = false;
    adapter = "";
    agent = null;
    discovering = false;
    tree.clear();
    List<List<Promise<Void>>> waiting = List.copyOf(resolving.values());
    resolving.clear();
    waiting.forEach(promises -> promises.forEach(promise -> promise.tryFail(reason)));
    events.reset(reason);
  }

  // --- signals

  /** On D-Bus' thread. */
  private void heard(DBusSignal signal) {
    Object[] body = body(signal);
    String member = String.valueOf(signal.getName());
    boolean value =
        member.equals("PropertiesChanged")
            && body.length > 1
            && CHARACTERISTIC.equals(body[0])
            && body[1] instanceof Map<?, ?> changed
            && changed.containsKey("Value");
    if (inbox.add(
        new Inbox.Signal(
            String.valueOf(signal.getSource()),
            signal.getSerial(),
            String.valueOf(signal.getPath()),
            member,
            body,
            value))) {
      lane.execute(this::takeSignals);
    }
  }

  private static Object[] body(Message message) {
    try {
      Object[] body = message.getParameters();
      return body == null ? new Object[0] : body;
    } catch (DBusException e) {
      // What cannot be read is as if it had said nothing.
      return new Object[0];
    }
  }

  private void takeSignals() {
    for (int i = 0; i < SLICE; i++) {
      Inbox.Signal signal = inbox.next();
      if (signal == null) {
        break;
      }
      take(signal);
    }
    if (!inbox.isEmpty()) {
      lane.execute(this::takeSignals);
    }
    if (inbox.overflowed() && loaded && calls != null) {
      load();
    }
  }

  private void take(Inbox.Signal signal) {
    if (closed) {
      return;
    }
    if (signal.member().equals("NameOwnerChanged")) {
      if (signal.source().equals("org.freedesktop.DBus")
          && signal.body().length == 3
          && BluezCalls.BLUEZ.equals(signal.body()[0])) {
        ownerChanged(String.valueOf(signal.body()[2]));
      }
      return;
    }
    // What was sent before the tree is in it.
    if (!loaded || !signal.source().equals(owner) || signal.serial() < loadedSerial) {
      return;
    }
    Object[] body = signal.body();
    switch (signal.member()) {
      case "PropertiesChanged" -> {
        if (body.length == 3 && body[0] instanceof String type) {
          changed(signal.path(), type, Values.map(Values.plain(body[1])), Values.list(body[2]));
        }
      }
      case "InterfacesAdded" -> {
        if (body.length == 2) {
          Values.text(Values.plain(body[0]))
              .ifPresent(path -> added(path, Values.map(Values.plain(body[1]))));
        }
      }
      case "InterfacesRemoved" -> {
        if (body.length == 2) {
          Values.text(Values.plain(body[0]))
              .ifPresent(path -> removed(path, Values.list(Values.plain(body[1]))));
        }
      }
      default -> {
        // Others are not of interest.
      }
    }
  }

  private void ownerChanged(String next) {
    if (loaded && !next.equals(owner)) {
      forgetAll("it ended");
      if (next.isEmpty()) {
        events.status(AdapterStatus.unusable(Reason.NO_DAEMON));
      }
    }
    if (!next.isEmpty() && calls != null && !loaded) {
      load();
    }
  }

  private void changed(String path, String type, Map<String, Object> values, List<?> invalidated) {
    Map<String, Map<String, Object>> object = tree.get(path);
    if (object == null || !object.containsKey(type)) {
      return;
    }
    Map<String, Object> known = object.get(type);
    boolean isCharacteristic = type.equals(CHARACTERISTIC);
    Object value = values.get("Value");
    if (!isCharacteristic) {
      known.putAll(values);
    } else {
      values.forEach(
          (name, it) -> {
            if (!name.equals("Value")) {
              known.put(name, it);
            }
          });
    }
    invalidated.forEach(known::remove);
    if (isCharacteristic) {
      device(path)
          .ifPresent(
              id ->
                  Values.bytes(value)
                      .ifPresent(
                          bytes ->
                              events.notified(
                                  id, attribute(id, path), bytes, inbox.dropped(path))));
    } else if (type.equals(ADAPTER) && path.equals(adapter)) {
      if (values.containsKey("Powered") || values.containsKey("Alias")) {
        publishStatus();
      }
    } else if (type.equals(DEVICE)) {
      deviceChanged(path, values);
    }
  }

  private void deviceChanged(String path, Map<String, Object> values) {
    DeviceId id = device(path).orElse(null);
    if (id == null) {
      return;
    }
    if (values.containsKey("Paired")) {
      events.paired(id, Values.flag(values.get("Paired")));
    }
    if (values.containsKey("Connected")) {
      boolean connected = Values.flag(values.get("Connected"));
      if (!connected) {
        resolved(path, new BluetoothError(Kind.DISCONNECTED, "the link to " + id + " broke"));
      }
      events.connected(id, connected);
    }
    if (Values.flag(values.get("ServicesResolved"))) {
      resolved(path, null);
    }
    for (String told : List.of("RSSI", "Name", "UUIDs", "ManufacturerData", "ServiceData")) {
      if (values.containsKey(told)) {
        events.advertised(Values.advertisement(id, properties(path, DEVICE)));
        return;
      }
    }
  }

  private void resolved(String path, BluetoothError failure) {
    List<Promise<Void>> waiting = resolving.remove(path);
    if (waiting != null) {
      for (Promise<Void> promise : waiting) {
        if (failure == null) {
          promise.tryComplete();
        } else {
          promise.tryFail(failure);
        }
      }
    }
  }

  private void added(String path, Map<String, Object> types) {
    addObject(path, types);
    if (types.containsKey(ADAPTER)) {
      adapter = choose();
      publishStatus();
    }
    if (types.containsKey(DEVICE)) {
      tellDevice(path);
    } else if (types.containsKey(SERVICE)) {
      servicesChanged(path);
    }
  }

  private void removed(String path, List<?> types) {
    Map<String, Map<String, Object>> object = tree.get(path);
    if (object == null) {
      return;
    }
    types.forEach(object::remove);
    if (object.isEmpty()) {
      tree.remove(path);
    }
    if (types.contains(DEVICE)) {
      device(path)
          .ifPresent(
              id -> {
                resolved(path, new BluetoothError(Kind.DISCONNECTED, id + " is gone"));
                events.gone(id);
              });
    } else if (types.contains(SERVICE)) {
      servicesChanged(path);
    } else if (types.contains(ADAPTER) && path.equals(adapter)) {
      adapter = "";
      agent = null;
      discovering = false;
      events.reset(new BluetoothError(Kind.ADAPTER_GONE, "the adapter was unplugged"));
      adapter = choose();
      publishStatus();
    }
  }

  private void servicesChanged(String path) {
    device(path)
        .filter(id -> Values.flag(properties(path(id), DEVICE).get("ServicesResolved")))
        .ifPresent(events::servicesChanged);
  }

  private void tellDevice(String path) {
    Map<String, Object> known = properties(path, DEVICE);
    device(path)
        .filter(id -> path.equals(path(id)) && !known.isEmpty())
        .ifPresent(
            id -> {
              events.advertised(Values.advertisement(id, known));
              events.paired(id, Values.flag(known.get("Paired")));
              events.connected(id, Values.flag(known.get("Connected")));
            });
  }

  // --- paths

  /** {@code /org/bluez/hci0/dev_AA_BB_CC_DD_EE_FF/…} of our adapter: the device's address. */
  private Optional<DeviceId> device(String path) {
    String prefix = adapter + "/dev_";
    if (adapter.isEmpty() || !path.startsWith(prefix)) {
      return Optional.empty();
    }
    int end = path.indexOf('/', prefix.length());
    String word = path.substring(prefix.length(), end < 0 ? path.length() : end);
    return word.isEmpty() ? Optional.empty() : Optional.of(new DeviceId(word.replace('_', ':')));
  }

  private String path(DeviceId id) {
    return adapter + "/dev_" + id.value().replace(':', '_');
  }

  private AttributeId attribute(DeviceId id, String path) {
    return new AttributeId(path.substring(path(id).length()));
  }

  // --- Driver

  private Future<Message> call(
      String path, String type, String method, String signature, Object... arguments) {
    return calls == null
        ? Future.failedFuture(AdapterStatus.unusable(Reason.NO_BUS).error())
        : calls.call(path, type, method, signature, arguments);
  }

  /** As {@link #call}; these of BlueZ' errors mean that it is as it should be. */
  private Future<Void> callUnless(
      Set<String> fine, String path, String type, String method, String signature, Object... of) {
    return call(path, type, method, signature, of)
        .<Void>mapEmpty()
        .recover(
            failure ->
                fine.stream().anyMatch(name -> failure.getMessage().endsWith(name + ")"))
                    ? Future.succeededFuture()
                    : Future.failedFuture(failure));
  }

  @Override
  public Future<Void> setPowered(boolean on) {
    if (adapter.isEmpty()) {
      return Future.failedFuture(AdapterStatus.unusable(Reason.NO_ADAPTER).error());
    }
    return call(adapter, PROPERTIES, "Set", "ssv", ADAPTER, "Powered", new Variant<>(on))
        .mapEmpty();
  }

  @Override
  public Future<Void> startScan(Set<UUID> services) {
    String of = adapter;
    Map<String, Variant<?>> filter = new LinkedHashMap<>();
    filter.put("Transport", new Variant<>("le"));
    if (!services.isEmpty()) {
      filter.put(
          "UUIDs",
          new Variant<>(
              services.stream().map(UUID::toString).sorted().collect(Collectors.toList()), "as"));
    }
    return call(of, ADAPTER, "SetDiscoveryFilter", "a{sv}", filter)
        .compose(
            set ->
                discovering
                    ? Future.succeededFuture()
                    : callUnless(Set.of("Error.InProgress"), of, ADAPTER, "StartDiscovery", ""))
        .onSuccess(
            started ->
                lane.execute(
                    () -> {
                      discovering = true;
                      // BlueZ says nothing more of one that it knows already and that has not
                      // changed.
                      tree.keySet().stream()
                          .filter(path -> has(path, DEVICE))
                          .filter(this::isInReach)
                          .toList()
                          .forEach(
                              path ->
                                  device(path)
                                      .ifPresent(
                                          id ->
                                              events.advertised(
                                                  Values.advertisement(
                                                      id, properties(path, DEVICE)))));
                    }));
  }

  /** One that is kept for its keys may be anywhere; others go half a minute after they went. */
  private boolean isInReach(String path) {
    Map<String, Object> known = properties(path, DEVICE);
    return !Values.flag(known.get("Paired"))
        || Values.flag(known.get("Connected"))
        || known.containsKey("RSSI");
  }

  @Override
  public Future<Void> stopScan() {
    if (!discovering) {
      return Future.succeededFuture();
    }
    discovering = false;
    return callUnless(
        Set.of("Error.Failed", "Error.NotReady", "Error.NotAuthorized"),
        adapter,
        ADAPTER,
        "StopDiscovery",
        "");
  }

  @Override
  public Future<Void> connect(DeviceId device) {
    return known(device)
        .compose(path -> registerAgent().map(path))
        .compose(path -> callUnless(Set.of("Error.AlreadyConnected"), path, DEVICE, "Connect", ""))
        .recover(
            failure -> {
              // What a link failed of is of no use to a page; Chromium says NetworkError as well.
              BluetoothError error = BluetoothError.of(failure);
              return Future.failedFuture(
                  error.kind() == Kind.FAILED
                      ? new BluetoothError(Kind.DISCONNECTED, error.getMessage())
                      : error);
            });
  }

  private Future<String> known(DeviceId device) {
    String path = path(device);
    return has(path, DEVICE)
        ? Future.succeededFuture(path)
        : Future.failedFuture(
            new BluetoothError(
                Kind.NOT_FOUND, device + " is not known to the adapter: scan for it first"));
  }

  @Override
  public Future<Void> disconnect(DeviceId device) {
    String path = path(device);
    return has(path, DEVICE)
        ? callUnless(Set.of("Error.NotConnected"), path, DEVICE, "Disconnect", "")
        : Future.succeededFuture();
  }

  @Override
  public Future<Void> pair(DeviceId device) {
    return known(device)
        .compose(path -> registerAgent().map(path))
        .compose(path -> callUnless(Set.of("Error.AlreadyExists"), path, DEVICE, "Pair", ""));
  }

  @Override
  public Future<Void> cancelPairing(DeviceId device) {
    return callUnless(
        Set.of("Error.DoesNotExist", "Error.Failed"), path(device), DEVICE, "CancelPairing", "");
  }

  @Override
  public Future<Void> forget(DeviceId device) {
    return callUnless(
        Set.of("Error.DoesNotExist"),
        adapter,
        ADAPTER,
        "RemoveDevice",
        "o",
        new DBusPath(path(device)));
  }

  @Override
  public Future<List<RemoteService>> discover(DeviceId device) {
    String path = path(device);
    Map<String, Object> known = properties(path, DEVICE);
    if (Values.flag(known.get("ServicesResolved"))) {
      return Future.succeededFuture(table(device));
    }
    // Nor is it asked whether it is connected: the reply to Connect overtakes the signal of it.
    Promise<Void> done = Promise.promise();
    resolving.computeIfAbsent(path, key -> new ArrayList<>()).add(done);
    return done.future().map(resolved -> table(device));
  }

  private List<RemoteService> table(DeviceId device) {
    String root = path(device) + "/";
    Map<String, List<RemoteDescriptor>> descriptors = new HashMap<>();
    Map<String, List<RemoteCharacteristic>> characteristics = new HashMap<>();
    List<RemoteService> services = new ArrayList<>();
    // A descriptor's path is behind its characteristic's, that one's behind its service's.
    tree.subMap(root, true, root + Character.MAX_VALUE, false)
        .descendingMap()
        .forEach(
            (path, types) -> {
              AttributeId id = attribute(device, path);
              if (types.containsKey(DESCRIPTOR)) {
                Map<String, Object> known = types.get(DESCRIPTOR);
                Values.uuid(known.get("UUID"))
                    .ifPresent(
                        uuid ->
                            first(descriptors, known.get("Characteristic"))
                                .add(0, new RemoteDescriptor(id, uuid)));
              } else if (types.containsKey(CHARACTERISTIC)) {
                Map<String, Object> known = types.get(CHARACTERISTIC);
                Values.uuid(known.get("UUID"))
                    .ifPresent(
                        uuid ->
                            first(characteristics, known.get("Service"))
                                .add(
                                    0,
                                    new RemoteCharacteristic(
                                        id,
                                        uuid,
                                        Values.properties(known.get("Flags")),
                                        descriptors.getOrDefault(path, List.of()))));
              } else if (types.containsKey(SERVICE)) {
                Map<String, Object> known = types.get(SERVICE);
                Values.uuid(known.get("UUID"))
                    .ifPresent(
                        uuid ->
                            services.add(
                                0,
                                new RemoteService(
                                    id,
                                    uuid,
                                    Values.flag(known.get("Primary")),
                                    included(device, known.get("Includes")),
                                    characteristics.getOrDefault(path, List.of()))));
              }
            });
    return services;
  }

  private static <T> List<T> first(Map<String, List<T>> lists, Object of) {
    return lists.computeIfAbsent(String.valueOf(of), key -> new ArrayList<>());
  }

  private List<AttributeId> included(DeviceId device, Object paths) {
    return Values.list(paths).stream()
        .map(Values::text)
        .flatMap(Optional::stream)
        .filter(path -> path.startsWith(path(device) + "/"))
        .map(path -> attribute(device, path))
        .toList();
  }

  /** The attribute's path and interface. */
  private record Attribute(String path, String type) {}

  private Future<Attribute> attribute(DeviceId device, AttributeId id) {
    String path = path(device) + id.value();
    return has(path, CHARACTERISTIC)
        ? Future.succeededFuture(new Attribute(path, CHARACTERISTIC))
        : has(path, DESCRIPTOR)
            ? Future.succeededFuture(new Attribute(path, DESCRIPTOR))
            : Future.failedFuture(
                new BluetoothError(
                    Kind.STALE, "the device has no such attribute any more: " + id.value()));
  }

  @Override
  public Future<Buffer> read(DeviceId device, AttributeId id) {
    return attribute(device, id)
        .compose(it -> call(it.path(), it.type(), "ReadValue", "a{sv}", Map.of()))
        .compose(
            reply ->
                Values.bytes(first(body(reply)))
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            Future.failedFuture(
                                new BluetoothError(Kind.FAILED, "BlueZ sent no bytes"))));
  }

  private static Object first(Object[] body) {
    return body.length == 0 ? null : Values.plain(body[0]);
  }

  @Override
  public Future<Void> write(DeviceId device, AttributeId id, Buffer value, WriteMode mode) {
    return attribute(device, id)
        .compose(
            it -> {
              Map<String, Variant<?>> options =
                  it.type().equals(DESCRIPTOR)
                      ? Map.of()
                      : Map.of(
                          "type",
                          new Variant<>(mode == WriteMode.WITH_RESPONSE ? "request" : "command"));
              return call(it.path(), it.type(), "WriteValue", "aya{sv}", value.getBytes(), options);
            })
        .mapEmpty();
  }

  @Override
  public Future<Void> startNotify(DeviceId device, AttributeId id) {
    return attribute(device, id)
        .compose(it -> call(it.path(), it.type(), "StartNotify", ""))
        .mapEmpty();
  }

  @Override
  public Future<Void> stopNotify(DeviceId device, AttributeId id) {
    return attribute(device, id)
        .compose(it -> callUnless(Set.of("Error.Failed"), it.path(), it.type(), "StopNotify", ""));
  }

  @Override
  public Future<OptionalInt> mtu(DeviceId device) {
    String root = path(device) + "/";
    return Future.succeededFuture(
        tree.subMap(root, root + Character.MAX_VALUE).values().stream()
            .map(types -> types.get(CHARACTERISTIC))
            .filter(Objects::nonNull)
            .map(known -> Values.number(known.get("MTU")))
            .filter(mtu -> mtu.isPresent() && mtu.getAsInt() > 0)
            .findFirst()
            .orElse(OptionalInt.empty()));
  }

  @Override
  public Future<OptionalInt> rssiDbm(DeviceId device) {
    return Future.succeededFuture(Values.rssiDbm(properties(path(device), DEVICE)));
  }

  // --- the other role

  @Override
  public Future<Void> advertise(int id, AdvertisingData data) {
    if (calls == null) {
      return Future.failedFuture(AdapterStatus.unusable(Reason.NO_BUS).error());
    }
    exported.add(id, data);
    return call(
            adapter,
            "org.bluez.LEAdvertisingManager1",
            "RegisterAdvertisement",
            "oa{sv}",
            new DBusPath(Exported.advertisement(id)),
            Map.of())
        .<Void>mapEmpty()
        .onFailure(failure -> exported.removeAdvertisement(id));
  }

  @Override
  public Future<Void> unadvertise(int id) {
    exported.removeAdvertisement(id);
    return callUnless(
        Set.of("Error.DoesNotExist"),
        adapter,
        "org.bluez.LEAdvertisingManager1",
        "UnregisterAdvertisement",
        "o",
        new DBusPath(Exported.advertisement(id)));
  }

  @Override
  public Future<Void> serve(int id, List<ServiceSpec> services) {
    if (calls == null) {
      return Future.failedFuture(AdapterStatus.unusable(Reason.NO_BUS).error());
    }
    exported.add(id, services);
    return registerAgent()
        .compose(
            registered ->
                call(
                    adapter,
                    "org.bluez.GattManager1",
                    "RegisterApplication",
                    "oa{sv}",
                    new DBusPath(Exported.application(id)),
                    Map.of()))
        .<Void>mapEmpty()
        .onFailure(failure -> exported.removeServer(id));
  }

  @Override
  public Future<Void> unserve(int id) {
    exported.removeServer(id);
    return callUnless(
        Set.of("Error.DoesNotExist"),
        adapter,
        "org.bluez.GattManager1",
        "UnregisterApplication",
        "o",
        new DBusPath(Exported.application(id)));
  }

  @Override
  public Future<Void> notify(int id, AttributeRef characteristic, Buffer value) {
    if (calls == null) {
      return Future.failedFuture(AdapterStatus.unusable(Reason.NO_BUS).error());
    }
    try {
      calls.send(
          new Properties.PropertiesChanged(
              Exported.characteristic(id, characteristic),
              CHARACTERISTIC,
              Map.of("Value", new Variant<>(value.getBytes())),
              List.of()));
      return Future.succeededFuture();
    } catch (DBusException | IOException e) {
      return Future.failedFuture(
          new BluetoothError(Kind.ADAPTER_GONE, "the value could not be sent: " + e.getMessage()));
    }
  }

  /** Once for each life of the service; before what may need an answer about pairing. */
  private Future<Void> registerAgent() {
    if (agent == null) {
      Future<Void> mine =
          callUnless(
              Set.of("Error.AlreadyExists"),
              MANAGER,
              "org.bluez.AgentManager1",
              "RegisterAgent",
              "os",
              new DBusPath(Exported.AGENT),
              "KeyboardDisplay");
      agent = mine;
      mine.onFailure(
          failure ->
              lane.execute(
                  () -> {
                    if (agent == mine) {
                      agent = null;
                    }
                  }));
    }
    return agent;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    BluezCalls open = calls;
    calls = null;
    if (open == null) {
      return Future.succeededFuture();
    }
    // BlueZ undoes whatever a connection that ends had asked for.
    Promise<Void> done = Promise.promise();
    Threads.start(
        "bluetooth-close",
        () -> {
          open.close();
          done.complete();
        });
    return done.future();
  }

  /** BlueZ' calls to us, handed to the lane. */
  private final class Asked implements Exported.Asked {
    @Override
    public boolean isBluez(String sender) {
      return !owner.isEmpty() && owner.equals(sender);
    }

    @Override
    public Future<Buffer> read(int server, Exported.Target target, Map<String, Object> options) {
      int offset = Values.number(options.get("offset")).orElse(0);
      return onLane(() -> events.serverRead(server, request(target, options), offset));
    }

    @Override
    public Future<Void> write(
        int server, Exported.Target target, Buffer value, Map<String, Object> options) {
      int offset = Values.number(options.get("offset")).orElse(0);
      return onLane(() -> events.serverWrite(server, request(target, options), value, offset));
    }

    private GattHandler.Request request(Exported.Target target, Map<String, Object> options) {
      DeviceId central =
          Values.text(options.get("device"))
              .flatMap(BluezDriver.this::device)
              .orElse(new DeviceId("unknown"));
      return new GattHandler.Request(
          target.ref(), target.uuid(), central, Values.number(options.get("mtu")).orElse(0));
    }

    @Override
    public void subscribed(int server, AttributeRef characteristic, boolean now) {
      lane.execute(() -> events.serverSubscribed(server, characteristic, now));
    }

    @Override
    public void released(int advertisement) {
      exported.removeAdvertisement(advertisement);
    }

    @Override
    public Future<Integer> question(Exported.Ask kind, String devicePath, int passkey) {
      return onLane(
          () -> {
            DeviceId id = device(devicePath).orElse(null);
            if (id == null) {
              return Future.failedFuture(
                  new BluetoothError(Kind.NOT_PAIRED, "the device is not known"));
            }
            Device device = events.device(id);
            return events
                .question(
                    switch (kind) {
                      case CONFIRM -> new PairingAgent.Question.ConfirmPasskey(device, passkey);
                      case AUTHORIZE -> new PairingAgent.Question.Authorize(device);
                      case ENTER -> new PairingAgent.Question.EnterPasskey(device);
                      case SHOW -> new PairingAgent.Question.ShowPasskey(device, passkey);
                    })
                .compose(answer -> passkey(kind, answer));
          });
    }

    private Future<Integer> passkey(Exported.Ask kind, PairingAgent.Answer answer) {
      if (answer instanceof PairingAgent.Answer.Passkey digits
          && digits.number() >= 0
          && digits.number() <= 999_999) {
        return Future.succeededFuture(digits.number());
      }
      return answer instanceof PairingAgent.Answer.Yes && kind != Exported.Ask.ENTER
          ? Future.succeededFuture(0)
          : Future.failedFuture(new BluetoothError(Kind.NOT_PAIRED, "the person said no"));
    }

    private <T> Future<T> onLane(Supplier<Future<T>> task) {
      return lane.call(task);
    }
  }
}
