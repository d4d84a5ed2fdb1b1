package dev.dunlin.e2e.bluetooth;

import dev.dunlin.bt.contract.AdapterContract;
import dev.dunlin.bt.contract.ContractPeer;
import dev.dunlin.bt.contract.Fixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract of Bluetooth stacks, between two controllers of a real bluetoothd. */
@Tag("bluetooth")
class RealContractSuite extends AdapterContract {
  private static BluetoothMachine machine;

  @BeforeAll
  static void startTheMachine() {
    machine = Machines.startOrSkip();
  }

  @AfterAll
  static void endTheMachine() {
    if (machine != null) {
      machine.close();
    }
  }

  @Override
  protected Fixture open() {
    TwoRadios radios = new TwoRadios(machine);
    radios.await(new ContractPeer().on(radios.peripheral().peripheral(), true));
    return radios;
  }
}
