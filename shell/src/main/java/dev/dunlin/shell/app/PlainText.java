package dev.dunlin.shell.app;

import java.awt.Component;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JTextArea;

/**
 * Keeps Swing from taking a text that begins with a tag for HTML: that would fetch pictures outside
 * every policy and make objects of classes, in this process.
 *
 * <p><i>Thread:</i> event dispatch.
 */
final class PlainText {
  private static final int COLUMNS = 48;
  private static final String HTML = "<html>";

  private PlainText() {}

  /** The component, which shows text as it is. Before its text is set. */
  static <C extends JComponent> C in(C component) {
    component.putClientProperty("html.disable", true);
    return component;
  }

  /** All that a component of Swing's holds now, and what its lists draw with. */
  static void inAllOf(JComponent whole) {
    in(whole);
    for (Component part : whole.getComponents()) {
      if (part instanceof JComboBox<?> choice && choice.getRenderer() instanceof JComponent drawn) {
        in(drawn);
      }
      if (part instanceof JComponent inside) {
        inAllOf(inside);
      }
    }
  }

  /** For where Swing makes the component: the text with a mark of no width before a tag. */
  static String defused(String text) {
    return text.regionMatches(true, 0, HTML, 0, HTML.length()) ? "\u200b" + text : text;
  }

  /** A text of several lines. */
  static JTextArea wrapped(String text) {
    JTextArea area = new JTextArea(text);
    area.setEditable(false);
    area.setFocusable(false);
    area.setOpaque(false);
    area.setLineWrap(true);
    area.setWrapStyleWord(true);
    area.setColumns(COLUMNS);
    return area;
  }
}
