package dev.dunlin.shell.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.shell.menu.MenuLayout;
import java.awt.Component;
import java.awt.Container;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.swing.AbstractButton;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JFileChooser;
import javax.swing.JLabel;
import javax.swing.JMenu;
import javax.swing.JOptionPane;
import javax.swing.JPopupMenu;
import javax.swing.plaf.basic.BasicHTML;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page writes is text in menus and dialogs, never HTML of Swing's. */
final class PlainTextTest {
  private static final String HTML = "<html><img src='http://127.0.0.1:9/x'>";

  @TempDir Path folder;

  private static List<Component> allIn(Container whole) {
    List<Component> all = new ArrayList<>(List.of(whole));
    for (Component part : whole.getComponents()) {
      all.addAll(part instanceof Container inside ? allIn(inside) : List.of(part));
    }
    return all;
  }

  private static void assertNoHtml(Component part) {
    assertNull(((JComponent) part).getClientProperty(BasicHTML.propertyKey), part::toString);
  }

  @Test
  void swingTakesSuchATextForHtmlWhereNobodyMindsIt() {
    assertNotNull(new JLabel(HTML).getClientProperty(BasicHTML.propertyKey));
  }

  @Test
  void labelsOfMenusAndItemsAreText() throws Exception {
    MenuLayout layout =
        MenuLayout.of(
            new ObjectMapper()
                .valueToTree(
                    List.of(
                        Map.of("label", HTML),
                        Map.of("label", HTML, "checked", true),
                        Map.of("label", HTML, "submenu", List.of(Map.of("label", HTML + "2"))))));
    JPopupMenu menu = new JPopupMenu();
    SwingMenus.fill(menu, layout.entries(), "", (parent, item) -> {});
    assertEquals(3, menu.getComponentCount());
    for (Component part : menu.getComponents()) {
      assertEquals(HTML, ((AbstractButton) part).getText());
      assertNoHtml(part);
    }
    assertNoHtml(((JMenu) menu.getComponent(2)).getMenuComponent(0));
  }

  @Test
  void textsAndButtonsOfAQuestionAreTextAndAButtonAnswersWithItsPlace() {
    JOptionPane pane =
        new Question(
                "title",
                JOptionPane.PLAIN_MESSAGE,
                List.of("one\n" + HTML, HTML),
                List.of(HTML, HTML + "2"),
                1)
            .pane();
    assertEquals(Question.CLOSED, Question.answerIn(pane));
    List<AbstractButton> buttons =
        allIn(pane).stream()
            .filter(AbstractButton.class::isInstance)
            .map(AbstractButton.class::cast)
            .toList();
    assertEquals(List.of(HTML, HTML + "2"), buttons.stream().map(AbstractButton::getText).toList());
    allIn(pane).forEach(PlainTextTest::assertNoHtml);
    buttons.get(1).doClick(0);
    assertEquals(1, Question.answerIn(pane));
  }

  @Test
  void kindsOfFilesAndNamesOfFilesAreText() throws Exception {
    PickerModule.Filter kind = new PickerModule.Filter(HTML, List.of(".x"), List.of());
    JFileChooser chooser =
        new FileDialogs("App", folder)
            .chooser(
                new PickerModule.Request(
                    PickerModule.Kind.OPEN,
                    false,
                    false,
                    "",
                    Optional.of(folder),
                    List.of(kind),
                    true));
    assertFalse(BasicHTML.isHTMLString(chooser.getFileFilter().getDescription()));
    assertTrue(chooser.getFileFilter().getDescription().endsWith(HTML));
    String name = "<HTML>" + "x";
    assertFalse(BasicHTML.isHTMLString(chooser.getName(new File(folder.toFile(), name))));
    assertEquals("plain.x", chooser.getName(new File(folder.toFile(), "plain.x")));
    for (Component part : allIn(chooser)) {
      if (part instanceof JComboBox<?> choice) {
        JComponent drawn = (JComponent) choice.getRenderer();
        assertEquals(true, drawn.getClientProperty("html.disable"));
      }
    }
  }
}
