package dev.dunlin.shell.menu;

import static dev.dunlin.fuzz.Target.require;
import static dev.dunlin.fuzz.Target.requireSame;

import dev.dunlin.bridge.JsonValues;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.fuzz.Target;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What pages write for menus. */
public final class MenuTargets {
  private MenuTargets() {}

  public static List<Target> all() {
    return List.of(Target.ofText("menu", MenuLayout.MAX_LENGTH, MenuTargets::layout));
  }

  /** The menu language, or JSON: refused by name, or within its bounds. */
  private static void layout(String text) {
    MenuLayout layout;
    try {
      layout =
          text.startsWith("{") || text.startsWith("[")
              ? MenuLayout.of(JsonValues.read(text))
              : MenuLayout.parse(text);
    } catch (BridgeError refused) {
      requireSame(MenuLayout.SYNTAX, refused.code(), "refused in one way");
      return;
    } catch (IOException noJson) {
      return;
    }
    require(count(layout.entries(), 0) <= MenuLayout.MAX_ENTRIES, "entries are bounded");
    layout
        .items()
        .forEach(
            one -> {
              String label = one.getValue().label().text();
              require(
                  layout.with(Optional.empty(), label, item -> item.withEnabled(false)).isPresent(),
                  "what is there is found: " + label);
              one.getValue().accelerator().ifPresent(MenuTargets::accelerator);
            });
  }

  private static int count(List<MenuLayout.Entry> entries, int depth) {
    require(depth <= MenuLayout.MAX_DEPTH + 1, "depth is bounded");
    int count = entries.size();
    for (MenuLayout.Entry entry : entries) {
      if (entry instanceof MenuLayout.Menu menu) {
        label(menu.label());
        count += count(menu.entries(), depth + 1);
      } else if (entry instanceof MenuLayout.Item item) {
        label(item.label());
      }
    }
    return count;
  }

  private static void label(MenuLayout.Label label) {
    require(label.text().length() <= MenuLayout.MAX_LABEL, "labels are bounded");
    label
        .mnemonic()
        .ifPresent(at -> require(at >= 0 && at < label.text().length(), "a mnemonic is in it"));
  }

  private static void accelerator(Accelerator accelerator) {
    String key = accelerator.key();
    require(
        key.codePointCount(0, key.length()) == 1
            || Accelerator.KEYS.contains(key)
            || key.matches("F[1-9][0-9]?"),
        "a key of several characters: " + key);
    require(!accelerator.held(true).isEmpty() || key.length() > 1, "a bare character");
  }
}
