package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.PageMenu;
import dev.dunlin.shell.host.Os;
import dev.dunlin.shell.menu.MenuLayout;
import dev.dunlin.shell.menu.MenuLayout.Entry;
import dev.dunlin.shell.menu.MenuLayout.Item;
import dev.dunlin.shell.menu.MenuLayout.Label;
import dev.dunlin.shell.menu.MenuLayout.Menu;
import dev.dunlin.shell.menu.MenuLayout.Separator;
import java.awt.BorderLayout;
import java.awt.Component;
import java.awt.Desktop;
import java.awt.EventQueue;
import java.awt.MouseInfo;
import java.awt.Point;
import java.awt.PointerInfo;
import java.awt.Rectangle;
import java.awt.event.KeyEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.swing.JMenu;
import javax.swing.JMenuBar;
import javax.swing.JPopupMenu;
import javax.swing.JRootPane;
import javax.swing.KeyStroke;
import javax.swing.MenuElement;
import javax.swing.MenuSelectionManager;
import javax.swing.SwingUtilities;
import javax.swing.event.ChangeListener;

/**
 * The menus of one window: the bar above its page, and the one that a page opens at the pointer.
 *
 * <p><i>Thread:</i> event dispatch.
 */
final class WindowMenus {
  /** Where a menu stands, as the page is told. */
  enum Type {
    SYSTEM,
    CONTEXT,
    /** Ours: the page is told nothing. */
    OWN
  }

  private static final List<MenuRole> EDITING =
      List.of(
          MenuRole.UNDO,
          MenuRole.REDO,
          MenuRole.CUT,
          MenuRole.COPY,
          MenuRole.PASTE,
          MenuRole.SELECT_ALL);

  private static final List<MenuRole> READING = List.of(MenuRole.COPY, MenuRole.SELECT_ALL);
  private static final List<MenuRole> NOTHING = List.of();

  /** Hears what a person chose. */
  interface Listener {
    void chosen(Type type, String parent, Item item);
  }

  private final BrowserWindow window;
  private final Listener listener;

  /** Swing looks for one where it sends the keys of an open menu. */
  private final JRootPane root = new JRootPane();

  private final KeyboardFirst keyboard;

  private MenuLayout layout = new MenuLayout(List.of());
  private JMenuBar bar = new JMenuBar();
  private final ChangeListener selection = event -> opened();
  private boolean open;

  WindowMenus(BrowserWindow window, Listener listener) {
    this.window = window;
    this.listener = listener;
    keyboard =
        new KeyboardFirst(
            root,
            () -> window.blurPage(root::requestFocus),
            () -> {
              if (!open) {
                window.focusPage();
              }
            });
    MenuSelectionManager.defaultManager().addChangeListener(selection);
  }

  /** The window is gone. From any thread. */
  void close() {
    EventQueue.invokeLater(
        () -> {
          shut();
          keyboard.close();
          MenuSelectionManager.defaultManager().removeChangeListener(selection);
        });
  }

  /** Shows it; an empty one takes the bar away. */
  void setBar(MenuLayout wanted) {
    shut();
    layout = wanted;
    bar = new JMenuBar();
    SwingMenus.fill(bar, wanted.entries(), "", (parent, item) -> chosen(Type.SYSTEM, parent, item));
    root.getContentPane().removeAll();
    if (Os.here() == Os.MAC) {
      Desktop.getDesktop().setDefaultMenuBar(bar);
    } else {
      // Not by setJMenuBar: that leaves an empty content its place.
      root.getContentPane().add(bar, BorderLayout.CENTER);
      window.setBar(wanted.entries().isEmpty() ? Optional.empty() : Optional.of(root));
    }
    Map<KeyStroke, Runnable> keys = keys();
    window.onKey(
        key -> {
          Runnable action = keys.get(key);
          if (action != null) {
            EventQueue.invokeLater(action);
          }
          return action != null;
        });
  }

  MenuLayout bar() {
    return layout;
  }

  /** Opens a page's menu where the pointer is. */
  void popUp(MenuLayout wanted) {
    popUp(wanted, (parent, item) -> chosen(Type.CONTEXT, parent, item));
  }

  /** Opens the menu that a page has by itself. */
  void popUp(PageMenu about, boolean developer) {
    List<Entry> entries = new ArrayList<>();
    about.suggestions().forEach(word -> entries.add(own(word, true, "")));
    Item add = own("Add to Dictionary", true, "");
    if (Engine.KNOWS_WORDS && !about.misspelled().isEmpty()) {
      entries.add(add);
    }
    if (!entries.isEmpty()) {
      entries.add(new Separator());
    }
    for (MenuRole role : about.editable() ? EDITING : about.selected() ? READING : NOTHING) {
      String label = role.written();
      entries.add(
          own(
              role == MenuRole.SELECT_ALL
                  ? "Select All"
                  : Character.toUpperCase(label.charAt(0)) + label.substring(1),
              about.possible().contains(role.edit().orElseThrow()),
              label));
    }
    if (developer) {
      entries.add(own("Inspect", true, MenuRole.TOGGLE_DEV_TOOLS.written()));
    }
    if (!entries.isEmpty()) {
      popUp(
          new MenuLayout(entries),
          (parent, item) -> {
            if (item == add) {
              window.addToDictionary(about.misspelled());
            } else if (item.role().isEmpty()) {
              window.replaceMisspelling(item.label().text());
            } else {
              listener.chosen(Type.OWN, parent, item);
            }
          });
    }
  }

  private static Item own(String label, boolean enabled, String role) {
    OptionalInt mnemonic =
        switch (role) {
          case "cut" -> OptionalInt.of(2);
          case "" -> OptionalInt.empty();
          default -> OptionalInt.of(0);
        };
    return new Item(
        new Label(label, mnemonic), Optional.empty(), enabled, MenuLayout.Check.NONE, role);
  }

  private void popUp(MenuLayout wanted, SwingMenus.Chosen chosen) {
    shut();
    JPopupMenu popup = new JPopupMenu();
    popup.setLightWeightPopupEnabled(false);
    SwingMenus.fill(popup, wanted.entries(), "", chosen);
    if (root.getParent() == null) {
      window.setBar(Optional.of(root));
    }
    Point origin = root.getLocationOnScreen();
    Rectangle within = new Rectangle(origin, SwingUtilities.getWindowAncestor(root).getSize());
    Point at = pointer().orElse(origin);
    // Nowhere but over the window whose page asks.
    int x = Math.max(0, Math.min(at.x, within.x + within.width) - origin.x);
    int y = Math.max(0, Math.min(at.y, within.y + within.height) - origin.y);
    keyboard.first(() -> popup.show(root, x, y));
  }

  /** Empty on a machine without a mouse, and where the system does not tell (Wayland). */
  private static Optional<Point> pointer() {
    return Optional.ofNullable(MouseInfo.getPointerInfo()).map(PointerInfo::getLocation);
  }

  private void shut() {
    keyboard.forget();
    MenuElement[] path = MenuSelectionManager.defaultManager().getSelectedPath();
    if (path.length > 0 && isOurs(path[0])) {
      MenuSelectionManager.defaultManager().clearSelectedPath();
    }
  }

  private boolean isOurs(MenuElement element) {
    return element == bar
        || element instanceof JPopupMenu popup && popup.getInvoker() == (Component) root;
  }

  /** A menu has opened or closed, whosever it is. */
  private void opened() {
    MenuElement[] path = MenuSelectionManager.defaultManager().getSelectedPath();
    boolean now = path.length > 0 && isOurs(path[0]);
    if (open && !now) {
      window.focusPage();
    }
    if (now && !window.isBlurred()) {
      // By the mouse: AWT believes that it has the keys then, and Chromium has them.
      window.blurPage(root::requestFocus);
    }
    open = now;
  }

  /** What is done at which key while the page has the focus. */
  private Map<KeyStroke, Runnable> keys() {
    Map<KeyStroke, Runnable> keys = new HashMap<>();
    for (int i = 0; i < bar.getMenuCount(); i++) {
      JMenu menu = bar.getMenu(i);
      Runnable opens = () -> open(menu);
      if (i == 0) {
        keys.put(KeyStroke.getKeyStroke(KeyEvent.VK_F10, 0), opens);
      }
      SwingMenus.mnemonicOf(((Menu) layout.entries().get(i)).label())
          .ifPresent(key -> keys.putIfAbsent(key, opens));
    }
    collect("", layout.entries(), keys);
    return Map.copyOf(keys);
  }

  private void collect(String parent, List<Entry> entries, Map<KeyStroke, Runnable> keys) {
    for (Entry entry : entries) {
      if (entry instanceof Menu menu && menu.enabled()) {
        collect(menu.label().text(), menu.entries(), keys);
      } else if (entry instanceof Item item
          && item.enabled()
          && roleOf(item).filter(MenuRole::isOfTheEngine).isEmpty()) {
        item.accelerator()
            .flatMap(SwingMenus::keyOf)
            .ifPresent(
                key -> keys.put(key, () -> chosen(Type.SYSTEM, parent, SwingMenus.toggled(item))));
      }
    }
  }

  private void open(JMenu menu) {
    if (menu.isEnabled() && menu.isShowing()) {
      JPopupMenu popup = menu.getPopupMenu();
      MenuElement[] inside = popup.getSubElements();
      MenuElement[] path =
          inside.length == 0
              ? new MenuElement[] {bar, menu, popup}
              : new MenuElement[] {bar, menu, popup, inside[0]};
      keyboard.first(() -> MenuSelectionManager.defaultManager().setSelectedPath(path));
    }
  }

  private void chosen(Type type, String parent, Item item) {
    if (type == Type.SYSTEM && item.check() != MenuLayout.Check.NONE) {
      layout
          .with(
              Optional.of(parent),
              item.label().text(),
              other -> other.withChecked(SwingMenus.isOn(item)))
          .ifPresent(this::setBar);
    }
    listener.chosen(type, parent, item);
  }

  static Optional<MenuRole> roleOf(Item item) {
    return item.role().isEmpty()
        ? MenuRole.labelled(item.label().text())
        : MenuRole.named(item.role());
  }
}
