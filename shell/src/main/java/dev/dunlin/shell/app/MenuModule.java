package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.BrowserWindow.Change;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import dev.dunlin.shell.menu.MenuLayout;
import dev.dunlin.shell.menu.MenuLayout.Check;
import dev.dunlin.shell.menu.MenuLayout.Entry;
import dev.dunlin.shell.menu.MenuLayout.Item;
import dev.dunlin.shell.menu.MenuLayout.Menu;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * The menu bar of the asking page's window ({@code ipc://application/setSystemMenu…}) and the menu
 * that it opens at the pointer ({@code ipc://window/setContextMenu}).
 */
final class MenuModule {
  /** The event of a page whose person chose an item. */
  static final String SELECTED = "menuItemSelected";

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final Runnable quit;
  private final Events events;
  private final Map<BrowserWindow, WindowMenus> menus = new ConcurrentHashMap<>();

  /** Tells a window's page. */
  interface Events {
    void emit(int window, String event, Object detail);
  }

  MenuModule(IntFunction<Optional<BrowserWindow>> windows, Runnable quit, Events events) {
    this.windows = windows;
    this.quit = quit;
    this.events = events;
  }

  /** Both: one of {@code application}, one of {@code window}. */
  List<CommandModule> modules() {
    return List.of(
        new Named("application", applicationCommands()), new Named("window", windowCommands()));
  }

  private record Named(String name, List<Command> commands) implements CommandModule {}

  /**
   * Gives a window the menu for editing, which its page has where it opens none itself.
   *
   * @param developer whether there is something to inspect with
   */
  void attach(BrowserWindow window, boolean developer) {
    window.onMenuWanted(about -> of(window).popUp(about, developer));
  }

  List<Command> applicationCommands() {
    return List.of(
        command("setSystemMenu", (menu, call) -> menu.setBar(bar(call))),
        command(
            "setSystemMenuItemEnabled",
            (menu, call) -> {
              boolean now = flag(call, "enabled");
              menu.setBar(changed(menu.bar(), call, item -> item.withEnabled(now)));
            }),
        command(
            "setSystemMenuItemChecked",
            (menu, call) -> {
              boolean now = flag(call, "checked");
              menu.setBar(changed(menu.bar(), call, item -> item.withChecked(now)));
            }));
  }

  List<Command> windowCommands() {
    return List.of(
        command("setContextMenu", (menu, call) -> menu.popUp(checked(MenuLayout.of(value(call))))));
  }

  private Command command(String function, BiConsumer<WindowMenus, Call> action) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.POLICY,
        Command.RunsOn.EVENT_LOOP,
        call -> {
          BrowserWindow window = window(call);
          return window.onFrame(
              frame -> {
                action.accept(of(window), call);
                return Reply.NOTHING;
              });
        });
  }

  private BrowserWindow window(Call call) {
    BrowserWindow window =
        windows
            .apply(call.caller().window())
            .orElseThrow(
                () ->
                    new BridgeError(
                        "NotFoundError", "ERR_NO_WINDOW", "this page has no window of its own"));
    call.param("index")
        .filter(other -> other.asInt(-1) != window.index())
        .ifPresent(
            other -> {
              throw invalid("a page sets the menus of its own window, " + window.index());
            });
    return window;
  }

  /** Thread: event dispatch. */
  private WindowMenus of(BrowserWindow window) {
    return menus.computeIfAbsent(
        window,
        opened -> {
          WindowMenus made =
              new WindowMenus(opened, (type, parent, item) -> chosen(opened, type, parent, item));
          opened
              .closed()
              .onComplete(
                  gone -> {
                    menus.remove(opened);
                    made.close();
                  });
          return made;
        });
  }

  private static JsonNode value(Call call) {
    return call.param("value").orElseThrow(() -> invalid("it needs the parameter value: a menu"));
  }

  private static MenuLayout bar(Call call) {
    MenuLayout layout = checked(MenuLayout.of(value(call)));
    if (!layout.entries().stream().allMatch(Menu.class::isInstance)) {
      throw syntax("every item of a menu bar stands in a menu: File: … ;");
    }
    return layout;
  }

  private static MenuLayout checked(MenuLayout layout) {
    layout
        .items()
        .map(found -> found.getValue().role())
        .filter(role -> !role.isEmpty() && MenuRole.named(role).isEmpty())
        .findFirst()
        .ifPresent(
            role -> {
              throw syntax(
                  "'"
                      + role.substring(0, Math.min(role.length(), MenuLayout.MAX_LABEL))
                      + "' is no role of an item. There are: "
                      + MenuRole.names());
            });
    return layout;
  }

  /** By the places of menu and item, as in the reference, or by title and parent. */
  private static MenuLayout changed(MenuLayout layout, Call call, UnaryOperator<Item> change) {
    Optional<String> title = call.param("title").map(JsonNode::asText);
    if (title.isPresent()) {
      return layout
          .with(call.param("parent").map(JsonNode::asText), title.get(), change)
          .orElseThrow(() -> notFound("the menu bar has no item '" + title.get() + "'"));
    }
    int main = call.param("indexMain").map(index -> index.asInt(-1)).orElse(-1);
    int sub = call.param("indexSub").map(index -> index.asInt(-1)).orElse(-1);
    if (at(layout.entries(), main).orElse(null) instanceof Menu menu
        && at(menu.entries(), sub).orElse(null) instanceof Item item) {
      List<Entry> inside = new ArrayList<>(menu.entries());
      inside.set(sub, change.apply(item));
      List<Entry> all = new ArrayList<>(layout.entries());
      all.set(main, new Menu(menu.label(), menu.enabled(), inside));
      return new MenuLayout(all);
    }
    throw notFound(
        "the menu bar has no item at indexMain "
            + main
            + ", indexSub "
            + sub
            + " (both count from 0, separators too)");
  }

  private static Optional<Entry> at(List<Entry> entries, int index) {
    return index >= 0 && index < entries.size()
        ? Optional.of(entries.get(index))
        : Optional.empty();
  }

  private static boolean flag(Call call, String name) {
    return call.param(name)
        .filter(JsonNode::isBoolean)
        .map(JsonNode::asBoolean)
        .orElseThrow(() -> invalid("it needs " + name + ": true or false"));
  }

  private void chosen(BrowserWindow window, WindowMenus.Type type, String parent, Item item) {
    WindowMenus.roleOf(item).ifPresent(role -> perform(window, role));
    if (type == WindowMenus.Type.OWN) {
      return;
    }
    events.emit(
        window.id(),
        SELECTED,
        Map.of(
            "title",
            item.label().text(),
            "parent",
            parent,
            "type",
            type.name().toLowerCase(Locale.ROOT),
            "state",
            item.check() == Check.ON ? "1" : "0"));
  }

  private void perform(BrowserWindow window, MenuRole role) {
    role.edit().ifPresent(window::edit);
    switch (role) {
      case TOGGLE_DEV_TOOLS -> window.showInspector();
      case MINIMIZE -> changeIf(window, Trait.MINIMIZABLE, Change.MINIMIZE);
      case ZOOM -> changeIf(window, Trait.MAXIMIZABLE, Change.MAXIMIZE);
      case CLOSE -> {
        if (window.is(Trait.CLOSABLE)) {
          window.requestClose();
        }
      }
      case QUIT -> quit.run();
      default -> {
        // Done to the page already.
      }
    }
  }

  private static void changeIf(BrowserWindow window, Trait needed, Change change) {
    if (window.is(needed)) {
      window.change(change);
    }
  }

  private static BridgeError syntax(String message) {
    return new BridgeError("SyntaxError", MenuLayout.SYNTAX, message);
  }

  private static BridgeError notFound(String message) {
    return new BridgeError("NotFoundError", "ERR_NO_MENU_ITEM", message);
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }
}
