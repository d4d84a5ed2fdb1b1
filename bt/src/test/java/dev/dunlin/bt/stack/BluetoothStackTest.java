package dev.dunlin.bt.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.AdapterStatus.Reason;
import dev.dunlin.bt.BluetoothError;
import dev.dunlin.bt.ScanOptions;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.bt.contract.VirtualTime;
import dev.dunlin.scheduler.VirtualScheduler;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BluetoothStackTest {
  private final VirtualScheduler time = new VirtualScheduler();

  @Test
  void answersWithAReasonAndACureWhereThereIsNoStack() {
    for (String system : new String[] {"Windows 11", "Mac OS X", ""}) {
      Adapter adapter =
          VirtualTime.await(
              time, Adapter.open(BluetoothStack.create(time, system, Optional.empty()), time));
      assertEquals(Reason.UNSUPPORTED_PLATFORM, adapter.status().reason());
      BluetoothError error =
          assertThrows(
              BluetoothError.class, () -> VirtualTime.await(time, adapter.scan(ScanOptions.all())));
      assertEquals("NotFoundError", error.kind().domName());
      assertTrue(error.getMessage().contains("Linux"), error.getMessage());
      VirtualTime.await(time, adapter.close());
    }
  }

  @Test
  void choosesBluezOnLinux() {
    assertEquals(
        BluezDriver.class, BluetoothStack.create(time, "Linux", Optional.of("hci1")).getClass());
  }
}
