package dev.dunlin.bt.contract;

import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.Peripheral;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.bt.ServiceSpec.CharacteristicSpec;
import dev.dunlin.bt.ServiceSpec.DescriptorSpec;
import dev.dunlin.bt.Uuids;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/** The device that the contract is tried on. */
public final class ContractPeer implements GattHandler {
  public static final String NAME = "Contract";
  public static final int COMPANY = 0xffff;
  public static final Buffer COMPANY_DATA = Buffer.buffer(new byte[] {1, 2, 3});

  public static final UUID SERVICE = uuid(0);

  /** Keeps what is written; {@code hello} at first. Its descriptor 2901 says what it is. */
  public static final UUID VALUE = uuid(1);

  /** 512 bytes: 0, 1, 2 … 255, 0, 1 …; keeps what is written. */
  public static final UUID LONG = uuid(2);

  /** Notifies; see {@link #CONTROL}. */
  public static final UUID NOTIFYING = uuid(3);

  /** Indicates; see {@link #CONTROL}. */
  public static final UUID INDICATING = uuid(4);

  /**
   * Two numbers of two bytes, first and count, big-endian: sends so many from the first on, two
   * bytes each, to who subscribed. Written without a response, for which bluetoothd would wait five
   * seconds and no longer, however slow the machine is.
   */
  public static final UUID CONTROL = uuid(5);

  /** Refuses to be read. */
  public static final UUID REFUSING = uuid(6);

  /** Is written without a response; keeps it. */
  public static final UUID COMMAND = uuid(7);

  /** Needs keys; {@code secret}. */
  public static final UUID SECRET = uuid(8);

  public static final UUID DESCRIPTION = Uuids.of(0x2901);
  public static final String DESCRIPTION_TEXT = "a value";

  /** There are two of it, each with a {@link #TWIN_LEVEL}: 1 and 2. */
  public static final UUID TWIN = uuid(0x10);

  public static final UUID TWIN_LEVEL = uuid(0x11);

  private final Map<UUID, Buffer> values = new HashMap<>();
  private final Set<AttributeRef> subscribed = ConcurrentHashMap.newKeySet();
  private BiFunction<AttributeRef, Buffer, Future<Void>> notify = (to, value) -> nobody();

  public ContractPeer() {
    values.put(VALUE, Buffer.buffer("hello"));
    values.put(LONG, longValue());
    values.put(COMMAND, Buffer.buffer());
    values.put(SECRET, Buffer.buffer("secret"));
  }

  /** A UUID of the contract's. */
  public static UUID uuid(int number) {
    return new UUID(0x12345678_1234_5678L, 0x1234_56789abcde00L | number);
  }

  /** What {@link #LONG} has at first. */
  public static Buffer longValue() {
    Buffer value = Buffer.buffer();
    for (int i = 0; i < 512; i++) {
      value.appendByte((byte) i);
    }
    return value;
  }

  public static AdvertisingData advertising() {
    return new AdvertisingData(
        Optional.of(NAME), List.of(SERVICE), Map.of(COMPANY, COMPANY_DATA), Map.of());
  }

  /**
   * What it serves.
   *
   * @param secret with the attribute that needs keys
   */
  public static List<ServiceSpec> services(boolean secret) {
    List<CharacteristicSpec> characteristics =
        new ArrayList<>(
            List.of(
                new CharacteristicSpec(
                    VALUE,
                    Set.of(Property.READ, Property.WRITE),
                    List.of(new DescriptorSpec(DESCRIPTION, Set.of(Property.READ)))),
                spec(LONG, Property.READ, Property.WRITE),
                spec(NOTIFYING, Property.NOTIFY),
                spec(INDICATING, Property.INDICATE),
                spec(CONTROL, Property.WRITE, Property.WRITE_WITHOUT_RESPONSE),
                spec(REFUSING, Property.READ),
                spec(COMMAND, Property.READ, Property.WRITE_WITHOUT_RESPONSE)));
    if (secret) {
      characteristics.add(spec(SECRET, Property.ENCRYPT_READ));
    }
    ServiceSpec twin = new ServiceSpec(TWIN, List.of(spec(TWIN_LEVEL, Property.READ)));
    return List.of(new ServiceSpec(SERVICE, characteristics), twin, twin);
  }

  private static CharacteristicSpec spec(UUID uuid, Property... properties) {
    return new CharacteristicSpec(uuid, Set.of(properties), List.of());
  }

  /** Serves and advertises it on an adapter of ours. */
  public Future<Void> on(Peripheral peripheral, boolean secret) {
    return peripheral
        .serve(services(secret), this)
        .compose(
            server -> {
              notify = server::notify;
              return peripheral.advertise(advertising());
            })
        .mapEmpty();
  }

  /** How a value is sent, where the peer is no adapter of ours. */
  public ContractPeer notifying(BiFunction<AttributeRef, Buffer, Future<Void>> notify) {
    this.notify = notify;
    return this;
  }

  @Override
  public Future<Buffer> read(Request request) {
    if (request.attribute().descriptor().isPresent()) {
      return Future.succeededFuture(Buffer.buffer(DESCRIPTION_TEXT));
    }
    if (request.uuid().equals(TWIN_LEVEL)) {
      return Future.succeededFuture(
          Buffer.buffer(new byte[] {(byte) request.attribute().service()}));
    }
    Buffer value = values.get(request.uuid());
    return value == null
        ? Future.failedFuture(
            new BluetoothError(BluetoothError.Kind.NOT_AUTHORIZED, "this is not to be read"))
        : Future.succeededFuture(value);
  }

  @Override
  public Future<Void> write(Request request, Buffer value) {
    if (!request.uuid().equals(CONTROL)) {
      values.put(request.uuid(), value.copy());
      return nobody();
    }
    int first = value.length() == 4 ? value.getUnsignedShort(0) : 0;
    int count = value.length() == 4 ? value.getUnsignedShort(2) : 0;
    for (AttributeRef to : subscribed) {
      for (int i = first; i < first + count; i++) {
        notify.apply(to, Buffer.buffer().appendUnsignedShort(i));
      }
    }
    return nobody();
  }

  @Override
  public void subscribed(AttributeRef characteristic, boolean now) {
    if (now) {
      subscribed.add(characteristic);
    } else {
      subscribed.remove(characteristic);
    }
  }

  private static Future<Void> nobody() {
    return Future.succeededFuture();
  }
}
