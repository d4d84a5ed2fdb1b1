package dev.dunlin.e2e.bluetooth;

import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.AttributeRef;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.Peripheral;
import dev.dunlin.bt.Peripheral.GattServer;
import dev.dunlin.bt.Property;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.bt.ServiceSpec.CharacteristicSpec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A device whose behaviour is trying. */
final class RealPeer implements GattHandler {
  static final UUID SERVICE = uuid(0);

  /** 512 bytes of a pattern; keeps what is written. */
  static final UUID LONG = uuid(1);

  /** 512 bytes, all the same; others each time it is asked. */
  static final UUID CHANGING = uuid(2);

  /** Is never answered. */
  static final UUID HANGING = uuid(3);

  /** Two bytes to be read, and notifications. */
  static final UUID BOTH = uuid(4);

  /** Needs keys. */
  static final UUID SECRET = uuid(5);

  private static final List<CharacteristicSpec> SPECS =
      List.of(
          spec(LONG, Property.READ, Property.WRITE),
          spec(CHANGING, Property.READ),
          spec(HANGING, Property.READ),
          spec(BOTH, Property.READ, Property.NOTIFY),
          spec(SECRET, Property.ENCRYPT_READ));

  private final AtomicInteger hanging = new AtomicInteger();
  private final Set<AttributeRef> subscribed = ConcurrentHashMap.newKeySet();
  private volatile Buffer value = pattern(512, 0);
  private volatile int change;
  private volatile Optional<GattServer> server = Optional.empty();

  private static UUID uuid(int number) {
    return new UUID(0x9f6e4c40_2d54_4d3cL, 0xa1f0_5d2f6f7c0000L | number);
  }

  private static CharacteristicSpec spec(UUID uuid, Property... properties) {
    return new CharacteristicSpec(uuid, Set.of(properties), List.of());
  }

  static Buffer pattern(int length, int first) {
    Buffer bytes = Buffer.buffer();
    for (int i = 0; i < length; i++) {
      bytes.appendByte((byte) (i + first));
    }
    return bytes;
  }

  /** Serves and advertises it. */
  Future<Void> on(Peripheral peripheral) {
    return peripheral
        .serve(List.of(new ServiceSpec(SERVICE, SPECS)), this)
        .compose(
            serving -> {
              server = Optional.of(serving);
              return peripheral.advertise(
                  new AdvertisingData(Optional.of("Real"), List.of(SERVICE), Map.of(), Map.of()));
            })
        .mapEmpty();
  }

  private static AttributeRef ref(UUID uuid) {
    for (int i = 0; i < SPECS.size(); i++) {
      if (SPECS.get(i).uuid().equals(uuid)) {
        return AttributeRef.of(0, i);
      }
    }
    throw new IllegalArgumentException(uuid + " is not served");
  }

  /** How often it was asked what it does not answer. */
  int hanging() {
    return hanging.get();
  }

  boolean hasSubscribers(UUID uuid) {
    return subscribed.contains(ref(uuid));
  }

  Future<Void> notify(UUID uuid, Buffer bytes) {
    return server.orElseThrow().notify(ref(uuid), bytes);
  }

  @Override
  public Future<Buffer> read(Request request) {
    if (request.uuid().equals(HANGING)) {
      hanging.incrementAndGet();
      return Promise.<Buffer>promise().future();
    }
    if (request.uuid().equals(CHANGING)) {
      byte[] same = new byte[512];
      java.util.Arrays.fill(same, (byte) ++change);
      return Future.succeededFuture(Buffer.buffer(same));
    }
    if (request.uuid().equals(SECRET)) {
      return Future.succeededFuture(Buffer.buffer("secret"));
    }
    return Future.succeededFuture(request.uuid().equals(LONG) ? value : pattern(2, 0));
  }

  @Override
  public Future<Void> write(Request request, Buffer written) {
    value = written.copy();
    return Future.succeededFuture();
  }

  @Override
  public void subscribed(AttributeRef characteristic, boolean now) {
    if (now) {
      subscribed.add(characteristic);
    } else {
      subscribed.remove(characteristic);
    }
  }
}
