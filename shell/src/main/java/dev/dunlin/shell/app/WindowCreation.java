package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.Command.Permission;
import dev.dunlin.bridge.spi.Command.Resource;
import dev.dunlin.bridge.spi.Command.RunsOn;
import dev.dunlin.bridge.spi.Reply;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.WindowSettings;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import io.vertx.core.Future;
import java.awt.Image;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * {@code ipc://window/create/<path>}: opens a window with a page of the app. It may do what the
 * page's policy allows, and no more than the window that opens it.
 */
final class WindowCreation {
  /** Longest {@code policy} of a window, in characters. Over: {@code ERR_INVALID_CALL}. */
  static final int POLICY_LENGTH = 16_384;

  /** Longest {@code search} or {@code hash}. Over: {@code ERR_INVALID_CALL}. */
  static final int QUERY_LENGTH = 8192;

  /** Longest name of a window. Over: {@code ERR_INVALID_CALL}. */
  static final int NAME_LENGTH = 128;

  private final String origin;
  private final Windows windows;
  private final WindowLook look;
  private final UnaryOperator<String> header;
  private final WindowIcons icons;

  /**
   * @param header a policy as it is sent, {@code $NAMES} expanded
   */
  WindowCreation(
      String origin,
      Windows windows,
      WindowLook look,
      UnaryOperator<String> header,
      WindowIcons icons) {
    this.icons = icons;
    this.origin = origin;
    this.windows = windows;
    this.look = look;
    this.header = header;
  }

  Command command() {
    return new Command(
        "create", new Resource.Text(), Permission.POLICY, RunsOn.WORKER, this::create);
  }

  private Future<Reply> create(Call call) {
    List<String> policies = new ArrayList<>(windows.policiesOfOpener(call.caller().window()));
    policy(call).ifPresent(policies::add);
    Optional<Integer> index = call.param("index").map(WindowCreation::index);
    WindowSettings asked = look.asked(call, url(call));
    if (asked.traits().contains(Trait.MODAL) || WindowParams.flag(call, "child").orElse(false)) {
      asked =
          asked.above(
              windows
                  .find(call.caller().window())
                  .orElseThrow(
                      () -> WindowModule.noWindow("the page that asks has no window to be above")));
    }
    Optional<String> name = call.param("name").map(JsonNode::asText).map(WindowCreation::name);
    WindowSettings settings = asked;
    Optional<Image> icon = icons.asked(call);
    BrowserWindow opened =
        windows.open(
            name.map(known -> look.restored(settings, known)).orElse(settings),
            new Windows.Place(index, policies, name));
    icon.ifPresent(opened::setIcon);
    return WindowModule.told(opened.state());
  }

  private static String name(String name) {
    if (name.isEmpty() || name.length() > NAME_LENGTH) {
      throw WindowParams.invalid("the name of a window has 1 to " + NAME_LENGTH + " characters");
    }
    return "page:" + name;
  }

  private static int index(JsonNode value) {
    if (!value.isInt()) {
      throw WindowParams.invalid("index is a whole number, this is " + value);
    }
    return value.asInt();
  }

  private String url(Call call) {
    return origin
        + "/"
        + encoded(call.resource())
        + part(call, "search", '?')
        + part(call, "hash", '#');
  }

  private static String part(Call call, String name, char mark) {
    String text = call.param(name).map(JsonNode::asText).orElse("");
    if (text.isEmpty()) {
      return "";
    }
    boolean printable = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (text.charAt(0) != mark || text.length() > QUERY_LENGTH || !printable) {
      throw WindowParams.invalid(
          name
              + " begins with "
              + mark
              + " and is the percent-encoded end of a URL, of at most "
              + QUERY_LENGTH
              + " characters");
    }
    return text;
  }

  private static String encoded(String path) {
    StringBuilder text = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= '0' && b <= '9'
              || "/-._~".indexOf(b) >= 0;
      text.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
    }
    return text.toString();
  }

  /**
   * What the window may do at most. Workers that outlive a window are under the app's policy alone,
   * so it has none of them where it does not name {@code worker-src}.
   */
  private Optional<String> policy(Call call) {
    Optional<String> text = call.param("policy").map(JsonNode::asText).map(String::strip);
    if (text.isEmpty() || text.get().isEmpty()) {
      return Optional.empty();
    }
    String policy = text.get();
    if (policy.length() > POLICY_LENGTH
        || !policy.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != ',')) {
      throw WindowParams.invalid(
          "policy is one Content Security Policy of printable ASCII without a comma, of at most "
              + POLICY_LENGTH
              + " characters");
    }
    boolean namesWorkers =
        List.of(policy.toLowerCase(Locale.ROOT).split(";")).stream()
            .anyMatch(directive -> directive.strip().matches("worker-src(\\s.*)?"));
    try {
      return Optional.of(header.apply(namesWorkers ? policy : policy + "; worker-src 'none'"));
    } catch (IllegalArgumentException e) {
      throw WindowParams.invalid("policy: " + e.getMessage());
    }
  }
}
