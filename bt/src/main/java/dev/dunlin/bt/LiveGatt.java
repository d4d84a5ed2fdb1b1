package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A connected device's services, through one share of its link. */
final class LiveGatt {
  private LiveGatt() {}

  static List<Service> of(
      LiveConnection connection, int epoch, List<Driver.RemoteService> services) {
    return services.stream()
        .<Service>map(remote -> new OfService(connection, epoch, remote))
        .toList();
  }

  static final class OfService implements Service {
    private final Driver.RemoteService remote;
    private final List<Characteristic> characteristics;

    OfService(LiveConnection connection, int epoch, Driver.RemoteService remote) {
      this.remote = remote;
      this.characteristics =
          remote.characteristics().stream()
              .<Characteristic>map(it -> new OfCharacteristic(this, connection, epoch, it))
              .toList();
    }

    @Override
    public UUID uuid() {
      return remote.uuid();
    }

    @Override
    public AttributeId id() {
      return remote.id();
    }

    @Override
    public boolean isPrimary() {
      return remote.primary();
    }

    @Override
    public List<Characteristic> characteristics() {
      return characteristics;
    }

    @Override
    public List<AttributeId> included() {
      return remote.included();
    }
  }

  static final class OfCharacteristic implements Characteristic {
    private final OfService service;
    private final LiveConnection connection;
    private final int epoch;
    private final Driver.RemoteCharacteristic remote;
    private final List<Descriptor> descriptors;

    OfCharacteristic(
        OfService service,
        LiveConnection connection,
        int epoch,
        Driver.RemoteCharacteristic remote) {
      this.service = service;
      this.connection = connection;
      this.epoch = epoch;
      this.remote = remote;
      this.descriptors =
          remote.descriptors().stream()
              .<Descriptor>map(it -> new OfDescriptor(this, connection, epoch, it))
              .toList();
    }

    @Override
    public UUID uuid() {
      return remote.uuid();
    }

    @Override
    public AttributeId id() {
      return remote.id();
    }

    @Override
    public Service service() {
      return service;
    }

    @Override
    public Set<Property> properties() {
      return remote.properties();
    }

    @Override
    public List<Descriptor> descriptors() {
      return descriptors;
    }

    @Override
    public Future<Buffer> read() {
      return can(
          Property.READ, () -> LiveGatt.read(connection, epoch, "reading " + uuid(), remote.id()));
    }

    @Override
    public Future<Void> write(Buffer value, WriteMode mode) {
      return can(
          mode == WriteMode.WITH_RESPONSE ? Property.WRITE : Property.WRITE_WITHOUT_RESPONSE,
          () -> LiveGatt.write(connection, epoch, "writing " + uuid(), remote.id(), value, mode));
    }

    @Override
    public Future<Notifications> subscribe() {
      if (!properties().contains(Property.INDICATE)) {
        return can(Property.NOTIFY, this::subscribed);
      }
      return subscribed();
    }

    private Future<Notifications> subscribed() {
      return connection.run(epoch, () -> connection.live().subscribe(connection, remote.id()));
    }

    private <T> Future<T> can(Property property, java.util.function.Supplier<Future<T>> operation) {
      return properties().contains(property)
          ? operation.get()
          : Future.failedFuture(
              new BluetoothError(
                  BluetoothError.Kind.NOT_SUPPORTED,
                  "the characteristic " + uuid() + " has no " + property.word()));
    }
  }

  static final class OfDescriptor implements Descriptor {
    private final OfCharacteristic characteristic;
    private final LiveConnection connection;
    private final int epoch;
    private final Driver.RemoteDescriptor remote;

    OfDescriptor(
        OfCharacteristic characteristic,
        LiveConnection connection,
        int epoch,
        Driver.RemoteDescriptor remote) {
      this.characteristic = characteristic;
      this.connection = connection;
      this.epoch = epoch;
      this.remote = remote;
    }

    @Override
    public UUID uuid() {
      return remote.uuid();
    }

    @Override
    public AttributeId id() {
      return remote.id();
    }

    @Override
    public Characteristic characteristic() {
      return characteristic;
    }

    @Override
    public Future<Buffer> read() {
      return LiveGatt.read(connection, epoch, "reading " + uuid(), remote.id());
    }

    @Override
    public Future<Void> write(Buffer value) {
      return LiveGatt.write(
          connection,
          epoch,
          "writing " + uuid(),
          remote.id(),
          value,
          Characteristic.WriteMode.WITH_RESPONSE);
    }
  }

  private static Future<Buffer> read(
      LiveConnection connection, int epoch, String what, AttributeId id) {
    LiveDevice device = connection.live();
    return connection.enqueue(epoch, what, () -> device.adapter.driver.read(device.id(), id));
  }

  private static Future<Void> write(
      LiveConnection connection,
      int epoch,
      String what,
      AttributeId id,
      Buffer value,
      Characteristic.WriteMode mode) {
    if (value.length() > Characteristic.MAX_VALUE_BYTES) {
      return Future.failedFuture(tooLong(value.length()));
    }
    LiveDevice device = connection.live();
    // The caller may go on with its buffer.
    Buffer copy = value.copy();
    return connection.enqueue(
        epoch, what, () -> device.adapter.driver.write(device.id(), id, copy, mode));
  }

  static BluetoothError tooLong(int bytes) {
    return new BluetoothError(
        BluetoothError.Kind.INVALID_LENGTH,
        "a value has at most " + Characteristic.MAX_VALUE_BYTES + " bytes, this one has " + bytes);
  }
}
