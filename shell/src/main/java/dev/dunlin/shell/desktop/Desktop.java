package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** All that an app has of the person's desktop. Nothing of D-Bus is loaded until it is wanted. */
public final class Desktop {
  private final Settings settings;
  private final Pages pages;
  private final Once<Bus> session;
  private final Once<Notifications> notifications;
  private final Once<Tray> tray;
  private final Once<Power> power;
  private final HotkeyModule hotkeys;
  private final DesktopCommands place;
  private final Once<FilePortal> files;

  /**
   * What the app is on the desktop.
   *
   * @param id its bundle identifier
   * @param icon a picture of it
   * @param trayIcon the picture in the tray, if it is another one
   * @param notifications whether [permissions] allows them
   * @param hotkeys whether [permissions] allows them
   * @param files its files by the path of their URL
   */
  public record Settings(
      String id,
      String title,
      Optional<Path> icon,
      Optional<Path> trayIcon,
      String trayTooltip,
      boolean notifications,
      boolean hotkeys,
      Function<String, Optional<Path>> files,
      Map<String, String> environment) {}

  public Desktop(Settings settings, Pages pages) {
    this.settings = settings;
    this.pages = pages;
    this.session = new Once<>(() -> new Bus(BusAddress.ofSession(settings.environment())));
    this.notifications = new Once<>(this::makeNotifications);
    this.tray = new Once<>(this::makeTray);
    this.power =
        new Once<>(
            () ->
                new Power(
                    new Bus(BusAddress.ofSystem(settings.environment())),
                    session.get(),
                    settings.title(),
                    pages));
    this.files = new Once<>(() -> new FilePortal(session, settings.environment()));
    this.place =
        new DesktopCommands(
            session, settings.id(), new Autostart(settings.id(), settings.environment()));
    this.hotkeys =
        new HotkeyModule(
            settings.hotkeys(), settings.title(), session, settings.environment(), pages);
  }

  /** Made when it is first asked for, once. */
  private static final class Once<T> implements Supplier<T> {
    private final Supplier<T> make;
    private T made;

    Once(Supplier<T> make) {
      this.make = make;
    }

    @Override
    public synchronized T get() {
      if (made == null) {
        made = make.get();
      }
      return made;
    }
  }

  private Notifications makeNotifications() {
    return new Notifications(
        session.get(),
        settings.title(),
        settings.id(),
        settings.icon(),
        new Notifications.Listener() {
          @Override
          public void responded(Notifications.Wanted one, String action) {
            if (!action.equals("dismiss")) {
              pages.toFront(one.window());
            }
            Map<String, Object> told = NotificationModule.told(one);
            told.put("action", action);
            pages.emit(one.window(), "notificationresponse", told);
          }

          @Override
          public void closed(Notifications.Wanted one) {
            pages.emit(one.window(), "notificationclosed", NotificationModule.told(one));
          }
        });
  }

  private Tray makeTray() {
    return new Tray(
        session.get(),
        settings.id(),
        settings.title(),
        settings.trayTooltip(),
        settings.trayIcon().or(settings::icon),
        (parent, item) ->
            pages.emit(Pages.FIRST, "menuItemSelected", TrayCommands.told(parent, item)),
        () -> pages.emit(Pages.FIRST, "tray", true));
  }

  public List<CommandModule> modules() {
    return List.of(
        new NotificationModule(settings.notifications(), notifications, settings.files()),
        new PowerModule(power),
        hotkeys,
        new Named("application", new TrayCommands(tray, settings.files()).all()),
        new Named("application", place.all()));
  }

  /** A part of a module that is declared elsewhere too. */
  private record Named(String name, List<Command> commands) implements CommandModule {}

  /** The lines of {@code application.capabilities()}. */
  public Map<String, Supplier<Future<Map<String, Object>>>> capabilities() {
    Map<String, Supplier<Future<Map<String, Object>>>> lines = new LinkedHashMap<>();
    lines.put("notifications", () -> notifications.get().capability());
    lines.put("tray", () -> tray.get().capability());
    lines.put("hotkeys", hotkeys::capability);
    lines.put("power", () -> power.get().capability());
    lines.put("keepAwake", () -> power.get().awakeCapability());
    lines.putAll(place.capabilities());
    // Ours, in the window: whatever the desktop has.
    lines.put("menu", () -> Future.succeededFuture(Absent.there()));
    lines.put("fileDialogs", () -> files.get().capability());
    lines.put("accessibility", () -> new AssistiveTechnology(session.get()).capability());
    return lines;
  }

  /** As {@link FilePortal#pick}. */
  public Future<List<Path>> pickFiles(FilePortal.Dialog dialog, Future<Void> withdrawn) {
    return files.get().pick(dialog, withdrawn);
  }

  /** Whether the person wants it dark, as the desktop's portal says; fails where there is none. */
  public Future<Boolean> isDark() {
    return new Theme(session.get()).isDark();
  }

  /** Whether the person has a session bus at all; loads nothing. */
  public boolean hasSession() {
    return BusAddress.ofSession(settings.environment()).isPresent();
  }

  /** Hears, from now on and on any thread, when the person's wish for dark or light changes. */
  public Future<Void> onTheme(Consumer<Boolean> dark) {
    return new Theme(session.get()).onChange(dark);
  }

  /**
   * Hears, from now on and on any thread, that an assistive technology is there: the address of the
   * bus of those, in libdbus' words; more than once.
   */
  public Future<Void> onAssistiveTechnology(Consumer<String> there) {
    return new AssistiveTechnology(session.get()).hear(there);
  }
}
