package dev.dunlin.bt;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What is sent to all. The radio takes 31 bytes, or two times that: longer is INVALID_LENGTH. */
public record AdvertisingData(
    Optional<String> name,
    List<UUID> services,
    Map<Integer, Buffer> manufacturerData,
    Map<UUID, Buffer> serviceData) {
  public AdvertisingData {
    services = List.copyOf(services);
    manufacturerData = Map.copyOf(manufacturerData);
    serviceData = Map.copyOf(serviceData);
  }
}
