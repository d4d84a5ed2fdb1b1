package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bt.Adapter;
import dev.dunlin.bt.bluez.BluezDriver;
import dev.dunlin.bt.commands.BluetoothModule;
import dev.dunlin.bt.commands.BluetoothPerson;
import dev.dunlin.bt.sim.SimFile;
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

  /** Environment variable with the adapter of a machine that has several, such as {@code hci1}. */
  static final String ADAPTER = "DUNLIN_BLUETOOTH_ADAPTER";

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
    Optional<Path> simulation = simulation(config, options);
    String choice = simulation.map(file -> config.values().getOrDefault(CHOICE, "")).orElse("");
    BluetoothPerson person =
        choice.isEmpty()
            ? new BluetoothDialogs(
                config.meta().title(),
                windows,
                options.headless(),
                () -> Future.fromCompletionStage(SystemTheme.isDark(true)))
            : new SimulatedPerson(choice);
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
                .orElse(Bluetooth::open);
    return new BluetoothModule(data, random, scheduler, blocking, open, person);
  }

  private static Future<Adapter> open(Scheduler on) {
    BluezDriver first = BluezDriver.create(on);
    BluezDriver wanted =
        Optional.ofNullable(System.getenv(ADAPTER))
            .filter(name -> !name.isEmpty())
            .map(first::withAdapter)
            .orElse(first);
    return Adapter.open(wanted, on);
  }

  private static Future<Adapter> denied() {
    return Future.failedFuture(
        new BridgeError(
            "SecurityError",
            "ERR_BLUETOOTH_DENIED",
            "Bluetooth is not allowed: socket.ini has [permissions] allow_bluetooth = false"));
  }

  /** The file of devices; none for users, who have a machine. */
  static Optional<Path> simulation(AppConfig config, RunOptions options) {
    return Optional.of(config.values().getOrDefault(SIMULATION, ""))
        .filter(name -> !name.isEmpty())
        .filter(name -> !options.production() && options.installed().isEmpty())
        .map(config.directory()::resolve);
  }
}
