package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.bt.DeviceId;
import dev.dunlin.bt.commands.Candidates.Candidate;
import dev.dunlin.shell.engine.Scale;
import java.awt.Component;
import java.awt.Container;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import javax.swing.AbstractButton;
import javax.swing.JLabel;
import javax.swing.JList;
import javax.swing.JPanel;
import javax.swing.text.JTextComponent;
import org.junit.jupiter.api.Test;

class DeviceChooserTest {
  private static final Candidate STRONG =
      new Candidate(
          new DeviceId("AA:BB:CC:DD:EE:FF"),
          Optional.of("Heart"),
          OptionalInt.of(-40),
          false,
          false);

  private static List<Component> all(Component root) {
    List<Component> found = new ArrayList<>(List.of(root));
    if (root instanceof Container inner) {
      for (Component child : inner.getComponents()) {
        found.addAll(all(child));
      }
    }
    return found;
  }

  private static <T> List<T> only(Class<T> kind, Component root) {
    return all(root).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @SuppressWarnings("unchecked")
  private static JList<Candidate> list(DeviceChooser chooser) {
    return only(JList.class, chooser).get(0);
  }

  private static Container row(DeviceChooser chooser) {
    JList<Candidate> list = list(chooser);
    return (Container)
        list.getCellRenderer().getListCellRendererComponent(list, STRONG, 0, false, false);
  }

  private static List<Integer> fonts(Component root) {
    return all(root).stream()
        .filter(
            part ->
                part instanceof JLabel
                    || part instanceof AbstractButton button && !button.getText().isEmpty()
                    || part instanceof JTextComponent)
        .map(part -> part.getFont().getSize())
        .toList();
  }

  private static List<Integer> twice(List<Integer> numbers) {
    return numbers.stream().map(number -> 2 * number).collect(Collectors.toList());
  }

  private static List<Integer> borders(Component root) {
    return only(JPanel.class, root).stream()
        .map(JPanel::getInsets)
        .flatMap(
            (Insets around) ->
                List.of(around.top, around.left, around.bottom, around.right).stream())
        .toList();
  }

  private static Dimension twice(Dimension size) {
    return new Dimension(2 * size.width, 2 * size.height);
  }

  /** What is painted of it. */
  private static Rectangle painted(Component part) {
    Dimension size = part.getPreferredSize();
    part.setSize(size);
    BufferedImage image = new BufferedImage(size.width, size.height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    part.paint(graphics);
    graphics.dispose();
    Rectangle box = new Rectangle(-1, -1);
    for (int y = 0; y < size.height; y++) {
      for (int x = 0; x < size.width; x++) {
        if (image.getRGB(x, y) >>> 24 > 127) {
          box.add(new Rectangle(x, y, 1, 1));
        }
      }
    }
    return box;
  }

  @Test
  void atScaleTwoItIsTwiceAsLargeInAllItsParts() {
    DeviceChooser one = new DeviceChooser("Pulse", false, Scale.NONE);
    DeviceChooser two = new DeviceChooser("Pulse", false, new Scale(2));
    assertEquals(new Dimension(460, 440), one.getPreferredSize());
    assertEquals(twice(one.getPreferredSize()), two.getPreferredSize());
    assertEquals(twice(one.getMinimumSize()), two.getMinimumSize());
    assertEquals(2 * list(one).getFixedCellHeight(), list(two).getFixedCellHeight());
    for (List<Container> both :
        List.of(List.<Container>of(one, two), List.of(row(one), row(two)))) {
      List<Integer> fonts = fonts(both.get(0));
      assertTrue(fonts.size() >= 2, fonts::toString);
      assertEquals(twice(fonts), fonts(both.get(1)));
      assertEquals(twice(borders(both.get(0))), borders(both.get(1)));
    }
  }

  @Test
  void atScaleTwoTheBarsOfASignalAreTwiceAsLarge() {
    Rectangle one = painted(row(new DeviceChooser("Pulse", false, Scale.NONE)).getComponent(1));
    Rectangle two = painted(row(new DeviceChooser("Pulse", true, new Scale(2))).getComponent(1));
    assertTrue(one.width >= 4 * 5 && one.height >= 18, one::toString);
    assertEquals(2 * one.width, two.width, 2);
    assertEquals(2 * one.height, two.height, 2);
    assertEquals(2 * one.y, two.y, 2);
  }
}
