package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.shell.host.Xvfb;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the page draws when graphics fail. */
class GraphicsSuite {
  /** Chromium ends itself at the third death within minutes of a process that uses no card. */
  private static final int DEATHS_IN_SOFTWARE = 2;

  /** After so many deaths within minutes Chromium leaves the card alone. */
  private static final int DEATHS_OF_A_CARD = 3;

  /** Word on the command line of a graphics process that uses no card. */
  private static final String SOFTWARE = "--use-gl=disabled";

  @RegisterExtension static final Apps APPS = new Apps();

  private static Map.Entry<Long, String> graphics(RunningApp app, Set<Long> gone) {
    List<Map.Entry<Long, String>> found = new ArrayList<>();
    app.await(
        () -> {
          app.processes().entrySet().stream()
              .filter(process -> process.getValue().contains("--type=gpu-process"))
              .filter(process -> !gone.contains(process.getKey()))
              .forEach(found::add);
          return !found.isEmpty();
        },
        "a graphics process",
        RunningApp.SOON);
    return found.get(0);
  }

  /** Paints the page and waits until its picture shows it. */
  private static void draws(Page page, int rgb) {
    page.evaluate(
        "void (document.documentElement.style.background = '#%06x')".formatted(rgb & 0xffffff));
    page.awaitPicture(png -> pixel(png) == rgb, "the colour %06x".formatted(rgb));
  }

  private static int pixel(byte[] png) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
      return image.getRGB(image.getWidth() / 2, image.getHeight() - 5) & 0xffffff;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the graphics process so often; gives the command line of the last. */
  private static String survives(int deaths, RunningApp app) {
    Page page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    page.evaluate("globalThis.before = true");
    draws(page, 0x102030);
    Set<Long> gone = new HashSet<>();
    for (int death = 1; death <= deaths; death++) {
      long process = graphics(app, gone).getKey();
      gone.add(process);
      app.signal("KILL", process);
      draws(page, 0x200000 + death);
    }
    assertTrue(page.evaluate("globalThis.before").asBoolean(), "the page was not loaded anew");
    return graphics(app, gone).getValue();
  }

  @Test
  void goesOnDrawingInSoftwareWhenTheGraphicsProcessDies() {
    RunningApp app = APPS.start(RunningApp.Start.of(Apps.named("bare")).driven());
    assertTrue(graphics(app, Set.of()).getValue().contains(SOFTWARE), app.log());
    survives(DEATHS_IN_SOFTWARE, app);
  }

  @Test
  void fallsBackToSoftwareWhereTheGraphicsCardDoesNotWork() {
    assumeTrue(Account.all().size() > 1, "needs root for another machine");
    try (Xvfb display = Xvfb.start()) {
      RunningApp app =
          APPS.start(
              RunningApp.Start.of(Apps.named("bare"))
                  .withWords()
                  .variable("DISPLAY", display.display())
                  .variable("XAUTHORITY", display.authority().toString())
                  .behind(Machine.withABrokenGraphicsCard())
                  .driven());
      String first = graphics(app, Set.of()).getValue();
      assertFalse(first.contains(SOFTWARE), first);
      assertTrue(survives(DEATHS_OF_A_CARD, app).contains(SOFTWARE), app.log());
      assertEquals(List.of(), app.lines(RunningApp.Source.ERR), app.log());
      app.close();
    }
  }
}
