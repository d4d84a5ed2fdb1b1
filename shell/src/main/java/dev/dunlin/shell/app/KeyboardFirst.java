package dev.dunlin.shell.app;

import java.awt.EventQueue;
import java.awt.event.FocusAdapter;
import java.awt.event.FocusEvent;
import java.util.Optional;
import javax.swing.JComponent;
import javax.swing.Timer;

/**
 * Opens a menu once its place has the keyboard: when that comes later, Swing takes it for the end
 * of the menu. What is to open next takes the place of what has not opened.
 *
 * <p><i>Thread:</i> event dispatch.
 */
final class KeyboardFirst {
  /** How long the keyboard may take. Over: nothing opens, and the page has it back. */
  static final int PATIENCE_MS = 2_000;

  private final JComponent place;
  private final Runnable take;
  private final Timer late;
  private Optional<Runnable> waiting = Optional.empty();

  /**
   * @param take takes the keyboard from the page
   * @param giveBack gives it back to the page
   */
  KeyboardFirst(JComponent place, Runnable take, Runnable giveBack) {
    this.place = place;
    this.take = take;
    late =
        new Timer(
            PATIENCE_MS,
            now -> {
              forget();
              giveBack.run();
            });
    late.setRepeats(false);
    place.addFocusListener(
        new FocusAdapter() {
          @Override
          public void focusGained(FocusEvent event) {
            EventQueue.invokeLater(() -> open());
          }
        });
  }

  /** Opens now, where the keyboard is here, or when it comes. */
  void first(Runnable opens) {
    if (place.isFocusOwner()) {
      close();
      opens.run();
      return;
    }
    waiting = Optional.of(opens);
    late.restart();
    take.run();
    place.requestFocus();
  }

  private void open() {
    Optional<Runnable> opens = waiting;
    forget();
    opens.ifPresent(
        menu -> {
          menu.run();
          // Not before: a menu that can't open leaves the page its keys.
          late.stop();
        });
  }

  /** Opens nothing that waits; the page has the keyboard back in time. */
  void forget() {
    waiting = Optional.empty();
  }

  /** Nothing waits any more, nor does the page for the keyboard. */
  void close() {
    forget();
    late.stop();
  }
}
