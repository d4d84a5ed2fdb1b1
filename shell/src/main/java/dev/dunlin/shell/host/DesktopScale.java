package dev.dunlin.shell.host;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * How many pixels of an X server stand for one of CSS, as the person's desktop says. The first of
 * these that says it:
 *
 * <ol>
 *   <li>{@code DUNLIN_SCALE};
 *   <li>{@code GDK_SCALE}, times the desktop's dpi where {@code GDK_DPI_SCALE} takes that back;
 *   <li>{@code QT_SCALE_FACTOR};
 *   <li>the desktop's settings manager (XSETTINGS): {@code Gdk/WindowScalingFactor}, {@code
 *       Gdk/UnscaledDPI}, {@code Xft/DPI};
 *   <li>{@code Xft.dpi} of the X resources.
 * </ol>
 *
 * <p>What is no number within the limits is said and passed over. Whole per cent: KDE writes 120 %
 * as 115 dpi.
 */
public final class DesktopScale {
  /** Smallest scale. Below: it is said, and passed over. */
  public static final double LEAST = 0.5;

  /** Largest scale. Over: it is said, and passed over. */
  public static final double MOST = 5;

  /** Set by a person, for Dunlin's apps alone. */
  public static final String OWN = "DUNLIN_SCALE";

  /** Of scale 1. */
  private static final double DPI = 96;

  /** Settings managers tell dpi in parts. */
  private static final double DPI_PARTS = 1024;

  private static final String XFT_DPI = "Xft/DPI";

  private static final double PER_CENT = 100;

  /** Without signs, exponents and names such as NaN. */
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}(?:\\.\\d{1,9})?|\\.\\d{1,9}");

  private static final int SHOWN_LENGTH = 32;

  private final Map<String, String> environment;
  private final Supplier<XDesktop> desktop;
  private final Consumer<String> say;

  private DesktopScale(
      Map<String, String> environment, Supplier<XDesktop> desktop, Consumer<String> say) {
    this.environment = environment;
    this.desktop = desktop;
    this.say = say;
  }

  /**
   * The scale.
   *
   * @param desktop asked only where the environment does not say it all
   * @param say hears what is passed over
   */
  public static double of(
      Map<String, String> environment, Supplier<XDesktop> desktop, Consumer<String> say) {
    return new DesktopScale(environment, desktop, say).find();
  }

  /** Of a run that nobody sees, which is the same on every desktop. */
  public static double ofNobody(Map<String, String> environment, Consumer<String> say) {
    return new DesktopScale(environment, () -> XDesktop.NOTHING, say).variable(OWN).orElse(1);
  }

  private double find() {
    OptionalDouble own = variable(OWN);
    if (own.isPresent()) {
      return own.getAsDouble();
    }
    OptionalDouble gtk = variable("GDK_SCALE");
    OptionalDouble text = variable("GDK_DPI_SCALE", 1 / MOST, MOST);
    if (gtk.isPresent() && text.isPresent()) {
      double dpi = dpi(desktop.get()).orElse(1);
      gtk =
          within(
              "what GDK_SCALE, GDK_DPI_SCALE and the desktop's dpi make together",
              gtk.getAsDouble() * dpi * text.getAsDouble());
    }
    if (gtk.isPresent()) {
      return gtk.getAsDouble();
    }
    OptionalDouble qt = variable("QT_SCALE_FACTOR");
    if (qt.isPresent()) {
      return qt.getAsDouble();
    }
    XDesktop told = desktop.get();
    OptionalDouble settings = ofSettings(told, text.orElse(1));
    return settings.isPresent() ? settings.getAsDouble() : ofResources(told, text.orElse(1));
  }

  /** As the settings manager says; empty if it does not, or what is no scale. */
  private OptionalDouble ofSettings(XDesktop told, double text) {
    String name = "the scale of the desktop's settings";
    Optional<Integer> windows = told.setting("Gdk/WindowScalingFactor");
    double factor = windows.orElse(1);
    OptionalDouble unscaled = dpi(told, "Gdk/UnscaledDPI");
    if (unscaled.isPresent()) {
      return within(name, factor * unscaled.getAsDouble() * text);
    }
    if (windows.isEmpty() && dpi(told, XFT_DPI).isEmpty()) {
      return OptionalDouble.empty();
    }
    // Without the dpi of scale 1, the other one may have the factor in it or not: never twice.
    return within(name, Math.max(factor, dpi(told).orElse(1)) * text);
  }

  private double ofResources(XDesktop told, double text) {
    // Fewer dpi than those of scale 1 are for small text: no desktop has small windows by them.
    double dpi = Math.max(1, resource(told).orElse(1));
    return within("what the X resources and GDK_DPI_SCALE make together", dpi * text).orElse(1);
  }

  private static OptionalDouble dpi(XDesktop told, String setting) {
    // The default is said as -1.
    return told.setting(setting)
        .filter(dpi -> dpi > 0)
        .map(dpi -> OptionalDouble.of(dpi / DPI_PARTS / DPI))
        .orElse(OptionalDouble.empty());
  }

  /** Of both, which is the scale that they stand for. */
  private OptionalDouble dpi(XDesktop told) {
    OptionalDouble setting = dpi(told, XFT_DPI);
    return setting.isPresent() ? setting : resource(told);
  }

  private OptionalDouble resource(XDesktop told) {
    return told.resource("Xft", "dpi")
        .map(dpi -> number("Xft.dpi of the X resources", dpi, LEAST * DPI, MOST * DPI))
        .filter(OptionalDouble::isPresent)
        .map(dpi -> OptionalDouble.of(dpi.getAsDouble() / DPI))
        .orElse(OptionalDouble.empty());
  }

  /** Empty if it is none, which is said. */
  private OptionalDouble within(String name, double scale) {
    if (!(scale >= LEAST && scale <= MOST)) {
      passOver(name, String.valueOf(scale), LEAST, MOST);
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(Math.round(scale * PER_CENT) / PER_CENT);
  }

  private OptionalDouble variable(String name) {
    OptionalDouble found = variable(name, LEAST, MOST);
    return found.isPresent()
        ? OptionalDouble.of(Math.round(found.getAsDouble() * PER_CENT) / PER_CENT)
        : found;
  }

  private OptionalDouble variable(String name, double least, double most) {
    String value = environment.getOrDefault(name, "").strip();
    return value.isEmpty() ? OptionalDouble.empty() : number(name, value, least, most);
  }

  private OptionalDouble number(String name, String value, double least, double most) {
    if (NUMBER.matcher(value).matches()) {
      double number = Double.parseDouble(value);
      if (number >= least && number <= most) {
        return OptionalDouble.of(number);
      }
    }
    passOver(name, value, least, most);
    return OptionalDouble.empty();
  }

  private void passOver(String name, String value, double least, double most) {
    String shown = value.length() <= SHOWN_LENGTH ? value : value.substring(0, SHOWN_LENGTH) + "…";
    say.accept(
        "%s is '%s', which is no number from %s to %s: passed over"
            .formatted(name, shown.replaceAll("\\p{Cntrl}", "?"), plain(least), plain(most)));
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }
}
