package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.BrowserWindow.Change;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import dev.dunlin.shell.engine.WindowState;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ipc://window/…}: the page's own window. */
final class WindowModule implements CommandModule {
  /** Longest title, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int TITLE_LENGTH = 1024;

  /**
   * Largest width and height that may be asked for, in CSS pixels. Over: {@code ERR_INVALID_CALL}.
   */
  static final int SIDE_PX = 32_767;

  private static final Pattern LENGTH = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(px|%)?");

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final Supplier<Screen> screen;

  /** The size of the screen, for sizes in per cent. */
  record Screen(int width, int height) {}

  WindowModule(IntFunction<Optional<BrowserWindow>> windows, Supplier<Screen> screen) {
    this.windows = windows;
    this.screen = screen;
  }

  @Override
  public String name() {
    return "window";
  }

  @Override
  public List<Command> commands() {
    // The top document may always arrange its own window (the bridge's list AlwaysAllowed says so);
    // other windows come with a later issue, and with a policy.
    return List.of(
        command("info", (window, call) -> window.state()),
        command("setTitle", (window, call) -> window.setTitle(title(call))),
        command("setSize", this::setSize),
        command(
            "setPosition",
            (window, call) -> window.setPosition(coordinate(call, "x"), coordinate(call, "y"))),
        command("show", (window, call) -> window.setVisible(true)),
        command("hide", (window, call) -> window.setVisible(false)),
        command("maximize", (window, call) -> change(window, Trait.MAXIMIZABLE, Change.MAXIMIZE)),
        command("minimize", (window, call) -> change(window, Trait.MINIMIZABLE, Change.MINIMIZE)),
        command("restore", (window, call) -> changed(window, Change.RESTORE)),
        command("showInspector", this::showInspector),
        command("close", WindowModule::close));
  }

  private Command command(
      String function, BiFunction<BrowserWindow, Call, Future<WindowState>> action) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.ALWAYS,
        Command.RunsOn.EVENT_LOOP,
        call ->
            windows
                .apply(call.caller().window())
                .map(
                    window ->
                        action
                            .apply(window, call)
                            .map(state -> (Reply) new Reply.Data(toMap(state))))
                .orElseGet(
                    () ->
                        Future.failedFuture(
                            new BridgeError(
                                "NotFoundError",
                                "ERR_NO_WINDOW",
                                "this page has no window of its own"))));
  }

  private Future<WindowState> setSize(BrowserWindow window, Call call) {
    return window
        .state()
        .compose(
            now ->
                window.setSize(
                    side(call, "width", screen.get().width(), now.width()),
                    side(call, "height", screen.get().height(), now.height())));
  }

  private static Future<WindowState> change(BrowserWindow window, Trait needed, Change change) {
    if (!window.is(needed)) {
      return Future.failedFuture(
          new BridgeError(
              "NotAllowedError",
              "ERR_WINDOW_FIXED",
              "socket.ini has [window] "
                  + needed.name().toLowerCase(Locale.ROOT)
                  + " = false"
                  + (needed == Trait.MAXIMIZABLE ? ", or a largest size" : "")));
    }
    return changed(window, change);
  }

  private static Future<WindowState> changed(BrowserWindow window, Change change) {
    return window
        .change(change)
        .recover(
            fault ->
                Future.failedFuture(
                    fault instanceof EngineException
                        ? new BridgeError(
                            "OperationError", "ERR_WINDOW_MANAGER", fault.getMessage())
                        : fault));
  }

  private Future<WindowState> showInspector(BrowserWindow window, Call call) {
    if (!window.showInspector()) {
      return Future.failedFuture(
          new BridgeError(
              "NotAllowedError",
              "ERR_NO_INSPECTOR",
              "a production run has no developer tools: leave out --prod"));
    }
    return window.state();
  }

  private static Future<WindowState> close(BrowserWindow window, Call call) {
    Future<WindowState> last = window.state();
    return last.onSuccess(state -> window.close());
  }

  private static String title(Call call) {
    String title =
        call.param("title")
            .map(JsonNode::asText)
            .orElseThrow(() -> invalid("setTitle needs the parameter title"));
    if (title.length() > TITLE_LENGTH) {
      throw invalid(
          "a title has at most " + TITLE_LENGTH + " characters, this has " + title.length());
    }
    return title;
  }

  private static int coordinate(Call call, String name) {
    JsonNode value =
        call.param(name).orElseThrow(() -> invalid("setPosition needs the numbers x and y"));
    int number = value.isTextual() ? integer(value.asText(), name) : value.asInt(Integer.MIN_VALUE);
    if (Math.abs((long) number) > SIDE_PX) {
      throw invalid(
          name + " is a number from -" + SIDE_PX + " to " + SIDE_PX + ", this is " + value);
    }
    return number;
  }

  private static int integer(String text, String name) {
    try {
      return (int) Math.round(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw invalid(name + " is a number, this is '" + text + "'");
    }
  }

  /** A number of CSS pixels, or a text such as {@code 50%} or {@code 640px}. */
  private static int side(Call call, String name, int whole, int otherwise) {
    Optional<JsonNode> value = call.param(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    Matcher matcher = LENGTH.matcher(value.get().asText());
    if (!matcher.matches()) {
      throw invalid(name + " is a number, '640px' or '50%', this is " + value.get());
    }
    double number = Double.parseDouble(matcher.group(1));
    long px = Math.round("%".equals(matcher.group(2)) ? whole * number / 100 : number);
    if (px < 1 || px > SIDE_PX) {
      throw invalid(name + " is 1 to " + SIDE_PX + " pixels, this is " + px);
    }
    return (int) px;
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }

  private static Map<String, Object> toMap(WindowState state) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("index", state.index());
    map.put("title", state.title());
    map.put("url", state.url());
    map.put("width", state.width());
    map.put("height", state.height());
    map.put("x", state.x());
    map.put("y", state.y());
    map.put("visible", state.visible());
    map.put("maximized", state.maximized());
    map.put("minimized", state.minimized());
    map.put("resizable", state.resizable());
    return map;
  }
}
