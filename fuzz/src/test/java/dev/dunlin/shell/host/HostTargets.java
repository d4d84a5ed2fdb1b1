package dev.dunlin.shell.host;

import static dev.dunlin.fuzz.Target.require;

import dev.dunlin.fuzz.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What other programs on the X server write for all. */
public final class HostTargets {
  /** A name of no letter, and a number: the least that a setting takes. */
  private static final int LEAST_BYTES = 12;

  private HostTargets() {}

  public static List<Target> all() {
    return List.of(new Target("x-settings", XDesktop.PROPERTY_BYTES, HostTargets::settings));
  }

  /** A settings manager's property, and the same as X resources: a scale within its bounds. */
  private static void settings(byte[] bytes) {
    Map<String, Integer> numbers = XDesktop.numbers(bytes);
    require(numbers.size() <= bytes.length / LEAST_BYTES, "no more than there is room for");
    scale(new XDesktop(numbers, ""));
    scale(new XDesktop(Map.of(), new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  private static void scale(XDesktop desktop) {
    double scale = DesktopScale.of(Map.of(), () -> desktop, said -> {});
    require(
        scale >= DesktopScale.LEAST && scale <= DesktopScale.MOST,
        "a scale out of bounds: " + scale);
  }
}
