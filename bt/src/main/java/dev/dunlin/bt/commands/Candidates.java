package dev.dunlin.bt.commands;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.Advertisement;
import dev.dunlin.bt.Device;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.Scan;
import dev.dunlin.bt.ScanFilter;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The devices that a request fits, as they are heard: what a chooser shows. Looks for as long as it
 * is open, and again when the adapter comes back.
 *
 * <p><i>Thread:</i> any; listeners are called on the adapter's lane.
 */
public final class Candidates implements AutoCloseable {
  /** How often a chooser hears of news; signal strengths change with every advertisement. */
  static final Duration NEWS = Duration.ofMillis(250);

  /** After a failure to look, the next try. */
  static final Duration AGAIN = Duration.ofSeconds(2);

  /** A device that may be chosen. */
  public record Candidate(
      DeviceId id, Optional<String> name, OptionalInt rssiDbm, boolean connected, boolean paired) {}

  /**
   * What there is to choose from.
   *
   * @param devices in the order in which they were heard first
   * @param looking whether more may come
   */
  public record View(List<Candidate> devices, AdapterStatus status, boolean looking) {}

  private final Adapter adapter;
  private final Scheduler scheduler;
  private final List<ScanFilter> filters;
  private final List<ScanFilter> exclusions;

  // --- owned by the lane
  private final Map<DeviceId, Candidate> found = new LinkedHashMap<>();
  private Optional<Scan> scan = Optional.empty();
  private Optional<Adapter.Subscription> status = Optional.empty();
  private Consumer<View> listener = view -> {};
  private boolean starting;
  private boolean telling;
  private boolean closed;

  /**
   * @param filters any one of them is enough; none: every device
   */
  Candidates(
      Adapter adapter, Scheduler scheduler, List<ScanFilter> filters, List<ScanFilter> exclusions) {
    this.adapter = adapter;
    this.scheduler = scheduler;
    this.filters = filters;
    this.exclusions = exclusions;
  }

  /** Starts to look, and tells of what is there, now and from now on. */
  public void open(Consumer<View> news) {
    scheduler
        .lane()
        .execute(
            () -> {
              listener = news;
              status =
                  Optional.of(adapter.onStatus(changed -> scheduler.lane().execute(this::look)));
              // A device that is connected does not advertise.
              adapter.devices().stream()
                  .filter(Device::isConnected)
                  .forEach(device -> hear(device.advertisement()));
              look();
            });
  }

  private void look() {
    if (!adapter.status().isReady()) {
      scan = Optional.empty();
      found.clear();
    } else if (!closed && !starting && scan.isEmpty()) {
      starting = true;
      adapter
          .scan(new ScanOptions(filters, true))
          .onComplete(
              begun -> {
                starting = false;
                if (begun.failed()) {
                  later();
                } else if (closed) {
                  begun.result().stop();
                } else {
                  scan = Optional.of(begun.result());
                  begun.result().events().listen(this::hear).ended().onFailure(end -> ended());
                  tell();
                }
              });
    }
    tell();
  }

  private void ended() {
    scan = Optional.empty();
    later();
  }

  private void later() {
    if (!closed) {
      tell();
      scheduler.schedule(AGAIN, this::look);
    }
  }

  private void hear(Advertisement seen) {
    boolean fits =
        (filters.isEmpty() || filters.stream().anyMatch(filter -> filter.matches(seen)))
            && exclusions.stream().noneMatch(filter -> filter.matches(seen));
    if (closed
        || !fits
        || found.size() >= BluetoothLimits.CANDIDATES && !found.containsKey(seen.device())) {
      return;
    }
    Device device = adapter.device(seen.device());
    found.put(
        seen.device(),
        new Candidate(
            seen.device(), seen.name(), seen.rssiDbm(), device.isConnected(), device.isPaired()));
    tell();
  }

  /** Soon, with all else that comes until then. */
  private void tell() {
    if (!telling && !closed) {
      telling = true;
      scheduler.schedule(
          NEWS,
          () -> {
            telling = false;
            if (!closed) {
              listener.accept(
                  new View(new ArrayList<>(found.values()), adapter.status(), scan.isPresent()));
            }
          });
    }
  }

  /** Looks no more. */
  @Override
  public void close() {
    scheduler
        .lane()
        .execute(
            () -> {
              closed = true;
              status.ifPresent(Adapter.Subscription::close);
              scan.ifPresent(Scan::stop);
              scan = Optional.empty();
            });
  }
}
