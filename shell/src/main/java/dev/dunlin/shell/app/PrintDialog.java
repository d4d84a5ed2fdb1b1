package dev.dunlin.shell.app;

import dev.dunlin.bridge.spi.BridgeError;
import io.vertx.core.Future;
import java.awt.Frame;
import java.awt.GridLayout;
import java.util.List;
import java.util.Optional;
import javax.swing.JCheckBox;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JPanel;
import javax.swing.JSpinner;
import javax.swing.JTextField;
import javax.swing.SpinnerNumberModel;

/** Asks the person where and how to print a page. On the event dispatch thread. */
final class PrintDialog {
  private static final int COLUMNS = 12;

  /**
   * What the person chose.
   *
   * @param pages such as {@code 1-3, 5}; empty for all
   */
  record Choice(String printer, int copies, String pages, boolean landscape) {}

  private PrintDialog() {}

  static Optional<Choice> ask(
      Frame owner, String app, List<Printers.Printer> printers, Future<Void> cancelled) {
    if (printers.isEmpty()) {
      throw new BridgeError(
          "NotSupportedError", "ERR_NO_PRINTER", "there is no printer: set one up in the system");
    }
    JComboBox<String> printer =
        new JComboBox<>(printers.stream().map(Printers.Printer::name).toArray(String[]::new));
    printers.stream()
        .filter(Printers.Printer::isDefault)
        .forEach(one -> printer.setSelectedItem(one.name()));
    JSpinner copies = new JSpinner(new SpinnerNumberModel(1, 1, Printers.COPIES, 1));
    JTextField pages = new JTextField(COLUMNS);
    JCheckBox landscape = new JCheckBox("Landscape");
    JPanel form = new JPanel(new GridLayout(0, 2, 8, 8));
    add(form, "Printer", printer);
    add(form, "Copies", copies);
    add(form, "Pages, such as 1-3, 5", pages);
    form.add(new JLabel());
    form.add(landscape);
    PlainText.inAllOf(form);
    int answer =
        new Question(
                "Print with " + app,
                JOptionPane.PLAIN_MESSAGE,
                List.of(form),
                List.of("Print", "Cancel"),
                0)
            .ask(owner, cancelled);
    return answer == 0
        ? Optional.of(
            new Choice(
                (String) printer.getSelectedItem(),
                (Integer) copies.getValue(),
                pages.getText().strip(),
                landscape.isSelected()))
        : Optional.empty();
  }

  private static void add(JPanel form, String name, JComponent field) {
    JLabel label = new JLabel(name);
    label.setLabelFor(field);
    form.add(label);
    form.add(field);
  }
}
