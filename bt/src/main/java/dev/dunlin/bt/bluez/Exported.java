package dev.dunlin.bt.bluez;

import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.freedesktop.dbus.DBusCallInfo;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.AbstractConnection;
import org.freedesktop.dbus.errors.UnknownMethod;
import org.freedesktop.dbus.errors.UnknownObject;
import org.freedesktop.dbus.interfaces.ObjectManager;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.UInt16;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/**
 * Everything that BlueZ may call here: applications, advertisements and the agent, one object for
 * all paths under {@link #ROOT}, since dbus-java exports objects one by one and a server may have
 * thousands.
 *
 * <pre>
 *   /dev/dunlin/app3                     the server with number 3
 *   /dev/dunlin/app3/service0/char1/desc0
 *   /dev/dunlin/adv4                     the advertisement with number 4
 *   /dev/dunlin/agent
 * </pre>
 *
 * <p><i>Thread:</i> D-Bus' own; each waits for its answer within a limit.
 */
final class Exported
    implements BluezInterfaces.GattCharacteristic1,
        BluezInterfaces.GattDescriptor1,
        BluezInterfaces.LeAdvertisement1,
        BluezInterfaces.Agent1,
        ObjectManager,
        Properties {
  static final String ROOT = "/dev/dunlin";
  static final String AGENT = ROOT + "/agent";
  static final String SERVICE = "org.bluez.GattService1";
  static final String CHARACTERISTIC = "org.bluez.GattCharacteristic1";
  static final String DESCRIPTOR = "org.bluez.GattDescriptor1";
  static final String ADVERTISEMENT = "org.bluez.LEAdvertisement1";

  /** Longer than the core takes for the same, which answers then. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  private static final Duration QUESTION_LIMIT = Duration.ofSeconds(65);

  private final Asked asked;
  private final Map<Integer, List<ServiceSpec>> servers = new ConcurrentHashMap<>();
  private final Map<Integer, AdvertisingData> advertisements = new ConcurrentHashMap<>();

  Exported(Asked asked) {
    this.asked = asked;
  }

  /** Who answers; futures complete on any thread. */
  interface Asked {
    /** Whether this sender is BlueZ. */
    boolean isBluez(String sender);

    Future<Buffer> read(int server, Target target, Map<String, Object> options);

    Future<Void> write(int server, Target target, Buffer value, Map<String, Object> options);

    void subscribed(int server, AttributeRef characteristic, boolean now);

    void released(int advertisement);

    /** The passkey, or anything for yes. */
    Future<Integer> question(Ask kind, String devicePath, int passkey);
  }

  /** An attribute and its UUID. */
  record Target(AttributeRef ref, UUID uuid) {}

  /** What the agent is asked. */
  enum Ask {
    CONFIRM,
    AUTHORIZE,
    ENTER,
    SHOW
  }

  // --- what there is

  static String application(int server) {
    return ROOT + "/app" + server;
  }

  static String advertisement(int id) {
    return ROOT + "/adv" + id;
  }

  static String characteristic(int server, AttributeRef ref) {
    return application(server) + "/service" + ref.service() + "/char" + ref.characteristic();
  }

  void add(int server, List<ServiceSpec> services) {
    servers.put(server, services);
  }

  void removeServer(int server) {
    servers.remove(server);
  }

  void add(int id, AdvertisingData data) {
    advertisements.put(id, data);
  }

  void removeAdvertisement(int id) {
    advertisements.remove(id);
  }

  // --- ObjectManager, Properties

  @Override
  public Map<DBusPath, Map<String, Map<String, Variant<?>>>> GetManagedObjects() {
    String path = path();
    int server = number(path, ROOT + "/app");
    List<ServiceSpec> services = servers.get(server);
    if (services == null || !path.equals(application(server))) {
      throw new UnknownMethod("there are no managed objects at " + path);
    }
    Map<DBusPath, Map<String, Map<String, Variant<?>>>> objects = new LinkedHashMap<>();
    for (int s = 0; s < services.size(); s++) {
      String service = path + "/service" + s;
      objects.put(
          new DBusPath(service),
          Map.of(
              SERVICE,
              Map.of(
                  "UUID",
                  new Variant<>(services.get(s).uuid().toString()),
                  "Primary",
                  new Variant<>(true))));
      List<ServiceSpec.CharacteristicSpec> characteristics = services.get(s).characteristics();
      for (int c = 0; c < characteristics.size(); c++) {
        String characteristic = service + "/char" + c;
        ServiceSpec.CharacteristicSpec spec = characteristics.get(c);
        objects.put(
            new DBusPath(characteristic),
            Map.of(
                CHARACTERISTIC,
                Map.of(
                    "UUID",
                    new Variant<>(spec.uuid().toString()),
                    "Service",
                    new Variant<>(new DBusPath(service)),
                    "Flags",
                    flags(spec.properties()))));
        for (int d = 0; d < spec.descriptors().size(); d++) {
          objects.put(
              new DBusPath(characteristic + "/desc" + d),
              Map.of(
                  DESCRIPTOR,
                  Map.of(
                      "UUID",
                      new Variant<>(spec.descriptors().get(d).uuid().toString()),
                      "Characteristic",
                      new Variant<>(new DBusPath(characteristic)),
                      "Flags",
                      flags(spec.descriptors().get(d).properties()))));
        }
      }
    }
    return objects;
  }

  private static Variant<?> flags(Set<Property> properties) {
    return new Variant<>(
        properties.stream().map(Property::word).sorted().collect(Collectors.toList()), "as");
  }

  @Override
  public Map<String, Variant<?>> GetAll(String type) {
    String path = path();
    AdvertisingData data = advertisements.get(number(path, ROOT + "/adv"));
    if (data == null || !ADVERTISEMENT.equals(type)) {
      throw new UnknownObject("there is no " + type + " at " + path);
    }
    Map<String, Variant<?>> properties = new LinkedHashMap<>();
    properties.put("Type", new Variant<>("peripheral"));
    data.name().ifPresent(name -> properties.put("LocalName", new Variant<>(name)));
    if (!data.services().isEmpty()) {
      properties.put(
          "ServiceUUIDs",
          new Variant<>(
              data.services().stream().map(UUID::toString).collect(Collectors.toList()), "as"));
    }
    if (!data.manufacturerData().isEmpty()) {
      Map<UInt16, Variant<?>> manufacturers = new LinkedHashMap<>();
      data.manufacturerData()
          .forEach(
              (company, bytes) ->
                  manufacturers.put(new UInt16(company), new Variant<>(bytes.getBytes())));
      properties.put("ManufacturerData", new Variant<>(manufacturers, "a{qv}"));
    }
    if (!data.serviceData().isEmpty()) {
      Map<String, Variant<?>> services = new LinkedHashMap<>();
      data.serviceData()
          .forEach(
              (service, bytes) ->
                  services.put(service.toString(), new Variant<>(bytes.getBytes())));
      properties.put("ServiceData", new Variant<>(services, "a{sv}"));
    }
    return properties;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <A> A Get(String type, String name) {
    return (A) GetAll(type).get(name);
  }

  @Override
  public <A> void Set(String type, String name, A value) {
    throw new UnknownMethod("nothing can be set here");
  }

  // --- GattCharacteristic1, GattDescriptor1

  @Override
  public byte[] ReadValue(Map<String, Variant<?>> options) {
    String path = path();
    int server = number(path, ROOT + "/app");
    return answer(
            asked.read(server, target(server, path), Values.map(Values.plain(options))),
            REQUEST_LIMIT)
        .getBytes();
  }

  @Override
  public void WriteValue(byte[] value, Map<String, Variant<?>> options) {
    String path = path();
    int server = number(path, ROOT + "/app");
    answer(
        asked.write(
            server, target(server, path), Buffer.buffer(value), Values.map(Values.plain(options))),
        REQUEST_LIMIT);
  }

  @Override
  public void StartNotify() {
    subscribed(true);
  }

  @Override
  public void StopNotify() {
    subscribed(false);
  }

  private void subscribed(boolean now) {
    String path = path();
    int server = number(path, ROOT + "/app");
    asked.subscribed(server, target(server, path).ref(), now);
  }

  @Override
  public void Confirm() {
    path();
  }

  // --- LEAdvertisement1, and the agent's Release

  @Override
  public void Release() {
    int id = number(path(), ROOT + "/adv");
    if (id >= 0) {
      asked.released(id);
    }
  }

  // --- Agent1

  @Override
  public void RequestConfirmation(DBusPath device, UInt32 passkey) {
    ask(Ask.CONFIRM, device, passkey.intValue());
  }

  @Override
  public void RequestAuthorization(DBusPath device) {
    ask(Ask.AUTHORIZE, device, 0);
  }

  @Override
  public UInt32 RequestPasskey(DBusPath device) {
    return new UInt32(ask(Ask.ENTER, device, 0));
  }

  @Override
  public void DisplayPasskey(DBusPath device, UInt32 passkey, UInt16 entered) {
    if (entered.intValue() == 0) {
      path();
      asked.question(Ask.SHOW, device.getPath(), passkey.intValue());
    }
  }

  @Override
  public String RequestPinCode(DBusPath device) {
    throw new org.bluez.Error.Rejected("PIN codes are not Bluetooth LE's");
  }

  @Override
  public void DisplayPinCode(DBusPath device, String pincode) {
    throw new org.bluez.Error.Rejected("PIN codes are not Bluetooth LE's");
  }

  @Override
  public void AuthorizeService(DBusPath device, String uuid) {
    throw new org.bluez.Error.Rejected("profiles of classic Bluetooth are not used here");
  }

  @Override
  public void Cancel() {
    path();
  }

  private int ask(Ask kind, DBusPath device, int passkey) {
    path();
    return answer(asked.question(kind, device.getPath(), passkey), QUESTION_LIMIT);
  }

  // --- parts

  /** The path that is called, if it is BlueZ that calls. */
  private String path() {
    DBusCallInfo call = AbstractConnection.getCallInfo();
    if (call == null || !asked.isBluez(call.getSource())) {
      throw new org.bluez.Error.NotAuthorized("only the Bluetooth service may call this");
    }
    return call.getObjectPath();
  }

  /** The number after the prefix, up to the next slash; -1 if there is none. */
  private static int number(String path, String prefix) {
    if (!path.startsWith(prefix)) {
      return -1;
    }
    int end = path.indexOf('/', prefix.length());
    try {
      return Integer.parseInt(path.substring(prefix.length(), end < 0 ? path.length() : end));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private Target target(int server, String path) {
    List<ServiceSpec> services = servers.getOrDefault(server, List.of());
    String service = application(server) + "/service";
    int s = number(path, service);
    int c = number(path, service + s + "/char");
    int d = number(path, service + s + "/char" + c + "/desc");
    if (s >= 0 && s < services.size()) {
      List<ServiceSpec.CharacteristicSpec> characteristics = services.get(s).characteristics();
      if (c >= 0 && c < characteristics.size()) {
        ServiceSpec.CharacteristicSpec characteristic = characteristics.get(c);
        if (d < 0 && path.equals(service + s + "/char" + c)) {
          return new Target(AttributeRef.of(s, c), characteristic.uuid());
        }
        if (d >= 0 && d < characteristic.descriptors().size()) {
          return new Target(AttributeRef.of(s, c, d), characteristic.descriptors().get(d).uuid());
        }
      }
    }
    throw new UnknownObject("there is nothing at " + path);
  }

  private static <T> T answer(Future<T> future, Duration limit) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      BluetoothError error = BluetoothError.of(e.getCause());
      throw switch (error.kind()) {
        case NOT_SUPPORTED -> new org.bluez.Error.NotSupported(error.getMessage());
        case NOT_AUTHORIZED -> new org.bluez.Error.NotAuthorized(error.getMessage());
        case INVALID_LENGTH -> new org.bluez.Error.InvalidValueLength(error.getMessage());
        case INVALID_ARGUMENT -> new org.bluez.Error.InvalidOffset(error.getMessage());
        case NOT_PAIRED -> new org.bluez.Error.Rejected(error.getMessage());
        default -> new org.bluez.Error.Failed(error.getMessage());
      };
    } catch (TimeoutException e) {
      throw new org.bluez.Error.Failed("no answer in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.bluez.Error.Failed("the connection is being closed");
    }
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public String getObjectPath() {
    return ROOT;
  }
}
