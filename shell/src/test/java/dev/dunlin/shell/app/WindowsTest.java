package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dunlin.bridge.PolicySet;
import dev.dunlin.bridge.spi.BridgeError;
import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.EngineException;
import dev.dunlin.shell.engine.WindowNumber;
import dev.dunlin.shell.engine.WindowSettings;
import dev.dunlin.shell.engine.WindowSettings.Trait;
import java.awt.Color;
import java.awt.Dimension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a window may do, while it is there and when it has gone. */
class WindowsTest {
  private static final List<String> NARROW = List.of("connect-src ipc://fs/readFile/");
  private static final WindowSettings SETTINGS =
      new WindowSettings(
          "https://a.localhost/",
          "a",
          new Dimension(9, 9),
          new Dimension(1, 1),
          new Dimension(99, 99),
          Set.of(Trait.VISIBLE),
          Color.WHITE,
          Optional.empty(),
          Optional.empty());

  /** What pages and openers of window 0 were allowed, and when. */
  private final List<String> seen = new ArrayList<>();

  private final Windows windows =
      new Windows(
          (number, settings) -> {
            look("open");
            throw new EngineException("nothing opens here");
          },
          new Windows.Events() {
            @Override
            public void opening(WindowNumber window, List<String> policies) {
              look("opening");
            }

            @Override
            public void opened(BrowserWindow window) {}

            @Override
            public void seen(BrowserWindow window, boolean now) {}

            @Override
            public void gone(WindowNumber window) {
              look("gone");
            }

            @Override
            public void closed(BrowserWindow window, Optional<String> name, boolean last) {}
          });

  private void look(String when) {
    seen.add(when + " " + windows.policiesOf(0) + " " + windows.policiesOfOpener(0));
  }

  private void openInVain() {
    assertThrows(
        BridgeError.class,
        () ->
            windows.open(SETTINGS, new Windows.Place(Optional.empty(), NARROW, Optional.empty())));
  }

  @Test
  void aWindowIsAsNarrowAsItWasOpenedUntilItsEndHasBeenTold() {
    openInVain();
    assertEquals(
        List.of("opening", "open", "gone").stream()
            .map(when -> when + " " + NARROW + " " + NARROW)
            .toList(),
        seen);
  }

  @Test
  void aWindowThatIsGoneOpensNoneAndItsPagesMayDoNothing() {
    openInVain();
    assertEquals(
        "ERR_NO_WINDOW", assertThrows(BridgeError.class, () -> windows.policiesOfOpener(0)).code());
    assertFalse(
        PolicySet.of(List.of("connect-src ipc:")).narrowedBy(windows.policiesOf(0)).hasBridge());
    // Workers that all windows share have none: they are under the app's policy.
    assertEquals(List.of(), windows.policiesOf(-1));
    assertEquals(List.of(), windows.policiesOfOpener(-1));
  }
}
