package dev.dunlin.bridge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.bridge.AlwaysAllowed.Callers;
import dev.dunlin.bridge.spi.ByteSource;
import dev.dunlin.bridge.spi.CommandModule;
import dev.dunlin.scheduler.RandomSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A bridge without a browser: what the engine does, a test does. */
public final class Harness implements AutoCloseable {
  public static final String ORIGIN = "https://app.localhost";
  public static final PolicySet ALL = PolicySet.of(List.of("connect-src ipc:"));
  public static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_SECONDS = 20;

  public final Vertx vertx = Vertx.vertx();
  public final Bridge bridge;

  public Harness(CommandModule... modules) {
    this(List.of(), modules);
  }

  public Harness(List<Path> ownFiles, CommandModule... modules) {
    Map<String, Callers> always = AlwaysAllowed.byCommand();
    always.put("pro-be/free", Callers.ANY);
    always.put("pro-be/top", Callers.TOP);
    bridge =
        new Bridge(
            vertx,
            new BridgeConfig(ORIGIN, ALL, ownFiles, RandomSource.secure(), FileLane.NONE),
            List.of(modules),
            always);
  }

  /** A page in a top frame, with its channel open. */
  public Page page(int window, PolicySet policy) {
    return new Page(window, policy, "frame-" + window);
  }

  @Override
  public void close() {
    await(bridge.shutDown());
    await(vertx.close());
  }

  public static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for a condition on another thread, without a fixed delay. */
  public static void until(BooleanSupplier condition) {
    long turns = 0;
    CountDownLatch never = new CountDownLatch(1);
    while (!condition.getAsBoolean()) {
      assertTrue(turns++ < PATIENCE_SECONDS * 1000, "condition not met in time");
      try {
        assertTrue(!never.await(1, TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** What came back for one query. */
  public static final class Recorder implements Answer {
    public final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    public final BlockingQueue<Integer> failures = new LinkedBlockingQueue<>();

    @Override
    public void success(String json) {
      texts.add(json);
    }

    @Override
    public void failure(int code, String message) {
      failures.add(code);
    }

    public String text() {
      return take(texts);
    }

    public int failure() {
      return take(failures);
    }

    private static <T> T take(BlockingQueue<T> queue) {
      try {
        T value = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(value != null, "no answer in time");
        return value;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** An answer of the stream lane, read to its end. */
  public record Reply(int status, Map<String, String> headers, byte[] body) {
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    public String code() {
      return json().path("err").path("code").asText();
    }
  }

  /** A document and its frame. */
  public final class Page {
    public final int window;
    public final String id;
    public final String frameId;
    public final Recorder channel = new Recorder();
    private long sequence;

    Page(int window, PolicySet policy, String frameId) {
      this.window = window;
      this.frameId = frameId;
      this.id = bridge.registerDocument(window, policy);
      park();
    }

    /** A parked query is good for one message; a page parks the next at once. */
    private void park() {
      send(
          "{\"d\":\"" + id + "\",\"o\":1}",
          new Answer() {
            @Override
            public void success(String json) {
              channel.success(json);
              park();
            }

            @Override
            public void failure(int code, String message) {
              channel.failure(code, message);
            }
          });
    }

    public Frame frame() {
      return new Frame(window, frameId, true, ORIGIN + "/index.html");
    }

    public Cancellation send(String message, Answer answer) {
      return bridge.callLane().receive(frame(), message, answer);
    }

    /** One call on the call lane: {@code [seq,0,data]} or {@code [seq,1,err]}. */
    public JsonNode call(String url, Object params) {
      long seq = ++sequence;
      Recorder answer = new Recorder();
      try {
        send(
            JSON.writeValueAsString(Map.of("d", id, "c", List.of(List.of(seq, url, params)))),
            answer);
        JsonNode reply = JSON.readTree(answer.text()).path("r").path(0);
        assertTrue(reply.path(0).asLong() == seq, "the reply of another call");
        return reply;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    public JsonNode data(String url, Object params) {
      JsonNode reply = call(url, params);
      assertTrue(reply.path(1).asInt() == 0, reply::toString);
      return reply.path(2);
    }

    public JsonNode error(String url, Object params) {
      JsonNode reply = call(url, params);
      assertTrue(reply.path(1).asInt() == 1, reply::toString);
      return reply.path(2);
    }

    public StreamLane.Exchange open(String method, String url, byte[] body) {
      String named = url + (url.contains("?") ? "&" : "?") + "_d=" + id;
      return bridge
          .streamLane()
          .open(new StreamRequest(window, frameId, true, ORIGIN, method, named, body));
    }

    public Reply fetch(String method, String url, byte[] body) {
      return read(open(method, url, body));
    }

    public Reply get(String url) {
      return fetch("GET", url, new byte[0]);
    }
  }

  public static Reply read(StreamLane.Exchange exchange) {
    StreamResponse response = await(exchange.response());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 << 10];
    try (ByteSource source = response.body()) {
      for (int n; (n = readSome(source, buffer)) >= 0; ) {
        bytes.write(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Reply(response.status(), response.headers(), bytes.toByteArray());
  }

  /** Reads as the engine does: waits for the call back when there is nothing yet. */
  public static int readSome(ByteSource source, byte[] buffer) throws IOException {
    for (int n; ; ) {
      n = source.read(buffer, buffer.length);
      if (n != ByteSource.NOT_YET) {
        return n;
      }
      CountDownLatch readable = new CountDownLatch(1);
      source.whenReadable(readable::countDown);
      try {
        assertTrue(readable.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "nothing to read in time");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
