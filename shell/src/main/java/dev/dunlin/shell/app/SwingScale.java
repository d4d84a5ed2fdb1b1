package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.Scale;
import java.awt.Font;
import java.util.Map;

/**
 * Has Swing's menus and dialogs as large as pages are: its look has fonts of so many pixels, and
 * the rest of it follows them.
 */
final class SwingScale {
  private SwingScale() {}

  /** To be said before the first component of Swing's is made. */
  static void set(Scale scale) {
    // A start at scale 1 has no use for fonts of Java's, nor for a record's equals: Java makes it
    // of
    // method handles when it is first asked, in 10 ms.
    if (scale.factor() != Scale.NONE.factor()) {
      fonts().forEach((name, font) -> System.setProperty(name, scaled(font, scale)));
    }
  }

  /** The names by which Swing's own look (Metal) is told its fonts, and what they are else. */
  private static Map<String, Font> fonts() {
    return Map.of(
        "swing.plaf.metal.controlFont", new Font(Font.DIALOG, Font.BOLD, 12),
        "swing.plaf.metal.systemFont", new Font(Font.DIALOG, Font.PLAIN, 12),
        "swing.plaf.metal.userFont", new Font(Font.DIALOG, Font.PLAIN, 12),
        "swing.plaf.metal.smallFont", new Font(Font.DIALOG, Font.PLAIN, 10));
  }

  /** As {@link Font#decode} reads it. */
  static String scaled(Font font, Scale scale) {
    return font.getName() + (font.isBold() ? "-bold-" : "-plain-") + scale.toScreen(font.getSize());
  }
}
