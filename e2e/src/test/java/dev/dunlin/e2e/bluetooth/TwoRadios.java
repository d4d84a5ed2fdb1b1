package dev.dunlin.e2e.bluetooth;

import static org.junit.jupiter.api.Assertions.fail;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.bt.contract.Fixture;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.EventLoops;
import dev.dunlin.scheduler.Lane;
import dev.dunlin.scheduler.SystemClock;
import dev.dunlin.scheduler.VertxScheduler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Two adapters of ours on a machine's two controllers: the central on hci0, the peripheral on hci1.
 */
final class TwoRadios implements Fixture {
  /** Longest wait: the machine may have a twentieth of a core. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** How often a condition is looked at. */
  private static final long LOOK_MS = 10;

  private static final Clock CLOCK = new SystemClock();

  private final BluetoothMachine machine;
  private final Vertx vertx = EventLoops.create();
  private final Adapter central;
  private final Adapter peripheral;

  /** Both are switched on. */
  TwoRadios(BluetoothMachine machine) {
    this.machine = machine;
    machine.power(0, true);
    machine.power(1, true);
    this.central = open("hci0");
    this.peripheral = open("hci1");
  }

  private Adapter open(String name) {
    VertxScheduler scheduler = new VertxScheduler(vertx, Lane.create(vertx, name));
    Adapter adapter =
        await(
            Adapter.open(
                BluezDriver.create(scheduler).onBus(machine.busAddress()).withAdapter(name),
                scheduler));
    if (!adapter.status().isReady()) {
      throw new IllegalStateException(name + " is not ready: " + adapter.status());
    }
    return adapter;
  }

  @Override
  public Adapter central() {
    return central;
  }

  /** Ours, too: whatever the test wants is served on it. */
  Adapter peripheral() {
    return peripheral;
  }

  @Override
  public DeviceId peer() {
    return new DeviceId("00:AA:01:01:00:01");
  }

  @Override
  public Set<Feature> features() {
    return EnumSet.allOf(Feature.class);
  }

  @Override
  public <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      return fail("nothing within " + PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted");
    }
  }

  @Override
  public void until(String what, BooleanSupplier condition) {
    if (!holdsWithin(PATIENCE, condition)) {
      fail("not so within " + PATIENCE + ": " + what);
    }
  }

  /** A second without a condition: whatever should not come has that long to come. */
  @Override
  public void aSecond() {
    holdsWithin(Duration.ofSeconds(1), () -> false);
  }

  private static synchronized boolean holdsWithin(Duration longest, BooleanSupplier condition) {
    Duration end = CLOCK.now().plus(longest);
    while (!condition.getAsBoolean()) {
      if (CLOCK.now().compareTo(end) > 0) {
        return false;
      }
      try {
        TwoRadios.class.wait(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return fail("interrupted");
      }
    }
    return true;
  }

  @Override
  public void close() {
    await(central.close());
    await(peripheral.close());
    await(vertx.close());
    // Keys of one side only, and what the other side is known by, would be the next test's.
    if (!machine.tell("grep -l LongTermKey /var/lib/bluetooth/*/*/info || true").isEmpty()) {
      machine.reset();
    }
  }
}
