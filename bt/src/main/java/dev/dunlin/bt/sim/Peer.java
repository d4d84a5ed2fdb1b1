package dev.dunlin.bt.sim;

import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeId;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Driver;
import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/** Whatever can be heard and connected to. */
abstract class Peer {
  final SimRadio radio;
  private final DeviceId id;

  /** The adapters linked to it. */
  private final Set<SimAdapter> centrals = new LinkedHashSet<>();

  private final Map<Attribute, Set<SimAdapter>> subscribers = new HashMap<>();

  Peer(SimRadio radio, DeviceId id) {
    this.radio = radio;
    this.id = id;
  }

  /** An attribute of one of a peer's servers. */
  record Attribute(int server, AttributeRef ref) {
    AttributeId id() {
      return new AttributeId(
          server
              + ":"
              + ref.service()
              + ":"
              + ref.characteristic()
              + (ref.descriptor().isPresent() ? ":" + ref.descriptor().getAsInt() : ""));
    }

    static Attribute of(AttributeId id) {
      String[] parts = id.value().split(":");
      int service = Integer.parseInt(parts[1]);
      int characteristic = Integer.parseInt(parts[2]);
      return new Attribute(
          Integer.parseInt(parts[0]),
          parts.length == 3
              ? AttributeRef.of(service, characteristic)
              : AttributeRef.of(service, characteristic, Integer.parseInt(parts[3])));
    }
  }

  DeviceId id() {
    return id;
  }

  /** Whether it is in reach and switched on. */
  abstract boolean isThere();

  /** What it sends; none: it is silent. */
  abstract List<AdvertisingData> advertising();

  OptionalInt rssiDbm() {
    return OptionalInt.of(-60);
  }

  abstract Map<Integer, List<ServiceSpec>> servers();

  abstract Future<Buffer> read(SimAdapter central, Attribute attribute, UUID uuid);

  abstract Future<Void> write(SimAdapter central, Attribute attribute, UUID uuid, Buffer value);

  abstract void subscriptionChanged(Attribute attribute, boolean subscribed);

  /** What pairing with it asks of the person at the adapter; empty: nothing. */
  Optional<PairingAgent.Question> question(dev.dunlin.bt.Device asSeen) {
    return Optional.empty();
  }

  Optional<Advertisement> advertisement() {
    List<AdvertisingData> sent = advertising();
    if (!isThere() || sent.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> name = Optional.empty();
    Set<UUID> services = new LinkedHashSet<>();
    Map<Integer, Buffer> manufacturers = new LinkedHashMap<>();
    Map<UUID, Buffer> serviceData = new LinkedHashMap<>();
    for (AdvertisingData data : sent) {
      name = name.or(data::name);
      services.addAll(data.services());
      manufacturers.putAll(data.manufacturerData());
      serviceData.putAll(data.serviceData());
    }
    return Optional.of(
        new Advertisement(
            id,
            name,
            rssiDbm(),
            OptionalInt.empty(),
            List.copyOf(services),
            manufacturers,
            serviceData));
  }

  List<Driver.RemoteService> table() {
    List<Driver.RemoteService> table = new ArrayList<>();
    servers()
        .forEach(
            (server, services) -> {
              for (int s = 0; s < services.size(); s++) {
                table.add(service(server, s, services.get(s)));
              }
            });
    return table;
  }

  private static Driver.RemoteService service(int server, int s, ServiceSpec spec) {
    List<Driver.RemoteCharacteristic> characteristics = new ArrayList<>();
    for (int c = 0; c < spec.characteristics().size(); c++) {
      ServiceSpec.CharacteristicSpec it = spec.characteristics().get(c);
      List<Driver.RemoteDescriptor> descriptors = new ArrayList<>();
      for (int d = 0; d < it.descriptors().size(); d++) {
        descriptors.add(
            new Driver.RemoteDescriptor(
                new Attribute(server, AttributeRef.of(s, c, d)).id(),
                it.descriptors().get(d).uuid()));
      }
      characteristics.add(
          new Driver.RemoteCharacteristic(
              new Attribute(server, AttributeRef.of(s, c)).id(),
              it.uuid(),
              onAir(it.properties()),
              descriptors));
    }
    return new Driver.RemoteService(
        new AttributeId(server + ":" + s), spec.uuid(), true, List.of(), characteristics);
  }

  /** What needs encryption is not told: one finds out. */
  private static Set<Property> onAir(Set<Property> described) {
    EnumSet<Property> shown = EnumSet.noneOf(Property.class);
    for (Property property : described) {
      shown.add(
          switch (property) {
            case ENCRYPT_READ, ENCRYPT_AUTHENTICATED_READ -> Property.READ;
            case ENCRYPT_WRITE, ENCRYPT_AUTHENTICATED_WRITE -> Property.WRITE;
            default -> property;
          });
    }
    return shown;
  }

  /** The attribute's UUID and properties; empty if there is none. */
  Optional<ServiceSpec.DescriptorSpec> find(Attribute attribute) {
    List<ServiceSpec> services = servers().getOrDefault(attribute.server(), List.of());
    AttributeRef ref = attribute.ref();
    if (ref.service() >= services.size()) {
      return Optional.empty();
    }
    List<ServiceSpec.CharacteristicSpec> characteristics =
        services.get(ref.service()).characteristics();
    if (ref.characteristic() >= characteristics.size()) {
      return Optional.empty();
    }
    ServiceSpec.CharacteristicSpec characteristic = characteristics.get(ref.characteristic());
    if (ref.descriptor().isEmpty()) {
      return Optional.of(
          new ServiceSpec.DescriptorSpec(characteristic.uuid(), characteristic.properties()));
    }
    int descriptor = ref.descriptor().getAsInt();
    return descriptor < characteristic.descriptors().size()
        ? Optional.of(characteristic.descriptors().get(descriptor))
        : Optional.empty();
  }

  // --- links

  void link(SimAdapter central) {
    centrals.add(central);
  }

  void unlink(SimAdapter central) {
    centrals.remove(central);
    for (Attribute attribute : List.copyOf(subscribers.keySet())) {
      unsubscribe(central, attribute);
    }
  }

  /** Breaks all links to it. */
  void breakLinks() {
    List.copyOf(centrals).forEach(central -> central.linkBroken(this));
  }

  void subscribe(SimAdapter central, Attribute attribute) {
    if (subscribers.computeIfAbsent(attribute, key -> new LinkedHashSet<>()).add(central)
        && subscribers.get(attribute).size() == 1) {
      subscriptionChanged(attribute, true);
    }
  }

  void unsubscribe(SimAdapter central, Attribute attribute) {
    Set<SimAdapter> of = subscribers.get(attribute);
    if (of != null && of.remove(central) && of.isEmpty()) {
      subscribers.remove(attribute);
      subscriptionChanged(attribute, false);
    }
  }

  /** Sends a value to all who subscribed to it. */
  void send(Attribute attribute, Buffer value) {
    Buffer copy = value.copy();
    for (SimAdapter central : List.copyOf(subscribers.getOrDefault(attribute, Set.of()))) {
      radio.scheduler.schedule(radio.latency(), () -> central.valueCame(this, attribute, copy));
    }
  }

  void tablesChanged() {
    List.copyOf(centrals).forEach(central -> central.tableChanged(this));
  }
}
