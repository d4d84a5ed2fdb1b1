package dev.dunlin.shell.app;

import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.Permission;
import dev.dunlin.shell.desktop.Desktop;
import dev.dunlin.shell.desktop.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/** An app on the person's desktop. */
final class AppDesktop {
  private AppDesktop() {}

  /** Tells a window's page an event. */
  interface Emit {
    void emit(int window, String event, Object detail);
  }

  static Desktop of(
      AppConfig config, Path resources, Emit emit, IntPredicate isOpen, IntConsumer toFront) {
    return new Desktop(
        new Desktop.Settings(
            config.meta().bundleIdentifier(),
            config.meta().title(),
            config.window().icon(),
            Optional.of(config.values().getOrDefault("tray_icon", ""))
                .filter(value -> !value.isEmpty())
                .map(config.directory()::resolve),
            config.values().getOrDefault("tray_tooltip", config.meta().title()),
            config.permissions().allows(Permission.NOTIFICATIONS),
            config.permissions().allows(Permission.HOTKEYS),
            path -> file(resources, config.webview().root(), path),
            System.getenv()),
        new Pages() {
          @Override
          public void emit(int window, String event, Object detail) {
            emit.emit(window, event, detail);
          }

          @Override
          public boolean isOpen(int window) {
            return isOpen.test(window);
          }

          @Override
          public void toFront(int window) {
            toFront.accept(window);
          }
        });
  }

  /**
   * A file of the app's resources, for others to read.
   *
   * @param path of its URL, decoded
   * @return empty if it is not there, or not in the app's resources
   */
  static Optional<Path> file(Path resources, String root, String path) {
    if (path.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path folder = resources.toRealPath();
      Path file = Path.of(folder + "/" + root + "/" + path).toRealPath();
      return Optional.of(file).filter(real -> real.startsWith(folder) && Files.isRegularFile(real));
    } catch (IOException | InvalidPathException e) {
      // A picture that is not there spoils no notification.
      return Optional.empty();
    }
  }
}
