package dev.dunlin.bt.sim;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.contract.AdapterContract;
import dev.dunlin.bt.contract.ContractPeer;
import dev.dunlin.bt.contract.Fixture;
import dev.dunlin.bt.contract.VirtualTime;
import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The contract on two adapters in simulated air: one of ours serves, the other asks. */
class SimContractTest extends AdapterContract {
  @Override
  protected Fixture open() {
    return new SimFixture();
  }

  private static final class SimFixture implements Fixture {
    private final VirtualScheduler scheduler = new VirtualScheduler();
    private final SimRadio radio = new SimRadio(scheduler);
    private final Adapter central =
        await(Adapter.open(radio.adapter("02:00:00:00:00:01"), scheduler));
    private final Adapter peer = await(Adapter.open(radio.adapter("02:00:00:00:00:02"), scheduler));

    SimFixture() {
      await(new ContractPeer().on(peer.peripheral(), true));
    }

    @Override
    public Adapter central() {
      return central;
    }

    @Override
    public DeviceId peer() {
      return new DeviceId("02:00:00:00:00:02");
    }

    @Override
    public Set<Feature> features() {
      return EnumSet.allOf(Feature.class);
    }

    @Override
    public <T> T await(Future<T> future) {
      return VirtualTime.await(scheduler, future);
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
      VirtualTime.until(scheduler, what, condition);
    }

    @Override
    public void aSecond() {
      scheduler.advance(Duration.ofSeconds(1));
    }

    @Override
    public void close() {
      await(central.close());
      await(peer.close());
    }
  }
}
