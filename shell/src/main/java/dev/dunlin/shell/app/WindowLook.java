package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.Call;
import dev.dunlin.shell.config.AppConfig;
import dev.dunlin.shell.config.Colour;
import dev.dunlin.shell.config.Length;
import dev.dunlin.shell.engine.Scale;
import dev.dunlin.shell.engine.WindowPlace;
import dev.dunlin.shell.engine.WindowSettings;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.GraphicsDevice;
import java.awt.GraphicsEnvironment;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Toolkit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What windows look like: by {@code socket.ini}, and by what a page asks for when it opens one. */
final class WindowLook {
  private static final int DEFAULT_WIDTH = 1100;
  private static final int DEFAULT_HEIGHT = 760;

  private final AppConfig config;
  private final boolean shown;
  private final BooleanSupplier dark;
  private final WindowMemory memory;
  private final Supplier<Scale> scale;

  /** The size of the screen, for sizes in per cent; in CSS pixels. */
  record Screen(int width, int height) {
    static Screen now(Scale scale) {
      Dimension size = scale.toCss(Toolkit.getDefaultToolkit().getScreenSize());
      return new Screen(size.width, size.height);
    }
  }

  /**
   * @param headless whether there is nobody to see them but a test, to which they are shown
   * @param dark whether the desktop is; may wait for the answer
   * @param scale may wait too
   */
  WindowLook(
      AppConfig config,
      boolean headless,
      BooleanSupplier dark,
      Supplier<Scale> scale,
      WindowMemory memory) {
    this.scale = scale;
    this.memory = memory;
    this.config = config;
    this.shown = !config.build().headless() || headless;
    this.dark = dark;
  }

  /** The colour before the first paint: that of the system's theme. */
  Color background() {
    AppConfig.Window wanted = config.window();
    return (dark.getAsBoolean() ? wanted.backgroundDark() : wanted.backgroundLight())
        .map(WindowLook::awt)
        .orElse(Color.WHITE);
  }

  private static Color awt(Colour colour) {
    return new Color(colour.red(), colour.green(), colour.blue());
  }

  /** The app's first window. */
  WindowSettings first() {
    Screen screen = Screen.now(scale.get());
    AppConfig.Window wanted = config.window();
    Dimension least =
        new Dimension(wanted.minWidth().on(screen.width()), wanted.minHeight().on(screen.height()));
    Dimension most =
        new Dimension(
            mostOf(wanted.maxWidth(), screen.width()), mostOf(wanted.maxHeight(), screen.height()));
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    if (shown) {
      traits.add(Trait.VISIBLE);
    }
    wanted.flags().forEach(flag -> traits.add(Trait.valueOf(flag.name())));
    return new WindowSettings(
        config.meta().origin() + "/",
        config.meta().title(),
        new Dimension(
            sideOf(wanted.width(), least.width, most.width, screen.width(), DEFAULT_WIDTH),
            sideOf(wanted.height(), least.height, most.height, screen.height(), DEFAULT_HEIGHT)),
        least,
        most,
        withinReach(traits, most),
        background(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same, where it was when it closed; within the screens that are there. */
  WindowSettings restored(WindowSettings settings, String name) {
    return memory
        .of(name)
        .flatMap(place -> place.on(screens()))
        .map(
            place -> {
              Set<Trait> traits = EnumSet.copyOf(settings.traits());
              if (place.maximized() && traits.contains(Trait.MAXIMIZABLE)) {
                traits.add(Trait.MAXIMIZED);
              }
              return new WindowSettings(
                      settings.url(),
                      settings.title(),
                      new Dimension(place.width(), place.height()),
                      settings.least(),
                      settings.most(),
                      traits,
                      settings.background(),
                      Optional.of(new Point(place.x(), place.y())),
                      settings.parent())
                  .within(WindowParams.SIDE_PX, WindowParams.SIDE_PX);
            })
        .orElse(settings);
  }

  /** Notes where a window is that wants to be there again, until that is written. */
  void note(String name, WindowPlace place) {
    memory.note(name, place);
  }

  /** Writes what is noted; blocks. */
  void writeNotes() {
    memory.write();
  }

  private List<Rectangle> screens() {
    List<Rectangle> screens = new ArrayList<>();
    for (GraphicsDevice device :
        GraphicsEnvironment.getLocalGraphicsEnvironment().getScreenDevices()) {
      screens.add(scale.get().toCss(device.getDefaultConfiguration().getBounds()));
    }
    return screens;
  }

  /**
   * A window that a page opens: as the first, but for what the call says.
   *
   * @param url its page
   */
  WindowSettings asked(Call call, String url) {
    Screen screen = Screen.now(scale.get());
    WindowSettings first = first();
    Dimension least =
        new Dimension(
            WindowParams.side(call, "minWidth", screen.width()).orElse(first.least().width),
            WindowParams.side(call, "minHeight", screen.height()).orElse(first.least().height));
    Dimension most =
        new Dimension(
            WindowParams.side(call, "maxWidth", screen.width()).orElse(first.most().width),
            WindowParams.side(call, "maxHeight", screen.height()).orElse(first.most().height));
    requireOrder(least, most);
    Dimension size =
        new Dimension(
            WindowParams.side(call, "width", screen.width()).orElse(first.size().width),
            WindowParams.side(call, "height", screen.height()).orElse(first.size().height));
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    for (Trait trait : Trait.values()) {
      String name = nameOf(trait);
      boolean wanted =
          trait == Trait.VISIBLE
              ? shown && !WindowParams.flag(call, "headless").orElse(false)
              : WindowParams.flag(call, name).orElseGet(() -> first.traits().contains(trait));
      if (wanted) {
        traits.add(trait);
      }
    }
    WindowSettings asked =
        new WindowSettings(
            url,
            WindowParams.title(call).orElse(first.title()),
            size,
            least,
            most,
            withinReach(traits, most),
            WindowParams.colour(call, "backgroundColor").orElse(first.background()),
            corner(call),
            Optional.empty());
    return asked.within(screen.width(), screen.height());
  }

  static void requireOrder(Dimension least, Dimension most) {
    if (least.width > most.width || least.height > most.height) {
      throw WindowParams.invalid(
          "the smallest size is above the largest: lower minWidth and minHeight, or raise maxWidth"
              + " and maxHeight");
    }
  }

  private static Optional<Point> corner(Call call) {
    Optional<Integer> x = WindowParams.coordinate(call, "x");
    Optional<Integer> y = WindowParams.coordinate(call, "y");
    if (x.isPresent() != y.isPresent()) {
      throw WindowParams.invalid("a place has an x and a y: give both, or none");
    }
    return x.map(left -> new Point(left, y.get()));
  }

  /** As pages say it: {@code alwaysOnTop}. */
  private static String nameOf(Trait trait) {
    return trait == Trait.ALWAYS_ON_TOP ? "alwaysOnTop" : trait.name().toLowerCase(Locale.ROOT);
  }

  private static Set<Trait> withinReach(Set<Trait> traits, Dimension most) {
    if (most.width < WindowSettings.UNBOUNDED || most.height < WindowSettings.UNBOUNDED) {
      // Filling the screen is beyond its largest size.
      traits.remove(Trait.MAXIMIZABLE);
    }
    return traits;
  }

  /** The screen's whole size, the default, is no bound: there may be another screen beside it. */
  private static int mostOf(Length wanted, int screen) {
    int px = wanted.on(screen);
    return px <= 0 || px >= screen ? WindowSettings.UNBOUNDED : px;
  }

  private static int sideOf(Length wanted, int least, int most, int screen, int standard) {
    int px = wanted.on(screen);
    int bounded = Math.max(least, Math.min(most, px == 0 ? standard : px));
    return Math.max(1, Math.min(screen, bounded));
  }
}
