package dev.dunlin.bt.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Inspectable;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.AttributeId;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.Connection;
import dev.dunlin.bt.Descriptor;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.bt.Service;
import dev.dunlin.bt.commands.Told.Kind;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A granted device that a page has opened: a share of its link, of which the page sees those
 * services that person and policy allow.
 *
 * <p><i>Thread:</i> the adapter's lane, but {@link #close}: any.
 */
final class PageDevice implements Inspectable, AutoCloseable {
  private final Adapter adapter;
  private final Scheduler scheduler;
  private final Connection connection;
  private final Told told;
  private final int window;
  private final List<Adapter.Subscription> subscriptions;
  private final Runnable whenClosed;
  private volatile Grants.Grant grant;

  // --- owned by the lane
  /** Of the present link; a number is never used again. */
  private final Map<Integer, Object> attributes = new HashMap<>();

  private final Map<AttributeId, Integer> numbers = new HashMap<>();
  private final Map<Integer, Characteristic.Notifications> heard = new HashMap<>();
  private Optional<Scan> watch = Optional.empty();
  private int lastAttribute;
  private int link;
  private long droppedBefore;
  private long droppedTold;
  private boolean closed;

  PageDevice(
      Adapter adapter,
      Scheduler scheduler,
      Grants.Grant grant,
      int window,
      PushChannel channel,
      Runnable whenClosed) {
    this.adapter = adapter;
    this.scheduler = scheduler;
    this.grant = grant;
    this.window = window;
    this.whenClosed = whenClosed;
    this.connection = adapter.device(grant.device()).connection();
    this.told = new Told(channel, scheduler.lane(), this::goOn);
    this.subscriptions =
        List.of(
            connection.onLost(reason -> lost()),
            connection.onReconnected(() -> told.tell(Kind.RECONNECTED, linked(), new byte[0])),
            connection.onServicesChanged(() -> told.tell(Kind.SERVICES, 0, new byte[0])));
  }

  Grants.Grant grant() {
    return grant;
  }

  /** The person has granted more. Any thread. */
  void grant(Grants.Grant more) {
    grant = more;
  }

  int window() {
    return window;
  }

  @Override
  public Future<Map<String, Object>> inspect() {
    return scheduler
        .lane()
        .call(
            () -> {
              Map<String, Object> facts = new LinkedHashMap<>();
              facts.put("id", grant.id());
              facts.put("name", grant.name().orElse(""));
              facts.put("connected", connection.isOpen());
              facts.put("attributes", attributes.size());
              facts.put("subscriptions", heard.size());
              facts.put(
                  "services",
                  grant.services().stream().limit(MEMBERS).map(UUID::toString).toList());
              return Future.succeededFuture(facts);
            });
  }

  // ---- the link

  Future<Object> connect(Call call) {
    requireOpen();
    long limit = ConnectOptions.DEFAULT_TIMEOUT.toMillis();
    long millis = call.params().path("timeout").asLong(limit);
    if (millis < 1 || millis > limit) {
      throw Faults.invalid("timeout is 1 to " + limit + " milliseconds, and is " + millis);
    }
    ConnectOptions once =
        new ConnectOptions(Duration.ofMillis(millis), BluetoothModule.CONNECT_ATTEMPTS);
    return connection
        .open(call.params().path("reconnect").asBoolean() ? once.reconnecting() : once)
        .map(done -> Map.of("link", linked()));
  }

  /** The number of a link that is new. */
  private int linked() {
    forgetLink();
    return ++link;
  }

  Future<Object> disconnect() {
    forgetLink();
    return connection.close().map((Object) null);
  }

  private void lost() {
    forgetLink();
    told.tell(Kind.LOST, link, new byte[0]);
  }

  private void forgetLink() {
    attributes.clear();
    numbers.clear();
    heard.values().forEach(one -> droppedBefore += one.events().dropped());
    heard.clear();
  }

  /** What the asking page may see: as the person and now the policy have it. */
  private Predicate<UUID> visible(Call call) {
    Set<UUID> granted = grant.services();
    return uuid ->
        granted.contains(uuid)
            && !Blocklist.blocks(uuid)
            && call.allows(BluetoothModule.REQUEST_DEVICE, uuid.toString());
  }

  // ---- its table

  Future<Object> services(Call call) {
    requireOpen();
    Predicate<UUID> visible = visible(call);
    return connection
        .services()
        .map(
            all -> {
              ObjectNode table = JsonNodeFactory.instance.objectNode();
              ArrayNode services = table.putArray("services");
              all.stream()
                  .filter(service -> visible.test(service.uuid()))
                  .forEach(service -> describe(service, all, visible, services.addObject()));
              ArrayNode allowed = table.putArray("allowed");
              grant.services().stream()
                  .filter(visible)
                  .sorted()
                  .forEach(uuid -> allowed.add(uuid.toString()));
              ArrayNode blocked = table.putArray("blocked");
              Blocklist.all().forEach(blocked::add);
              return table;
            });
  }

  private void describe(
      Service service, List<Service> all, Predicate<UUID> visible, ObjectNode json) {
    json.put("id", number(service.id(), service)).put("uuid", service.uuid().toString());
    json.put("primary", service.isPrimary());
    ArrayNode includes = json.putArray("includes");
    all.stream()
        .filter(one -> service.included().contains(one.id()) && visible.test(one.uuid()))
        .forEach(one -> includes.add(number(one.id(), one)));
    ArrayNode characteristics = json.putArray("characteristics");
    for (Characteristic one : service.characteristics()) {
      if (!Blocklist.blocks(one.uuid())) {
        ObjectNode of = characteristics.addObject();
        of.put("id", number(one.id(), one)).put("uuid", one.uuid().toString());
        ArrayNode properties = of.putArray("properties");
        one.properties().stream().map(Property::word).sorted().forEach(properties::add);
        ArrayNode descriptors = of.putArray("descriptors");
        for (Descriptor descriptor : one.descriptors()) {
          descriptors
              .addObject()
              .put("id", number(descriptor.id(), descriptor))
              .put("uuid", descriptor.uuid().toString());
        }
      }
    }
  }

  private int number(AttributeId id, Object attribute) {
    int number = numbers.computeIfAbsent(id, unknown -> ++lastAttribute);
    attributes.put(number, attribute);
    return number;
  }

  /** An attribute that the page was told of on this link, and may still see. */
  private Object attribute(Call call) {
    requireOpen();
    if (!connection.isOpen()) {
      throw new BluetoothError(
          BluetoothError.Kind.DISCONNECTED,
          "GATT Server is disconnected. Cannot perform GATT operations. (Re)connect first with"
              + " `device.gatt.connect`.");
    }
    Object found = attributes.get(call.params().path("attribute").asInt());
    if (found == null || !visible(call).test(serviceOf(found))) {
      throw new BluetoothError(
          BluetoothError.Kind.STALE,
          "the attribute is not of the present connection: get the service anew");
    }
    return found;
  }

  private static UUID serviceOf(Object attribute) {
    return attribute instanceof Descriptor descriptor
        ? descriptor.characteristic().service().uuid()
        : attribute instanceof Characteristic characteristic
            ? characteristic.service().uuid()
            : ((Service) attribute).uuid();
  }

  // ---- operations

  Future<Object> read(Call call) {
    Object of = attribute(call);
    Future<Buffer> value;
    if (of instanceof Characteristic characteristic) {
      require(characteristic, "read", Property.READ);
      value = characteristic.read();
    } else {
      value = descriptor(of).read();
    }
    return value.map(bytes -> Base64.getEncoder().encodeToString(bytes.getBytes()));
  }

  Future<Object> write(Call call) {
    Object of = attribute(call);
    Buffer value = Wanted.bytes(call.params().path("value"), Characteristic.MAX_VALUE_BYTES);
    boolean response = call.params().path("response").asBoolean(true);
    Future<Void> done;
    if (of instanceof Characteristic characteristic) {
      requireWritable(characteristic.uuid());
      require(
          characteristic,
          response ? "write with a response" : "write without a response",
          response ? Property.WRITE : Property.WRITE_WITHOUT_RESPONSE);
      done =
          characteristic.write(
              value,
              response
                  ? Characteristic.WriteMode.WITH_RESPONSE
                  : Characteristic.WriteMode.WITHOUT_RESPONSE);
    } else {
      requireWritable(descriptor(of).uuid());
      done = descriptor(of).write(value);
    }
    return done.map((Object) null);
  }

  private static Descriptor descriptor(Object attribute) {
    if (attribute instanceof Descriptor descriptor) {
      return descriptor;
    }
    throw Faults.invalid("a service has no value");
  }

  private static void requireWritable(UUID uuid) {
    if (Blocklist.blocksWrites(uuid)) {
      throw Faults.security("writeValue() called on blocklisted object marked exclude-writes.");
    }
  }

  private static void require(Characteristic of, String what, Property... any) {
    if (Stream.of(any).noneMatch(of.properties()::contains)) {
      throw new BridgeError(
          "NotSupportedError",
          "ERR_BLUETOOTH_NOT_SUPPORTED",
          "GATT Error: Not supported. Characteristic " + of.uuid() + " does not " + what + ".");
    }
  }

  Future<Object> notify(Call call) {
    int number = call.params().path("attribute").asInt();
    if (!(attribute(call) instanceof Characteristic characteristic)) {
      throw Faults.invalid("only a characteristic tells its values");
    }
    if (!call.params().path("on").asBoolean()) {
      Characteristic.Notifications ended = heard.remove(number);
      if (ended == null) {
        return Future.succeededFuture();
      }
      droppedBefore += ended.events().dropped();
      return ended.stop().map((Object) null);
    }
    require(characteristic, "notify", Property.NOTIFY, Property.INDICATE);
    if (heard.containsKey(number)) {
      return Future.succeededFuture();
    }
    int of = link;
    return characteristic
        .subscribe()
        .map(
            begun -> {
              if (closed || of != link || heard.containsKey(number)) {
                begun.stop();
              } else {
                heard.put(number, begun);
                if (told.isFull()) {
                  begun.events().pause();
                }
                begun.events().listen(value -> value(number, value));
              }
              return null;
            });
  }

  private void value(int attribute, Buffer value) {
    long dropped =
        droppedBefore + heard.values().stream().mapToLong(one -> one.events().dropped()).sum();
    if (dropped > droppedTold) {
      told.tell(Kind.DROPPED, dropped - droppedTold, new byte[0]);
      droppedTold = dropped;
    }
    told.tell(Kind.VALUE, attribute, value.getBytes());
    if (told.isFull()) {
      heard.values().forEach(one -> one.events().pause());
    }
  }

  /** The page has taken what waited. */
  private void goOn() {
    heard.values().forEach(one -> one.events().resume());
  }

  // ---- advertisements

  Future<Object> watch(Call call) {
    requireOpen();
    watch.ifPresent(Scan::stop);
    watch = Optional.empty();
    if (!call.params().path("on").asBoolean()) {
      return Future.succeededFuture();
    }
    Predicate<UUID> visible = visible(call);
    DeviceId device = grant.device();
    return adapter
        .scan(new ScanOptions(List.of(), true))
        .map(
            scan -> {
              if (closed || watch.isPresent()) {
                scan.stop();
                return null;
              }
              watch = Optional.of(scan);
              scan.events()
                  .listen(
                      seen -> {
                        if (seen.device().equals(device) && !told.isFull()) {
                          told.tell(Kind.ADVERTISEMENT, 0, advertisement(seen, visible));
                        }
                      });
              return null;
            });
  }

  private byte[] advertisement(Advertisement seen, Predicate<UUID> visible) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    seen.name().ifPresent(name -> json.put("name", name));
    seen.rssiDbm().ifPresent(rssi -> json.put("rssi", rssi));
    seen.txPowerDbm().ifPresent(power -> json.put("txPower", power));
    ArrayNode uuids = json.putArray("uuids");
    seen.services().stream().filter(visible).forEach(uuid -> uuids.add(uuid.toString()));
    ArrayNode companies = json.putArray("manufacturerData");
    seen.manufacturerData()
        .forEach(
            (company, data) -> {
              if (grant.companies().contains(company)) {
                companies.addArray().add(company).add(base64(data));
              }
            });
    ArrayNode services = json.putArray("serviceData");
    seen.serviceData()
        .forEach(
            (uuid, data) -> {
              if (visible.test(uuid)) {
                services.addArray().add(uuid.toString()).add(base64(data));
              }
            });
    return ((JsonNode) json).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(Buffer bytes) {
    return Base64.getEncoder().encodeToString(bytes.getBytes());
  }

  // ---- the end

  private void requireOpen() {
    if (closed) {
      throw new BridgeError(
          "InvalidStateError", "ERR_BLUETOOTH_STALE", "the device is not open any more");
    }
  }

  /** Lets go of the link, and tells the page that it is over. */
  @Override
  public void close() {
    whenClosed.run();
    scheduler
        .lane()
        .execute(
            () -> {
              if (!closed) {
                closed = true;
                subscriptions.stream()
                    .filter(Objects::nonNull)
                    .forEach(Adapter.Subscription::close);
                watch.ifPresent(Scan::stop);
                heard.clear();
                attributes.clear();
                connection.close();
                told.close();
              }
            });
  }
}
