package dev.dunlin.bt.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.Driver;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.bt.Uuids;
import dev.dunlin.scheduler.Scheduler;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/**
 * The devices around a machine, as a file of JSON tells them: for the tests of an app. What it may
 * say stands in docs/bluetooth.md, Simulation.
 */
public final class SimFile {
  /** The longest file. Over: it is refused. */
  static final int MAX_BYTES = 1 << 20;

  /** Values of one {@code flood}. Over: so many are told. */
  static final int MAX_FLOOD = 1_000_000;

  /** How long a device stays away that was told to vanish. */
  private static final Duration AWAY = Duration.ofSeconds(1);

  private static final String ADAPTER = "00:00:00:00:00:01";

  private final SimRadio radio;
  private final Scheduler scheduler;
  private final SimAdapter adapter;

  private SimFile(JsonNode json, Scheduler scheduler) {
    this.scheduler = scheduler;
    this.radio = new SimRadio(scheduler);
    this.adapter = radio.adapter(ADAPTER);
    String state = json.path("adapter").asText(AdapterStatus.Reason.READY.name());
    if (!state.equals(AdapterStatus.Reason.READY.name())) {
      adapter.unusable(
          EnumSet.allOf(AdapterStatus.Reason.class).stream()
              .filter(reason -> reason.name().equals(state))
              .findFirst()
              .orElseThrow(() -> wrong("'" + state + "' is no state of an adapter")));
    }
    json.path("devices").forEach(this::device);
    json.path("visitors").forEach(this::visitor);
  }

  /**
   * Reads a file. Blocks. The devices live on the scheduler's lane.
   *
   * @throws BluetoothError of kind INVALID_ARGUMENT if it is wrong
   */
  public static SimFile read(Path file, Scheduler scheduler) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw wrong("it is longer than " + MAX_BYTES + " bytes");
      }
      return new SimFile(new ObjectMapper().readTree(file.toFile()), scheduler);
    } catch (IOException | IllegalArgumentException e) {
      throw wrong(file + ": " + e.getMessage());
    }
  }

  /** The machine's adapter. */
  public Driver driver() {
    return adapter;
  }

  private static BluetoothError wrong(String why) {
    return new BluetoothError(
        BluetoothError.Kind.INVALID_ARGUMENT, "the simulation can't be read: " + why);
  }

  // ---- devices

  private void device(JsonNode one) {
    List<UUID> services = new ArrayList<>();
    one.path("services").forEach(uuid -> services.add(Uuids.parse(uuid.asText())));
    Map<Integer, Buffer> manufacturers = new HashMap<>();
    one.path("manufacturerData")
        .properties()
        .forEach(data -> manufacturers.put(Integer.parseInt(data.getKey()), hex(data.getValue())));
    Map<UUID, Buffer> serviceData = new HashMap<>();
    one.path("serviceData")
        .properties()
        .forEach(data -> serviceData.put(Uuids.parse(data.getKey()), hex(data.getValue())));
    Served served = new Served(one.path("server"));
    SimDevice device =
        radio.device(
            one.path("address").asText(),
            new AdvertisingData(
                Optional.ofNullable(one.get("name")).map(JsonNode::asText),
                services,
                manufacturers,
                serviceData),
            served.specs,
            served);
    served.device = device;
    device.rssiDbm(
        one.has("rssi") ? OptionalInt.of(one.path("rssi").asInt()) : OptionalInt.empty());
    if (one.has("pairing")) {
      String how = one.path("pairing").asText();
      int passkey = one.path("passkey").asInt();
      device.pairingAsks(
          seen ->
              switch (how) {
                case "confirm" -> new PairingAgent.Question.ConfirmPasskey(seen, passkey);
                case "enter" -> new PairingAgent.Question.EnterPasskey(seen);
                case "show" -> new PairingAgent.Question.ShowPasskey(seen, passkey);
                default -> new PairingAgent.Question.Authorize(seen);
              });
    }
    if (one.has("after")) {
      device.vanish();
      scheduler.schedule(Duration.ofMillis(one.path("after").asLong()), device::appear);
    }
  }

  // ---- visitors

  /** Another machine, whose steps begin when it hears the service that it looks for. */
  private void visitor(JsonNode one) {
    SimVisitor.start(
        radio.adapter(one.path("address").asText()),
        scheduler,
        Uuids.parse(one.path("service").asText()),
        one.path("steps"));
  }

  private static Buffer hex(JsonNode text) {
    return Buffer.buffer(HexFormat.of().parseHex(text.asText()));
  }

  /** A value is given as hex, or as {@code text}. */
  static Buffer value(JsonNode one) {
    return one.has("text")
        ? Buffer.buffer(one.path("text").asText())
        : one.has("value") ? hex(one.path("value")) : Buffer.buffer();
  }

  /** What a device serves: values that are kept, told on time, or obeyed. */
  private final class Served implements GattHandler {
    private final List<ServiceSpec> specs = new ArrayList<>();
    private final Map<AttributeRef, Buffer> values = new HashMap<>();
    private final Map<AttributeRef, Integer> periods = new HashMap<>();
    private final Map<AttributeRef, Scheduler.Timer> telling = new HashMap<>();
    private final Set<AttributeRef> controls = new java.util.HashSet<>();
    private final Set<AttributeRef> silent = new java.util.HashSet<>();
    private final List<AttributeRef> told = new ArrayList<>();
    private SimDevice device;

    Served(JsonNode server) {
      for (JsonNode service : server) {
        List<ServiceSpec.CharacteristicSpec> characteristics = new ArrayList<>();
        for (JsonNode one : service.path("characteristics")) {
          AttributeRef ref = AttributeRef.of(specs.size(), characteristics.size());
          List<ServiceSpec.DescriptorSpec> descriptors = new ArrayList<>();
          for (JsonNode descriptor : one.path("descriptors")) {
            values.put(
                AttributeRef.of(ref.service(), ref.characteristic(), descriptors.size()),
                value(descriptor));
            descriptors.add(
                new ServiceSpec.DescriptorSpec(
                    Uuids.parse(descriptor.path("uuid").asText()),
                    EnumSet.of(Property.READ, Property.WRITE)));
          }
          Set<Property> properties = properties(one);
          values.put(ref, value(one));
          if (one.has("every")) {
            periods.put(ref, one.path("every").asInt());
          }
          if (one.path("control").asBoolean()) {
            controls.add(ref);
          }
          if (one.path("silent").asBoolean()) {
            silent.add(ref);
          }
          if (properties.contains(Property.NOTIFY) || properties.contains(Property.INDICATE)) {
            told.add(ref);
          }
          characteristics.add(
              new ServiceSpec.CharacteristicSpec(
                  Uuids.parse(one.path("uuid").asText()), properties, descriptors));
        }
        specs.add(new ServiceSpec(Uuids.parse(service.path("uuid").asText()), characteristics));
      }
    }

    private static Set<Property> properties(JsonNode one) {
      Set<Property> properties = EnumSet.noneOf(Property.class);
      for (JsonNode word : one.path("properties")) {
        properties.add(
            EnumSet.allOf(Property.class).stream()
                .filter(property -> property.word().equals(word.asText()))
                .findFirst()
                .orElseThrow(() -> wrong("'" + word.asText() + "' is no property")));
      }
      return properties.isEmpty() ? EnumSet.of(Property.READ) : properties;
    }

    @Override
    public Future<Buffer> read(Request request) {
      return silent.contains(request.attribute())
          ? io.vertx.core.Promise.<Buffer>promise().future()
          : Future.succeededFuture(values.getOrDefault(request.attribute(), Buffer.buffer()));
    }

    @Override
    public Future<Void> write(Request request, Buffer value) {
      if (controls.contains(request.attribute())) {
        String[] words = value.toString(StandardCharsets.UTF_8).split(" ");
        // After it was answered.
        scheduler.schedule(Duration.ofMillis(20), () -> obey(words));
      } else {
        values.put(request.attribute(), value.copy());
        if (told.contains(request.attribute())) {
          device.notify(request.attribute(), value);
        }
      }
      return Future.succeededFuture();
    }

    private void obey(String[] words) {
      switch (words[0]) {
        case "disconnect" -> device.disconnect();
        case "vanish" -> {
          device.vanish();
          scheduler.schedule(AWAY, device::appear);
        }
        case "power-off" -> adapter.power(false);
        case "flood" -> {
          int count = Math.min(MAX_FLOOD, Integer.parseInt(words[1]));
          for (int i = 0; i < count; i++) {
            Buffer number = Buffer.buffer().appendInt(i);
            told.forEach(one -> device.notify(one, number));
          }
        }
        default -> throw wrong("a device obeys disconnect, vanish, power-off and flood N");
      }
    }

    @Override
    public void subscribed(AttributeRef characteristic, boolean subscribed) {
      Scheduler.Timer before = telling.remove(characteristic);
      if (before != null) {
        before.cancel();
      }
      Integer period = periods.get(characteristic);
      if (subscribed && period != null) {
        telling.put(
            characteristic,
            scheduler.schedulePeriodic(
                Duration.ofMillis(period),
                () -> device.notify(characteristic, values.get(characteristic))));
      }
    }
  }
}
