package dev.dunlin.shell.app;

import io.vertx.core.Future;
import java.awt.Frame;
import java.awt.GridLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JPanel;
import javax.swing.JPasswordField;
import javax.swing.JTextField;

/**
 * Asks the person for a name and a password, for a server or a proxy.
 *
 * @param origin who wants them
 * @param realm what for, in the server's words, without what would disturb ours
 * @param again what was given before was not taken
 */
record LoginQuestion(String origin, String realm, boolean proxy, boolean again) {
  private static final int COLUMNS = 20;

  /** What the person has typed. */
  record Answer(String name, String password) {
    /** Not in a log. */
    @Override
    public String toString() {
      return "a name and a password";
    }
  }

  /** What the person reads. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    words.add((proxy ? "The proxy " : "The server ") + origin + " wants a name and a password.");
    if (!realm.isEmpty()) {
      words.add("It says: “" + realm + "”");
    }
    if (again) {
      words.add("It did not take what was given before.");
    }
    if (origin.startsWith("http://")) {
      words.add("Others on the way can read what you send there.");
    }
    return words;
  }

  /** Waits for the answer, on the event dispatch thread. */
  Optional<Answer> ask(Frame owner, String app, Future<Void> withdrawn) {
    JTextField name = new JTextField(COLUMNS);
    JPasswordField password = new JPasswordField(COLUMNS);
    JPanel form = new JPanel(new GridLayout(0, 2, 8, 8));
    add(form, "Name", name);
    add(form, "Password", password);
    PlainText.inAllOf(form);
    List<Object> shown = new ArrayList<>(words());
    shown.add(form);
    int answer =
        new Question(
                "Log in with " + app,
                JOptionPane.PLAIN_MESSAGE,
                shown,
                List.of("Log in", "Cancel"),
                Question.FIELD)
            .ask(owner, withdrawn);
    return answer == 0
        ? Optional.of(new Answer(name.getText(), new String(password.getPassword())))
        : Optional.empty();
  }

  private static void add(JPanel form, String name, JComponent field) {
    JLabel label = new JLabel(name);
    label.setLabelFor(field);
    form.add(label);
    form.add(field);
  }
}
