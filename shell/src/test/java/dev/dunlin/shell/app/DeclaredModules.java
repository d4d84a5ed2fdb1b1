package dev.dunlin.shell.app;

import dev.dunlin.bridge.child.BackEndModule;
import dev.dunlin.bridge.child.ChildProcessModule;
import dev.dunlin.bridge.extension.ExtensionModule;
import dev.dunlin.bridge.fs.CheckedFile;
import dev.dunlin.bridge.process.SignalModule;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bt.commands.BluetoothModule;
import dev.dunlin.scheduler.RandomSource;
import dev.dunlin.scheduler.Scheduler;
import dev.dunlin.scheduler.VirtualScheduler;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.desktop.Desktop;
import dev.dunlin.shell.desktop.Pages;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.Scale;
import dev.dunlin.shell.engine.WindowNumber;
import dev.dunlin.shell.spelling.Dictionaries;
import dev.dunlin.shell.spelling.Language;
import io.vertx.core.Future;
import java.awt.datatransfer.Clipboard;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Every module that an app's bridge has, for tests that read what they declare. */
final class DeclaredModules {
  private DeclaredModules() {}

  private static final class Nothing implements PageServices.Blocking {
    @Override
    public <T> Future<T> run(Callable<T> work) {
      return Future.failedFuture("nothing runs here");
    }
  }

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
      modules.addAll(
          new MenuModule(index -> Optional.empty(), () -> {}, (index, event, detail) -> {})
              .modules());
      modules.add(new MessageBoxes(index -> Optional.empty(), "app", false));
      modules.add(new DesktopModule(url -> {}, () -> Scale.NONE));
      modules.add(new ClipboardModule(true, () -> new Clipboard("none")));
      modules.addAll(windows());
      PageServices.Blocking blocking = new Nothing();
      CheckedFile files = new CheckedFile(RandomSource.secure());
      modules.add(
          new PageServices(
              index -> Optional.empty(),
              files,
              blocking,
              new Printers(blocking),
              Optional.empty()));
      modules.add(
          new PermissionModule(
              "",
              "https://x.localhost",
              index -> Optional.empty(),
              true,
              Set.of(),
              home,
              blocking));
      modules.add(
          new SessionModule(
              "https://x.localhost",
              index -> Optional.empty(),
              new SpellChecker(
                  true,
                  List.of(new Language("en-US")),
                  new Dictionaries(List.of(), home),
                  home,
                  (name, json) -> Future.failedFuture("no engine is here"),
                  blocking,
                  words -> {})));
      modules.add(new Downloads(home, home, files, blocking, RandomSource.secure(), null));
      modules.addAll(
          new Desktop(
                  new Desktop.Settings(
                      "dev.example",
                      "T",
                      Optional.empty(),
                      Optional.empty(),
                      "",
                      true,
                      true,
                      path -> Optional.empty(),
                      Map.of()),
                  new Pages() {
                    @Override
                    public void emit(int window, String event, Object detail) {
                      throw new AssertionError("nobody speaks here");
                    }

                    @Override
                    public boolean isOpen(int window) {
                      return false;
                    }

                    @Override
                    public void toFront(int window) {
                      throw new AssertionError("no window is here");
                    }
                  })
              .modules());
      modules.add(
          new PickerModule(
              index -> Optional.empty(), Optional.empty(), true, name -> home, blocking));
      Scheduler scheduler = new VirtualScheduler();
      modules.add(new ChildProcessModule(scheduler, Map.of()));
      modules.add(new BackEndModule(Optional.empty()));
      modules.add(new SignalModule(scheduler));
      modules.add(new ExtensionModule(home, module -> {}, name -> {}));
      return modules;
    }
  }

  /** Those of windows, of which none opens. */
  static List<CommandModule> windows() {
    Windows windows =
        new Windows(
            (number, settings) -> {
              throw new EngineException("nothing opens here");
            },
            new Windows.Events() {
              @Override
              public void opening(WindowNumber window, List<String> policies) {}

              @Override
              public void opened(BrowserWindow window) {}

              @Override
              public void seen(BrowserWindow window, boolean now) {}

              @Override
              public void gone(WindowNumber window) {}

              @Override
              public void closed(BrowserWindow window, Optional<String> name, boolean last) {}
            });
    AppConfig config =
        AppConfig.of(
            Path.of("").toAbsolutePath(),
            "[build]\nname = a\n[meta]\nbundle_identifier = a.b\n"
                .getBytes(StandardCharsets.UTF_8));
    WindowLook look =
        new WindowLook(
            config,
            false,
            () -> false,
            () -> Scale.NONE,
            new WindowMemory(Path.of("none.json"), new Console(System.out, System.err)));
    WindowIcons icons = new WindowIcons(windows::find, path -> Optional.empty());
    return List.of(
        new WindowModule(
            windows::find,
            Stream.of(
                    List.of(
                        new WindowCreation(
                                "https://a.b.localhost", windows, look, policy -> policy, icons)
                            .command(),
                        icons.command()),
                    new ClosingQuestions(window -> {}).commands(),
                    new GivenFiles(windows::find, new Nothing(), Path.of("/home")).commands(),
                    new FilesOut(
                            windows::find,
                            new WindowIcons(windows::find, path -> Optional.empty()),
                            Path.of("/home"))
                        .commands())
                .flatMap(List::stream)
                .toList()),
        new OtherWindows(windows, (id, event, detail) -> Future.succeededFuture()));
  }
}
