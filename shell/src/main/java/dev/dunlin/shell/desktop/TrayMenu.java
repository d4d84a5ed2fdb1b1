package dev.dunlin.shell.desktop;

import dev.dunlin.shell.menu.Accelerator;
import dev.dunlin.shell.menu.MenuLayout;
import dev.dunlin.shell.menu.MenuLayout.Check;
import dev.dunlin.shell.menu.MenuLayout.Entry;
import dev.dunlin.shell.menu.MenuLayout.Item;
import dev.dunlin.shell.menu.MenuLayout.Menu;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.freedesktop.dbus.errors.UnknownMethod;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/**
 * A menu as trays read it: {@code com.canonical.dbusmenu}. The root has the id 0, and entries count
 * from 1, from top to bottom, submenus before what follows them.
 *
 * <p><i>Thread:</i> any.
 */
final class TrayMenu implements TrayInterfaces.DbusMenu, Properties {
  /** Of the protocol. */
  private static final int VERSION = 3;

  private static final int WHOLE = -1;

  private final String path;
  private final BiConsumer<String, Item> chosen;

  // Guarded by this.
  private List<Numbered> entries = List.of();
  private long revision = 1;

  /** An entry, its parent's id and that menu's label; the root is the one with the id 0. */
  private record Numbered(int parent, String within, Entry entry) {}

  /**
   * @param chosen the label of the menu that it is in, and the item; on a thread of D-Bus
   */
  TrayMenu(String path, BiConsumer<String, Item> chosen) {
    this.path = path;
    this.chosen = chosen;
  }

  /** Another menu from now on; the number that tells it from the one before. */
  synchronized long set(MenuLayout layout) {
    List<Numbered> numbered = new ArrayList<>();
    // One menu alone is the tray's: its title would only be one more click.
    List<Entry> top =
        layout.entries().size() == 1 && layout.entries().get(0) instanceof Menu only
            ? only.entries()
            : layout.entries();
    Menu root = new Menu(new MenuLayout.Label("", java.util.OptionalInt.empty()), true, top);
    numbered.add(new Numbered(-1, "", root));
    String within = top == layout.entries() ? "" : ((Menu) layout.entries().get(0)).label().text();
    number(numbered, 0, within, top);
    entries = List.copyOf(numbered);
    return ++revision;
  }

  private static void number(List<Numbered> into, int parent, String within, List<Entry> entries) {
    for (Entry entry : entries) {
      into.add(new Numbered(parent, within, entry));
      if (entry instanceof Menu menu) {
        number(into, into.size() - 1, menu.label().text(), menu.entries());
      }
    }
  }

  private Numbered at(int id) {
    if (id < 0 || id >= entries.size()) {
      throw new org.freedesktop.dbus.errors.InvalidMethodArgument("there is no item " + id);
    }
    return entries.get(id);
  }

  private TrayInterfaces.Node node(int id, int depth) {
    List<Variant<?>> children = new ArrayList<>();
    if (depth != 0) {
      for (int child = id + 1; child < entries.size(); child++) {
        if (entries.get(child).parent() == id) {
          children.add(
              new Variant<>(
                  node(child, depth == WHOLE ? WHOLE : depth - 1), TrayInterfaces.Node.SIGNATURE));
        }
      }
    }
    return new TrayInterfaces.Node(id, properties(at(id).entry()), children);
  }

  /** What is as the protocol takes for granted is left out. */
  private static Map<String, Variant<?>> properties(Entry entry) {
    Map<String, Variant<?>> properties = new LinkedHashMap<>();
    if (entry instanceof Menu menu) {
      properties.put("children-display", new Variant<>("submenu"));
      label(properties, menu.label(), menu.enabled());
    } else if (entry instanceof Item item) {
      label(properties, item.label(), item.enabled());
      if (item.check() != Check.NONE) {
        properties.put("toggle-type", new Variant<>("checkmark"));
        properties.put("toggle-state", new Variant<>(item.check() == Check.ON ? 1 : 0));
      }
      item.accelerator()
          .ifPresent(
              keys -> properties.put("shortcut", new Variant<>(List.of(words(keys)), "aas")));
    } else {
      properties.put("type", new Variant<>("separator"));
    }
    return properties;
  }

  private static void label(
      Map<String, Variant<?>> properties, MenuLayout.Label label, boolean enabled) {
    String text = label.text();
    int mnemonic = label.mnemonic().orElse(text.length());
    // An underscore marks a mnemonic, and two are one that is shown.
    String marked =
        text.substring(0, mnemonic).replace("_", "__")
            + (mnemonic < text.length() ? "_" : "")
            + text.substring(mnemonic).replace("_", "__");
    if (!text.isEmpty()) {
      properties.put("label", new Variant<>(NotificationModule.clean(marked)));
    }
    if (!enabled) {
      properties.put("enabled", new Variant<>(false));
    }
  }

  private static List<String> words(Accelerator keys) {
    List<String> words = new ArrayList<>();
    for (Accelerator.Modifier modifier : Accelerator.Modifier.values()) {
      if (keys.held(false).contains(modifier)) {
        words.add(
            switch (modifier) {
              case CONTROL -> "Control";
              case ALT -> "Alt";
              case SHIFT -> "Shift";
              default -> "Super";
            });
      }
    }
    words.add(keys.key());
    return words;
  }

  @Override
  public synchronized TrayInterfaces.LayoutReply<UInt32, TrayInterfaces.Node> GetLayout(
      int parent, int depth, List<String> names) {
    at(parent);
    return new TrayInterfaces.LayoutReply<>(new UInt32(revision), node(parent, depth));
  }

  @Override
  public synchronized List<TrayInterfaces.NodeProperties> GetGroupProperties(
      List<Integer> ids, List<String> names) {
    List<TrayInterfaces.NodeProperties> all = new ArrayList<>();
    for (int id = 0; id < entries.size(); id++) {
      if (ids.isEmpty() || ids.contains(id)) {
        all.add(new TrayInterfaces.NodeProperties(id, properties(entries.get(id).entry())));
      }
    }
    return all;
  }

  @Override
  public synchronized Variant<?> GetProperty(int id, String name) {
    Variant<?> value = properties(at(id).entry()).get(name);
    if (value == null) {
      throw new UnknownMethod("item " + id + " has no " + name);
    }
    return value;
  }

  @Override
  public void Event(int id, String event, Variant<?> data, UInt32 time) {
    Numbered found;
    synchronized (this) {
      found = at(id);
    }
    // What is disabled is not chosen, whoever says so.
    if (event.equals("clicked") && found.entry() instanceof Item item && item.enabled()) {
      chosen.accept(found.within(), item);
    }
  }

  @Override
  public List<Integer> EventGroup(List<TrayInterfaces.NodeEvent> events) {
    List<Integer> unknown = new ArrayList<>();
    int count;
    synchronized (this) {
      count = entries.size();
    }
    for (TrayInterfaces.NodeEvent one : events) {
      if (one.id < 0 || one.id >= count) {
        unknown.add(one.id);
      } else {
        Event(one.id, one.event, one.data, one.time);
      }
    }
    return unknown;
  }

  @Override
  public boolean AboutToShow(int id) {
    return false;
  }

  @Override
  public TrayInterfaces.AboutReply<List<Integer>, List<Integer>> AboutToShowGroup(
      List<Integer> ids) {
    return new TrayInterfaces.AboutReply<>(List.of(), List.of());
  }

  @Override
  public Map<String, Variant<?>> GetAll(String type) {
    return Map.of(
        "Version",
        new Variant<>(new UInt32(VERSION)),
        "TextDirection",
        new Variant<>("ltr"),
        "Status",
        new Variant<>("normal"),
        "IconThemePath",
        new Variant<>(List.of(), "as"));
  }

  @Override
  @SuppressWarnings("unchecked")
  public <A> A Get(String type, String name) {
    return (A) GetAll(type).get(name);
  }

  @Override
  public <A> void Set(String type, String name, A value) {
    throw new UnknownMethod("nothing can be set here");
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public String getObjectPath() {
    return path;
  }
}
