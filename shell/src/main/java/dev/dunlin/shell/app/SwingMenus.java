package dev.dunlin.shell.app;

import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.menu.Accelerator;
import dev.dunlin.shell.menu.Accelerator.Modifier;
import dev.dunlin.shell.menu.MenuLayout.Check;
import dev.dunlin.shell.menu.MenuLayout.Entry;
import dev.dunlin.shell.menu.MenuLayout.Item;
import dev.dunlin.shell.menu.MenuLayout.Label;
import dev.dunlin.shell.menu.MenuLayout.Menu;
import dev.dunlin.shell.menu.MenuLayout.Separator;
import java.awt.event.InputEvent;
import java.awt.event.KeyEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.swing.AbstractButton;
import javax.swing.JCheckBoxMenuItem;
import javax.swing.JComponent;
import javax.swing.JMenu;
import javax.swing.JMenuItem;
import javax.swing.JPopupMenu;
import javax.swing.KeyStroke;

/** Makes Swing's menus of a layout. Thread: event dispatch. */
final class SwingMenus {
  private static final Map<String, Integer> CODES =
      Map.ofEntries(
          Map.entry("Backspace", KeyEvent.VK_BACK_SPACE),
          Map.entry("Delete", KeyEvent.VK_DELETE),
          Map.entry("Down", KeyEvent.VK_DOWN),
          Map.entry("End", KeyEvent.VK_END),
          Map.entry("Enter", KeyEvent.VK_ENTER),
          Map.entry("Escape", KeyEvent.VK_ESCAPE),
          Map.entry("Home", KeyEvent.VK_HOME),
          Map.entry("Insert", KeyEvent.VK_INSERT),
          Map.entry("Left", KeyEvent.VK_LEFT),
          Map.entry("PageDown", KeyEvent.VK_PAGE_DOWN),
          Map.entry("PageUp", KeyEvent.VK_PAGE_UP),
          // On most keyboards it is the shifted =, which is the key that is told.
          Map.entry("Plus", KeyEvent.VK_EQUALS),
          Map.entry("Comma", KeyEvent.VK_COMMA),
          Map.entry("Right", KeyEvent.VK_RIGHT),
          Map.entry("Space", KeyEvent.VK_SPACE),
          Map.entry("Tab", KeyEvent.VK_TAB),
          Map.entry("Up", KeyEvent.VK_UP));

  private static final int FUNCTION_KEYS_IN_A_ROW = 12;

  private SwingMenus() {}

  /** What was chosen: the label of its menu, empty outside any, and the item as it is now. */
  interface Chosen extends BiConsumer<String, Item> {}

  /** Fills a menu, a popup or a bar. */
  static void fill(JComponent into, List<Entry> entries, String parent, Chosen chosen) {
    for (Entry entry : entries) {
      if (entry instanceof Menu menu) {
        into.add(menu(menu, chosen));
      } else if (entry instanceof Item item) {
        into.add(item(item, parent, chosen));
      } else if (entry instanceof Separator) {
        into.add(new JPopupMenu.Separator());
      }
    }
  }

  private static JMenu menu(Menu menu, Chosen chosen) {
    JMenu made = new JMenu();
    label(made, menu.label());
    made.setEnabled(menu.enabled());
    // The page is a window of the system's, before which nothing of Swing's is seen.
    made.getPopupMenu().setLightWeightPopupEnabled(false);
    fill(made.getPopupMenu(), menu.entries(), menu.label().text(), chosen);
    return made;
  }

  private static JMenuItem item(Item item, String parent, Chosen chosen) {
    boolean marked = item.check() != Check.NONE;
    JMenuItem made = marked ? new JCheckBoxMenuItem() : new JMenuItem();
    label(made, item.label());
    made.setEnabled(item.enabled());
    made.setSelected(isOn(item));
    item.accelerator().flatMap(SwingMenus::keyOf).ifPresent(made::setAccelerator);
    made.addActionListener(event -> chosen.accept(parent, toggled(item)));
    return made;
  }

  /** The item once it is chosen. */
  static Item toggled(Item item) {
    return item.check() == Check.NONE ? item : item.withChecked(!isOn(item));
  }

  static boolean isOn(Item item) {
    return item.check() == Check.ON;
  }

  private static void label(AbstractButton button, Label label) {
    PlainText.in(button).setText(label.text());
    label
        .mnemonic()
        .ifPresent(
            index -> {
              button.setMnemonic(KeyEvent.getExtendedKeyCodeForChar(label.text().charAt(index)));
              button.setDisplayedMnemonicIndex(index);
            });
  }

  /** The key of AWT's; empty for a character that no key has. */
  static Optional<KeyStroke> keyOf(Accelerator accelerator) {
    int modifiers = 0;
    for (Modifier modifier : accelerator.held(Os.here() == Os.MAC)) {
      modifiers |=
          switch (modifier) {
            case CONTROL -> InputEvent.CTRL_DOWN_MASK;
            case ALT -> InputEvent.ALT_DOWN_MASK;
            case SHIFT -> InputEvent.SHIFT_DOWN_MASK;
            default -> InputEvent.META_DOWN_MASK;
          };
    }
    int code = codeOf(accelerator.key());
    return code == KeyEvent.VK_UNDEFINED
        ? Optional.empty()
        : Optional.of(KeyStroke.getKeyStroke(code, modifiers));
  }

  private static int codeOf(String key) {
    if (CODES.containsKey(key)) {
      return CODES.get(key);
    }
    if (key.length() > 1 && key.charAt(0) == 'F') {
      int number = Integer.parseInt(key.substring(1)) - 1;
      return number < FUNCTION_KEYS_IN_A_ROW
          ? KeyEvent.VK_F1 + number
          : KeyEvent.VK_F13 + number - FUNCTION_KEYS_IN_A_ROW;
    }
    return KeyEvent.getExtendedKeyCodeForChar(key.codePointAt(0));
  }

  /** The letter that opens a menu of the bar, with Alt. */
  static Optional<KeyStroke> mnemonicOf(Label label) {
    return label.mnemonic().stream()
        .map(index -> KeyEvent.getExtendedKeyCodeForChar(label.text().charAt(index)))
        .filter(code -> code != KeyEvent.VK_UNDEFINED)
        .mapToObj(code -> KeyStroke.getKeyStroke(code, InputEvent.ALT_DOWN_MASK))
        .findFirst();
  }
}
