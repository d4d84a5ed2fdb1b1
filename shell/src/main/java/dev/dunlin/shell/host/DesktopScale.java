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
    OptionalDouble windows = variable("GDK_SCALE");
    OptionalDouble text = variable("GDK_DPI_SCALE", 1 / MOST, MOST);
    if (windows.isPresent()) {
      return text.isPresent()
          ? within(windows.getAsDouble() * dpi(desktop.get()).orElse(1) * text.getAsDouble())
          : windows.getAsDouble();
    }
    OptionalDouble qt = variable("QT_SCALE_FACTOR");
    return qt.isPresent() ? qt.getAsDouble() : within(desktop(desktop.get()) * text.orElse(1));
  }

  /** All in all, as the desktop says. */
  private double desktop(XDesktop told) {
    double factor = told.setting("Gdk/WindowScalingFactor").orElse(1);
    Optional<Integer> unscaled = told.setting("Gdk/UnscaledDPI").filter(dpi -> dpi > 0);
    // Without the dpi of scale 1, the other one may have the factor in it or not: never twice.
    double all =
        unscaled.isPresent()
            ? factor * unscaled.get() / DPI_PARTS / DPI
            : Math.max(factor, dpi(told).orElse(1));
    return rounded("the scale of the desktop's settings", all, 1);
  }

  private OptionalDouble dpi(XDesktop told) {
    Optional<Integer> parts = told.setting("Xft/DPI").filter(dpi -> dpi > 0);
    if (parts.isPresent()) {
      return OptionalDouble.of(parts.get() / DPI_PARTS / DPI);
    }
    return told.resource("Xft", "dpi")
        .map(dpi -> number("Xft.dpi of the X resources", dpi, LEAST * DPI, MOST * DPI))
        .filter(OptionalDouble::isPresent)
        .map(dpi -> OptionalDouble.of(dpi.getAsDouble() / DPI))
        .orElse(OptionalDouble.empty());
  }

  private double within(double scale) {
    return rounded("the scale that the desktop's settings make together", scale, 1);
  }

  private double rounded(String name, double scale, double otherwise) {
    if (!(scale >= LEAST && scale <= MOST)) {
      passOver(name, String.valueOf(scale), LEAST, MOST);
      return otherwise;
    }
    return Math.round(scale * PER_CENT) / PER_CENT;
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
