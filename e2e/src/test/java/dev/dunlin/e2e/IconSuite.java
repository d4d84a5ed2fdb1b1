package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The pictures by which a person knows windows, as the window manager has them. */
class IconSuite {
  private static final int RED = 0xd01020;
  private static final int BLUE = 0x1020d0;
  private static final int GREEN = 0x10d020;

  @RegisterExtension static final Apps APPS = new Apps();

  private static Desktop desktop;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    desktop = Desktop.start();
  }

  @AfterAll
  static void close() {
    desktop.close();
  }

  private static void picture(Path file, int side, int colour) throws IOException {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    int[] points = new int[side * side];
    Arrays.fill(points, colour);
    picture.setRGB(0, 0, side, side, points, 0, side);
    ImageIO.write(picture, "png", file.toFile());
  }

  @Test
  @Shows(Feature.WINDOW_ICON)
  void aWindowHasTheIconThatItsPageGivesItAndAnotherWindowItsOwn() throws IOException {
    Path copy = folder.resolve("windows");
    Layout.copyTree(Apps.named("windows"), copy);
    picture(copy.resolve("src/red.png"), 16, RED);
    picture(copy.resolve("src/blue.png"), 16, BLUE);
    picture(copy.resolve("src/vast.png"), 1025, BLUE);
    picture(copy.resolve("own.png"), 16, GREEN);
    Files.writeString(
        copy.resolve("socket.ini"),
        "\n[linux]\nicon = own.png\n[security]\npolicy[] = connect-src ipc://window/setIcon\n",
        StandardOpenOption.APPEND);
    RunningApp app =
        APPS.start(
            RunningApp.Start.of(copy)
                .withWords()
                .driven()
                .variable("DISPLAY", desktop.name())
                .variable("XAUTHORITY", desktop.authority()));
    Page page = app.page();
    page.await("document.documentElement?.dataset.ready === 'true'");
    Desktop.Seen first = desktop.window("First").orElseThrow();
    app.await(() -> first.icon() == GREEN, "the icon of socket.ini", RunningApp.SOON);
    assertEquals("", page.evaluate("outcome(() => win.setIcon('/red.png'))").path("code").asText());
    app.await(() -> first.icon() == RED, "the page's icon", RunningApp.SOON);
    page.evaluate(
        "app.createWindow({path: '/second.html', title: 'Second', icon: 'blue.png'}).then(() => true)");
    app.await(
        () -> desktop.window("Second").filter(other -> other.icon() == BLUE).isPresent(),
        "the other window's icon",
        RunningApp.SOON);
    assertEquals(RED, first.icon());
    for (String[] wrong :
        new String[][] {
          {"/none.png", "ENOENT"},
          {"/../own.png", "ENOENT"},
          {"/main.js", "ERR_INVALID_CALL"},
          {"/vast.png", "ERR_INVALID_CALL"}
        }) {
      JsonNode refused = page.evaluate("outcome(() => win.setIcon('" + wrong[0] + "'))");
      assertEquals(wrong[1], refused.path("code").asText(), refused::toString);
    }
    assertEquals(RED, first.icon());
  }
}
