package dev.dunlin.e2e;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.Threads;
import dev.dunlin.shell.Main;
import dev.dunlin.shell.Relaunch;
import dev.dunlin.shell.app.AppRun;
import dev.dunlin.shell.engine.Engine;
import dev.dunlin.shell.engine.EngineException;
import io.vertx.core.Future;
import java.awt.AWTException;
import java.awt.Robot;
import java.awt.event.KeyEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Starts an app as {@link dev.dunlin.shell.Main} does, and lets the parent process drive its page
 * through the DevTools protocol inside the process: no port is opened.
 *
 * <p>Standard input has a line of JSON {@code {id, method, params}} for each call; the answer is a
 * line {@code {id, result}} or {@code {id, error}} on standard output, behind {@link #MARK}. A
 * first line {@code {"open":true}} says that the window is opening.
 */
public final class Driver {
  /** What tells our lines from the app's. */
  static final char MARK = '\u0001';

  /** Not of the protocol: presses {@code keys}. */
  static final String KEYS = "Dunlin.pressKeys";

  /** Not of the protocol: collects the runtime's garbage, and has it finalised. */
  static final String COLLECT = "Dunlin.collectGarbage";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** JCEF cuts a text off at its first character beyond the BMP. */
  private static final ObjectWriter ASCII = JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private Driver() {}

  /** Takes the words of the command line. */
  public static void main(String[] words) {
    AppRun launcher = new AppRun(engine -> Threads.start("driver", () -> serve(engine)));
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
    if (call.path("method").asText().equals(COLLECT)) {
      System.gc();
      System.runFinalization();
      return Future.succeededFuture("{}");
    }
    try {
      return engine
          .windows()
          .get(0)
          .devTools()
          .call(call.path("method").asText(), ASCII.writeValueAsString(call.path("params")));
    } catch (EngineException e) {
      // The page is not made yet: the parent asks again.
      return Future.failedFuture(e);
    }
  }

  /** Presses real keys, which go to whatever window of the X server has the focus. */
  private static Future<String> press(String keys) {
    try {
      Robot robot = new Robot();
      robot.waitForIdle();
      for (char key : keys.toCharArray()) {
        boolean shift = Character.isUpperCase(key) || key == '_';
        int code =
            key == '_'
                ? KeyEvent.VK_MINUS
                : KeyEvent.getExtendedKeyCodeForChar(key == '\r' ? '\n' : key);
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
