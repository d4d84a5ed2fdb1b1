package dev.dunlin.shell.desktop;

import static dev.dunlin.shell.desktop.MockDesktop.PATIENCE_SECONDS;
import static dev.dunlin.shell.desktop.MockDesktop.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.menu.MenuLayout;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.freedesktop.dbus.types.UInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With the real protocol, on a private bus. */
@EnabledOnOs(OS.LINUX)
class TrayTest {
  /** Less than a call waits for the bus. */
  private static final long STUCK_SECONDS = 8;

  @TempDir Path folder;

  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private MockDesktop desktop;
  private Bus bus;
  private Tray tray;

  @BeforeEach
  void start() throws IOException {
    desktop = MockDesktop.start();
    bus = new Bus(Optional.of(desktop.address()));
    BufferedImage red = new BufferedImage(200, 100, BufferedImage.TYPE_INT_ARGB);
    Graphics2D pen = red.createGraphics();
    pen.setColor(Color.RED);
    pen.fillRect(0, 0, 200, 100);
    pen.dispose();
    File icon = folder.resolve("icon.png").toFile();
    ImageIO.write(red, "png", icon);
    tray =
        new Tray(
            bus,
            "dev.example.app",
            "An App",
            "tip",
            Optional.of(icon.toPath()),
            (parent, item) -> news.add(parent + "/" + item.label().text()),
            () -> news.add("activated"));
  }

  @AfterEach
  void end() {
    if (bus != null) {
      bus.close();
      desktop.close();
    }
  }

  private String next() throws InterruptedException {
    return news.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Label, and whatever is not as usual, of the children of a node. */
  private static String shown(JsonNode node) {
    StringBuilder out = new StringBuilder();
    for (JsonNode child : node.get(2)) {
      JsonNode has = child.get(1);
      out.append(out.length() == 0 ? "" : " | ").append(child.get(0)).append(' ');
      out.append(has.path("label").asText(has.path("type").asText()));
      out.append(has.path("enabled").asBoolean(true) ? "" : " off");
      out.append(
          has.has("toggle-state")
              ? " " + has.get("toggle-type").asText() + has.get("toggle-state")
              : "");
      out.append(has.has("shortcut") ? " " + has.get("shortcut") : "");
      out.append(
          has.path("children-display").asText().equals("submenu") ? " {" + shown(child) + "}" : "");
    }
    return out.toString();
  }

  @Test
  void showsIconTooltipAndMenuAndTellsWhatIsChosen() throws IOException, InterruptedException {
    desktop.tell("watcher");
    get(
        tray.show(
            MenuLayout.parse(
                "App:\n &Open_it: o\n !Later: _\n ---\n [x] Sound: _\n More:\n  Deep: _;\n Quit: Q;")));
    JsonNode item = desktop.ask("item");
    assertEquals("dev.example.app", item.get("Id").textValue());
    assertEquals("An App", item.get("Title").textValue());
    assertEquals("Active", item.get("Status").textValue());
    assertEquals("tip", item.get("ToolTip").get(2).textValue());
    JsonNode picture = item.get("IconPixmap").get(0);
    assertEquals("64x32", picture.get(0) + "x" + picture.get(1));
    assertEquals(64 * 32 * 4, picture.get(2).size());
    assertEquals("[255, 255, 0, 0]", firstPixel(picture));
    JsonNode menu = desktop.ask("menu");
    assertEquals(
        "1 _Open__it [[\"Control\",\"o\"]] | 2 Later off | 3 separator | 4 Sound checkmark1"
            + " | 5 More {6 Deep} | 7 Quit [[\"Control\",\"Shift\",\"q\"]]",
        shown(menu.get(1)));
    desktop.tell("click 1");
    assertEquals("App/Open_it", next());
    desktop.tell("click 6");
    assertEquals("More/Deep", next());
    // Disabled, a separator and nothing at all are not chosen; another one after them is.
    assertEquals("[99]", desktop.ask("clicks 2 3 99 7").toString());
    assertEquals("App/Quit", next());
    assertEquals(2, desktop.ask("group 2 4").size());
    desktop.tell("activate");
    assertEquals("activated", next());
    assertTrue(news.isEmpty());
  }

  private static String firstPixel(JsonNode picture) {
    JsonNode bytes = picture.get(2);
    return "["
        + bytes.get(0)
        + ", "
        + bytes.get(1)
        + ", "
        + bytes.get(2)
        + ", "
        + bytes.get(3)
        + "]";
  }

  @Test
  void changesItemsAndTooltipWhileItIsThereAndGoes() throws IOException {
    desktop.tell("watcher");
    get(tray.show(MenuLayout.parse("One: _\nTwo: _")));
    long before = desktop.ask("menu").get(0).longValue();
    get(
        tray.show(
            tray.layout()
                .with(Optional.empty(), "Two", one -> one.withEnabled(false).withChecked(true))
                .get()));
    JsonNode menu = desktop.ask("menu");
    assertEquals("1 One | 2 Two off checkmark1", shown(menu.get(1)));
    assertTrue(menu.get(0).longValue() > before);
    tray.setTooltip("another");
    assertEquals("another", desktop.ask("item").get("ToolTip").get(2).textValue());
    String signals = desktop.ask("signals").toString();
    assertTrue(signals.contains("\"LayoutUpdated\"," + menu.get(0) + ",0"), signals);
    assertTrue(signals.contains("NewToolTip"), signals);
    String name = desktop.ask("items").get(0).textValue();
    assertTrue(desktop.ask("has " + name).booleanValue());
    get(tray.hide());
    assertFalse(desktop.ask("has " + name).booleanValue());
    get(tray.show(MenuLayout.parse("Again: _")));
    assertEquals("1 Again", shown(desktop.ask("menu").get(1)));
  }

  @Test
  void comesIntoATrayThatStartsLaterOrAnew() throws IOException, InterruptedException {
    BusError none = assertThrows(BusError.class, () -> get(tray.show(MenuLayout.parse("One: _"))));
    assertEquals("ERR_NO_TRAY", BusError.toPage(none, Tray.NO_TRAY).code(), none::getMessage);
    assertEquals("no-tray", get(tray.capability()).get("reason"));
    desktop.tell("watcher");
    awaitItems(1);
    assertEquals(true, get(tray.capability()).get("available"));
    desktop.tell("gone " + Tray.WATCHER);
    desktop.tell("watcher");
    awaitItems(2);
    assertEquals("1 One", shown(desktop.ask("menu").get(1)));
  }

  @Test
  void aTrayThatComesHoldsUpNoOtherSignal() throws Exception {
    // Consumers hear on one thread, in this order: the tray's is between these two.
    CountDownLatch heard = new CountDownLatch(1);
    get(bus.hearOwner(Tray.WATCHER, owner -> stopBus()));
    assertThrows(BusError.class, () -> get(tray.show(MenuLayout.parse("One: _"))));
    get(bus.hearOwner(Tray.WATCHER, owner -> heard.countDown()));
    // Its own answer may come only when the bus goes on.
    CompletableFuture<Void> told = Threads.asyncRun("watcher", this::startWatcher);
    try {
      assertTrue(heard.await(STUCK_SECONDS, TimeUnit.SECONDS), "the tray waits for the bus");
    } finally {
      desktop.stopBus(false);
    }
    told.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    awaitItems(1);
  }

  private void startWatcher() {
    try {
      desktop.tell("watcher");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void stopBus() {
    try {
      desktop.stopBus(true);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aNameThatAnotherProgramHasIsAnError() throws IOException {
    desktop.tell("watcher");
    Bus other = new Bus(Optional.of(desktop.address()));
    try {
      String name = Tray.ITEM + "-" + ProcessHandle.current().pid() + "-1";
      get(other.call(Bus.NAME, Bus.PATH, Bus.NAME, "RequestName", "su", name, new UInt32(0)));
      BusError taken =
          assertThrows(BusError.class, () -> get(tray.show(MenuLayout.parse("One: _"))));
      assertEquals(BusError.Kind.REFUSED, taken.kind());
      assertEquals(0, desktop.ask("items").size());
    } finally {
      other.close();
    }
  }

  /** Each question is a round trip on the bus that the registration also takes. */
  private void awaitItems(int count) throws IOException {
    for (int asked = 0; desktop.ask("items").size() < count; asked++) {
      assertTrue(asked < 100_000, "the tray was not told");
    }
  }
}
