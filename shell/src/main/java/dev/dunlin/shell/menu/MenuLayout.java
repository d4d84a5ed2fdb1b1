package dev.dunlin.shell.menu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.bridge.spi.BridgeError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A menu as an app describes it, for menu bar, tray and context menu.
 *
 * <pre>
 * File:                          a menu; inside another one, a submenu
 *   &amp;New: n + CommandOrControl    an item, its mnemonic, its accelerator
 *   !Save: S                       disabled; upper case is Shift, no modifier is CommandOrControl
 *   ---                            a separator
 *   [x] Autosave: _                can be checked, and is ([ ]: is not); no accelerator
 * ;                              ends the menu; may stand behind the last item
 * </pre>
 *
 * A line is split at its last colon. One without a colon is an item. Items may stand outside menus:
 * in trays and context menus.
 *
 * @param entries from top to bottom
 */
public record MenuLayout(List<Entry> entries) {
  /** The code of what can't be read. */
  public static final String SYNTAX = "ERR_MENU_SYNTAX";

  /** Longest text of a layout; longer ones are refused. */
  public static final int MAX_LENGTH = 256 * 1024;

  /** Most entries; a layout with more is refused. */
  public static final int MAX_ENTRIES = 1_000;

  /** Most menus inside each other; a layout with more is refused. */
  public static final int MAX_DEPTH = 8;

  /** Longest label; longer ones are refused. */
  public static final int MAX_LABEL = 1_000;

  private static final String SEPARATOR = "---";

  public MenuLayout {
    entries = List.copyOf(entries);
  }

  /** What stands in a menu. */
  public sealed interface Entry {}

  /** A line between items. */
  public record Separator() implements Entry {}

  /**
   * What is shown of an item or a menu.
   *
   * @param text without the mark of the mnemonic
   * @param mnemonic where in the text the letter is that chooses it while the menu is open
   */
  public record Label(String text, OptionalInt mnemonic) {
    /**
     * Reads {@code &New}: an ampersand before a letter or digit marks it, the first one counts; two
     * are one that is shown; any other is itself.
     */
    static Label parse(String written) {
      StringBuilder text = new StringBuilder(written.length());
      OptionalInt mnemonic = OptionalInt.empty();
      for (int i = 0; i < written.length(); i++) {
        char c = written.charAt(i);
        if (c == '&' && i + 1 < written.length()) {
          char next = written.charAt(i + 1);
          if (next == '&') {
            i++;
          } else if (mnemonic.isEmpty() && Character.isLetterOrDigit(next)) {
            mnemonic = OptionalInt.of(text.length());
            continue;
          }
        }
        text.append(c);
      }
      return new Label(text.toString(), mnemonic);
    }
  }

  /** Whether an item shows a mark. */
  public enum Check {
    /** It never does. */
    NONE,
    OFF,
    ON
  }

  /** What is chosen. */
  public record Item(Label label, Optional<Accelerator> accelerator, boolean enabled, Check check)
      implements Entry {
    public Item withEnabled(boolean now) {
      return new Item(label, accelerator, now, check);
    }

    public Item withChecked(boolean now) {
      return new Item(label, accelerator, enabled, now ? Check.ON : Check.OFF);
    }
  }

  /** A menu, or a submenu. */
  public record Menu(Label label, boolean enabled, List<Entry> entries) implements Entry {
    public Menu {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Reads what a page sends: a text, an object ({@code {File: {New: 'n', Recent: {…}}}}; {@code
   * '---'} as key or value is a separator), or a list of texts, such objects and {@code {label,
   * accelerator, enabled, checked, submenu}}.
   *
   * @throws BridgeError {@code ERR_MENU_SYNTAX}
   */
  public static MenuLayout of(JsonNode written) {
    if (written.isTextual()) {
      return parse(written.textValue());
    }
    if (!written.isContainerNode()) {
      throw wrong("a menu is a text, an object or a list; this is " + cut(written.toString()));
    }
    return new MenuLayout(new Reader().nested(written, 1));
  }

  /**
   * Reads the menu language.
   *
   * @throws BridgeError {@code ERR_MENU_SYNTAX}, with the line
   */
  public static MenuLayout parse(String text) {
    return new MenuLayout(new Reader().text(text));
  }

  /** All items, with the label of the menu they are in (empty outside any), from top to bottom. */
  public Stream<Map.Entry<String, Item>> items() {
    return items("", entries);
  }

  private static Stream<Map.Entry<String, Item>> items(String parent, List<Entry> entries) {
    return entries.stream()
        .flatMap(
            entry ->
                entry instanceof Item item
                    ? Stream.of(Map.entry(parent, item))
                    : entry instanceof Menu menu
                        ? items(menu.label().text(), menu.entries())
                        : Stream.empty());
  }

  /**
   * The layout with the items of a label changed.
   *
   * @param parent the label of their menu; empty for those of every menu
   * @return empty if there is no such item
   */
  public Optional<MenuLayout> with(
      Optional<String> parent, String label, UnaryOperator<Item> change) {
    boolean[] found = {false};
    MenuLayout changed = new MenuLayout(with("", entries, parent, label, change, found));
    return found[0] ? Optional.of(changed) : Optional.empty();
  }

  private static List<Entry> with(
      String within,
      List<Entry> entries,
      Optional<String> parent,
      String label,
      UnaryOperator<Item> change,
      boolean[] found) {
    List<Entry> changed = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (entry instanceof Menu menu) {
        changed.add(
            new Menu(
                menu.label(),
                menu.enabled(),
                with(menu.label().text(), menu.entries(), parent, label, change, found)));
      } else if (entry instanceof Item item
          && item.label().text().equals(label)
          && parent.map(within::equals).orElse(true)) {
        found[0] = true;
        changed.add(change.apply(item));
      } else {
        changed.add(entry);
      }
    }
    return changed;
  }

  /** Reads one layout, and counts what is in it. */
  private static final class Reader {
    private int count;

    private record Open(String written, int line, List<Entry> entries) {}

    List<Entry> text(String text) {
      if (text.length() > MAX_LENGTH) {
        throw wrong("it has " + text.length() + " characters, more than " + MAX_LENGTH);
      }
      Deque<Open> open = new ArrayDeque<>();
      open.push(new Open("", 0, new ArrayList<>()));
      int number = 0;
      for (String whole : text.split("\\R", -1)) {
        number++;
        int end = whole.length();
        int ends = 0;
        while (end > 0
            && (whole.charAt(end - 1) == ';' || Character.isWhitespace(whole.charAt(end - 1)))) {
          ends += whole.charAt(--end) == ';' ? 1 : 0;
        }
        String line = whole.substring(0, end).strip();
        try {
          if (!line.isEmpty()) {
            line(line, number, open);
          }
          for (int i = 0; i < ends; i++) {
            if (open.size() == 1) {
              throw wrong("a ; ends a menu, and none is open");
            }
            end(open);
          }
        } catch (BridgeError e) {
          throw new BridgeError(
              e.name(), e.code(), "line " + number + " of the menu: " + e.getMessage());
        }
      }
      boolean nested = open.peek().entries().stream().anyMatch(Menu.class::isInstance);
      if (open.size() > 2 || open.size() == 2 && nested) {
        Open last = open.peek();
        throw wrong(
            "the menu '"
                + cut(last.written())
                + "' of line "
                + last.line()
                + " has no ; at its end, so it would be inside the one before");
      }
      if (open.size() == 2) {
        end(open);
      }
      return open.pop().entries();
    }

    private void line(String line, int number, Deque<Open> open) {
      int colon = line.lastIndexOf(':');
      String label = colon < 0 ? line : line.substring(0, colon).strip();
      String value = colon < 0 ? "_" : line.substring(colon + 1).strip();
      if (line.equals(SEPARATOR)) {
        open.peek().entries().add(separator());
      } else if (value.isEmpty()) {
        if (open.size() > MAX_DEPTH) {
          throw tooDeep();
        }
        open.push(new Open(label, number, new ArrayList<>()));
      } else {
        open.peek().entries().add(item(label, value));
      }
    }

    private void end(Deque<Open> open) {
      Open ended = open.pop();
      open.peek().entries().add(menu(ended.written(), ended.entries()));
    }

    List<Entry> nested(JsonNode written, int depth) {
      if (depth > MAX_DEPTH + 1) {
        throw tooDeep();
      }
      List<Entry> entries = new ArrayList<>();
      if (written.isArray()) {
        for (JsonNode one : written) {
          if (one.isTextual()) {
            entries.addAll(text(one.textValue()));
          } else if (one.isObject() && (one.has("label") || one.has("type"))) {
            entries.add(described(one, depth));
          } else if (one.isObject()) {
            entries.addAll(nested(one, depth));
          } else {
            throw wrong("a menu's list has texts and objects; this is " + cut(one.toString()));
          }
        }
        return entries;
      }
      for (Map.Entry<String, JsonNode> field : written.properties()) {
        String label = field.getKey();
        JsonNode value = field.getValue();
        if (label.strip().equals(SEPARATOR)
            || value.isTextual() && value.textValue().strip().equals(SEPARATOR)) {
          entries.add(separator());
        } else if (value.isContainerNode()) {
          entries.add(menu(label, nested(value, depth + 1)));
        } else if (value.isTextual() || value.isNull()) {
          entries.add(item(label, value.asText("_")));
        } else {
          throw wrong(
              "'"
                  + cut(label)
                  + "' has an accelerator or a menu; this is "
                  + cut(value.toString()));
        }
      }
      return entries;
    }

    private Entry described(JsonNode one, int depth) {
      if (one.path("type").asText().equals("separator")) {
        return separator();
      }
      JsonNode written = one.path("label");
      if (!written.isTextual()) {
        throw wrong("an item's label is a text; this is " + cut(one.toString()));
      }
      boolean enabled = one.path("enabled").asBoolean(true);
      if (one.path("submenu").isContainerNode()) {
        List<Entry> inside = nested(one.get("submenu"), depth + 1);
        counted();
        return new Menu(label(written.textValue()), enabled, inside);
      }
      JsonNode checked = one.path("checked");
      boolean checkable = checked.isBoolean() || one.path("type").asText().equals("checkbox");
      counted();
      return new Item(
          label(written.textValue()),
          Accelerator.parse(one.path("accelerator").asText("_")),
          enabled,
          checkable ? checked.asBoolean() ? Check.ON : Check.OFF : Check.NONE);
    }

    private Separator separator() {
      counted();
      return new Separator();
    }

    private Menu menu(String written, List<Entry> inside) {
      counted();
      boolean disabled = written.startsWith("!");
      return new Menu(label(disabled ? written.substring(1) : written), !disabled, inside);
    }

    private Item item(String written, String accelerator) {
      counted();
      boolean disabled = written.startsWith("!");
      String rest = disabled ? written.substring(1).strip() : written;
      Check check =
          rest.startsWith("[x]") ? Check.ON : rest.startsWith("[ ]") ? Check.OFF : Check.NONE;
      return new Item(
          label(check == Check.NONE ? rest : rest.substring(3)),
          Accelerator.parse(accelerator),
          !disabled,
          check);
    }

    private static Label label(String written) {
      String bare = written.strip();
      if (bare.isEmpty()) {
        throw wrong("there is no label before the colon");
      }
      if (bare.length() > MAX_LABEL) {
        throw wrong("the label '" + cut(bare) + "' has more than " + MAX_LABEL + " characters");
      }
      return Label.parse(bare);
    }

    private void counted() {
      if (++count > MAX_ENTRIES) {
        throw wrong("it has more than " + MAX_ENTRIES + " entries");
      }
    }
  }

  private static BridgeError tooDeep() {
    return wrong(
        "more than "
            + MAX_DEPTH
            + " menus are inside each other: end each with ;, and put no menu into itself");
  }

  private static BridgeError wrong(String why) {
    return new BridgeError("SyntaxError", SYNTAX, "the menu can't be read: " + why);
  }

  private static String cut(String text) {
    int shown = 40;
    return text.length() <= shown ? text : text.substring(0, shown) + "…";
  }
}
