package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.EventQueue;
import java.awt.event.FocusEvent;
import java.awt.event.FocusListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.swing.JRootPane;
import org.junit.jupiter.api.Test;

final class KeyboardFirstTest {
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final CountDownLatch back = new CountDownLatch(1);
  private final JRootPane place = new JRootPane();
  private final KeyboardFirst keyboard =
      new KeyboardFirst(
          place,
          () -> done.add("take"),
          () -> {
            done.add("back");
            back.countDown();
          });

  /** The keyboard comes; returns when all that waited has run. */
  private void comes() throws Exception {
    EventQueue.invokeAndWait(
        () -> {
          for (FocusListener listener : place.getFocusListeners()) {
            listener.focusGained(new FocusEvent(place, FocusEvent.FOCUS_GAINED));
          }
        });
    EventQueue.invokeAndWait(() -> {});
  }

  private void first(String menu) throws Exception {
    EventQueue.invokeAndWait(() -> keyboard.first(() -> done.add(menu)));
  }

  @Test
  void onlyTheNewestMenuOpensOnceAndNoListenerStays() throws Exception {
    int before = place.getFocusListeners().length;
    first("one");
    first("two");
    assertEquals(List.of("take", "take"), done);
    comes();
    comes();
    assertEquals(List.of("take", "take", "two"), done);
    assertEquals(before, place.getFocusListeners().length);
  }

  @Test
  void aForgottenMenuDoesNotOpen() throws Exception {
    first("one");
    EventQueue.invokeAndWait(keyboard::forget);
    comes();
    assertEquals(List.of("take"), done);
    EventQueue.invokeAndWait(keyboard::close);
  }

  @Test
  void thePageHasTheKeyboardBackWhenItNeverComes() throws Exception {
    first("one");
    back.await(30, TimeUnit.SECONDS);
    comes();
    assertEquals(List.of("take", "back"), done);
  }
}
