package dev.dunlin.shell.menu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.menu.Accelerator.Modifier;
import dev.dunlin.shell.menu.MenuLayout.Check;
import dev.dunlin.shell.menu.MenuLayout.Entry;
import dev.dunlin.shell.menu.MenuLayout.Item;
import dev.dunlin.shell.menu.MenuLayout.Menu;
import dev.dunlin.shell.menu.MenuLayout.Separator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MenuLayoutTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The layout as indented lines, which say all that is in it. */
  private static String shown(MenuLayout layout) {
    StringBuilder out = new StringBuilder();
    show(layout.entries(), "", out);
    return out.toString();
  }

  private static void show(List<Entry> entries, String indent, StringBuilder out) {
    for (Entry entry : entries) {
      if (entry instanceof Separator) {
        out.append(indent).append("---\n");
      } else if (entry instanceof Menu menu) {
        out.append(indent).append(menu.enabled() ? "" : "!");
        out.append(menu.label().text()).append(":\n");
        show(menu.entries(), indent + "  ", out);
      } else if (entry instanceof Item item) {
        out.append(indent).append(item.enabled() ? "" : "!").append(item.label().text());
        out.append(item.check() == Check.NONE ? "" : " " + item.check());
        item.accelerator().ifPresent(keys -> out.append(" = ").append(keys(keys)));
        out.append('\n');
      }
    }
  }

  private static String keys(Accelerator keys) {
    return keys.key() + " " + keys.modifiers().stream().map(Modifier::name).sorted().toList();
  }

  private static String refusal(String layout) {
    BridgeError error = assertThrows(BridgeError.class, () -> MenuLayout.parse(layout));
    assertEquals(MenuLayout.SYNTAX, error.code());
    return error.getMessage();
  }

  @Test
  void readsMenusWithItemsAcceleratorsSeparatorsAndEnds() {
    assertEquals(
        """
        App:
          Foo = f [COMMAND_OR_CONTROL]
        Edit:
          Cut = x [COMMAND_OR_CONTROL]
          Delete
          Select All = a [COMMAND, SHIFT]
        Other:
          Another Test = t [COMMAND_OR_CONTROL, SHIFT]
          !Im Disabled = i [COMMAND_OR_CONTROL, SHIFT]
          ---
          Bazz = s [ALT, CONTROL, META]
          Reload = F5 []
        """,
        shown(
            MenuLayout.parse(
                """
                App:
                  Foo: f;
                Edit:
                  Cut: x
                  Delete: _
                  Select All: A + Command
                ;
                Other:
                  Another Test: T
                  !Im Disabled: I
                  ---
                  Bazz: s + Meta, Control + Option
                  Reload: f5
                ;
                """)));
  }

  @Test
  void readsSubmenusAndWhatCanBeChecked() {
    assertEquals(
        """
        View:
          Zoom:
            In = Plus [CONTROL]
            !Out OFF
          Wrap lines ON
        Quit
        """,
        shown(
            MenuLayout.parse(
                "View:\r\n Zoom:\r\n In: plus + Ctrl\r\n ![ ] Out: _;\r\n [x] Wrap lines: _\r\n;\r\nQuit")));
  }

  @Test
  void splitsALineAtItsLastColonSoThatALabelMayHaveOne() {
    assertEquals("At 12:30 = t [CONTROL]\n", shown(MenuLayout.parse("At 12:30: t + Control")));
  }

  @Test
  void marksAMnemonicByAnAmpersandBeforeALetterOnly() {
    List<Entry> read = MenuLayout.parse("Save &As: _\nFind & Replace: _\nR&&D: _").entries();
    assertEquals(
        List.of("Save As 5", "Find & Replace -1", "R&D -1"),
        read.stream()
            .map(Item.class::cast)
            .map(item -> item.label().text() + " " + item.label().mnemonic().orElse(-1))
            .toList());
    assertEquals(
        OptionalInt.of(0),
        ((Menu) MenuLayout.parse("&File:\n;").entries().get(0)).label().mnemonic());
  }

  @Test
  void readsAnObjectAndAListAsTheirText() throws JsonProcessingException {
    String text = "File:\n New: n\n ---\n Recent:\n  a: _\n ;\n;";
    String expected = shown(MenuLayout.parse(text));
    for (String json :
        List.of(
            "{\"File\":{\"New\":\"n\",\"---\":\"\",\"Recent\":{\"a\":\"_\"}}}",
            "[{\"File\":[\"New: n\",{\"type\":\"separator\"},{\"label\":\"Recent\",\"submenu\":[\"a\"]}]}]",
            "\"File:\\n New: n\\n ---\\n Recent:\\n a: _;;\"")) {
      assertEquals(expected, shown(MenuLayout.of(JSON.readTree(json))), json);
    }
    assertEquals(
        "!Dark ON = d [ALT]\n",
        shown(
            MenuLayout.of(
                JSON.readTree(
                    "[{\"label\":\"Dark\",\"checked\":true,\"enabled\":false,\"accelerator\":\"d+Alt\"}]"))));
  }

  @Test
  void changesItemsByTheirLabelInOneMenuOrInAll() {
    MenuLayout layout = MenuLayout.parse("A:\n x: _;\nB:\n x: _;\n");
    assertEquals(
        "A:\n  x\nB:\n  !x\n",
        shown(layout.with(Optional.of("B"), "x", item -> item.withEnabled(false)).get()));
    assertEquals(
        "A:\n  x ON\nB:\n  x ON\n",
        shown(layout.with(Optional.empty(), "x", item -> item.withChecked(true)).get()));
    assertTrue(layout.with(Optional.of("A"), "y", item -> item).isEmpty());
    assertEquals(List.of("A", "B"), layout.items().map(Map.Entry::getKey).toList());
  }

  @Test
  void holdsCommandOnMacOsWhereElseItHoldsControl() {
    Accelerator keys = Accelerator.parse("S + CommandOrControl").get();
    assertEquals(Set.of(Modifier.CONTROL, Modifier.SHIFT), keys.held(false));
    assertEquals(Set.of(Modifier.META, Modifier.SHIFT), keys.held(true));
  }

  @Test
  void saysWhatIsWrongAndInWhichLine() {
    assertTrue(refusal("A:\n x: y + Hyper\n;").startsWith("line 2 of the menu: 'y + Hyper'"));
    assertTrue(refusal("A:\n x: Shift\n;").contains("there is no key in it"));
    assertTrue(refusal("A:\n x: Banana\n;").contains("'Banana' is no key"));
    assertTrue(refusal("A:\n x: + Shift").contains("nothing beside it"));
    assertTrue(refusal(";").contains("none is open"));
    assertTrue(refusal("A:\n x: _\nB:\n y: _\n;").contains("'A' of line 1 has no ;"));
    assertTrue(refusal(": x").contains("no label"));
  }

  @Test
  void refusesMoreThanItsBoundsAndTakesAsMuch() throws JsonProcessingException {
    String many = "x: _\n".repeat(MenuLayout.MAX_ENTRIES);
    assertEquals(MenuLayout.MAX_ENTRIES, MenuLayout.parse(many).entries().size());
    assertTrue(refusal(many + "x: _").contains("more than 1000 entries"));
    String deep = "m:\n".repeat(MenuLayout.MAX_DEPTH);
    MenuLayout.parse(deep + ";".repeat(MenuLayout.MAX_DEPTH));
    assertTrue(
        refusal(deep + "m:\n" + ";".repeat(MenuLayout.MAX_DEPTH + 1)).contains("inside each"));
    assertTrue(refusal("x".repeat(20_000) + ": _").contains("more than 1000 characters"));
    assertTrue(refusal(" ".repeat(MenuLayout.MAX_LENGTH + 1)).contains("characters"));
    String nested = "{\"m\":".repeat(20) + "{}" + "}".repeat(20);
    assertThrows(BridgeError.class, () -> MenuLayout.of(JSON.readTree(nested)));
    for (String json : List.of("7", "null", "[7]", "{\"a\":7}", "[{\"label\":{}}]")) {
      BridgeError error =
          assertThrows(BridgeError.class, () -> MenuLayout.of(JSON.readTree(json)), json);
      assertEquals(MenuLayout.SYNTAX, error.code());
    }
  }

  @Test
  void anyTextIsReadOrRefusedWithItsOwnError() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = ":;!_&+,[x] \n-abcS\u00e9\ud83d\ude00";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(60);
      for (int k = 0; k < length; k++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        MenuLayout read = MenuLayout.parse(text.toString());
        assertFalse(
            read.items().anyMatch(item -> item.getValue().label().text().isEmpty()),
            () -> "seed " + seed + ": " + text);
      } catch (BridgeError e) {
        assertEquals(MenuLayout.SYNTAX, e.code(), () -> "seed " + seed + ": " + text);
      }
    }
  }
}
