package dev.dunlin.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dunlin.scheduler.Clock;
import dev.dunlin.scheduler.SystemClock;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The page of a driven app, through the DevTools protocol. Blocks. */
public final class Page {
  /** After this time a condition is asked for again, answer or not. */
  private static final Duration AGAIN = Duration.ofSeconds(3);

  private static final Clock CLOCK = new SystemClock();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunningApp app;
  private final int window;

  Page(RunningApp app, int window) {
    this.app = app;
    this.window = window;
  }

  /** What a script threw. */
  public static final class ScriptException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScriptException(String message) {
      super(message);
    }
  }

  /** Calls a method of the protocol. */
  public JsonNode call(String method, JsonNode params) {
    return wait(method, app.call(window, method, params), RunningApp.SOON);
  }

  private JsonNode wait(String what, Future<JsonNode> future, Duration longest) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "no answer within " + longest.toSeconds() + " s: " + what + "; it said:\n" + app.log(),
          e);
    } catch (ExecutionException e) {
      if (app.isOver()) {
        throw new AssertionError(what + ": " + app.lastWords(), e);
      }
      throw new IllegalStateException(what + ": " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * The value of an expression; of a promise, what it resolves to.
   *
   * @throws ScriptException if it throws or rejects
   */
  public JsonNode evaluate(String expression) {
    return evaluate(expression, RunningApp.SOON);
  }

  /** As {@link #evaluate(String)}, for what takes longer. */
  public JsonNode evaluate(String expression, Duration longest) {
    JsonNode answer = wait(expression, start(expression), longest);
    if (answer.has("exceptionDetails")) {
      JsonNode details = answer.path("exceptionDetails");
      throw new ScriptException(
          details
              .path("exception")
              .path("description")
              .asText(details.path("exception").path("value").asText(details.toString())));
    }
    return answer.path("result").path("value");
  }

  /** Evaluates and does not wait: for what ends the page, which may go before it answers. */
  public void tell(String expression) {
    start(expression);
  }

  private Future<JsonNode> start(String expression) {
    return app.call(
        window,
        "Runtime.evaluate",
        JSON.createObjectNode()
            .put("expression", expression)
            .put("awaitPromise", true)
            .put("returnByValue", true));
  }

  /** As {@link #evaluate(String)} of the body of an async function, which may use await. */
  public JsonNode run(String body) {
    return run(body, RunningApp.SOON);
  }

  /** As {@link #run(String)}, for what takes longer. */
  public JsonNode run(String body, Duration longest) {
    return evaluate("(async () => {" + body + "\n})()", longest);
  }

  /** Waits until an expression is true, whatever documents come and go meanwhile. */
  public void await(String expression) {
    // A failure is that of a document that has gone, or has not come yet.
    await(
        () -> start(expression),
        answer -> answer.path("result").path("value").asBoolean(),
        "the page: " + expression);
  }

  /**
   * Asks until the answer will do. Some questions are never answered: those to a document or a
   * process that goes meanwhile; they are asked again.
   */
  private void await(Supplier<Future<JsonNode>> question, Predicate<JsonNode> willDo, String what) {
    AtomicReference<Future<JsonNode>> asked = new AtomicReference<>(question.get());
    AtomicReference<Duration> since = new AtomicReference<>(CLOCK.now());
    app.await(
        () -> {
          Future<JsonNode> answer = asked.get();
          if (answer.succeeded() && willDo.test(answer.result())) {
            return true;
          }
          if (answer.isComplete() || CLOCK.now().minus(since.get()).compareTo(AGAIN) > 0) {
            if (app.isOver()) {
              throw new AssertionError("waiting for " + what + ": " + app.lastWords());
            }
            asked.set(question.get());
            since.set(CLOCK.now());
          }
          return false;
        },
        what,
        RunningApp.SOON);
  }

  /** Waits until a picture of what the window shows will do. */
  public void awaitPicture(Predicate<byte[]> willDo, String what) {
    await(
        () ->
            app.call(
                window, "Page.captureScreenshot", JSON.createObjectNode().put("format", "png")),
        answer -> willDo.test(Base64.getDecoder().decode(answer.path("data").asText())),
        what);
  }

  /** Goes to a URL as if it had been typed; does not wait. */
  public void navigate(String url) {
    call("Page.navigate", JSON.createObjectNode().put("url", url));
  }

  /** Clicks the middle of the element, with the mouse. */
  public void click(String selector) {
    // Chromium drops input that comes before a page's first paint.
    await("performance.getEntriesByType('paint').length > 0");
    JsonNode at =
        run(
            "const e = document.querySelector("
                + JSON.valueToTree(selector)
                + "); e.scrollIntoView({block: 'center', behavior: 'instant'});"
                + "const r = e.getBoundingClientRect();"
                + "return {x: r.x + r.width / 2, y: r.y + r.height / 2}");
    for (String type : new String[] {"mouseMoved", "mousePressed", "mouseReleased"}) {
      ObjectNode event =
          JSON.createObjectNode()
              .put("type", type)
              .put("x", at.path("x").asDouble())
              .put("y", at.path("y").asDouble());
      if (!type.equals("mouseMoved")) {
        event.put("button", "left").put("clickCount", 1);
      }
      call("Input.dispatchMouseEvent", event);
    }
  }

  /** Types into what has the focus, a key for each character. */
  public void type(String text) {
    text.codePoints()
        .mapToObj(Character::toString)
        .forEach(
            key -> {
              call(
                  "Input.dispatchKeyEvent",
                  JSON.createObjectNode().put("type", "keyDown").put("key", key).put("text", key));
              call(
                  "Input.dispatchKeyEvent",
                  JSON.createObjectNode().put("type", "keyUp").put("key", key));
            });
  }

  /** A PNG of the whole screen, dialogs too. */
  public byte[] screen() {
    return Base64.getDecoder()
        .decode(call(Driver.SCREEN, JSON.createObjectNode()).path("data").asText());
  }

  /** What a screen reader finds in the dialog that has the focus: {@code role: name}. */
  public List<String> dialog() {
    return named(call(Driver.DIALOG, JSON.createObjectNode()));
  }

  /** Waits until what a screen reader finds there will do. */
  public void awaitDialog(Predicate<List<String>> willDo, String what) {
    await(
        () -> app.call(window, Driver.DIALOG, JSON.createObjectNode()),
        answer -> willDo.test(named(answer)),
        what);
  }

  private static List<String> named(JsonNode answer) {
    List<String> named = new ArrayList<>();
    answer.path("named").forEach(one -> named.add(one.asText()));
    return named;
  }

  /**
   * Presses real keys: they go to the window that has the focus, which may be a dialog. The arrows
   * \u2191 and \u2193 are keys too.
   */
  public void press(String keys) {
    call(Driver.KEYS, JSON.createObjectNode().put("keys", keys));
  }

  /** Chromium would ask the person before a page may frame a server on this machine. */
  public void allowLoopback() {
    for (String name : List.of("local-network-access", "loopback-network")) {
      ObjectNode permission = JSON.createObjectNode().put("setting", "granted");
      permission.put("origin", evaluate("location.origin").asText());
      permission.putObject("permission").put("name", name);
      call("Browser.setPermission", permission);
    }
  }

  /**
   * Collects the runtime's garbage, and has it finalised.
   *
   * @return the bytes of its heap that are in use then
   */
  public long collectHostGarbage() {
    return call(Driver.COLLECT, JSON.createObjectNode()).path("usedBytes").asLong();
  }

  /** A PNG of what the window shows. */
  public byte[] screenshot() {
    JsonNode answer = call("Page.captureScreenshot", JSON.createObjectNode().put("format", "png"));
    return Base64.getDecoder().decode(answer.path("data").asText());
  }
}
