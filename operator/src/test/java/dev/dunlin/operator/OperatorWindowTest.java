package dev.dunlin.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dunlin.operator.OperatorMain.Wanted;
import dev.dunlin.shell.host.NativeProcess;
import dev.dunlin.shell.host.Xvfb;
import dev.dunlin.shell.operator.RunningApps.RunningApp;
import dev.dunlin.shell.operator.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.scene.control.ListView;
import javafx.scene.control.Slider;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** The window on a real X server, with mouse and keys, watching real sockets. */
class OperatorWindowTest {
  /** Far more than it takes. */
  private static final long PATIENCE_SECONDS = 30;

  private static final Path PICTURES = Path.of("target", "screenshots");

  private static Xvfb display;

  @TempDir private Path folder;

  private final FxRobot robot = new FxRobot();
  private final List<RunningApp> running = new CopyOnWriteArrayList<>();
  private OperatorWindow window;
  private Stage stage;

  @BeforeAll
  static void makeDisplay() throws Exception {
    display = Xvfb.start();
    NativeProcess.setEnvironment("DISPLAY", display.display());
    NativeProcess.setEnvironment("XAUTHORITY", display.authority().toString());
    // GTK would start a session bus that ends with the display, and end the process by SIGTERM
    // then.
    NativeProcess.setEnvironment("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    NativeProcess.setEnvironment("NO_AT_BRIDGE", "1");
    FxToolkit.registerPrimaryStage();
  }

  @AfterAll
  static void endDisplay() throws Exception {
    FxToolkit.cleanupStages();
    Thread toolkit = WaitForAsyncUtils.asyncFx(Thread::currentThread).get();
    Platform.exit();
    // GTK ends the process when its display goes while it listens to it.
    toolkit.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    assertFalse(toolkit.isAlive(), "JavaFX has not ended");
    display.close();
  }

  @BeforeEach
  void openWindow() throws Exception {
    stage = FxToolkit.registerStage(Stage::new);
    FxToolkit.setupFixture(() -> window = new OperatorWindow(stage, () -> List.copyOf(running)));
  }

  @AfterEach
  void closeWindow() throws Exception {
    FxToolkit.setupFixture(
        () -> {
          window.close();
          stage.close();
        });
  }

  private void show(Wanted wanted) throws Exception {
    FxToolkit.setupFixture(() -> window.show(wanted));
  }

  private static Wanted watching(ScriptedApp app) {
    return new Wanted(
        java.util.Optional.of(app.app()), java.util.Optional.empty(), java.util.Optional.empty());
  }

  private void await(String what, Callable<Boolean> condition) throws Exception {
    try {
      WaitForAsyncUtils.waitFor(
          PATIENCE_SECONDS, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition).get());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError(
          "waited for: " + what + "; the status is '" + text("#status") + "'", e);
    }
  }

  private String text(String query) {
    Node node = robot.lookup(query).query();
    return node instanceof TextField field ? field.getText() : ((Labeled) node).getText();
  }

  private TableView<?> table(String id) {
    return robot.lookup("#" + id).query();
  }

  private List<String> column(String table, int column) {
    TableView<?> shown = table(table);
    return java.util.stream.IntStream.range(0, shown.getItems().size())
        .mapToObj(row -> String.valueOf(shown.getColumns().get(column).getCellData(row)))
        .toList();
  }

  private void tab(String name) {
    robot.clickOn("#tab-" + name);
    WaitForAsyncUtils.waitForFxEvents();
  }

  /** For people to look at: target/screenshots. */
  private void picture(String name) throws Exception {
    WaitForAsyncUtils.waitForFxEvents();
    WritableImage image = WaitForAsyncUtils.asyncFx(() -> stage.getScene().snapshot(null)).get();
    int width = (int) image.getWidth();
    int height = (int) image.getHeight();
    int[] pixels = new int[width * height];
    image
        .getPixelReader()
        .getPixels(0, 0, width, height, PixelFormat.getIntArgbInstance(), pixels, 0, width);
    java.awt.image.BufferedImage copy =
        new java.awt.image.BufferedImage(width, height, java.awt.image.BufferedImage.TYPE_INT_RGB);
    copy.setRGB(0, 0, width, height, pixels, 0, width);
    Files.createDirectories(PICTURES);
    javax.imageio.ImageIO.write(copy, "png", PICTURES.resolve(name + ".png").toFile());
    assertTrue(
        java.util.Arrays.stream(pixels).distinct().limit(50).count() > 20, "nothing is painted");
  }

  @Test
  void showsWhatARunningAppTells() throws Exception {
    try (ScriptedApp app = new ScriptedApp(folder)) {
      show(watching(app));
      await("two snapshots", () -> !text("#tile-calls").equals("–"));
      assertEquals("Notes", text("#app"));
      assertTrue(text("#status").contains("4711"), text("#status"));
      assertEquals("334 MiB", text("#tile-memory"));
      picture("1-overview");

      tab("commands");
      assertTrue(column("commands", 0).contains("handle/udp/send"));
      robot.clickOn("#commands-filter").write("fs/");
      await("the filtered row", () -> column("commands", 0).equals(List.of("fs/readFile")));
      robot.clickOn("#commands-filter").eraseText(3);
      picture("2-commands");

      tab("lanes");
      assertEquals(List.of("call", "stream", "blob"), column("lanes", 0));
      assertTrue(column("queues", 0).contains("pushes for pages"));
      picture("4-lanes");

      tab("network");
      assertEquals(List.of("0.0.0.0:41234", "[::]:50001"), column("sockets", 1));
      // Seven others and the app's own, each with its id.
      assertEquals(8, robot.lookup("#peers").query().lookupAll("Circle").size());
      picture("5-network");

      tab("bluetooth");
      assertEquals("ready, can advertise", text("#adapter"));
      assertEquals(List.of("Heart rate strap"), column("devices", 1));
      picture("6-bluetooth");

      tab("processes");
      assertEquals(List.of("node backend/backend.js", "/usr/bin/git"), column("children", 2));
      assertTrue(column("processes", 0).contains("renderer"));
      picture("7-processes");

      tab("console");
      ListView<?> console = robot.lookup("#console").query();
      assertTrue(console.getItems().toString().contains("save failed"));
      picture("8-console");
    }
  }

  @Test
  void givesTheLineThatAllowsWhatWasDenied() throws Exception {
    try (ScriptedApp app = new ScriptedApp(folder)) {
      show(watching(app));
      tab("denials");
      await("the denials", () -> table("denials").getItems().size() == 2);
      String denied = "ipc://udp/bind/0.0.0.0:5353";
      // Rows are drawn after they are there.
      await("its row", () -> robot.lookup(denied).tryQuery().isPresent());
      // A row that is still being laid out moves away under the mouse.
      WaitForAsyncUtils.waitFor(
          PATIENCE_SECONDS,
          TimeUnit.SECONDS,
          () -> {
            robot.clickOn(denied);
            return text("#denial-line").equals("policy[] = connect-src " + denied);
          });
      picture("3-denials");
      robot.clickOn("#denial-copy");
      assertEquals(
          "policy[] = connect-src ipc://udp/bind/0.0.0.0:5353",
          WaitForAsyncUtils.asyncFx(() -> Clipboard.getSystemClipboard().getString()).get());
    }
  }

  @Test
  void attachesAgainWhenTheAppIsStartedAgain() throws Exception {
    try (ScriptedApp first = new ScriptedApp(folder)) {
      show(watching(first));
      await("the first run", () -> text("#status").startsWith("Attached"));
    }
    await("its end", () -> text("#status").startsWith("Notes has ended"));
    picture("9-waiting");
    try (ScriptedApp second = new ScriptedApp(folder)) {
      running.add(second.app());
      await("the second run", () -> text("#status").startsWith("Attached"));
      await("what it tells", () -> !text("#tile-calls").equals("–"));
    }
  }

  @Test
  void opensWhatItHasRecordedAndGoesBackInTime() throws Exception {
    Path file = folder.resolve("run.jsonl");
    try (Recorder recorder = new Recorder(file)) {
      for (int i = 1; i <= 90; i++) {
        recorder.add(ScriptedApp.snapshot(i));
      }
    }
    show(
        new Wanted(
            java.util.Optional.empty(), java.util.Optional.of(file), java.util.Optional.empty()));
    await("the last moment", () -> text("#moment").endsWith("90 of 90"));
    tab("commands");
    assertTrue(column("commands", 2).contains(Long.toString(200L * 90)));
    tab("overview");
    picture("10-recording");
    Slider slider = robot.lookup("#slider").query();
    robot.clickOn(slider);
    robot.type(KeyCode.LEFT);
    await("an earlier moment", () -> !text("#moment").endsWith("90 of 90"));
  }

  @Test
  void recordsWhatTheAppTells() throws Exception {
    Path file = folder.resolve("live.jsonl");
    try (ScriptedApp app = new ScriptedApp(folder)) {
      show(
          new Wanted(
              java.util.Optional.of(app.app()),
              java.util.Optional.empty(),
              java.util.Optional.of(file)));
      await("two lines", () -> Files.readAllLines(file).size() >= 3);
      robot.clickOn("#record");
    }
    try (Recording recording = Recording.open(file)) {
      Snapshot first = recording.at(0);
      assertEquals("com.example.notes", first.app().bundleId());
      assertEquals(ScriptedApp.snapshot((int) first.sequence()).commands(), first.commands());
      assertEquals(2, first.things().stream().filter(one -> one.module().equals("udp")).count());
    }
  }

  @Test
  void saysWhatIsWrongWithAFileThatIsNoRecording() throws Exception {
    Path file = Files.writeString(folder.resolve("notes.txt"), "hello\n");
    try (ScriptedApp app = new ScriptedApp(folder)) {
      show(watching(app));
      await("the app", () -> text("#status").startsWith("Attached"));
      FxToolkit.setupFixture(() -> window.open(file));
      await("the fault", () -> text("#status").contains("is no recording of dunlin operator"));
      // The app is watched on.
      await("what it tells", () -> !text("#tile-calls").equals("–"));
      assertFalse(
          robot.lookup("#slider").query().isVisible() && robot.lookup("#live").query().isVisible());
    }
  }

  @Test
  void refusesRecordingsThatAreDamaged() throws IOException {
    Path file = folder.resolve("damaged.jsonl");
    Files.writeString(file, Recording.HEAD + "\n{\"snapshot\":{\"commands\":7}}\n");
    IOException fault =
        org.junit.jupiter.api.Assertions.assertThrows(
            IOException.class, () -> Recording.open(file));
    assertTrue(fault.getMessage().contains("line 2"), fault.getMessage());
    Files.writeString(file, Recording.HEAD + "\n" + "x".repeat(2 << 20));
    fault =
        org.junit.jupiter.api.Assertions.assertThrows(
            IOException.class, () -> Recording.open(file));
    assertTrue(fault.getMessage().contains("too long"), fault.getMessage());
    // What a kill has cut off is left out, not refused.
    Frames.write(file, ScriptedApp.snapshot(1));
    try (Recording recording = Recording.open(file)) {
      assertEquals(1, recording.size());
      assertTrue(recording.isTruncated());
    }
  }

  /** A recording whose last line is not whole. */
  private static final class Frames {
    static void write(Path file, Snapshot snapshot) throws IOException {
      String line = new dev.dunlin.shell.operator.Frames().json(snapshot);
      Files.writeString(file, Recording.HEAD + "\n" + line + "\n" + line.substring(0, 40));
    }
  }
}
