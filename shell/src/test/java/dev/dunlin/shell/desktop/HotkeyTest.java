package dev.dunlin.shell.desktop;

import static dev.dunlin.shell.desktop.MockDesktop.PATIENCE_SECONDS;
import static dev.dunlin.shell.desktop.MockDesktop.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.spi.BridgeError;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How shortcuts are written, and those of the desktop's portal, on a private bus. */
class HotkeyTest {
  @ParameterizedTest
  @CsvSource({
    "Shift + Ctrl+K, control+shift+k, CTRL+SHIFT+k",
    "super+enter, meta+enter, LOGO+Return",
    "alt+PageUp, alt+pageup, ALT+Prior",
    "f12, f12, F12",
    "mediaplay, mediaplay, XF86AudioPlay"
  })
  void isWrittenInOneWay(String text, String expression, String trigger) {
    assertEquals(expression, Hotkey.of(text).expression());
    assertEquals(trigger, Hotkey.of(text).trigger());
    assertEquals(Hotkey.of(text), Hotkey.of(expression));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "k",
        "shift+k",
        "space",
        "shift+delete",
        "enter",
        "control",
        "control+",
        "control+k+j",
        "control+nokey",
        "hyper+k",
        "control++k"
      })
  void whatPeopleTypeWithAndWhatIsNoKeyIsRefused(String text) {
    BridgeError refused = assertThrows(BridgeError.class, () -> Hotkey.of(text));
    assertEquals("ERR_INVALID_HOTKEY", refused.code());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPortalGivesAShortcutTellsOfItAndTakesItBack() throws IOException, InterruptedException {
    try (MockDesktop desktop = MockDesktop.start()) {
      BlockingQueue<String> pressed = new LinkedBlockingQueue<>();
      Bus bus = new Bus(Optional.of(desktop.address()));
      HotkeyPortal portal = new HotkeyPortal(bus, pressed::add);
      assertTrue(failed(portal), "there is none yet");
      desktop.tell("shortcuts yes");
      get(portal.there());
      String session = get(portal.bind(Hotkey.of("control+shift+k"), "App: it"));
      assertEquals(
          "[[\"" + session + "\",\"control+shift+k\",\"CTRL+SHIFT+k\",\"App: it\"]]",
          desktop.ask("bound").toString());
      desktop.tell("activate-shortcut " + session + " control+shift+k");
      assertEquals(session, pressed.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
      portal.close(session);
      // Calls of one connection arrive in order.
      get(portal.there());
      assertEquals("[]", desktop.ask("bound").toString());
      desktop.tell("shortcuts no");
      BridgeError refused =
          assertThrows(
              BridgeError.class, () -> get(portal.bind(Hotkey.of("alt+f9"), "App: another")));
      assertEquals("ABORT_ERR", refused.code());
      assertEquals("[]", desktop.ask("bound").toString(), "its session is closed");
      bus.close();
    }
  }

  private static boolean failed(HotkeyPortal portal) throws InterruptedException {
    BlockingQueue<Boolean> answer = new LinkedBlockingQueue<>();
    portal.there().onComplete(done -> answer.add(done.failed()));
    return answer.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
