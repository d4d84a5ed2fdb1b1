package dev.dunlin.shell.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DesktopScaleTest {
  private final List<String> said = new ArrayList<>();

  private double scale(Map<String, String> environment, XDesktop desktop) {
    return DesktopScale.of(environment, () -> desktop, said::add);
  }

  private static XDesktop settings(Object... pairs) {
    Map<String, Integer> settings = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put((String) pairs[i], (Integer) pairs[i + 1]);
    }
    return new XDesktop(settings, "");
  }

  private static XDesktop resources(String text) {
    return new XDesktop(Map.of(), text);
  }

  @Test
  void isOneWhereNobodySaysAnything() {
    assertEquals(1, scale(Map.of(), XDesktop.NOTHING));
    assertEquals(1, scale(Map.of("GDK_SCALE", "", "DUNLIN_SCALE", " "), XDesktop.NOTHING));
    assertEquals(List.of(), said);
  }

  /** As {@code xrdb} and KDE write it; KDE rounds to whole dpi. */
  @Test
  void isThatOfTheXResources() {
    assertEquals(1.25, scale(Map.of(), resources("Xft.dpi:\t120\n")));
    assertEquals(1.5, scale(Map.of(), resources("*customization: -color\nXft.dpi:144\n")));
    assertEquals(2, scale(Map.of(), resources("Xft.antialias: 1\nXft*dpi: 192.0")));
    assertEquals(1.2, scale(Map.of(), resources("Xft.dpi: 115")));
    // The last one counts; what is commented out, or another program's, does not.
    assertEquals(
        1.75,
        scale(Map.of(), resources("Xft.dpi: 96\nXft.dpi: 168\n! Xft.dpi: 192\nXft.dpis: 192")));
    assertEquals(List.of(), said);
  }

  /** By what GTK makes of these numbers. */
  @Test
  void isThatOfTheSettingsManagerBeforeTheXResources() {
    int dpi = 96 * 1024;
    // 200 % and nothing more, with the dpi of both.
    assertEquals(
        2,
        scale(
            Map.of(),
            settings("Gdk/WindowScalingFactor", 2, "Gdk/UnscaledDPI", dpi, "Xft/DPI", 2 * dpi)));
    // 200 %, and large text.
    assertEquals(
        2.5,
        scale(
            Map.of(),
            settings(
                "Gdk/WindowScalingFactor",
                2,
                "Gdk/UnscaledDPI",
                dpi * 5 / 4,
                "Xft/DPI",
                2 * dpi * 5 / 4)));
    // Without the unscaled one nobody knows whether the factor is in it: not twice.
    assertEquals(2, scale(Map.of(), settings("Gdk/WindowScalingFactor", 2, "Xft/DPI", 2 * dpi)));
    assertEquals(2, scale(Map.of(), settings("Gdk/WindowScalingFactor", 2, "Xft/DPI", dpi)));
    assertEquals(1.25, scale(Map.of(), settings("Xft/DPI", dpi * 5 / 4)));
    // The default, said as -1.
    assertEquals(1, scale(Map.of(), settings("Xft/DPI", -1)));
    assertEquals(
        1.5, scale(Map.of(), new XDesktop(Map.of("Xft/DPI", dpi * 3 / 2), "Xft.dpi: 192")));
    assertEquals(
        1.25, scale(Map.of(), new XDesktop(Map.of("Net/DndDragThreshold", 8), "Xft.dpi: 120")));
    assertEquals(List.of(), said);
  }

  @Test
  void isThatOfAVariableBeforeTheDesktops() {
    XDesktop high = resources("Xft.dpi: 192");
    assertEquals(1, scale(Map.of("GDK_SCALE", "1"), high));
    assertEquals(2, scale(Map.of("GDK_SCALE", "2"), XDesktop.NOTHING));
    // Twice as large already by the dpi: GTK would have its text four times as large.
    assertEquals(2, scale(Map.of("GDK_SCALE", "2"), high));
    assertEquals(2, scale(Map.of("GDK_SCALE", "2", "GDK_DPI_SCALE", "0.5"), high));
    assertEquals(1.5, scale(Map.of("GDK_DPI_SCALE", "1.5"), XDesktop.NOTHING));
    assertEquals(1.5, scale(Map.of("QT_SCALE_FACTOR", "1.5"), high));
    assertEquals(
        1.25,
        DesktopScale.of(
            Map.of("DUNLIN_SCALE", "1.25", "GDK_SCALE", "2", "QT_SCALE_FACTOR", "3"),
            () -> fail("the X server was asked"),
            said::add));
    assertEquals(List.of(), said);
  }

  @Test
  void aRunThatNobodySeesIsTheSameOnEveryDesktop() {
    assertEquals(1, DesktopScale.ofNobody(Map.of("GDK_SCALE", "2"), said::add));
    assertEquals(2, DesktopScale.ofNobody(Map.of("DUNLIN_SCALE", "2"), said::add));
  }

  @Test
  void whatIsNoScaleIsSaidAndPassedOver() {
    for (String wrong :
        List.of("0", "-3", "1e9", "1000000000", "abc", "NaN", "Infinity", "0x2", "1,5", "5.01")) {
      said.clear();
      assertEquals(
          1.5,
          scale(
              Map.of(
                  "DUNLIN_SCALE",
                  wrong,
                  "GDK_SCALE",
                  wrong,
                  "QT_SCALE_FACTOR",
                  wrong,
                  "GDK_DPI_SCALE",
                  wrong),
              resources("Xft.dpi: 144")),
          wrong);
      assertEquals(4, said.size(), said::toString);
      assertEquals(
          "DUNLIN_SCALE is '" + wrong + "', which is no number from 0.5 to 5: passed over",
          said.get(0));
    }
    for (String wrong : List.of("0", "-3", "1e9", "999999", "abc", "47", "481")) {
      said.clear();
      assertEquals(1, scale(Map.of(), resources("Xft.dpi: " + wrong)), wrong);
      assertEquals(
          List.of(
              "Xft.dpi of the X resources is '"
                  + wrong
                  + "', which is no number from 48 to 480: passed over"),
          said);
    }
    said.clear();
    int dpi = 96 * 1024;
    assertEquals(
        1, scale(Map.of(), settings("Gdk/WindowScalingFactor", 0, "Gdk/UnscaledDPI", dpi)));
    assertEquals(
        1, scale(Map.of(), settings("Gdk/WindowScalingFactor", -2, "Gdk/UnscaledDPI", dpi)));
    assertEquals(1, scale(Map.of(), settings("Xft/DPI", Integer.MAX_VALUE)));
    assertEquals(
        2, scale(Map.of("GDK_SCALE", "4", "GDK_DPI_SCALE", "2"), settings("Xft/DPI", dpi)));
    assertEquals(4, said.size(), said::toString);
  }

  @Test
  void settingsThatAreNoScaleArePassedOverForTheXResources() {
    int dpi = 96 * 1024;
    for (Map<String, Integer> wrong :
        List.of(
            Map.of("Xft/DPI", Integer.MAX_VALUE),
            Map.of("Xft/DPI", dpi, "Gdk/WindowScalingFactor", 6),
            Map.of("Gdk/UnscaledDPI", dpi, "Gdk/WindowScalingFactor", 0),
            Map.of("Gdk/UnscaledDPI", dpi / 3, "Xft/DPI", dpi))) {
      said.clear();
      assertEquals(2, scale(Map.of(), new XDesktop(wrong, "Xft.dpi: 192")), wrong::toString);
      assertEquals(1, said.size(), said::toString);
    }
    assertEquals(
        List.of(
            "the scale of the desktop's settings is '0.3333333333333333', which is no number from"
                + " 0.5 to 5: passed over"),
        said);
    said.clear();
    // All that is set by both is none together, and the next is Qt's.
    assertEquals(
        3,
        scale(
            Map.of("GDK_SCALE", "4", "GDK_DPI_SCALE", "2", "QT_SCALE_FACTOR", "3"),
            resources("Xft.dpi: 144")));
    assertEquals(1, said.size(), said::toString);
  }

  @Test
  void dpiForSmallTextMakeNoSmallWindows() {
    assertEquals(1, scale(Map.of(), resources("Xft.dpi: 72")));
    assertEquals(1, scale(Map.of(), settings("Xft/DPI", 72 * 1024)));
    assertEquals(0.75, scale(Map.of(), settings("Gdk/UnscaledDPI", 72 * 1024)));
    assertEquals(0.5, scale(Map.of("GDK_DPI_SCALE", "0.5"), resources("Xft.dpi: 96")));
    assertEquals(List.of(), said);
  }

  @Test
  void whatIsSaidIsShortAndOfOneLine() {
    scale(Map.of("DUNLIN_SCALE", "a\u001b[2J\n" + "b".repeat(10_000)), XDesktop.NOTHING);
    assertTrue(said.get(0).length() < 120, said::toString);
    assertTrue(said.get(0).chars().noneMatch(Character::isISOControl), said::toString);
  }
}
