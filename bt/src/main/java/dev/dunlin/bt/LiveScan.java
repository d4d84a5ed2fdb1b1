package dev.dunlin.bt;

import io.vertx.core.Future;
import java.util.HashSet;
import java.util.Set;

/** One scan. Thread: the lane, but for what the interface has. */
final class LiveScan implements Scan {
  final ScanOptions options;
  private final LiveAdapter adapter;
  private final Events<Advertisement> events;
  private final Set<DeviceId> told = new HashSet<>();

  LiveScan(LiveAdapter adapter, ScanOptions options) {
    this.adapter = adapter;
    this.options = options;
    this.events = new Events<>(adapter.lane, LiveAdapter.MAX_WAITING_ADVERTISEMENTS);
  }

  void heard(Advertisement seen, boolean news) {
    if (!options.matches(seen)) {
      return;
    }
    if (told.size() == LiveAdapter.MAX_DEVICES) {
      // Some are told twice rather than a set that grows with every random address.
      told.clear();
    }
    if (told.add(seen.device()) || news || options.duplicates()) {
      events.emit(seen);
    }
  }

  @Override
  public Events<Advertisement> events() {
    return events;
  }

  @Override
  public Future<Void> stop() {
    return adapter.stop(this);
  }
}
