package dev.dunlin.bt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** What describes a characteristic. */
public sealed interface Descriptor permits LiveGatt.OfDescriptor {
  UUID uuid();

  AttributeId id();

  Characteristic characteristic();

  Future<Buffer> read();

  Future<Void> write(Buffer value);
}
