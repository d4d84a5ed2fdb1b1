package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.Driver;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.bt.commands.BluetoothModule;
import dev.dunlin.bt.commands.BluetoothPerson;
import dev.dunlin.bt.sim.SimFile;
import dev.dunlin.bt.stack.BluetoothStack;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.shell.cli.RunOptions;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.Permission;
import dev.dunlin.shell.engine.BrowserWindow;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Bluetooth of an app: this machine's, or in a developer's run those devices that a file tells. */
final class Bluetooth {
  /** The key {@code [bluetooth] simulation}, of a developer's run only. */
  static final String SIMULATION = "bluetooth_simulation";

  /** The name of the device that is chosen in a simulation; without it, the person is asked. */
  static final String CHOICE = "bluetooth_simulation_choose";

  /** A D-Bus that is not this machine's, of a developer's run only, and an adapter there. */
  static final String BUS = "bluetooth_bus";

  static final String ADAPTER = "bluetooth_adapter";

  private Bluetooth() {}

  /**
   * @param data the app's own folder
   * @param scheduler made when a page first wants Bluetooth
   */
  static BluetoothModule of(
      AppConfig config,
      RunOptions options,
      Path data,
      RandomSource random,
      Supplier<Scheduler> scheduler,
      BluetoothModule.Blocking blocking,
      IntFunction<Optional<BrowserWindow>> windows) {
    Optional<Path> simulation =
        developers(config, options, SIMULATION).map(config.directory()::resolve);
    Optional<String> bus = developers(config, options, BUS);
    Optional<String> choice =
        developers(config, options, CHOICE)
            .filter(name -> simulation.isPresent() || bus.isPresent());
    BluetoothPerson person =
        choice
            .<BluetoothPerson>map(SimulatedPerson::new)
            .orElseGet(
                () ->
                    new BluetoothDialogs(
                        config.meta().title(),
                        windows,
                        options.headless(),
                        () -> Future.fromCompletionStage(SystemTheme.isDark(true))));
    Function<Scheduler, Future<Adapter>> open =
        !config.permissions().allows(Permission.BLUETOOTH)
            ? on -> denied()
            : simulation
                .<Function<Scheduler, Future<Adapter>>>map(
                    file ->
                        on ->
                            blocking
                                .run(() -> SimFile.read(file, on))
                                .compose(read -> Adapter.open(read.driver(), on)))
                .orElse(on -> Adapter.open(driver(config, options, bus, on), on));
    return new BluetoothModule(data, random, scheduler, blocking, open, person);
  }

  private static Driver driver(
      AppConfig config, RunOptions options, Optional<String> bus, Scheduler on) {
    Optional<String> adapter = developers(config, options, ADAPTER);
    if (bus.isEmpty()) {
      return BluetoothStack.create(on, adapter);
    }
    BluezDriver other = BluezDriver.create(on).onBus(bus.get());
    return adapter.map(other::withAdapter).orElse(other);
  }

  private static Future<Adapter> denied() {
    return Future.failedFuture(
        new BridgeError(
            "SecurityError",
            "ERR_BLUETOOTH_DENIED",
            "Bluetooth is not allowed: socket.ini has [permissions] allow_bluetooth = false"));
  }

  /** A key that only a developer's run knows; users have a machine. */
  static Optional<String> developers(AppConfig config, RunOptions options, String key) {
    return Optional.of(config.values().getOrDefault(key, ""))
        .filter(value -> !value.isEmpty())
        .filter(value -> !options.production() && options.installed().isEmpty());
  }
}
