package dev.dunlin.shell.app;

import dev.dunlin.bridge.child.BackEndModule;
import dev.dunlin.bridge.child.ChildProcessModule;
import dev.dunlin.bridge.extension.ExtensionModule;
import dev.dunlin.bridge.process.SignalModule;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bt.commands.BluetoothModule;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.VirtualScheduler;
import io.vertx.core.Future;
import java.awt.datatransfer.Clipboard;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Every module that an app's bridge has, for tests that read what they declare. */
final class DeclaredModules {
  private DeclaredModules() {}

  static List<CommandModule> all() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Path home = Path.of("").toAbsolutePath().getParent();
    try (Console console = new Console(nowhere, nowhere)) {
      List<CommandModule> modules =
          new ArrayList<>(StandardModules.of(console, RandomSource.secure(), Path.of("data")));
      modules.add(
          new ApplicationModule(
              code -> {}, List::of, List::of, List::of, Map.of(), UpdateCommands.none()));
      modules.add(
          new BluetoothModule(
              Path.of("data"),
              RandomSource.secure(),
              VirtualScheduler::new,
              new BluetoothModule.Blocking() {
                @Override
                public <T> Future<T> run(Callable<T> work) {
                  return Future.failedFuture("nothing runs here");
                }
              },
              scheduler -> Future.failedFuture("nor is opened"),
              new SimulatedPerson("")));
      modules.add(new WindowModule(index -> Optional.empty(), () -> new WindowModule.Screen(1, 1)));
      modules.addAll(
          new MenuModule(index -> Optional.empty(), code -> {}, (index, event, detail) -> {})
              .modules());
      modules.add(new MessageBoxes(index -> Optional.empty(), "app", false));
      modules.add(new DesktopModule(url -> {}));
      modules.add(new ClipboardModule(true, () -> new Clipboard("none")));
      modules.add(
          new PickerModule(index -> Optional.empty(), Optional.empty(), true, name -> home));
      Scheduler scheduler = new VirtualScheduler();
      modules.add(new ChildProcessModule(scheduler, Map.of()));
      modules.add(new BackEndModule(Optional.empty()));
      modules.add(new SignalModule(scheduler));
      modules.add(new ExtensionModule(home, module -> {}, name -> {}));
      return modules;
    }
  }
}
