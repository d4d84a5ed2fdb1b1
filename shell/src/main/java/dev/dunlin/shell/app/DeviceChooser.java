package dev.dunlin.shell.app;

import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.commands.Candidates;
import dev.dunlin.bt.commands.Candidates.Candidate;
import dev.dunlin.shell.engine.Scale;
import java.awt.BasicStroke;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Component;
import java.awt.Dimension;
import java.awt.EventQueue;
import java.awt.Font;
import java.awt.Frame;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GridLayout;
import java.awt.RenderingHints;
import java.awt.event.KeyEvent;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import javax.swing.BorderFactory;
import javax.swing.DefaultListModel;
import javax.swing.JButton;
import javax.swing.JComponent;
import javax.swing.JDialog;
import javax.swing.JLabel;
import javax.swing.JList;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.JTextArea;
import javax.swing.KeyStroke;
import javax.swing.ListCellRenderer;
import javax.swing.ListSelectionModel;
import javax.swing.ScrollPaneConstants;
import javax.swing.SwingConstants;
import javax.swing.WindowConstants;

/**
 * Has the person choose one of the Bluetooth devices nearby, as they are heard. Nothing is chosen
 * at first, and no entry moves, so that no key or click that was meant for the page, or for another
 * entry, chooses one. It is what stands in the dialog, which is made for the question.
 *
 * <p><i>Thread:</i> the event dispatch thread.
 */
final class DeviceChooser extends JPanel {
  private static final long serialVersionUID = 1;

  private static final int WIDTH = 460;
  private static final int HEIGHT = 440;
  private static final int PAD = 20;
  private static final int ROW_HEIGHT = 56;

  /** Colours of a light and of a dark desktop; text has at least 4.5:1 on what is under it. */
  private record Palette(
      Color back, Color list, Color text, Color quiet, Color line, Color chosen, Color accent) {
    static Palette of(boolean dark) {
      return dark
          ? new Palette(
              new Color(0x26282c),
              new Color(0x1c1d20),
              new Color(0xeceef1),
              new Color(0xaab0b8),
              new Color(0x43474e),
              new Color(0x2b4a78),
              new Color(0x8ab4f8))
          : new Palette(
              new Color(0xf6f7f9),
              Color.WHITE,
              new Color(0x1b1c1f),
              new Color(0x5a6068),
              new Color(0xcfd4da),
              new Color(0xd6e4fd),
              new Color(0x1a5fd0));
    }
  }

  private final transient Palette palette;
  private final transient Scale scale;
  private final DefaultListModel<Candidate> model = new DefaultListModel<>();
  private final JList<Candidate> list = new JList<>(model);
  private final JLabel state = new JLabel("Looking for devices…");
  private final JButton connect;
  private final String app;
  private transient Optional<DeviceId> answer = Optional.empty();

  /** Null until the person is asked. */
  private JDialog dialog;

  /**
   * @param app the app's name
   * @param scale of the numbers here, which are CSS pixels
   */
  DeviceChooser(String app, boolean dark, Scale scale) {
    super(new BorderLayout());
    this.app = app;
    palette = Palette.of(dark);
    this.scale = scale;
    connect = button("Connect", true);
    JButton cancel = button("Cancel", false);
    connect.setEnabled(false);
    connect.addActionListener(pressed -> choose());
    cancel.addActionListener(pressed -> close());
    lookAt(list);

    JPanel buttons = new JPanel(new GridLayout(1, 2, px(10), 0));
    buttons.setOpaque(false);
    buttons.add(cancel);
    buttons.add(connect);
    state.setForeground(palette.quiet());
    state.setFont(state.getFont().deriveFont(Font.PLAIN, (float) px(13)));
    JPanel foot = new JPanel(new BorderLayout(px(10), 0));
    foot.setOpaque(false);
    foot.setBorder(BorderFactory.createEmptyBorder(px(PAD - 6), 0, 0, 0));
    foot.add(state, BorderLayout.CENTER);
    foot.add(buttons, BorderLayout.LINE_END);

    JScrollPane scroll =
        new JScrollPane(
            list,
            ScrollPaneConstants.VERTICAL_SCROLLBAR_AS_NEEDED,
            ScrollPaneConstants.HORIZONTAL_SCROLLBAR_NEVER);
    scroll.setBorder(BorderFactory.createLineBorder(palette.line()));
    scroll.getViewport().setBackground(palette.list());

    setBackground(palette.back());
    setBorder(BorderFactory.createEmptyBorder(px(PAD), px(PAD), px(PAD - 4), px(PAD)));
    add(head(app), BorderLayout.NORTH);
    add(scroll, BorderLayout.CENTER);
    add(foot, BorderLayout.SOUTH);
    setPreferredSize(new Dimension(px(WIDTH), px(HEIGHT)));
    setMinimumSize(new Dimension(px(WIDTH - 100), px(HEIGHT - 140)));
  }

  private JDialog dialog(Frame owner) {
    JDialog made = new JDialog(owner, app + " wants to use a Bluetooth device", true);
    made.setContentPane(this);
    made.getRootPane().setDefaultButton(connect);
    made.getRootPane()
        .registerKeyboardAction(
            pressed -> close(),
            KeyStroke.getKeyStroke(KeyEvent.VK_ESCAPE, 0),
            JComponent.WHEN_IN_FOCUSED_WINDOW);
    made.setDefaultCloseOperation(WindowConstants.DISPOSE_ON_CLOSE);
    made.setSize(getPreferredSize());
    made.setMinimumSize(getMinimumSize());
    made.setLocationRelativeTo(owner);
    made.getAccessibleContext().setAccessibleDescription("Choose a Bluetooth device for " + app);
    return made;
  }

  /**
   * Shows it and waits for the answer.
   *
   * @return empty if none is chosen
   */
  Optional<DeviceId> ask(Frame owner, Candidates candidates) {
    dialog = dialog(owner);
    candidates.open(view -> EventQueue.invokeLater(() -> show(view)));
    dialog.setVisible(true);
    return answer;
  }

  /** The page no longer wants to know what it asks, or is about to. Any thread. */
  void giveUp() {
    EventQueue.invokeLater(this::close);
  }

  private void close() {
    dialog.dispose();
  }

  private void choose() {
    answer = Optional.ofNullable(list.getSelectedValue()).map(Candidate::id);
    close();
  }

  private JComponent head(String app) {
    JLabel title = new JLabel("Choose a Bluetooth device");
    title.setFont(title.getFont().deriveFont(Font.BOLD, (float) px(17)));
    title.setForeground(palette.text());
    JTextArea what =
        new JTextArea(app + " may use the device you choose, until you take that back.");
    what.setFont(title.getFont().deriveFont(Font.PLAIN, (float) px(13)));
    what.setForeground(palette.quiet());
    what.setOpaque(false);
    what.setEditable(false);
    what.setFocusable(false);
    what.setLineWrap(true);
    what.setWrapStyleWord(true);
    what.setBorder(BorderFactory.createEmptyBorder(px(6), 0, px(14), 0));
    JPanel head = new JPanel(new BorderLayout());
    head.setOpaque(false);
    head.add(title, BorderLayout.NORTH);
    head.add(what, BorderLayout.CENTER);
    return head;
  }

  private void lookAt(JList<Candidate> devices) {
    devices.setSelectionMode(ListSelectionModel.SINGLE_SELECTION);
    devices.setFixedCellHeight(px(ROW_HEIGHT));
    devices.setBackground(palette.list());
    devices.setCellRenderer(new Row());
    devices.getAccessibleContext().setAccessibleName("Devices nearby");
    devices.addListSelectionListener(
        changed -> connect.setEnabled(devices.getSelectedIndex() >= 0));
    devices.addMouseListener(
        new MouseAdapter() {
          @Override
          public void mouseClicked(MouseEvent click) {
            int row = devices.locationToIndex(click.getPoint());
            if (click.getClickCount() == 2
                && row >= 0
                && devices.getCellBounds(row, row).contains(click.getPoint())) {
              choose();
            }
          }
        });
  }

  /** Changes entries where they stand; new ones come at the end. */
  void show(Candidates.View view) {
    Set<DeviceId> there = new HashSet<>();
    view.devices().forEach(one -> there.add(one.id()));
    for (int i = model.size() - 1; i >= 0; i--) {
      if (!there.contains(model.get(i).id())) {
        model.remove(i);
      }
    }
    for (Candidate one : view.devices()) {
      int at = indexOf(one.id());
      if (at < 0) {
        model.addElement(one);
      } else if (!model.get(at).equals(one)) {
        model.set(at, one);
      }
    }
    state.setText(
        !view.status().isReady()
            ? view.status().message()
            : view.looking()
                ? model.isEmpty() ? "Looking for devices…" : found(model.size()) + " Looking…"
                : "Bluetooth does not answer. Trying again…");
    state.setToolTipText(view.status().cure().isEmpty() ? null : view.status().cure());
    state.getAccessibleContext().setAccessibleDescription(view.status().cure());
  }

  private static String found(int count) {
    return count == 1 ? "One device." : count + " devices.";
  }

  private int indexOf(DeviceId id) {
    for (int i = 0; i < model.size(); i++) {
      if (model.get(i).id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  // ---- looks

  private int px(int css) {
    return scale.toScreen(css);
  }

  private JButton button(String text, boolean first) {
    JButton button = new RoundButton(text, first);
    button.setFont(button.getFont().deriveFont(first ? Font.BOLD : Font.PLAIN, (float) px(13)));
    return button;
  }

  private final class RoundButton extends JButton {
    private static final long serialVersionUID = 1;
    private final boolean first;

    RoundButton(String text, boolean first) {
      super(text);
      this.first = first;
      setContentAreaFilled(false);
      setBorderPainted(false);
      setFocusPainted(false);
      setOpaque(false);
      setBorder(BorderFactory.createEmptyBorder(px(8), px(18), px(8), px(18)));
    }

    @Override
    protected void paintComponent(Graphics graphics) {
      Graphics2D g = smooth(graphics);
      Color filled = first && isEnabled() ? palette.accent() : palette.list();
      g.setColor(getModel().isArmed() ? palette.chosen() : filled);
      g.fillRoundRect(1, 1, getWidth() - 3, getHeight() - 3, px(10), px(10));
      g.setColor(isFocusOwner() ? palette.accent() : palette.line());
      g.setStroke(new BasicStroke(isFocusOwner() ? 2f : 1f));
      if (!(first && isEnabled()) || isFocusOwner()) {
        g.drawRoundRect(1, 1, getWidth() - 3, getHeight() - 3, px(10), px(10));
      }
      if (first && isEnabled() && isFocusOwner()) {
        g.setColor(palette.list());
        g.setStroke(new BasicStroke(1f));
        g.drawRoundRect(4, 4, getWidth() - 9, getHeight() - 9, px(7), px(7));
      }
      g.dispose();
      setForeground(first && isEnabled() ? palette.list() : palette.text());
      super.paintComponent(graphics);
    }
  }

  private static Graphics2D smooth(Graphics graphics) {
    Graphics2D g = (Graphics2D) graphics.create();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    return g;
  }

  /** A device: its name over its address, the signal at the end. */
  private final class Row extends JPanel implements ListCellRenderer<Candidate> {
    private static final long serialVersionUID = 1;
    private final JLabel name = new JLabel();
    private final JLabel detail = new JLabel();
    private final Bars bars = new Bars();
    private boolean focused;

    Row() {
      super(new BorderLayout(px(12), 0));
      setBorder(BorderFactory.createEmptyBorder(px(8), px(14), px(8), px(14)));
      name.setFont(name.getFont().deriveFont(Font.BOLD, (float) px(14)));
      detail.setFont(detail.getFont().deriveFont(Font.PLAIN, (float) px(12)));
      name.putClientProperty("html.disable", true);
      detail.putClientProperty("html.disable", true);
      name.setVerticalAlignment(SwingConstants.BOTTOM);
      detail.setVerticalAlignment(SwingConstants.TOP);
      JPanel text = new JPanel(new GridLayout(2, 1));
      text.setOpaque(false);
      text.add(name);
      text.add(detail);
      add(text, BorderLayout.CENTER);
      add(bars, BorderLayout.LINE_END);
    }

    @Override
    public Component getListCellRendererComponent(
        JList<? extends Candidate> devices,
        Candidate one,
        int index,
        boolean selected,
        boolean hasFocus) {
      focused = hasFocus;
      setBackground(selected ? palette.chosen() : palette.list());
      name.setForeground(palette.text());
      detail.setForeground(selected ? palette.text() : palette.quiet());
      name.setText(one.name().map(DeviceChooser::plain).orElse("Unnamed device"));
      detail.setText(detailOf(one));
      bars.of(one.rssiDbm(), selected);
      getAccessibleContext()
          .setAccessibleName(
              name.getText() + ", " + detail.getText() + ", signal " + word(one.rssiDbm()));
      return this;
    }

    @Override
    protected void paintComponent(Graphics graphics) {
      super.paintComponent(graphics);
      graphics.setColor(palette.line());
      graphics.drawLine(px(14), getHeight() - 1, getWidth() - px(14) - 1, getHeight() - 1);
      if (focused) {
        graphics.setColor(palette.accent());
        graphics.drawRect(1, 1, getWidth() - 3, getHeight() - 3);
      }
    }
  }

  private static String detailOf(Candidate one) {
    return plain(one.id().value())
        + List.of(one.connected() ? "connected" : "", one.paired() ? "paired" : "").stream()
            .filter(word -> !word.isEmpty())
            .map(word -> " · " + word)
            .collect(Collectors.joining());
  }

  /** A name comes from a stranger: no HTML, no control or direction characters. */
  static String plain(String text) {
    String shown = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "").strip();
    return shown.isEmpty() ? "Unnamed device" : shown;
  }

  /** 0 (unknown) to 4. */
  static int strength(OptionalInt rssiDbm) {
    if (rssiDbm.isEmpty()) {
      return 0;
    }
    int dbm = rssiDbm.getAsInt();
    return dbm >= -55 ? 4 : dbm >= -67 ? 3 : dbm >= -80 ? 2 : 1;
  }

  static String word(OptionalInt rssiDbm) {
    return List.of("unknown", "weak", "fair", "good", "strong").get(strength(rssiDbm));
  }

  private final class Bars extends JComponent {
    private static final long serialVersionUID = 1;
    private static final int BAR = 5;
    private int strength;
    private boolean selected;

    Bars() {
      setPreferredSize(new Dimension(px(4 * (BAR + 2)), px(22)));
    }

    void of(OptionalInt rssiDbm, boolean onSelection) {
      strength = strength(rssiDbm);
      selected = onSelection;
      setToolTipText("Signal: " + word(rssiDbm));
    }

    @Override
    protected void paintComponent(Graphics graphics) {
      Graphics2D g = smooth(graphics);
      int bottom = getHeight() / 2 + px(9);
      for (int i = 0; i < 4; i++) {
        int height = px(6 + 4 * i);
        g.setColor(i < strength ? (selected ? palette.text() : palette.accent()) : palette.line());
        g.fillRoundRect(px(i * (BAR + 2)), bottom - height, px(BAR), height, px(2), px(2));
      }
      g.dispose();
    }
  }
}
