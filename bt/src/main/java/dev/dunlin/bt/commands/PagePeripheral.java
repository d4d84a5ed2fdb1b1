package dev.dunlin.bt.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.PushChannel;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.Characteristic;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.Peripheral;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.bt.commands.Told.Kind;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a page advertises and serves. Its attributes are numbered in the order of its description,
 * each characteristic before its descriptors, from 0.
 *
 * <p><i>Thread:</i> the adapter's lane, but {@link #close}: any.
 */
final class PagePeripheral implements AutoCloseable, GattHandler {
  /** What a page's handler may fail with, and what the other side is told. */
  private static final Map<String, BluetoothError.Kind> FAULTS =
      Map.of(
          "NotSupportedError", BluetoothError.Kind.NOT_SUPPORTED,
          "SecurityError", BluetoothError.Kind.NOT_AUTHORIZED,
          "NotAllowedError", BluetoothError.Kind.NOT_AUTHORIZED,
          "InvalidModificationError", BluetoothError.Kind.INVALID_LENGTH);

  /** What a page wants to be. */
  record Description(AdvertisingData data, List<ServiceSpec> services) {}

  private final Peripheral peripheral;
  private final Scheduler scheduler;
  private final List<AttributeRef> numbers;
  private final Description description;
  private final Told told;

  // --- owned by the lane
  private final Map<Long, Promise<Buffer>> waiting = new HashMap<>();
  private final Map<DeviceId, Integer> centrals = new HashMap<>();
  private Optional<Peripheral.GattServer> server = Optional.empty();
  private Optional<Peripheral.Advertising> advertising = Optional.empty();
  private long lastRequest;
  private boolean closed;

  PagePeripheral(
      Peripheral peripheral, Scheduler scheduler, Description description, PushChannel channel) {
    this.peripheral = peripheral;
    this.scheduler = scheduler;
    this.description = description;
    this.numbers = numbers(description.services());
    this.told = new Told(channel, scheduler.lane(), () -> {});
  }

  int channel() {
    return told.channel();
  }

  /** Reads a description; its services are policed. */
  static Description describe(Call call, Set<UUID> policed) {
    List<ServiceSpec> services = new ArrayList<>();
    int attributes = 0;
    JsonNode server = Wanted.list(call.params(), "server");
    if (server.isEmpty() || server.size() > BluetoothLimits.SERVICES) {
      throw Faults.invalid("'server' is a list of 1 to " + BluetoothLimits.SERVICES + " services");
    }
    for (JsonNode service : server) {
      List<ServiceSpec.CharacteristicSpec> characteristics = new ArrayList<>();
      for (JsonNode one : service.path("characteristics")) {
        List<ServiceSpec.DescriptorSpec> descriptors = new ArrayList<>();
        for (JsonNode descriptor : one.path("descriptors")) {
          attributes++;
          descriptors.add(
              new ServiceSpec.DescriptorSpec(
                  Wanted.uuid(descriptor.path("uuid").asText()), properties(descriptor)));
        }
        if (++attributes > BluetoothLimits.ATTRIBUTES) {
          throw Faults.invalid(
              "a server has at most " + BluetoothLimits.ATTRIBUTES + " attributes");
        }
        characteristics.add(
            new ServiceSpec.CharacteristicSpec(
                Wanted.uuid(one.path("uuid").asText()), properties(one), descriptors));
      }
      services.add(new ServiceSpec(named(service.path("uuid").asText(), policed), characteristics));
    }
    List<UUID> advertised = new ArrayList<>();
    Wanted.list(call.params(), "advertised")
        .forEach(uuid -> advertised.add(named(uuid.asText(), policed)));
    Map<Integer, Buffer> manufacturers = new HashMap<>();
    Wanted.list(call.params(), "manufacturerData")
        .forEach(
            pair ->
                manufacturers.put(
                    Wanted.company(pair.path(0)),
                    Wanted.bytes(pair.path(1), BluetoothLimits.PREFIX_BYTES)));
    Map<UUID, Buffer> serviceData = new HashMap<>();
    Wanted.list(call.params(), "serviceData")
        .forEach(
            pair ->
                serviceData.put(
                    named(pair.path(0).asText(), policed),
                    Wanted.bytes(pair.path(1), BluetoothLimits.PREFIX_BYTES)));
    return new Description(
        new AdvertisingData(
            Wanted.text(call.params(), "name"), advertised, manufacturers, serviceData),
        services);
  }

  private static UUID named(String text, Set<UUID> policed) {
    UUID uuid = Wanted.uuid(text);
    if (!policed.contains(uuid)) {
      throw Faults.invalid("'services' must name " + uuid + " too");
    }
    if (Blocklist.blocks(uuid)) {
      throw Faults.security("no page may be a device with the blocklisted service " + uuid + ".");
    }
    return uuid;
  }

  private static Set<Property> properties(JsonNode of) {
    Set<Property> properties = EnumSet.noneOf(Property.class);
    for (JsonNode word : Wanted.list(of, "properties")) {
      properties.add(
          EnumSet.allOf(Property.class).stream()
              .filter(property -> property.word().equals(word.asText()))
              .findFirst()
              .orElseThrow(() -> Faults.invalid("'" + word.asText() + "' is no property")));
    }
    if (properties.isEmpty()) {
      throw Faults.invalid("an attribute that can do nothing: give it properties");
    }
    return properties;
  }

  private static List<AttributeRef> numbers(List<ServiceSpec> services) {
    List<AttributeRef> numbers = new ArrayList<>();
    for (int s = 0; s < services.size(); s++) {
      List<ServiceSpec.CharacteristicSpec> characteristics = services.get(s).characteristics();
      for (int c = 0; c < characteristics.size(); c++) {
        numbers.add(AttributeRef.of(s, c));
        for (int d = 0; d < characteristics.get(c).descriptors().size(); d++) {
          numbers.add(AttributeRef.of(s, c, d));
        }
      }
    }
    return List.copyOf(numbers);
  }

  // ---- the page's side

  /** Serves, then advertises: who finds it finds all of it. */
  Future<Void> start() {
    return peripheral
        .serve(description.services(), this)
        .compose(
            served -> {
              server = Optional.of(served);
              return closed
                  ? Future.failedFuture(gone())
                  : peripheral.advertise(description.data());
            })
        .compose(
            begun -> {
              advertising = Optional.of(begun);
              return closed ? Future.failedFuture(gone()) : Future.<Void>succeededFuture();
            })
        .onFailure(refused -> end());
  }

  private static BluetoothError gone() {
    return new BluetoothError(BluetoothError.Kind.ABORTED, "the page is gone");
  }

  Future<Object> answer(Call call) {
    Promise<Buffer> asked = waiting.remove(call.params().path("request").asLong());
    if (asked == null) {
      throw new BluetoothError(
          BluetoothError.Kind.TIMEOUT,
          "nobody waits for this answer any more: a handler has "
              + GattHandler.TIME_LIMIT.toSeconds()
              + " s");
    }
    String fault = call.params().path("error").asText("");
    if (fault.isEmpty()) {
      asked.tryComplete(Wanted.bytes(call.params().path("value"), Characteristic.MAX_VALUE_BYTES));
    } else {
      asked.tryFail(
          new BluetoothError(
              FAULTS.getOrDefault(fault, BluetoothError.Kind.FAILED), "the app's handler failed"));
    }
    return Future.succeededFuture();
  }

  Future<Object> notify(Call call) {
    int number = call.params().path("attribute").asInt(-1);
    if (number < 0 || number >= numbers.size() || numbers.get(number).descriptor().isPresent()) {
      throw Faults.invalid("only a characteristic of the description is told");
    }
    Buffer value = Wanted.bytes(call.params().path("value"), Characteristic.MAX_VALUE_BYTES);
    return server
        .map(serving -> serving.notify(numbers.get(number), value))
        .orElseGet(() -> Future.failedFuture(gone()))
        .map((Object) null);
  }

  // ---- the other side

  @Override
  public Future<Buffer> read(Request request) {
    return ask(Kind.READ, request, Buffer.buffer());
  }

  @Override
  public Future<Void> write(Request request, Buffer value) {
    return ask(Kind.WRITE, request, value).mapEmpty();
  }

  @Override
  public void subscribed(AttributeRef characteristic, boolean subscribed) {
    if (!closed) {
      told.tell(
          Kind.SUBSCRIBED,
          numbers.indexOf(characteristic),
          new byte[] {(byte) (subscribed ? 1 : 0)});
    }
  }

  private Future<Buffer> ask(Kind kind, Request request, Buffer value) {
    if (closed || told.isFull() || waiting.size() >= BluetoothLimits.REQUESTS) {
      return Future.failedFuture(
          new BluetoothError(BluetoothError.Kind.LIMIT, "the page does not answer"));
    }
    long number = ++lastRequest;
    Promise<Buffer> promise = Promise.promise();
    waiting.put(number, promise);
    scheduler.schedule(
        TIME_LIMIT,
        () -> {
          if (waiting.remove(number, promise)) {
            promise.tryFail(
                new BluetoothError(
                    BluetoothError.Kind.TIMEOUT, "the page's handler took too long"));
          }
        });
    told.tell(
        kind,
        numbers.indexOf(request.attribute()),
        ByteBuffer.allocate(10 + value.length())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) number)
            .putInt(central(request.central()))
            .putShort((short) request.mtuBytes())
            .put(value.getBytes())
            .array());
    return promise.future();
  }

  /** A page is told no address. */
  private int central(DeviceId device) {
    return centrals.size() >= BluetoothLimits.CENTRALS && !centrals.containsKey(device)
        ? 0
        : centrals.computeIfAbsent(device, unknown -> centrals.size() + 1);
  }

  // ---- the end

  private void end() {
    closed = true;
    advertising.ifPresent(Peripheral.Advertising::stop);
    server.ifPresent(Peripheral.GattServer::stop);
    advertising = Optional.empty();
    server = Optional.empty();
    waiting.values().forEach(asked -> asked.tryFail(gone()));
    waiting.clear();
    told.close();
  }

  @Override
  public void close() {
    scheduler.lane().execute(this::end);
  }
}
