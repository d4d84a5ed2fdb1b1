package dev.dunlin.shell.desktop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.ParentDeath;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.freedesktop.dbus.types.Variant;

/** {@code ipc://application/…}: what the app does to its place on the desktop. */
final class DesktopCommands {
  private static final String FILES = "org.freedesktop.FileManager1";
  private static final String LAUNCHER = "com.canonical.Unity.LauncherEntry";

  static final Absent NO_FILE_MANAGER =
      new Absent(
          "no-file-manager",
          "Nobody can show a file in its folder here",
          "Install a file manager, or xdg-utils");

  private static final Absent NOT_INSTALLED =
      new Absent(
          "not-installed",
          "No .desktop file of the app is in the folders of applications, by which desktops know it",
          "Install the app's package");

  private final Supplier<Bus> session;
  private final String id;
  private final Autostart autostart;

  // Guarded by this.
  private final Map<String, Variant<?>> launcher = new LinkedHashMap<>();

  DesktopCommands(Supplier<Bus> session, String id, Autostart autostart) {
    this.session = session;
    this.id = id;
    this.autostart = autostart;
  }

  List<Command> all() {
    return List.of(
        command(
            "reveal",
            new Command.Resource.File(
                Command.LastSegment.NO_FOLLOW, call -> Command.Access.READ, ""),
            call -> reveal(call.path().real())),
        command("setBadge", new Command.Resource.None(), this::badge),
        command(
            "autostart",
            new Command.Resource.None(),
            call -> Future.succeededFuture(autostart.isOn())),
        command("setAutostart", new Command.Resource.None(), this::setAutostart));
  }

  /** The lines of {@code application.capabilities()}; each may block. */
  Map<String, Supplier<Future<Map<String, Object>>>> capabilities() {
    Map<String, Supplier<Future<Map<String, Object>>>> lines = new LinkedHashMap<>();
    lines.put(
        "reveal",
        () ->
            ProcessStarter.find("xdg-open").isPresent()
                ? Future.succeededFuture(Absent.there())
                : session
                    .get()
                    .isThere(FILES)
                    .otherwise(false)
                    .map(is -> is ? Absent.there() : NO_FILE_MANAGER.capability()));
    lines.put(
        "badge",
        () ->
            session
                .get()
                .connect()
                .map(made -> ofInstalled())
                .otherwise(fault -> Absent.NO_BUS.capability()));
    lines.put("autostart", () -> Future.succeededFuture(ofInstalled()));
    return lines;
  }

  private Map<String, Object> ofInstalled() {
    return autostart.installed().isPresent() ? Absent.there() : NOT_INSTALLED.capability();
  }

  private static Command command(
      String function, Command.Resource resource, Function<Call, Future<?>> work) {
    return new Command(
        function,
        resource,
        Command.Permission.POLICY,
        Command.RunsOn.WORKER,
        call ->
            work.apply(call)
                .<Reply>map(Reply.Data::new)
                .recover(fault -> Future.failedFuture(BusError.toPage(fault, NO_FILE_MANAGER))));
  }

  /** By a file manager, which selects it; else its folder, by whatever opens folders. */
  private Future<?> reveal(Path file) {
    return session
        .get()
        .call(
            FILES,
            "/org/freedesktop/FileManager1",
            FILES,
            "ShowItems",
            "ass",
            new String[] {file.toUri().toString()},
            "")
        .<Object>mapEmpty()
        .recover(
            fault ->
                fault instanceof BusError error
                        && (error.kind() == BusError.Kind.NO_SERVICE
                            || error.kind() == BusError.Kind.NO_BUS)
                    ? open(file.getParent() == null ? file : file.getParent())
                    : Future.failedFuture(fault));
  }

  private static Future<Object> open(Path folder) {
    if (ProcessStarter.find("xdg-open").isEmpty()) {
      return Future.failedFuture(new BusError(BusError.Kind.NO_SERVICE, "no xdg-open"));
    }
    return ProcessStarter.get()
        .start(
            ProcessSpec.of("xdg-open", folder.toString())
                .withStdio(Stdio.NULL, Stdio.NULL, Stdio.NULL)
                .withParentDeath(ParentDeath.SURVIVE))
        .mapEmpty();
  }

  /**
   * As docks show it that read LauncherEntry (KDE, Ubuntu's, Plank); who does not hears nothing.
   * Parameters that are left out stay as they were.
   */
  private Future<?> badge(Call call) {
    Map<String, Variant<?>> now;
    synchronized (this) {
      call.param("count")
          .ifPresent(
              count -> {
                long number = number(count, "count").asLong();
                launcher.put("count", new Variant<>(number));
                launcher.put("count-visible", new Variant<>(number != 0));
              });
      call.param("progress")
          .ifPresent(
              progress -> {
                double part = number(progress, "progress").asDouble();
                launcher.put("progress", new Variant<>(Math.max(0, Math.min(1, part))));
                launcher.put("progress-visible", new Variant<>(part >= 0));
              });
      call.param("urgent").ifPresent(on -> launcher.put("urgent", new Variant<>(on.asBoolean())));
      now = new LinkedHashMap<>(launcher);
    }
    Bus bus = session.get();
    return bus.connect()
        .map(
            made -> {
              bus.tell(
                  "/com/canonical/unity/launcherentry/" + Math.abs((long) id.hashCode()),
                  LAUNCHER,
                  "Update",
                  "sa{sv}",
                  "application://" + id + ".desktop",
                  now);
              return null;
            });
  }

  private static JsonNode number(JsonNode value, String name) {
    if (!value.isNumber()) {
      throw new BridgeError("TypeError", "ERR_INVALID_CALL", name + " is a number");
    }
    return value;
  }

  private Future<?> setAutostart(Call call) {
    autostart.set(
        call.param("enabled")
            .filter(JsonNode::isBoolean)
            .orElseThrow(
                () ->
                    new BridgeError(
                        "TypeError", "ERR_INVALID_CALL", "it needs enabled: true or false"))
            .asBoolean());
    return Future.succeededFuture(autostart.isOn());
  }
}
