package dev.dunlin.e2e.bluetooth;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.ConnectOptions;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.bt.contract.Fixture;
import dev.dunlin.bt.contract.RealTime;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Two adapters of ours on a machine's two controllers: the central on hci0, the peripheral on hci1,
 * each with a connection and a lane of its own.
 */
final class TwoRadios implements Fixture {
  private static final DeviceId PERIPHERAL = new DeviceId(BluetoothMachine.ADDRESSES.get(1));

  /** For a machine that has a twentieth of a core. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final BluetoothMachine machine;
  private final RealTime time = new RealTime(PATIENCE);
  private final RealTime otherTime = new RealTime(PATIENCE);
  private final Adapter central;
  private final Adapter peripheral;

  /** Both are switched on. */
  TwoRadios(BluetoothMachine machine) {
    this.machine = machine;
    this.central = open("hci0", time);
    this.peripheral = open("hci1", otherTime);
  }

  private Adapter open(String name, RealTime on) {
    Adapter adapter =
        on.await(
            Adapter.open(
                BluezDriver.create(on.scheduler()).onBus(machine.busAddress()).withAdapter(name),
                on.scheduler()));
    if (!adapter.status().isReady()) {
      on.await(adapter.setPowered(true));
      on.until(name + " is on", () -> adapter.status().isReady());
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
    return PERIPHERAL;
  }

  @Override
  public Set<Feature> features() {
    return EnumSet.allOf(Feature.class);
  }

  /** As a server, BlueZ 5.66 counts handle and offset too (github.com/bluez/bluez/issues/570). */
  @Override
  public int longestWrite() {
    return 508;
  }

  @Override
  public ConnectOptions connecting() {
    return new ConnectOptions(PATIENCE.dividedBy(2), 6);
  }

  @Override
  public <T> T await(Future<T> future) {
    return time.await(future);
  }

  @Override
  public void until(String what, BooleanSupplier condition) {
    time.until(what, condition);
  }

  /** A second without a condition: whatever should not come has that long to come. */
  @Override
  public void aSecond() {
    time.pass(Duration.ofSeconds(1));
  }

  @Override
  public void close() {
    await(central.close());
    await(peripheral.close());
    time.close();
    otherTime.close();
    // Keys that one side alone still has would be the next test's.
    if (!machine.tell("grep -l LongTermKey /var/lib/bluetooth/*/*/info || true").isEmpty()) {
      machine.reset();
    }
  }
}
