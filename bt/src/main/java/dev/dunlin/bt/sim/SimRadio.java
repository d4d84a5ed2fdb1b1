package dev.dunlin.bt.sim;

import dev.dunlin.bt.AdvertisingData;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.GattHandler;
import dev.dunlin.bt.ServiceSpec;
import dev.dunlin.scheduler.Scheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The air: what its adapters and devices send, the others hear. Thread: the scheduler's lane, or
 * (virtual time) its one thread.
 */
public final class SimRadio {
  /** How often whoever advertises is heard. */
  public static final Duration INTERVAL = Duration.ofMillis(100);

  final Scheduler scheduler;
  private final Map<DeviceId, Peer> peers = new LinkedHashMap<>();
  private Duration latency = Duration.ofMillis(5);

  public SimRadio(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** How long a packet and its answer take; 5 ms at first. */
  public SimRadio latency(Duration latency) {
    this.latency = latency;
    return this;
  }

  Duration latency() {
    return latency;
  }

  /** Another adapter, switched on: the stack of {@link dev.dunlin.bt.Adapter#open}. */
  public SimAdapter adapter(String address) {
    return add(new SimAdapter(this, new DeviceId(address)));
  }

  /** A device that sends this and serves that. */
  public SimDevice device(
      String address, AdvertisingData data, List<ServiceSpec> services, GattHandler handler) {
    return add(new SimDevice(this, new DeviceId(address), data, services, handler));
  }

  private <P extends Peer> P add(P peer) {
    if (peers.putIfAbsent(peer.id(), peer) != null) {
      throw new IllegalArgumentException("there is " + peer.id() + " already");
    }
    return peer;
  }

  Optional<Peer> peer(DeviceId id) {
    return Optional.ofNullable(peers.get(id));
  }

  List<Peer> peers() {
    return List.copyOf(peers.values());
  }
}
