package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A value of a service. Operations of one device run one after the other; DISCONNECTED and STALE
 * are failures of each.
 */
public sealed interface Characteristic permits LiveGatt.OfCharacteristic {
  /** The most bytes of a value, by the standard; more is INVALID_LENGTH. */
  int MAX_VALUE_BYTES = 512;

  UUID uuid();

  AttributeId id();

  Service service();

  Set<Property> properties();

  List<Descriptor> descriptors();

  /** The whole value, however many packets it takes. */
  Future<Buffer> read();

  /** Writes; with a response it succeeds when the device has it. */
  Future<Void> write(Buffer value, WriteMode mode);

  /**
   * Has the device send its changes, as notifications or indications. Values are not promised to be
   * in order (BlueZ has several channels), and the oldest is dropped and counted when nobody takes
   * them.
   */
  Future<Notifications> subscribe();

  /** Whether the device confirms. */
  enum WriteMode {
    WITH_RESPONSE,
    WITHOUT_RESPONSE
  }

  /** A subscription. */
  interface Notifications {
    Events<Buffer> events();

    /** Ends it; the device is told when it was the last one. */
    Future<Void> stop();
  }
}
