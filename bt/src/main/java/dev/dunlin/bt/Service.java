package dev.dunlin.bt;

import java.util.List;
import java.util.UUID;

/** A service of a connected device. */
public sealed interface Service permits LiveGatt.OfService {
  UUID uuid();

  /** Tells two services of one UUID apart, as long as the device does not change its services. */
  AttributeId id();

  boolean isPrimary();

  List<Characteristic> characteristics();

  /** The ids of the services that it includes. */
  List<AttributeId> included();
}
