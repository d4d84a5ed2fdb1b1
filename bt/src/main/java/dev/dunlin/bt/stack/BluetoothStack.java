package dev.dunlin.bt.stack;

import dev.dunlin.bt.AdapterStatus;
import dev.dunlin.bt.Driver;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.bt.unsupported.UnsupportedDriver;
import dev.dunlin.scheduler.Scheduler;
import java.util.Locale;
import java.util.Optional;

/** Chooses the stack. Loads nothing of D-Bus before the adapter is opened. */
public final class BluetoothStack {
  private BluetoothStack() {}

  /** This machine's. */
  public static Driver create(Scheduler scheduler) {
    return create(scheduler, System.getProperty("os.name", ""), Optional.empty());
  }

  /**
   * This machine's, with an adapter of choice.
   *
   * @param adapter the system's name of it, such as {@code hci1}; empty: the first
   */
  public static Driver create(Scheduler scheduler, Optional<String> adapter) {
    return create(scheduler, System.getProperty("os.name", ""), adapter);
  }

  static Driver create(Scheduler scheduler, String system, Optional<String> adapter) {
    if (!system.toLowerCase(Locale.ROOT).contains("linux")) {
      return new UnsupportedDriver(AdapterStatus.Reason.UNSUPPORTED_PLATFORM);
    }
    BluezDriver bluez = BluezDriver.create(scheduler);
    return adapter.map(bluez::withAdapter).orElse(bluez);
  }
}
