package dev.dunlin.e2e.bluetooth;

import dev.dunlin.bt.PairingAgent;
import dev.dunlin.bt.contract.AdapterContract;
import dev.dunlin.bt.contract.ContractPeer;
import dev.dunlin.bt.contract.Fixture;
import io.vertx.core.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of Bluetooth stacks, between two controllers of a real bluetoothd. */
@Tag("bluetooth")
class RealContractSuite extends AdapterContract {
  @RegisterExtension static final OneMachine MACHINE = new OneMachine();

  @Override
  protected Fixture open() {
    TwoRadios radios = new TwoRadios(MACHINE.get());
    // It asks who served first, as both are of one daemon; in the simulator a peer agrees by
    // itself.
    radios
        .peripheral()
        .setPairingAgent(question -> Future.succeededFuture(new PairingAgent.Answer.Yes()));
    radios.await(new ContractPeer().on(radios.peripheral().peripheral(), true));
    return radios;
  }
}
