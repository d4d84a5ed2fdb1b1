package dev.dunlin.shell.engine;

import java.awt.Component;
import java.awt.Dialog;
import java.awt.Window;
import java.util.Optional;

/**
 * The dialog that waits for the person's answer. It is modal for all windows of the app, and has
 * the keys: AWT sees to that for its own windows, and knows nothing of Chromium's.
 */
final class OpenDialog {
  private OpenDialog() {}

  /** The one that was opened last. Any thread. */
  static Optional<Dialog> last() {
    Dialog last = null;
    for (Window window : Window.getWindows()) {
      if (window instanceof Dialog dialog && dialog.isModal() && dialog.isShowing()) {
        last = dialog;
      }
    }
    return Optional.ofNullable(last);
  }

  /** Gives it the keys that a page has got all the same. Thread: event dispatch. */
  static void takeKeys() {
    last()
        .ifPresent(
            dialog -> {
              dialog.toFront();
              // Not the dialog itself, which would take the keys from its field.
              Optional.ofNullable(dialog.getMostRecentFocusOwner())
                  .ifPresent(Component::requestFocus);
            });
  }
}
