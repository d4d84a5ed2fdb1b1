package dev.dunlin.shell.app;

import java.awt.EventQueue;
import java.awt.KeyboardFocusManager;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.swing.JOptionPane;

/**
 * Asks the person whether a link may leave the app. A page opens windows without a click if it
 * likes, and each link can carry what the page knows, so nothing leaves unasked, and while one
 * question stands, others are dropped.
 */
final class LinkQuestion {
  /** Longest part of a link that the question shows. */
  private static final int SHOWN_LENGTH = 200;

  private final Predicate<String> person;
  private final Consumer<String> open;
  private final AtomicBoolean asking = new AtomicBoolean();

  /**
   * @param person asks, on the event dispatch thread, and waits for the answer
   * @param open opens a link that the person allowed
   */
  LinkQuestion(Predicate<String> person, Consumer<String> open) {
    this.person = person;
    this.open = open;
  }

  /** A dialog of the app with this title. */
  static Predicate<String> dialog(String app) {
    return url ->
        new Question(
                    app,
                    JOptionPane.QUESTION_MESSAGE,
                    List.of(
                        "Open this link in your browser?\n"
                            + (url.length() <= SHOWN_LENGTH
                                ? url
                                : url.substring(0, SHOWN_LENGTH) + "\u2026")),
                    List.of("Yes", "No"),
                    0)
                .ask(
                    // Its dialog, so that the desktop shows it as one of the app's.
                    KeyboardFocusManager.getCurrentKeyboardFocusManager().getActiveWindow())
            == 0;
  }

  /**
   * Asks, unless a question stands already.
   *
   * @return whether it is asked
   */
  boolean ask(String url) {
    if (!asking.compareAndSet(false, true)) {
      return false;
    }
    EventQueue.invokeLater(
        () -> {
          try {
            if (person.test(url)) {
              open.accept(url);
            }
          } finally {
            asking.set(false);
          }
        });
    return true;
  }
}
