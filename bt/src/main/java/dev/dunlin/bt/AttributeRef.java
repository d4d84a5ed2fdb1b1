package dev.dunlin.bt;

import java.util.OptionalInt;

/**
 * An attribute of a server's description, by its places in the lists.
 *
 * @param descriptor empty for the characteristic itself
 */
public record AttributeRef(int service, int characteristic, OptionalInt descriptor) {
  /** A characteristic. */
  public static AttributeRef of(int service, int characteristic) {
    return new AttributeRef(service, characteristic, OptionalInt.empty());
  }

  /** A descriptor. */
  public static AttributeRef of(int service, int characteristic, int descriptor) {
    return new AttributeRef(service, characteristic, OptionalInt.of(descriptor));
  }
}
