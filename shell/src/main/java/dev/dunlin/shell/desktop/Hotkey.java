package dev.dunlin.shell.desktop;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.host.XKeyGrabs;
import dev.dunlin.shell.host.XKeyGrabs.Held;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A shortcut that works whatever program has the focus: {@code control+shift+k}.
 *
 * @param held what is held, in the order of {@link Held}
 * @param key its name
 */
record Hotkey(Set<Held> held, String key) {
  /** Longest text of one. Over: {@code ERR_INVALID_HOTKEY}. */
  static final int MAX_LENGTH = 64;

  /** Keys {@code f1} to {@code f24}. */
  private static final int FUNCTION_KEYS = 24;

  /** Before it stand the keys that people write with. */
  private static final long F1 = 0xffbe;

  private static final long DELETE = 0xffff;

  Hotkey {
    held = held.isEmpty() ? Set.of() : EnumSet.copyOf(held);
  }

  /** Names of keys, and what X calls them (keysymdef.h, XF86keysym.h). */
  static Map<String, Long> keys() {
    Map<String, Long> keys = new LinkedHashMap<>();
    for (char c = 'a'; c <= 'z'; c++) {
      keys.put(String.valueOf(c), (long) c);
    }
    for (char c = '0'; c <= '9'; c++) {
      keys.put(String.valueOf(c), (long) c);
    }
    for (int i = 1; i <= FUNCTION_KEYS; i++) {
      keys.put("f" + i, F1 + i - 1);
    }
    String named =
        "space 20 apostrophe 27 comma 2c minus 2d period 2e slash 2f semicolon 3b equal 3d"
            + " bracketleft 5b backslash 5c bracketright 5d grave 60 backspace ff08 tab ff09"
            + " enter ff0d pause ff13 escape ff1b home ff50 left ff51 up ff52 right ff53 down ff54"
            + " pageup ff55 pagedown ff56 end ff57 print ff61 insert ff63 delete ffff"
            + " volumedown 1008ff11 volumemute 1008ff12 volumeup 1008ff13 mediaplay 1008ff14"
            + " mediastop 1008ff15 mediaprevious 1008ff16 medianext 1008ff17";
    String[] words = named.split(" ");
    for (int i = 0; i < words.length; i += 2) {
      keys.put(words[i], Long.parseLong(words[i + 1], 16));
    }
    return keys;
  }

  /** Names of what can be held. */
  static Map<String, Held> modifiers() {
    Map<String, Held> names = new LinkedHashMap<>();
    for (String name : List.of("control", "ctrl", "commandorcontrol", "cmdorctrl")) {
      names.put(name, Held.CONTROL);
    }
    for (String name : List.of("alt", "option", "opt")) {
      names.put(name, Held.ALT);
    }
    names.put("shift", Held.SHIFT);
    for (String name : List.of("meta", "super", "command", "cmd", "win")) {
      names.put(name, Held.SUPER);
    }
    return names;
  }

  private static String name(Held held) {
    return held == Held.SUPER ? "meta" : held.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads one as it is written in a policy.
   *
   * @throws BridgeError {@code ERR_INVALID_HOTKEY}
   */
  static Hotkey of(String text) {
    if (text.length() > MAX_LENGTH) {
      throw wrong(text.substring(0, MAX_LENGTH) + "…", "is too long");
    }
    Map<String, Held> modifiers = modifiers();
    Set<Held> held = EnumSet.noneOf(Held.class);
    String key = "";
    for (String part : text.split("\\+", -1)) {
      String word = part.strip().toLowerCase(Locale.ROOT);
      if (word.isEmpty()) {
        throw wrong(text, "has nothing beside a +");
      } else if (modifiers.containsKey(word)) {
        held.add(modifiers.get(word));
      } else if (!key.isEmpty()) {
        throw wrong(text, "has two keys, " + key + " and " + word);
      } else {
        key = word;
      }
    }
    Long keysym = keys().get(key);
    if (keysym == null) {
      throw wrong(text, "has no key that ipc://hotkey/mappings names");
    }
    boolean typed = keysym < F1 || keysym == DELETE;
    if (typed && (held.isEmpty() || held.equals(Set.of(Held.SHIFT)))) {
      throw wrong(text, "would take what people type: hold control, alt or meta with " + key);
    }
    return new Hotkey(held, key);
  }

  private static BridgeError wrong(String text, String why) {
    return new BridgeError(
        "SyntaxError",
        "ERR_INVALID_HOTKEY",
        "'" + text + "' " + why + ". A shortcut is written control+shift+k");
  }

  /** What is held, then the key. */
  List<String> sequence() {
    List<String> words = new ArrayList<>();
    for (Held one : List.of(Held.CONTROL, Held.ALT, Held.SHIFT, Held.SUPER)) {
      if (held.contains(one)) {
        words.add(name(one));
      }
    }
    words.add(key);
    return words;
  }

  /** The one way to write it: what policies name. */
  String expression() {
    return String.join("+", sequence());
  }

  /** The same for the same shortcut, in every run. */
  long hash() {
    return expression().hashCode() & 0xffffffffL;
  }

  XKeyGrabs.Chord chord() {
    return new XKeyGrabs.Chord(keys().get(key), held);
  }

  /** As portals have it (the XDG specification of shortcuts): {@code CTRL+SHIFT+k}. */
  String trigger() {
    List<String> words = new ArrayList<>();
    for (String word : sequence()) {
      words.add(
          switch (word) {
            case "control" -> "CTRL";
            case "meta" -> "LOGO";
            case "alt", "shift" -> word.toUpperCase(Locale.ROOT);
            case "enter" -> "Return";
            case "pageup" -> "Prior";
            case "pagedown" -> "Next";
            default -> xkbName(word);
          });
    }
    return String.join("+", words);
  }

  private static String xkbName(String key) {
    Map<String, String> others =
        Map.of(
            "backspace", "BackSpace",
            "volumedown", "XF86AudioLowerVolume",
            "volumemute", "XF86AudioMute",
            "volumeup", "XF86AudioRaiseVolume",
            "mediaplay", "XF86AudioPlay",
            "mediastop", "XF86AudioStop",
            "mediaprevious", "XF86AudioPrev",
            "medianext", "XF86AudioNext");
    Set<String> capital =
        Set.of(
            "tab", "pause", "escape", "home", "left", "up", "right", "down", "end", "print",
            "insert", "delete");
    if (key.matches("f[0-9]+") || capital.contains(key)) {
      return key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1);
    }
    return others.getOrDefault(key, key);
  }
}
