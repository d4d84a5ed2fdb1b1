package dev.dunlin.shell.desktop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@code ipc://notification/…}: notifications of the desktop. */
final class NotificationModule implements CommandModule {
  /** Longest title, in UTF-16 units. Over: it is cut. */
  static final int TITLE_LENGTH = 1_000;

  /** Longest text below the title, in UTF-16 units. Over: it is cut. */
  static final int BODY_LENGTH = 10_000;

  /** Longest id, tag and name of an action. Over: {@code ERR_INVALID_CALL}. */
  static final int NAME_LENGTH = 255;

  /** Buttons of one notification. Over: {@code ERR_INVALID_CALL}. */
  static final int ACTIONS = 3;

  /** Longest JSON of what a page gets back with a notification. Over: {@code ERR_INVALID_CALL}. */
  static final int DATA_LENGTH = 64 * 1024;

  private final boolean allowed;
  private final Supplier<Notifications> notifications;
  private final Function<String, Optional<Path>> files;

  /**
   * @param allowed by socket.ini's [permissions]
   * @param notifications made when the first is wanted
   * @param files the app's files by the path of their URL
   */
  NotificationModule(
      boolean allowed,
      Supplier<Notifications> notifications,
      Function<String, Optional<Path>> files) {
    this.allowed = allowed;
    this.notifications = notifications;
    this.files = files;
  }

  @Override
  public String name() {
    return "notification";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        command("show", Command.RunsOn.WORKER, this::show),
        command("close", Command.RunsOn.EVENT_LOOP, this::close),
        command("list", Command.RunsOn.EVENT_LOOP, this::list),
        command(
            "permission",
            Command.RunsOn.EVENT_LOOP,
            call -> Future.succeededFuture(Map.of("state", allowed ? "granted" : "denied"))));
  }

  private static Command command(
      String function, Command.RunsOn runsOn, Function<Call, Future<?>> work) {
    return new Command(
        function,
        new Command.Resource.None(),
        Command.Permission.POLICY,
        runsOn,
        call ->
            work.apply(call)
                .<Reply>map(Reply.Data::new)
                .recover(
                    fault -> Future.failedFuture(BusError.toPage(fault, Notifications.NO_DAEMON))));
  }

  private Future<?> show(Call call) {
    requireAllowed();
    String id = name(call, "id");
    if (id.isEmpty()) {
      throw invalid("it needs an id, a text that no other notification has");
    }
    Map<String, Object> echo = new LinkedHashMap<>();
    for (String member : List.of("worker", "data")) {
      call.param(member)
          .ifPresent(
              value -> {
                if (value.toString().length() > DATA_LENGTH) {
                  throw invalid(member + " has at most " + DATA_LENGTH + " characters as JSON");
                }
                echo.put(member, value);
              });
    }
    return notifications
        .get()
        .show(
            new Notifications.Wanted(
                id,
                call.caller().window(),
                cut(shown(call, "title"), TITLE_LENGTH),
                cut(shown(call, "body"), BODY_LENGTH),
                name(call, "tag"),
                files.apply(text(call, "icon")),
                files.apply(text(call, "image")),
                flag(call, "silent"),
                flag(call, "requireInteraction"),
                actions(call),
                echo))
        .map(without -> Map.of("id", id, "without", without));
  }

  private static List<Notifications.Action> actions(Call call) {
    List<Notifications.Action> actions = new ArrayList<>();
    call.param("actions")
        .ifPresent(
            list -> {
              if (!list.isArray() || list.size() > ACTIONS) {
                throw invalid("actions is a list of at most " + ACTIONS);
              }
              for (JsonNode one : list) {
                String name = clean(one.path("action").asText());
                String title = cut(clean(one.path("title").asText()), NAME_LENGTH);
                if (name.isEmpty()
                    || title.isEmpty()
                    || name.length() > NAME_LENGTH
                    || name.equals("default")
                    || name.equals("dismiss")) {
                  throw invalid("an action is {action, title}, and not called default or dismiss");
                }
                actions.add(new Notifications.Action(name, title));
              }
            });
    return actions;
  }

  private Future<?> close(Call call) {
    requireAllowed();
    return notifications.get().close(name(call, "id"), name(call, "tag"));
  }

  private Future<?> list(Call call) {
    requireAllowed();
    String tag = name(call, "tag");
    return Future.succeededFuture(
        notifications.get().list().stream()
            .filter(one -> tag.isEmpty() || tag.equals(one.tag()))
            .map(NotificationModule::told)
            .toList());
  }

  /** What a page is told of one that it may not know any more. */
  static Map<String, Object> told(Notifications.Wanted one) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("id", one.id());
    told.put("title", one.title());
    told.put("body", one.body());
    told.put("tag", one.tag());
    told.putAll(one.echo());
    return told;
  }

  private void requireAllowed() {
    if (!allowed) {
      throw new BridgeError(
          "NotAllowedError",
          "ERR_NOTIFICATIONS_DENIED",
          "Notifications are not allowed: socket.ini has [permissions] allow_notifications = false");
    }
  }

  private static String name(Call call, String param) {
    String name = text(call, param);
    if (name.length() > NAME_LENGTH) {
      throw invalid(param + " has at most " + NAME_LENGTH + " characters");
    }
    return name;
  }

  private static String text(Call call, String param) {
    return call.param(param).map(JsonNode::asText).orElse("");
  }

  private static String shown(Call call, String param) {
    return clean(text(call, param));
  }

  private static boolean flag(Call call, String param) {
    return call.param(param).map(node -> node.asBoolean(false)).orElse(false);
  }

  /** A text for people: without control characters, of which D-Bus knows no NUL. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> c == '\n' || !Character.isISOControl(c))
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 2)) ? length - 2 : length - 1;
    return text.substring(0, end) + "…";
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }
}
