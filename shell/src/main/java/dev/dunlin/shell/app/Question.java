package dev.dunlin.shell.app;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.awt.Component;
import java.awt.EventQueue;
import java.util.List;
import javax.swing.JButton;
import javax.swing.JDialog;
import javax.swing.JOptionPane;

/**
 * Asks the person, in a dialog whose texts are shown as they are, whoever wrote them.
 *
 * @param title of the dialog
 * @param type of {@link JOptionPane}'s messages
 * @param shown texts and components, one under the other
 * @param answers labels of the buttons
 * @param first place of the button that has the keyboard, or {@link #FIELD}
 */
record Question(String title, int type, List<Object> shown, List<String> answers, int first) {
  /** Answered by none of the buttons. */
  static final int CLOSED = JOptionPane.CLOSED_OPTION;

  /**
   * In place of a button: the first field has the keyboard, and Enter in it is the first button.
   */
  static final int FIELD = -1;

  /** As {@link #ask(Component, Future)}, of what nobody withdraws. */
  int ask(Component owner) {
    return ask(owner, Promise.<Void>promise().future());
  }

  /**
   * Waits for the answer, on the event dispatch thread, which goes on with events.
   *
   * @param withdrawn nobody wants the answer any more
   * @return the place of a button, or {@link #CLOSED}
   */
  int ask(Component owner, Future<Void> withdrawn) {
    if (withdrawn.isComplete()) {
      return CLOSED;
    }
    JOptionPane pane = pane();
    JDialog dialog = pane.createDialog(owner, title);
    if (first == FIELD) {
      dialog.getRootPane().setDefaultButton((JButton) pane.getOptions()[0]);
    }
    withdrawn.onComplete(gone -> EventQueue.invokeLater(dialog::dispose));
    dialog.setVisible(true);
    dialog.dispose();
    return answerIn(pane);
  }

  JOptionPane pane() {
    Object[] buttons = new Object[answers.size()];
    JOptionPane pane =
        new JOptionPane(
            shown.stream()
                .map(one -> one instanceof String text ? PlainText.wrapped(text) : one)
                .toArray(),
            type);
    for (int i = 0; i < buttons.length; i++) {
      int place = i;
      JButton button = PlainText.in(new JButton());
      button.setText(answers.get(i));
      button.addActionListener(pressed -> pane.setValue(place));
      buttons[i] = button;
    }
    pane.setOptions(buttons);
    if (first != FIELD) {
      // Without, Swing leaves the keyboard with what comes first.
      pane.setInitialValue(buttons[first]);
    }
    return pane;
  }

  static int answerIn(JOptionPane pane) {
    return pane.getValue() instanceof Integer place ? place : CLOSED;
  }
}
