package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.BrowserWindow.Change;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.WindowSettings;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import dev.dunlin.shell.engine.WindowState;
import io.vertx.core.Future;
import java.awt.Dimension;
import java.awt.Point;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** {@code ipc://window/…}: the page's own window. */
final class WindowModule implements CommandModule {
  private final IntFunction<Optional<BrowserWindow>> windows;
  private final List<Command> others;

  /**
   * @param windows by the id of {@code caller().window()}
   * @param others commands of other parts under {@code ipc://window/}
   */
  WindowModule(IntFunction<Optional<BrowserWindow>> windows, List<Command> others) {
    this.windows = windows;
    this.others = List.copyOf(others);
  }

  /** What can be done to a window. */
  interface Action {
    Future<WindowState> on(BrowserWindow window, Call call);
  }

  /** What a page does to its own window only where its policy says so: it may hide all others. */
  private static final Set<String> POLICED = Set.of("setFullScreen", "setAlwaysOnTop");

  /** By function: own here, others' by {@link OtherWindows}. */
  static final Map<String, Action> ACTIONS = actions();

  private static Map<String, Action> actions() {
    Map<String, Action> actions = new LinkedHashMap<>();
    actions.put("info", (window, call) -> window.state());
    actions.put(
        "setTitle",
        (window, call) ->
            window.setTitle(
                WindowParams.title(call)
                    .orElseThrow(
                        () -> WindowParams.invalid("setTitle needs the parameter title"))));
    actions.put("setSize", WindowModule::setSize);
    actions.put(
        "setPosition",
        (window, call) -> window.setPosition(coordinate(call, "x"), coordinate(call, "y")));
    actions.put("show", (window, call) -> window.setVisible(true));
    actions.put("hide", (window, call) -> window.setVisible(false));
    actions.put("maximize", (window, call) -> change(window, Trait.MAXIMIZABLE, Change.MAXIMIZE));
    actions.put("minimize", (window, call) -> change(window, Trait.MINIMIZABLE, Change.MINIMIZE));
    actions.put("restore", (window, call) -> changed(window, Change.RESTORE));
    actions.put("showInspector", WindowModule::showInspector);
    actions.put("close", WindowModule::close);
    actions.put("focus", (window, call) -> window.bringToFront());
    actions.put("setResizable", (window, call) -> window.setResizable(wanted(call, "resizable")));
    actions.put("setBounds", WindowModule::setBounds);
    actions.put(
        "setBackgroundColor",
        (window, call) ->
            window.setBackground(
                WindowParams.colour(call, "color")
                    .orElseThrow(() -> WindowParams.invalid("setBackgroundColor needs a color"))));
    actions.put("startDrag", WindowModule::startDrag);
    actions.put("endDrag", (window, call) -> window.endDrag());
    actions.put(
        "setFullScreen", (window, call) -> done(window.setFullScreen(wanted(call, "fullScreen"))));
    actions.put(
        "setAlwaysOnTop", (window, call) -> window.setAlwaysOnTop(wanted(call, "alwaysOnTop")));
    return actions;
  }

  private static boolean wanted(Call call, String name) {
    return WindowParams.flag(call, name)
        .orElseThrow(() -> WindowParams.invalid("it needs " + name + ", true or false"));
  }

  private static Future<WindowState> setBounds(BrowserWindow window, Call call) {
    WindowLook.Screen screen = WindowLook.Screen.now(window.scale());
    WindowSettings now = window.settings();
    Dimension least =
        new Dimension(
            WindowParams.side(call, "minWidth", screen.width()).orElse(now.least().width),
            WindowParams.side(call, "minHeight", screen.height()).orElse(now.least().height));
    Dimension most =
        new Dimension(
            WindowParams.side(call, "maxWidth", screen.width()).orElse(now.most().width),
            WindowParams.side(call, "maxHeight", screen.height()).orElse(now.most().height));
    WindowLook.requireOrder(least, most);
    return window.setBounds(least, most);
  }

  private static Future<WindowState> startDrag(BrowserWindow window, Call call) {
    Optional<Integer> x = WindowParams.coordinate(call, "x");
    Optional<Integer> y = WindowParams.coordinate(call, "y");
    return window.startDrag(x.flatMap(across -> y.map(down -> new Point(across, down))));
  }

  private static int coordinate(Call call, String name) {
    return WindowParams.coordinate(call, name)
        .orElseThrow(() -> WindowParams.invalid("setPosition needs the numbers x and y"));
  }

  @Override
  public String name() {
    return "window";
  }

  @Override
  public List<Command> commands() {
    // The top document may always arrange its own window: the bridge's list AlwaysAllowed says so.
    List<Command> own = ACTIONS.entrySet().stream().map(this::own).toList();
    return Stream.concat(own.stream(), others.stream()).toList();
  }

  private Command own(Map.Entry<String, Action> action) {
    return new Command(
        action.getKey(),
        new Command.Resource.None(),
        POLICED.contains(action.getKey()) ? Command.Permission.POLICY : Command.Permission.ALWAYS,
        Command.RunsOn.EVENT_LOOP,
        call ->
            windows
                .apply(call.caller().window())
                .map(window -> told(action.getValue().on(window, call)))
                .orElseGet(
                    () -> Future.failedFuture(noWindow("this page has no window of its own"))));
  }

  static Future<Reply> told(Future<WindowState> state) {
    return state.map(now -> new Reply.Data(toMap(now)));
  }

  static BridgeError noWindow(String message) {
    return new BridgeError("NotFoundError", "ERR_NO_WINDOW", message);
  }

  private static Future<WindowState> setSize(BrowserWindow window, Call call) {
    WindowLook.Screen screen = WindowLook.Screen.now(window.scale());
    Optional<Integer> width = WindowParams.side(call, "width", screen.width());
    Optional<Integer> height = WindowParams.side(call, "height", screen.height());
    return window
        .state()
        .compose(now -> window.setSize(width.orElse(now.width()), height.orElse(now.height())));
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
    return done(window.change(change));
  }

  private static Future<WindowState> done(Future<WindowState> change) {
    return change.recover(
        fault ->
            Future.failedFuture(
                fault instanceof EngineException
                    ? new BridgeError("OperationError", "ERR_WINDOW_MANAGER", fault.getMessage())
                    : fault));
  }

  private static Future<WindowState> showInspector(BrowserWindow window, Call call) {
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
    return last.onSuccess(state -> window.requestClose());
  }

  static Map<String, Object> toMap(WindowState state) {
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
    map.put("fullScreen", state.fullScreen());
    map.put("alwaysOnTop", state.alwaysOnTop());
    map.put("focused", state.focused());
    map.put("scale", state.scale());
    map.put("backgroundColor", String.format("#%06x", state.background().getRGB() & 0xff_ff_ff));
    return map;
  }
}
