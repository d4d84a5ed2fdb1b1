package dev.dunlin.e2e;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.Main;
import dev.dunlin.shell.Relaunch;
import dev.dunlin.shell.app.AppRun;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.EngineException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.awt.AWTException;
import java.awt.Component;
import java.awt.EventQueue;
import java.awt.KeyboardFocusManager;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.event.KeyEvent;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import javax.accessibility.AccessibleContext;
import javax.imageio.ImageIO;
import javax.swing.JDialog;

/**
 * Starts an app as {@link dev.dunlin.shell.Main} does, and lets the parent process drive its page
 * through the DevTools protocol inside the process: no port is opened.
 *
 * <p>Standard input has a line of JSON {@code {id, window, method, params}} for each call; the
 * answer is a line {@code {id, result}} or {@code {id, error}} on standard output, behind {@link
 * #MARK}. A first line {@code {"open":true}} says that the window is opening.
 */
public final class Driver {
  /** What tells our lines from the app's. */
  static final char MARK = '\u0001';

  /** Not of the protocol: presses {@code keys}. */
  static final String KEYS = "Dunlin.pressKeys";

  /** Not of the protocol: a picture of the whole screen, dialogs too. */
  static final String SCREEN = "Dunlin.screen";

  /** Not of the protocol: what a screen reader finds in the dialog that has the focus. */
  static final String DIALOG = "Dunlin.dialog";

  /** Not of the protocol: collects the runtime's garbage, and has it finalised. */
  static final String COLLECT = "Dunlin.collectGarbage";

  /** How long a key may wait for an input method on a machine that is busy with other tests. */
  private static final Duration KEY = Duration.ofSeconds(5);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** JCEF cuts a text off at its first character beyond the BMP. */
  private static final ObjectWriter ASCII = JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private Driver() {}

  /** Takes the words of the command line. */
  public static void main(String[] words) {
    AppRun launcher = new AppRun(engine -> Threads.start("driver", () -> serve(engine)), KEY);
    int code = Main.run(launcher, words);
    if (launcher.isRestartWanted()) {
      Relaunch.again();
    }
    System.exit(code);
  }

  private static void serve(Engine engine) {
    say(JSON.createObjectNode().put("open", true));
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode call = JSON.readTree(line);
        ObjectNode answer = JSON.createObjectNode();
        answer.set("id", call.path("id"));
        call(engine, call)
            .onSuccess(result -> say(answer.put("result", result)))
            .onFailure(fault -> say(answer.put("error", String.valueOf(fault.getMessage()))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Future<String> call(Engine engine, JsonNode call) throws IOException {
    if (call.path("method").asText().equals(KEYS)) {
      return press(call.path("params").path("keys").asText());
    }
    if (call.path("method").asText().equals(SCREEN)) {
      return screen();
    }
    if (call.path("method").asText().equals(DIALOG)) {
      return dialog();
    }
    if (call.path("method").asText().equals(COLLECT)) {
      System.gc();
      System.runFinalization();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return Future.succeededFuture(
          JSON.createObjectNode()
              .put("usedBytes", runtime.totalMemory() - runtime.freeMemory())
              .toString());
    }
    try {
      int index = call.path("window").asInt();
      return engine.windows().stream()
          .filter(window -> window.index() == index)
          .findFirst()
          .orElseThrow(() -> new EngineException("there is no window " + index))
          .devTools()
          .call(call.path("method").asText(), ASCII.writeValueAsString(call.path("params")));
    } catch (EngineException e) {
      // The page is not made yet: the parent asks again.
      return Future.failedFuture(e);
    }
  }

  private static Future<String> screen() {
    try {
      Robot robot = new Robot();
      robot.waitForIdle();
      Rectangle all = new Rectangle(Toolkit.getDefaultToolkit().getScreenSize());
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(robot.createScreenCapture(all), "png", png);
      return Future.succeededFuture(
          JSON.createObjectNode()
              .put("data", Base64.getEncoder().encodeToString(png.toByteArray()))
              .toString());
    } catch (AWTException | IOException e) {
      return Future.failedFuture(e);
    }
  }

  private static Future<String> dialog() {
    Promise<String> answer = Promise.promise();
    EventQueue.invokeLater(
        () -> {
          try {
            answer.complete(JSON.createObjectNode().set("named", named()).toString());
          } catch (RuntimeException e) {
            answer.fail(e);
          }
        });
    return answer.future();
  }

  private static ArrayNode named() {
    ArrayNode named = JSON.createArrayNode();
    Window focused = KeyboardFocusManager.getCurrentKeyboardFocusManager().getFocusedWindow();
    if (focused instanceof JDialog dialog) {
      read(dialog.getAccessibleContext(), named);
      Component owner = dialog.getFocusOwner();
      if (owner != null) {
        named.add("focus: " + owner.getAccessibleContext().getAccessibleName());
      }
    }
    return named;
  }

  /** All that has a name, in the order in which it is read: {@code role: name}. */
  private static void read(AccessibleContext context, ArrayNode named) {
    if (context.getAccessibleName() != null) {
      named.add(
          context.getAccessibleRole().toDisplayString(Locale.ENGLISH)
              + ": "
              + context.getAccessibleName());
    }
    for (int i = 0; i < context.getAccessibleChildrenCount(); i++) {
      read(context.getAccessibleChild(i).getAccessibleContext(), named);
    }
  }

  private static int code(char key) {
    return switch (key) {
      case '_' -> KeyEvent.VK_MINUS;
      case '\r' -> KeyEvent.VK_ENTER;
      case '\u2193' -> KeyEvent.VK_DOWN;
      case '\u2191' -> KeyEvent.VK_UP;
      default -> KeyEvent.getExtendedKeyCodeForChar(key);
    };
  }

  /** Presses real keys, which go to whatever window of the X server has the focus. */
  private static Future<String> press(String keys) {
    try {
      Robot robot = new Robot();
      robot.waitForIdle();
      for (char key : keys.toCharArray()) {
        boolean shift = Character.isUpperCase(key) || key == '_';
        int code = code(key);
        if (shift) {
          robot.keyPress(KeyEvent.VK_SHIFT);
        }
        robot.keyPress(code);
        robot.keyRelease(code);
        if (shift) {
          robot.keyRelease(KeyEvent.VK_SHIFT);
        }
        robot.waitForIdle();
      }
      return Future.succeededFuture("{}");
    } catch (AWTException | IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  private static void say(ObjectNode message) {
    // One call of println is one line, whatever other threads print.
    System.out.println(MARK + message.toString());
  }
}
