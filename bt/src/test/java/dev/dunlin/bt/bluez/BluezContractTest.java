package dev.dunlin.bt.bluez;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.contract.AdapterContract;
import dev.dunlin.bt.contract.Fixture;
import dev.dunlin.bt.contract.RealTime;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on BlueZ as dbusmock has it, over a private bus. */
class BluezContractTest extends AdapterContract {
  private static MockBus bus;
  private static RealTime time;

  @BeforeAll
  static void startTheBus() throws IOException {
    MockBus.assumeThere();
    bus = MockBus.start("");
    time = new RealTime();
  }

  @AfterAll
  static void stopTheBus() {
    if (bus != null) {
      time.close();
      bus.close();
    }
  }

  @Override
  protected Fixture open() throws IOException {
    MockBus.Peer bluez = bus.startBluez(0);
    return new MockFixture(
        bluez,
        time.await(
            Adapter.open(
                BluezDriver.create(time.scheduler()).onBus(bus.address()), time.scheduler())));
  }

  private record MockFixture(MockBus.Peer bluez, Adapter central) implements Fixture {
    @Override
    public DeviceId peer() {
      return new DeviceId("02:00:00:00:00:02");
    }

    @Override
    public Set<Feature> features() {
      return Set.of(Feature.POWER);
    }

    @Override
    public <T> T await(Future<T> future) {
      return time.await(future);
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
      time.until(what, condition);
    }

    @Override
    public void aSecond() {
      time.pass(Duration.ofMillis(300));
    }

    @Override
    public void close() {
      await(central.close());
      bluez.kill();
    }
  }
}
