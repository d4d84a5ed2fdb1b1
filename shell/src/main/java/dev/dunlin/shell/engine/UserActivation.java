package dev.dunlin.shell.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/**
 * Whether the person has just pressed a key or a button in the page, as Chromium knows it. Asked in
 * a world of its own, where the page's scripts can't change what {@code navigator} says.
 */
final class UserActivation {
  /** How long the page may take to tell. Over: the question fails. */
  private static final long PATIENCE_MS = 5_000;

  private static final String WORLD = "dunlin";
  private static final ObjectMapper JSON = new ObjectMapper();

  private UserActivation() {}

  static Future<Boolean> in(DevToolsSession session) {
    return evaluate(session, "navigator.userActivation.isActive");
  }

  /** Takes back what the page has spread over the window, whatever its scripts have changed. */
  static Future<Boolean> leaveFullScreen(DevToolsSession session) {
    return evaluate(session, "void document.exitFullscreen()");
  }

  private static Future<Boolean> evaluate(DevToolsSession session, String expression) {
    return session
        .call("Page.getFrameTree")
        .compose(
            tree ->
                session.call(
                    "Page.createIsolatedWorld",
                    object()
                        .put(
                            "frameId",
                            parse(tree).path("frameTree").path("frame").path("id").asText())
                        .put("worldName", WORLD)
                        .toString()))
        .compose(
            world ->
                session.call(
                    "Runtime.evaluate",
                    object()
                        .put("expression", expression)
                        .put("contextId", parse(world).path("executionContextId").asLong())
                        .put("returnByValue", true)
                        .toString()))
        .map(answer -> parse(answer).path("result").path("value").asBoolean(false))
        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }

  private static ObjectNode object() {
    return JSON.createObjectNode();
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new EngineException("DevTools answered what is no JSON", e);
    }
  }
}
