package dev.dunlin.shell.app;

import dev.dunlin.shell.engine.BrowserWindow;
import dev.dunlin.shell.engine.Login;
import java.awt.Frame;
import java.awt.GridLayout;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JPanel;
import javax.swing.JPasswordField;
import javax.swing.JTextField;
import javax.swing.event.AncestorEvent;
import javax.swing.event.AncestorListener;

/** Asks the person for the name and password that a server wants. They are not kept. */
final class LoginDialog {
  private static final int COLUMNS = 20;

  /** Longest part of a realm that is shown, in UTF-16 units. Over: the rest is left out. */
  private static final int REALM_LENGTH = 100;

  private final String app;
  private final boolean headless;
  private final IntFunction<Optional<BrowserWindow>> windows;
  private final Consumer<String> console;

  /** Windows in which a question stands. */
  private final Set<Integer> asking = ConcurrentHashMap.newKeySet();

  LoginDialog(
      String app,
      boolean headless,
      IntFunction<Optional<BrowserWindow>> windows,
      Consumer<String> console) {
    this.app = app;
    this.headless = headless;
    this.windows = windows;
    this.console = console;
  }

  /** Answers or cancels it, later. Any thread. */
  void ask(int index, Login login) {
    Optional<BrowserWindow> window = headless ? Optional.empty() : windows.apply(index);
    if (window.isEmpty() || !asking.add(index)) {
      console.accept(
          login.host()
              + " wants a name and a password, and "
              + (window.isEmpty() ? "nobody is here to ask" : "another question stands")
              + ": not given");
      login.cancel().run();
      return;
    }
    window
        .get()
        .onFrame(
            owner -> {
              ask(owner, login);
              return true;
            })
        .onFailure(closed -> login.cancel().run())
        .onComplete(done -> asking.remove(index));
  }

  private void ask(Frame owner, Login login) {
    JTextField name = new JTextField(COLUMNS);
    JPasswordField password = new JPasswordField(COLUMNS);
    JPanel form = new JPanel(new GridLayout(0, 2, 8, 8));
    add(form, "Name", name);
    add(form, "Password", password);
    name.addAncestorListener(new Focus(name));
    String realm = login.realm().substring(0, Math.min(REALM_LENGTH, login.realm().length()));
    Object[] answers = {"Sign in", "Cancel"};
    int answer =
        JOptionPane.showOptionDialog(
            owner,
            new Object[] {
              // Never a tag at the beginning: Swing would take it for HTML.
              (login.proxy() ? "The proxy " : "The server ")
                  + login.host()
                  + " wants a name and a password"
                  + (realm.isBlank() ? "." : ", for: " + DeviceChooser.plain(realm)),
              form
            },
            "Sign in with " + app,
            JOptionPane.OK_CANCEL_OPTION,
            JOptionPane.PLAIN_MESSAGE,
            null,
            answers,
            answers[0]);
    if (answer == JOptionPane.OK_OPTION) {
      login.answer().accept(name.getText(), new String(password.getPassword()));
    } else {
      login.cancel().run();
    }
  }

  private static void add(JPanel form, String text, JTextField field) {
    JLabel label = new JLabel(text);
    label.setLabelFor(field);
    form.add(label);
    form.add(field);
  }

  private record Focus(JTextField field) implements AncestorListener {
    @Override
    public void ancestorAdded(AncestorEvent shown) {
      field.requestFocusInWindow();
    }

    @Override
    public void ancestorRemoved(AncestorEvent event) {}

    @Override
    public void ancestorMoved(AncestorEvent event) {}
  }
}
