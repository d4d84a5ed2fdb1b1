package dev.dunlin.shell.desktop;

import static dev.dunlin.shell.desktop.MockDesktop.PATIENCE_SECONDS;
import static dev.dunlin.shell.desktop.MockDesktop.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.bridge.spi.Call;
import dev.dunlin.bridge.spi.Caller;
import dev.dunlin.bridge.spi.Command;
import dev.dunlin.bridge.spi.HandleId;
import dev.dunlin.bridge.spi.Reply;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSessionThatComesWhenItWasGivenUpIsClosed() throws IOException {
    try (MockDesktop desktop = MockDesktop.start()) {
      Bus bus = new Bus(Optional.of(desktop.address()));
      HotkeyPortal portal = new HotkeyPortal(bus, none -> {}, Duration.ofMillis(300));
      desktop.tell("shortcuts yes");
      desktop.tell("hesitate");
      BusError late =
          assertThrows(BusError.class, () -> get(portal.bind(Hotkey.of("alt+f9"), "App: it")));
      assertEquals(BusError.Kind.TIMEOUT, late.kind());
      assertEquals(1, desktop.ask("sessions").size());
      desktop.tell("decide");
      awaitAnswer(desktop, "sessions", "[]");
      get(portal.bind(Hotkey.of("alt+f9"), "App: it"));
      assertEquals(1, desktop.ask("bound").size());
      bus.close();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thoseThatThePersonIsAskedForCountToo() throws IOException {
    try (MockDesktop desktop = MockDesktop.start()) {
      desktop.tell("shortcuts yes");
      desktop.tell("hesitate");
      Bus bus = new Bus(Optional.of(desktop.address()));
      HotkeyModule module = module(() -> bus, Map.of("WAYLAND_DISPLAY", "wayland-0"));
      List<Future<Reply>> asked = new ArrayList<>();
      for (int i = 0; i < HotkeyModule.MAX_HOTKEYS; i++) {
        asked.add(bind(module));
      }
      Future<Reply> over = bind(module);
      BridgeError refused = assertThrows(BridgeError.class, () -> get(over));
      assertEquals("ERR_TOO_MANY_HOTKEYS", refused.code());
      awaitAnswer(desktop, "hesitates-over", Integer.toString(HotkeyModule.MAX_HOTKEYS));
      // They are refused, and so there is room again.
      desktop.tell("shortcuts no");
      desktop.tell("decide");
      asked.forEach(
          one -> assertEquals("ABORT_ERR", assertThrows(BridgeError.class, () -> get(one)).code()));
      desktop.tell("shortcuts yes");
      get(bind(module));
      assertEquals(1, desktop.ask("bound").size());
      bus.close();
    }
  }

  @Test
  void whereNoXServerLetsUsInTheCapabilityIsNotThere() {
    HotkeyModule module =
        module(
            () -> {
              throw new AssertionError("no bus is wanted");
            },
            Map.of("DISPLAY", ":nosuch"));
    assertEquals(HotkeyModule.NO_HOTKEYS.capability(), get(module.capability()));
  }

  private static HotkeyModule module(Supplier<Bus> bus, Map<String, String> environment) {
    return new HotkeyModule(
        true,
        "App",
        bus,
        environment,
        new Pages() {
          @Override
          public void emit(int window, String event, Object detail) {}

          @Override
          public boolean isOpen(int window) {
            return true;
          }

          @Override
          public void toFront(int window) {}
        });
  }

  /** As the dispatcher calls it: what a command throws is the answer too. */
  private static Future<Reply> bind(HotkeyModule module) {
    Command bind =
        module.commands().stream()
            .filter(one -> one.function().equals("bind"))
            .findFirst()
            .orElseThrow();
    Call call =
        (Call)
            Proxy.newProxyInstance(
                Call.class.getClassLoader(),
                new Class<?>[] {Call.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "caller" -> new Caller(1, "d", "app://a", "app://a/");
                      case "resource" -> "alt+f9";
                      case "register" -> new HandleId("0".repeat(32));
                      default -> throw new AssertionError(method.getName());
                    });
    return Future.<Void>succeededFuture().compose(now -> bind.handler().handle(call));
  }

  /** Asks until it says so. */
  private static void awaitAnswer(MockDesktop desktop, String question, String answer) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(PATIENCE_SECONDS),
        () -> {
          while (!desktop.ask(question).toString().equals(answer)) {
            Thread.onSpinWait();
          }
        },
        "never " + answer);
  }

  private static boolean failed(HotkeyPortal portal) throws InterruptedException {
    BlockingQueue<Boolean> answer = new LinkedBlockingQueue<>();
    portal.there().onComplete(done -> answer.add(done.failed()));
    return answer.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
