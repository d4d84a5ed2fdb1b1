package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code ipc://windows/…}: what a page may do to other windows of the app than its own, as its
 * policy allows: {@code ipc://windows/close/2} is for one, {@code ipc://windows/close/} for any.
 */
final class OtherWindows implements CommandModule {
  /** Longest name of an event. Over: {@code ERR_INVALID_CALL}. */
  static final int EVENT_LENGTH = 256;

  private static final Pattern INDEX = Pattern.compile("0|[1-9]\\d?");

  private final Windows windows;
  private final Sender sender;

  /** Sends an event to the documents of a window. */
  interface Sender {
    Future<Void> send(int id, String event, Object detail);
  }

  OtherWindows(Windows windows, Sender sender) {
    this.windows = windows;
    this.sender = sender;
  }

  @Override
  public String name() {
    return "windows";
  }

  @Override
  public List<Command> commands() {
    List<Command> commands = new ArrayList<>();
    commands.add(
        new Command(
            "list", new Resource.None(), Permission.POLICY, RunsOn.EVENT_LOOP, call -> list()));
    commands.add(onWindow("send", this::send));
    WindowModule.ACTIONS.forEach(
        (function, action) ->
            commands.add(
                onWindow(function, (window, call) -> WindowModule.told(action.on(window, call)))));
    return commands;
  }

  private interface Deed {
    Future<Reply> on(BrowserWindow window, Call call);
  }

  private Command onWindow(String function, Deed deed) {
    return new Command(
        function,
        new Resource.Text(),
        Permission.POLICY,
        RunsOn.EVENT_LOOP,
        call -> deed.on(window(call), call));
  }

  private BrowserWindow window(Call call) {
    String index = call.resource();
    // One spelling: a policy that names 1 is not asked about 01.
    if (!INDEX.matcher(index).matches()) {
      throw WindowParams.invalid("'" + index + "' is no index of a window: write 0 to 63");
    }
    return windows
        .at(Integer.parseInt(index))
        .orElseThrow(() -> WindowModule.noWindow("there is no window " + index + " now"));
  }

  private Future<Reply> list() {
    List<Future<Map<String, Object>>> states =
        windows.all().stream()
            .map(
                window ->
                    window
                        .state()
                        .map(WindowModule::toMap)
                        // It has closed meanwhile.
                        .otherwise(Map.of()))
            .toList();
    return Future.join(states)
        .map(
            all ->
                new Reply.Data(
                    states.stream().map(Future::result).filter(map -> !map.isEmpty()).toList()));
  }

  private Future<Reply> send(BrowserWindow window, Call call) {
    String event = Optional.ofNullable(call.params().get("event")).map(JsonNode::asText).orElse("");
    if (event.isEmpty() || event.length() > EVENT_LENGTH) {
      throw new BridgeError(
          "TypeError",
          "ERR_INVALID_CALL",
          "the name of an event has 1 to " + EVENT_LENGTH + " characters");
    }
    Object value = call.param("value").orElse(NullNode.getInstance());
    return sender.send(window.id(), event, value).map(Reply.NOTHING);
  }
}
