package dev.dunlin.bt;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A service to serve. */
public record ServiceSpec(UUID uuid, List<CharacteristicSpec> characteristics) {
  public ServiceSpec {
    characteristics = List.copyOf(characteristics);
  }

  /** A characteristic to serve. */
  public record CharacteristicSpec(
      UUID uuid, Set<Property> properties, List<DescriptorSpec> descriptors) {
    public CharacteristicSpec {
      properties = Set.copyOf(properties);
      descriptors = List.copyOf(descriptors);
    }
  }

  /** A descriptor to serve. */
  public record DescriptorSpec(UUID uuid, Set<Property> properties) {
    public DescriptorSpec {
      properties = Set.copyOf(properties);
    }
  }
}
