package dev.dunlin.shell.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** The DevTools protocol of one page, in trees of JSON, with an end to waiting. */
public final class PageProtocol {
  /** How long Chromium may take for one step, such as a PDF of many pages. Over: it fails. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Bytes of a stream of Chromium's that are asked for at once. */
  private static final int PIECE_BYTES = 1 << 20;

  /** The world that our scripts share: the page's own can't change what they see of the DOM. */
  private static final String WORLD = "dunlin";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** JCEF cuts a text off at its first character beyond the BMP. */
  private static final ObjectWriter ASCII = JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private final DevToolsSession session;

  PageProtocol(DevToolsSession session) {
    this.session = session;
  }

  /** An object for parameters. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A value as an expression of JavaScript. */
  public static String literal(Object value) {
    try {
      return ASCII.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this is no JSON: " + value, e);
    }
  }

  /** Calls a method. */
  public Future<JsonNode> call(String method, ObjectNode parameters) {
    return session
        .call(method, literal(parameters))
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .map(PageProtocol::parse);
  }

  /** Hears the events of one domain, such as {@code Fetch.}, until the page goes. */
  public void hear(String domain, BiConsumer<String, JsonNode> listener) {
    session.onEvent(
        (event, params) -> {
          if (event.startsWith(domain)) {
            listener.accept(event, parse(params));
          }
        });
  }

  /**
   * The value of an expression, or of its promise, in a world that the page's scripts can't reach.
   * What it leaves in its global object is there for the next, until the document goes.
   */
  public Future<JsonNode> evaluate(String expression) {
    return call("Page.getFrameTree", object())
        .compose(
            tree ->
                call(
                    "Page.createIsolatedWorld",
                    object()
                        .put("frameId", tree.path("frameTree").path("frame").path("id").asText())
                        .put("worldName", WORLD)))
        .compose(
            world ->
                call(
                    "Runtime.evaluate",
                    object()
                        .put("expression", expression)
                        .put("contextId", world.path("executionContextId").asLong())
                        .put("awaitPromise", true)
                        .put("returnByValue", true)))
        .compose(
            answer ->
                answer.has("exceptionDetails")
                    ? Future.failedFuture(
                        new EngineException(
                            "a script of Dunlin's failed in the page: "
                                + answer.path("exceptionDetails").path("exception")))
                    : Future.succeededFuture(answer.path("result").path("value")));
  }

  /** What Chromium holds under {@code handle}; its reads block. Close it. */
  public InputStream stream(String handle) {
    return new Pieces(handle);
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new EngineException("DevTools answered what is no JSON", e);
    }
  }

  private final class Pieces extends InputStream {
    private final String handle;
    private ByteArrayInputStream piece = new ByteArrayInputStream(new byte[0]);
    private boolean last;

    Pieces(String handle) {
      this.handle = handle;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      while (piece.available() == 0) {
        if (last) {
          return -1;
        }
        JsonNode next =
            await(call("IO.read", object().put("handle", handle).put("size", PIECE_BYTES)));
        last = next.path("eof").asBoolean();
        String data = next.path("data").asText();
        piece =
            new ByteArrayInputStream(
                next.path("base64Encoded").asBoolean()
                    ? Base64.getDecoder().decode(data)
                    : data.getBytes(StandardCharsets.ISO_8859_1));
      }
      return piece.read(target, from, length);
    }

    @Override
    public void close() throws IOException {
      await(call("IO.close", object().put("handle", handle)));
    }
  }

  private static JsonNode await(Future<JsonNode> answer) throws IOException {
    try {
      return answer
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("Chromium did not hand over what it made: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
