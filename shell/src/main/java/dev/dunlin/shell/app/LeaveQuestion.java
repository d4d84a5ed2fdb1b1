package dev.dunlin.shell.app;

import java.awt.Frame;
import javax.swing.JOptionPane;

/** Asks the person who closes a window whose page says that something would be lost. */
final class LeaveQuestion {
  private LeaveQuestion() {}

  /** Waits for the answer, on the event dispatch thread. */
  static boolean ask(Frame owner, boolean reload) {
    String go = reload ? "Reload" : "Leave";
    Object[] words = {go, "Stay"};
    return JOptionPane.showOptionDialog(
            owner,
            "What you have entered may not have been saved.",
            go + " this page?",
            JOptionPane.DEFAULT_OPTION,
            JOptionPane.WARNING_MESSAGE,
            null,
            words,
            words[1])
        == 0;
  }
}
