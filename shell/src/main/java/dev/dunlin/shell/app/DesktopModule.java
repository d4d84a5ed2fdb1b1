package dev.dunlin.shell.app;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.shell.engine.Scale;
import dev.dunlin.shell.host.Os;
import java.awt.DisplayMode;
import java.awt.GraphicsDevice;
import java.awt.GraphicsEnvironment;
import java.awt.Insets;
import java.awt.Rectangle;
import java.awt.Toolkit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code ipc://platform/…}: the screens, and links for the person's own browser or mail program.
 */
final class DesktopModule implements CommandModule {
  private final Consumer<String> external;
  private final Supplier<Scale> scale;

  /**
   * @param external opens a link that may be opened
   * @param scale of the screens
   */
  DesktopModule(Consumer<String> external, Supplier<Scale> scale) {
    this.scale = scale;
    this.external = external;
  }

  @Override
  public String name() {
    return "platform";
  }

  @Override
  public List<Command> commands() {
    return List.of(
        Command.telling("screens", () -> screens(scale.get())),
        Command.answering("openExternal", this::open));
  }

  private Object open(Call call) {
    String url =
        call.param("value")
            .map(JsonNode::asText)
            .orElseThrow(
                () -> new BridgeError("TypeError", "ERR_INVALID_CALL", "it needs value, a URL"));
    if (ExternalLinks.argv(Os.here(), url).isEmpty()) {
      throw new BridgeError(
          "NotAllowedError",
          "ERR_LINK_NOT_ALLOWED",
          "only http, https and mailto leave the app, up to "
              + ExternalLinks.LINK_LENGTH
              + " characters and without attachments");
    }
    external.accept(url);
    return Map.of("url", url);
  }

  /** In CSS pixels; the first is the main one. */
  private static List<Map<String, Object>> screens(Scale scale) {
    GraphicsEnvironment environment = GraphicsEnvironment.getLocalGraphicsEnvironment();
    GraphicsDevice main = environment.getDefaultScreenDevice();
    List<Map<String, Object>> screens = new ArrayList<>();
    for (GraphicsDevice device : environment.getScreenDevices()) {
      screens.add(
          device.equals(main) ? 0 : screens.size(), screen(device, device.equals(main), scale));
    }
    return screens;
  }

  private static Map<String, Object> screen(GraphicsDevice device, boolean main, Scale scale) {
    Rectangle bounds = device.getDefaultConfiguration().getBounds();
    Insets taken = Toolkit.getDefaultToolkit().getScreenInsets(device.getDefaultConfiguration());
    Map<String, Object> screen = new LinkedHashMap<>();
    screen.put("id", device.getIDstring());
    screen.put("primary", main);
    screen.put("bounds", area(scale.toCss(bounds)));
    screen.put(
        "workArea",
        area(
            scale.toCss(
                new Rectangle(
                    bounds.x + taken.left,
                    bounds.y + taken.top,
                    bounds.width - taken.left - taken.right,
                    bounds.height - taken.top - taken.bottom))));
    screen.put(
        "scaleFactor",
        device.getDefaultConfiguration().getDefaultTransform().getScaleX() * scale.factor());
    int hertz = device.getDisplayMode().getRefreshRate();
    screen.put("refreshRate", hertz == DisplayMode.REFRESH_RATE_UNKNOWN ? null : hertz);
    return screen;
  }

  private static Map<String, Integer> area(Rectangle area) {
    return Map.of("x", area.x, "y", area.y, "width", area.width, "height", area.height);
  }
}
