package dev.dunlin.e2e.bluetooth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.e2e.Account;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The virtual machine that the other suites of Bluetooth stand on: two of them at once. */
@Tag("bluetooth")
class BluetoothMachineSuite {
  private static final String NAME = "org.bluez.Adapter1";

  private static final String FIRST = said(BluetoothMachine.ADDRESSES.get(0));
  private static final String SECOND = said(BluetoothMachine.ADDRESSES.get(1));

  private static List<BluetoothMachine> machines = List.of();

  @BeforeAll
  static void startTwoAtOnce() {
    machines = Machines.startOrSkip(2);
  }

  @AfterAll
  static void leavesNothing() {
    machines.forEach(
        machine -> {
          assertNotEquals(List.of(), machine.left());
          machine.close();
          assertEquals(List.of(), machine.left());
        });
  }

  /** As busctl has it. */
  private static String said(String text) {
    return "s \"" + text + "\"";
  }

  private static String property(BluetoothMachine machine, String adapter, String name) {
    return Account.run(
            "busctl",
            "--address=" + machine.busAddress(),
            "get-property",
            "org.bluez",
            "/org/bluez/" + adapter,
            NAME,
            name)
        .strip();
  }

  @Test
  void bothHaveTwoAdaptersThatAreReachedFromHere() {
    for (BluetoothMachine machine : machines) {
      assertEquals(FIRST, property(machine, "hci0", "Address"));
      assertEquals(SECOND, property(machine, "hci1", "Address"));
    }
  }

  @Test
  void oneMachinesAdapterIsNotTheOthers() {
    machines.get(0).power(0, true);
    assertEquals("b true", property(machines.get(0), "hci0", "Powered"));
    assertEquals("b false", property(machines.get(1), "hci0", "Powered"));
    machines.get(0).power(0, false);
    assertEquals("b false", property(machines.get(0), "hci0", "Powered"));
  }

  @Test
  void theDaemonComesAgainAfterACrashAndStaysAwayWhileItIsHeld() {
    BluetoothMachine machine = machines.get(0);
    int before = machine.daemonStarts();
    machine.hold();
    assertFalse(property(machine, "hci0", "Address").startsWith("s "));
    assertEquals(before, machine.daemonStarts());
    machine.release();
    assertEquals(FIRST, property(machine, "hci0", "Address"));
    machine.crash();
    machine.tell("await has_adapters");
    assertEquals(before + 2, machine.daemonStarts());
  }

  @Test
  void aResetForgetsWhatTheDaemonKnew() {
    BluetoothMachine machine = machines.get(0);
    String known = "/var/lib/bluetooth/" + String.join("/", BluetoothMachine.ADDRESSES);
    machine.tell("mkdir -p " + known);
    assertEquals(known, machine.tell("ls -d " + known));
    machine.reset(64, 3);
    assertEquals("", machine.tell("ls -d " + known + " 2>/dev/null || true"));
    assertTrue(machine.tell("cat /run/main.conf").contains("ExchangeMTU = 64\nChannels = 3"));
    machine.reset();
  }

  @Test
  void theAdaptersCanBePulledOutAndPutIn() {
    BluetoothMachine machine = machines.get(1);
    machine.unplug();
    machine.tell("await eval '! property 0 Address >/dev/null 2>&1'");
    machine.plug();
    assertEquals(SECOND, property(machine, "hci1", "Address"));
  }

  @Test
  void whatFailsInsideSaysWhy() {
    BluetoothMachine.Fault fault =
        assertThrows(BluetoothMachine.Fault.class, () -> machines.get(0).tell("cat /no/such/file"));
    assertTrue(fault.getMessage().contains("/no/such/file: No such file"), fault.getMessage());
  }
}
