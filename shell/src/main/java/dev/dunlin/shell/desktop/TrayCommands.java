package dev.dunlin.shell.desktop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.menu.MenuLayout;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** {@code ipc://application/setTray…}: the app's icon in the tray, and its menu. */
final class TrayCommands {
  private final Supplier<Tray> tray;
  private final Function<String, Optional<Path>> files;

  TrayCommands(Supplier<Tray> tray, Function<String, Optional<Path>> files) {
    this.tray = tray;
    this.files = files;
  }

  List<Command> all() {
    return List.of(
        command("setTrayMenu", this::setMenu),
        command("setTrayMenuItem", this::setItem),
        command("setTrayTooltip", this::setTooltip),
        command("setTrayIcon", this::setIcon));
  }

  private static Command command(String function, Function<Call, Future<Void>> work) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.POLICY,
        Command.RunsOn.WORKER,
        call ->
            work.apply(call)
                .<Reply>map(done -> Reply.NOTHING)
                .recover(fault -> Future.failedFuture(BusError.toPage(fault, Tray.NO_TRAY))));
  }

  private Future<Void> setMenu(Call call) {
    JsonNode value = call.param("value").orElse(NullNode.getInstance());
    MenuLayout layout = value.isNull() ? new MenuLayout(List.of()) : MenuLayout.of(value);
    return layout.entries().isEmpty() ? tray.get().hide() : tray.get().show(layout);
  }

  private Future<Void> setItem(Call call) {
    String title = text(call, "title");
    Optional<String> parent = call.param("parent").map(JsonNode::asText);
    Optional<JsonNode> enabled = call.param("enabled");
    Optional<JsonNode> checked = call.param("checked");
    if (title.isEmpty() || enabled.isEmpty() && checked.isEmpty()) {
      throw invalid("it needs the item's title, and enabled or checked");
    }
    UnaryOperator<MenuLayout.Item> change =
        item -> {
          MenuLayout.Item once = enabled.map(now -> item.withEnabled(now.asBoolean())).orElse(item);
          return checked.map(now -> once.withChecked(now.asBoolean())).orElse(once);
        };
    return tray.get()
        .show(
            tray.get()
                .layout()
                .with(parent, title, change)
                .orElseThrow(
                    () ->
                        new BridgeError(
                            "NotFoundError",
                            "ERR_NO_MENU_ITEM",
                            "the tray's menu has no item '"
                                + NotificationModule.cut(title, 100)
                                + "'")));
  }

  private Future<Void> setTooltip(Call call) {
    tray.get()
        .setTooltip(
            NotificationModule.cut(
                NotificationModule.clean(text(call, "value")), NotificationModule.TITLE_LENGTH));
    return Future.succeededFuture();
  }

  private Future<Void> setIcon(Call call) {
    tray.get()
        .setIcon(
            files
                .apply(text(call, "value"))
                .orElseThrow(
                    () ->
                        new BridgeError(
                            "NotFoundError",
                            "ENOENT",
                            "the tray's icon is a picture among the app's files, named from its"
                                + " root: /icons/tray.png")));
    return Future.succeededFuture();
  }

  /** What a page is told of an item that was chosen. */
  static Map<String, Object> told(String parent, MenuLayout.Item item) {
    return Map.of(
        "title",
        item.label().text(),
        "parent",
        parent,
        "type",
        "tray",
        "state",
        item.check() == MenuLayout.Check.ON ? "1" : "0");
  }

  private static String text(Call call, String param) {
    return call.param(param).map(JsonNode::asText).orElse("");
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }
}
