package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import io.vertx.core.Future;
import java.awt.Font;
import java.awt.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import javax.swing.JCheckBox;
import javax.swing.JOptionPane;
import javax.swing.JTextArea;

/** {@code ipc://window/showMessageBox}: a message over the window, with buttons to answer it. */
final class MessageBoxes implements CommandModule {
  /** Longest text of a message and its detail, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int TEXT_LENGTH = 10_000;

  /** Longest title and label, in UTF-16 units. Over: {@code ERR_INVALID_CALL}. */
  static final int LABEL_LENGTH = 200;

  /** Buttons of one message. Over: {@code ERR_INVALID_CALL}. */
  static final int BUTTONS = 8;

  private static final Map<String, Integer> TYPES =
      Map.of(
          "none", JOptionPane.PLAIN_MESSAGE,
          "info", JOptionPane.INFORMATION_MESSAGE,
          "question", JOptionPane.QUESTION_MESSAGE,
          "warning", JOptionPane.WARNING_MESSAGE,
          "error", JOptionPane.ERROR_MESSAGE);

  private final IntFunction<Optional<BrowserWindow>> windows;
  private final String app;
  private final boolean person;

  /** Windows over which a message stands. */
  private final Set<Integer> asking = ConcurrentHashMap.newKeySet();

  /**
   * @param app its name, which stands in every title: a page does not speak for the system
   * @param person whether somebody is at the screen
   */
  MessageBoxes(IntFunction<Optional<BrowserWindow>> windows, String app, boolean person) {
    this.windows = windows;
    this.app = app;
    this.person = person;
  }

  @Override
  public String name() {
    return "window";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        new Command(
            "showMessageBox",
            new Command.Resource.None(),
            Command.Permission.PERSON,
            Command.RunsOn.EVENT_LOOP,
            this::show));
  }

  private record Message(
      String title,
      String text,
      String detail,
      int type,
      List<String> buttons,
      int first,
      int cancel,
      String checkbox,
      boolean checked) {}

  private Future<Reply> show(Call call) {
    Message message = message(call);
    int index = call.caller().window();
    BrowserWindow window =
        windows
            .apply(index)
            .orElseThrow(
                () ->
                    new BridgeError(
                        "NotFoundError", "ERR_NO_WINDOW", "this page has no window of its own"));
    if (!person) {
      throw new BridgeError(
          "NotAllowedError",
          "ERR_NO_PERSON",
          "nobody is at the screen to read a message: this run is headless");
    }
    if (!asking.add(index)) {
      throw new BridgeError(
          "NotAllowedError",
          "ERR_MESSAGE_OPEN",
          "a message stands over this window already: wait for its answer");
    }
    return window
        .onFrame(owner -> ask(owner, message, call.cancelled()))
        .onComplete(done -> asking.remove(index))
        .map(Reply.Data::new);
  }

  private Map<String, Object> ask(Frame owner, Message message, Future<Void> cancelled) {
    JTextArea text = PlainText.wrapped(message.text());
    text.setFont(text.getFont().deriveFont(Font.BOLD));
    JCheckBox checkbox = PlainText.in(new JCheckBox("", message.checked()));
    checkbox.setText(message.checkbox());
    List<Object> shown = new ArrayList<>(List.of(text));
    if (!message.detail().isEmpty()) {
      shown.add(message.detail());
    }
    if (!message.checkbox().isEmpty()) {
      shown.add(checkbox);
    }
    String title = message.title().isEmpty() ? app : message.title() + " - " + app;
    int response =
        new Question(title, message.type(), shown, message.buttons(), message.first())
            .ask(owner, cancelled);
    return Map.of(
        "response",
        response == Question.CLOSED ? message.cancel() : response,
        "checkboxChecked",
        checkbox.isSelected());
  }

  private static Message message(Call call) {
    String text = text(call, "message", TEXT_LENGTH);
    if (text.isEmpty()) {
      throw invalid("it needs a message");
    }
    List<String> buttons = buttons(call);
    String type = text(call, "type", LABEL_LENGTH);
    Integer known = TYPES.get(type.isEmpty() ? "info" : type);
    if (known == null) {
      throw invalid("type is one of " + TYPES.keySet().stream().sorted().toList());
    }
    return new Message(
        text(call, "title", LABEL_LENGTH),
        text,
        text(call, "detail", TEXT_LENGTH),
        known,
        buttons,
        place(call, "defaultId", 0, buttons),
        place(call, "cancelId", buttons.size() - 1, buttons),
        text(call, "checkboxLabel", LABEL_LENGTH),
        call.param("checkboxChecked").map(JsonNode::asBoolean).orElse(false));
  }

  private static List<String> buttons(Call call) {
    List<String> buttons = new ArrayList<>();
    call.param("buttons")
        .ifPresent(
            given -> {
              if (!given.isArray() || given.size() > BUTTONS) {
                throw invalid("buttons is a list of at most " + BUTTONS + " texts");
              }
              given.forEach(one -> buttons.add(bounded("a button", one.asText(), LABEL_LENGTH)));
            });
    if (buttons.stream().distinct().count() < buttons.size()
        || buttons.stream().anyMatch(String::isBlank)) {
      throw invalid("every button has a label of its own");
    }
    return buttons.isEmpty() ? List.of("OK") : buttons;
  }

  private static int place(Call call, String name, int otherwise, List<String> buttons) {
    int place = call.param(name).map(given -> given.asInt(-1)).orElse(otherwise);
    if (place < 0 || place >= buttons.size()) {
      throw invalid(name + " is the place of a button, from 0");
    }
    return place;
  }

  private static String text(Call call, String name, int most) {
    return bounded(name, call.param(name).map(JsonNode::asText).orElse(""), most);
  }

  private static String bounded(String name, String text, int most) {
    if (text.length() > most) {
      throw invalid(name + " has at most " + most + " characters, this has " + text.length());
    }
    return text;
  }

  private static BridgeError invalid(String message) {
    return new BridgeError("TypeError", "ERR_INVALID_CALL", message);
  }
}
