package dev.dunlin.shell.menu;

import dev.dunlin.bridge.spi.BridgeError;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The key that chooses a menu's item, such as {@code s + CommandOrControl}.
 *
 * @param key one character, a letter of it in lower case, or one of {@link #KEYS}, {@code F1} to
 *     {@code F24}
 * @param modifiers as they were written; a letter in upper case has {@link Modifier#SHIFT}, and a
 *     character without any other has {@link Modifier#COMMAND_OR_CONTROL}, since alone it is what a
 *     person types
 */
public record Accelerator(String key, Set<Modifier> modifiers) {
  /** What is held with the key. {@code Option} is another word for Alt. */
  public enum Modifier {
    /** Command on macOS, Control elsewhere. */
    COMMAND_OR_CONTROL,
    /** Command on macOS, the key with the window maker's sign elsewhere. */
    COMMAND,
    CONTROL,
    ALT,
    SHIFT,
    META
  }

  /** Keys with a name; {@code Plus} since {@code +} stands between modifiers. */
  public static final List<String> KEYS =
      List.of(
          "Backspace",
          "Delete",
          "Down",
          "End",
          "Enter",
          "Escape",
          "Home",
          "Insert",
          "Left",
          "PageDown",
          "PageUp",
          "Plus",
          "Comma",
          "Right",
          "Space",
          "Tab",
          "Up");

  private static final int LAST_FUNCTION_KEY = 24;

  /** Longest text of one; longer ones are refused. */
  static final int MAX_LENGTH = 100;

  public Accelerator {
    modifiers = modifiers.isEmpty() ? Set.of() : Set.copyOf(modifiers);
  }

  /**
   * Reads one; empty for {@code _} and for nothing.
   *
   * @throws BridgeError {@code ERR_MENU_SYNTAX}
   */
  public static Optional<Accelerator> parse(String text) {
    String whole = text.strip();
    if (whole.isEmpty() || whole.equals("_")) {
      return Optional.empty();
    }
    if (whole.length() > MAX_LENGTH) {
      throw wrong(whole.substring(0, MAX_LENGTH) + "…", "it is too long");
    }
    String key = "";
    Set<Modifier> held = EnumSet.noneOf(Modifier.class);
    for (String part : whole.split("[+,]", -1)) {
      String word = part.strip();
      Optional<Modifier> modifier = modifier(word);
      if (word.isEmpty()) {
        throw wrong(whole, "a + or a comma has nothing beside it; the key + is written Plus");
      } else if (modifier.isPresent()) {
        held.add(modifier.get());
      } else if (!key.isEmpty()) {
        throw wrong(whole, "'" + word + "' is no modifier");
      } else {
        key = word;
      }
    }
    if (key.isEmpty()) {
      throw wrong(whole, "there is no key in it");
    }
    if (key.codePointCount(0, key.length()) > 1) {
      return Optional.of(new Accelerator(named(whole, key), held));
    }
    String small = key.toLowerCase(Locale.ROOT);
    if (!small.equals(key)) {
      held.add(Modifier.SHIFT);
    }
    if (held.isEmpty() || held.equals(Set.of(Modifier.SHIFT))) {
      held.add(Modifier.COMMAND_OR_CONTROL);
    }
    return Optional.of(new Accelerator(small, held));
  }

  private static Optional<Modifier> modifier(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "commandorcontrol", "cmdorctrl" -> Optional.of(Modifier.COMMAND_OR_CONTROL);
      case "command", "cmd" -> Optional.of(Modifier.COMMAND);
      case "control", "ctrl" -> Optional.of(Modifier.CONTROL);
      case "alt", "option" -> Optional.of(Modifier.ALT);
      case "shift" -> Optional.of(Modifier.SHIFT);
      case "meta", "super" -> Optional.of(Modifier.META);
      default -> Optional.empty();
    };
  }

  private static String named(String whole, String key) {
    String bare =
        key.toLowerCase(Locale.ROOT).startsWith("arrow") ? key.substring("arrow".length()) : key;
    for (String name : KEYS) {
      if (name.equalsIgnoreCase(bare)) {
        return name;
      }
    }
    switch (key.toLowerCase(Locale.ROOT)) {
      case "esc":
        return "Escape";
      case "return":
        return "Enter";
      case "del":
        return "Delete";
      default:
        for (int number = 1; number <= LAST_FUNCTION_KEY; number++) {
          if (("F" + number).equalsIgnoreCase(key)) {
            return "F" + number;
          }
        }
        throw wrong(
            whole,
            "'" + key + "' is no key: one character, F1 to F24, or " + String.join(", ", KEYS));
    }
  }

  private static BridgeError wrong(String whole, String why) {
    return new BridgeError(
        "SyntaxError",
        MenuLayout.SYNTAX,
        "'"
            + whole
            + "' is no accelerator: "
            + why
            + ". Write s + CommandOrControl, or _ for none");
  }

  /**
   * What is to be held on one system: only {@link Modifier#CONTROL}, {@link Modifier#ALT}, {@link
   * Modifier#SHIFT} and {@link Modifier#META}, which is Command on macOS.
   */
  public Set<Modifier> held(boolean mac) {
    Set<Modifier> held = EnumSet.noneOf(Modifier.class);
    for (Modifier modifier : modifiers) {
      held.add(
          switch (modifier) {
            case COMMAND_OR_CONTROL -> mac ? Modifier.META : Modifier.CONTROL;
            case COMMAND -> Modifier.META;
            default -> modifier;
          });
    }
    return held;
  }
}
